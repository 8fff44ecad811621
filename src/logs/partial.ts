/**
 * What one pass counted, as JSON that other passes' results can be added to: each machine reads its own files, one puts the
 * results together. Series, shares of clients and percentiles come out as if one pass had read everything.
 */
import { Traffic } from './traffic/traffic.ts';
import type { LogObservations } from './types.ts';

export const PARTIAL_VERSION = 1;

/** A minute: requests, failures, and the requests themselves as numbers, five to a request. */
interface PartialMinute {
  minute: number;
  requests: number;
  failures: number;
  /** Client, endpoint, upstream, failed, seconds; -1 for no duration. */
  rows: number[];
}

export interface Partial {
  paymedicPartial: typeof PARTIAL_VERSION;
  sources: LogObservations['sources'];
  records: number;
  sampledOut: number;
  events: object[];
  templates: object[];
  cards: LogObservations['cards'];
  signatures: LogObservations['signatures'];
  clients: string[];
  endpoints: string[];
  upstreams: string[];
  statuses: [status: number, count: number][];
  minutes: PartialMinute[];
}

export class PartialError extends Error {}

/** Names by the ids of one pass, each kept once. */
class Names {
  readonly list: string[] = [];
  readonly #known = new Map<number, number>();

  id(original: number, name: () => string): number {
    let id = this.#known.get(original);
    if (id === undefined) {
      id = this.list.length;
      this.list.push(name());
      this.#known.set(original, id);
    }
    return id;
  }
}

const finite = (time: number): number | null => (Number.isFinite(time) ? time : null);

/** Times that are not known become null, maps and sets lists. */
const plain = (value: object): object =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      inner instanceof Map || inner instanceof Set ? [...inner] : typeof inner === 'number' ? finite(inner) : inner,
    ),
  ) as object;

export function partialOf(logs: LogObservations): Partial {
  const { traffic } = logs;
  const clients = new Names();
  const endpoints = new Names();
  const upstreams = new Names();
  const minutes = [...traffic.minutes.values()]
    .sort((a, b) => a.minute - b.minute)
    .map((minute): PartialMinute => {
      const rows: number[] = [];
      traffic.eachRow(minute, ({ client, endpoint, upstream, failed, seconds }) => {
        rows.push(
          clients.id(client, () => traffic.addresses.name(client)),
          endpoints.id(endpoint, () => traffic.endpoints.names[endpoint]!),
          upstreams.id(upstream, () => traffic.upstreams.names[upstream]!),
          failed ? 1 : 0,
          Number.isNaN(seconds) ? -1 : seconds,
        );
      });
      return { minute: minute.minute, requests: minute.requests, failures: minute.failures, rows };
    });
  return {
    paymedicPartial: PARTIAL_VERSION,
    sources: logs.sources,
    records: logs.recordTotal,
    sampledOut: logs.sampledOut,
    events: logs.events.map(plain),
    templates: logs.templates.map(plain),
    cards: logs.cards,
    signatures: logs.signatures,
    clients: clients.list,
    endpoints: endpoints.list,
    upstreams: upstreams.list,
    statuses: [...traffic.statuses].flatMap((count, status) =>
      count > 0 ? [[status, count] as [number, number]] : [],
    ),
    minutes,
  };
}

/** @throws PartialError for what `partialOf` did not write. */
export function readPartial(text: string): Partial {
  let value: Partial;
  try {
    value = JSON.parse(text) as Partial;
  } catch {
    throw new PartialError('is no JSON');
  }
  if (typeof value !== 'object' || value === null || value.paymedicPartial !== PARTIAL_VERSION)
    throw new PartialError('was not written by paymedic logs --partial of this version');
  for (const name of [
    'sources',
    'events',
    'templates',
    'clients',
    'endpoints',
    'upstreams',
    'statuses',
    'minutes',
  ] as const)
    if (!Array.isArray(value[name])) throw new PartialError(`lacks ${name}`);
  return value;
}

/** Rows of a partial as a traffic of their own. */
function trafficOf(part: Partial): Traffic {
  const traffic = new Traffic();
  const clients = part.clients.map((name) => traffic.addresses.text(name));
  const endpoints = part.endpoints.map((name) => traffic.endpoints.text(name));
  const upstreams = part.upstreams.map((name) => traffic.upstreams.text(name));
  for (const { minute, requests, failures, rows } of part.minutes) {
    let failed = 0;
    for (let at = 0; at + 4 < rows.length; at += 5) {
      const seconds = rows[at + 4]!;
      failed += rows[at + 3]!;
      traffic.add(
        minute * 60_000,
        0,
        rows[at + 3] === 1,
        clients[rows[at]!]!,
        endpoints[rows[at + 1]!]!,
        upstreams[rows[at + 2]!]!,
        seconds < 0 ? Number.NaN : seconds,
      );
    }
    // Requests that the pass knew by their minute only.
    const held = traffic.minutes.get(minute);
    const beyond = requests - rows.length / 5;
    if (held && beyond > 0) {
      held.requests += beyond;
      held.failures += failures - failed;
      traffic.total += beyond;
      traffic.failures += failures - failed;
      traffic.beyondRows += beyond;
    }
  }
  traffic.statuses.fill(0);
  for (const [status, count] of part.statuses) if (status >= 0 && status < 1000) traffic.statuses[status] = count;
  return traffic;
}

/** Adds partials up. @param empty observations before any log was read; taken over and filled. */
export function mergePartials(parts: readonly Partial[], empty: LogObservations): LogObservations {
  const merged: LogObservations = { ...empty };
  const time = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
  for (const part of parts) {
    const offset = merged.sources.length;
    merged.sources = [
      ...merged.sources,
      ...part.sources.map((source) => ({ ...source, index: source.index + offset })),
    ];
    merged.recordTotal += part.records;
    merged.sampledOut += part.sampledOut;
    merged.traffic.merge(trafficOf(part).state());
    merged.cards = {
      total: merged.cards.total + part.cards.total,
      hits: [...merged.cards.hits, ...part.cards.hits.map((hit) => ({ ...hit, time: time(hit.time) }))],
    };
    merged.signatures = [...merged.signatures, ...part.signatures];
    for (const event of part.events as LogObservations['events'])
      merged.events.push({
        ...event,
        source: event.source + offset,
        first: time(event.first),
        last: time(event.last),
        perMinute: new Map(event.perMinute),
        clients: new Set(event.clients),
        hits: event.hits.map((hit) => ({ ...hit, source: hit.source + offset, time: time(hit.time) })),
      });
    for (const template of part.templates as LogObservations['templates'])
      merged.templates.push({
        ...template,
        source: template.source + offset,
        first: time(template.first),
        last: time(template.last),
        perMinute: new Map(template.perMinute),
      });
  }
  return merged;
}
