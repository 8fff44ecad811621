/**
 * What one pass counted, as JSON that other passes' results can be added to: each machine reads its own files, one puts the
 * results together. Series, shares of clients and percentiles come out as if one pass had read everything.
 */
import { AttackCounter } from './attacks/matcher.ts';
import { fromPortable, type PortableTraffic, portable } from './traffic/portable.ts';
import type { LogObservations } from './types.ts';

export const PARTIAL_VERSION = 5;

export interface Partial {
  paymedicPartial: typeof PARTIAL_VERSION;
  sources: LogObservations['sources'];
  records: number;
  sampledOut: number;
  approximated: string[];
  events: object[];
  templates: object[];
  cards: LogObservations['cards'];
  signatures: object[];
  traffic: PortableTraffic;
  operations: PortableTraffic;
}

export class PartialError extends Error {}

const finite = (time: number): number | null => (Number.isFinite(time) ? time : null);

/** Times that are not known become null, maps and sets lists. */
const plain = (value: object): object =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      inner instanceof Map || inner instanceof Set ? [...inner] : typeof inner === 'number' ? finite(inner) : inner,
    ),
  ) as object;

export function partialOf(logs: LogObservations): Partial {
  return {
    paymedicPartial: PARTIAL_VERSION,
    sources: logs.sources,
    records: logs.recordTotal,
    sampledOut: logs.sampledOut,
    approximated: logs.approximated,
    events: logs.events.map(plain),
    templates: logs.templates.map(plain),
    cards: logs.cards,
    signatures: logs.signatures.map(plain),
    traffic: portable(logs.traffic),
    operations: portable(logs.operations),
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
  for (const name of ['approximated', 'sources', 'events', 'templates', 'signatures'] as const)
    if (!Array.isArray(value[name])) throw new PartialError(`lacks ${name}`);
  for (const name of ['cards', 'traffic', 'operations'] as const)
    if (typeof value[name] !== 'object' || value[name] === null) throw new PartialError(`lacks ${name}`);
  return value;
}

/** Adds partials up. @param empty observations to add them to, at first those before any log was read; taken over and filled. */
export function mergePartials(parts: readonly Partial[], empty: LogObservations): LogObservations {
  const merged: LogObservations = { ...empty };
  const attacks = new AttackCounter();
  for (const known of empty.signatures) attacks.add(known);
  const time = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
  for (const part of parts) {
    const offset = merged.sources.length;
    merged.sources = [
      ...merged.sources,
      ...part.sources.map((source) => ({ ...source, index: source.index + offset })),
    ];
    merged.recordTotal += part.records;
    merged.sampledOut += part.sampledOut;
    merged.approximated = [...new Set([...merged.approximated, ...part.approximated.map(String)])];
    merged.traffic.merge(fromPortable(part.traffic).state());
    merged.operations.merge(fromPortable(part.operations).state());
    merged.cards = {
      total: merged.cards.total + part.cards.total,
      hits: [...merged.cards.hits, ...part.cards.hits.map((hit) => ({ ...hit, time: time(hit.time) }))],
    };
    for (const signature of part.signatures as LogObservations['signatures']) {
      const hits = signature.hits.map((hit) => ({ ...hit, source: hit.source + offset, time: time(hit.time) }));
      const { first, last, clients } = signature;
      attacks.add({ ...signature, first: time(first), last: time(last), clients: new Set(clients), hits });
    }
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
  merged.signatures = attacks.finish();
  return merged;
}
