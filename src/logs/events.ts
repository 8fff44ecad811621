/** Gathers lexicon hits into one LogEvent per entry, source, node and peer. */

import type { LexiconEntry } from '../knowledge/types.ts';
import { append } from '../lists.ts';
import { MinuteBudget } from './minute-budget.ts';
import type { EventHit, LogEvent, LogSource } from './types.ts';

/** Hits of an event that are kept whole, of the first and of the last. */
export const KEEP_FIRST = 20;
export const KEEP_LAST = 20;
export const MAX_CLIENTS = 1000;
/** Combinations of node and peer beyond this many per entry and source are counted under no peer. */
export const MAX_KINDS = 500;
/** Their texts appear in other programs' logs; the program that wrote the line is what a reader wants to know. */
const LIBRARIES = new Set(['openssl', 'system']);

/** One hit with what the record said around it. */
export interface Sighting {
  node: string | undefined;
  peer: string | undefined;
  client: string | undefined;
  /** Sandbox or test traffic. */
  test: boolean;
  hit: EventHit;
}

/** An event while it is gathered. */
export interface Gathered extends LogEvent {
  /** Ring of the last hits. */
  tail: EventHit[];
}

/** `https://10.0.0.1:443/x` or `10.0.0.1:443` to `10.0.0.1:443`. */
export function peerName(text: string): string {
  const url = /^[a-z][a-z0-9+.-]{0,15}:\/\/([^/?#\s"]{1,255})/i.exec(text);
  const host = (url ? url[1]! : text).trim().replace(/^['"]|['"]$/g, '');
  const at = host.lastIndexOf('@');
  return host.slice(at + 1, at + 1 + 260);
}

export class EventGatherer {
  readonly #events = new Map<string, Gathered>();
  readonly #kinds = new Map<string, number>();
  readonly minutes = new MinuteBudget();

  /** @param role of the writer on that connection, where the entry leaves it open. */
  add(entry: LexiconEntry, role: LogEvent['role'], source: LogSource, sighting: Sighting): void {
    const { hit } = sighting;
    const event = this.eventOf(entry, role, source, sighting);
    this.count(event, hit.time, sighting.client);
    if (event.hits.length < KEEP_FIRST) event.hits.push(hit);
    else {
      event.tail.push(hit);
      if (event.tail.length > KEEP_LAST * 2) event.tail.splice(0, KEEP_LAST);
    }
  }

  /** The event under which a sighting counts; a new one has counted none yet. */
  eventOf(
    entry: LexiconEntry,
    role: LogEvent['role'],
    source: LogSource,
    { test, ...where }: Pick<Sighting, 'node' | 'peer' | 'test'>,
  ): Gathered {
    let { node, peer } = where;
    const family = `${entry.id}\u0000${source.index}`;
    const keyOf = (): string => `${family}\u0000${node ?? ''}\u0000${test}\u0000${peer ?? ''}`;
    let event = this.#events.get(keyOf());
    if (!event) {
      const kinds = this.#kinds.get(family) ?? 0;
      if (kinds >= MAX_KINDS) {
        peer = undefined;
        event = this.#events.get(keyOf());
        // A writer that is new by then, too: a log may name a million.
        if (!event) {
          node = undefined;
          event = this.#events.get(keyOf());
        }
      } else this.#kinds.set(family, kinds + 1);
    }
    if (!event) {
      event = {
        entry: entry.id,
        event: entry.event,
        also: entry.also ?? [],
        source: source.index,
        software: LIBRARIES.has(entry.software) ? (source.software ?? entry.software) : entry.software,
        ...(node === undefined ? {} : { node }),
        complaint: entry.complaint,
        role,
        ...(peer === undefined ? {} : { peer }),
        ...(test ? { test } : {}),
        count: 0,
        first: Number.NaN,
        last: Number.NaN,
        perMinute: new Map(),
        hits: [],
        clients: new Set(),
        tail: [],
      };
      this.#events.set(keyOf(), event);
    }
    return event;
  }

  /** Counts one hit of an event, whose text is handed in otherwise. */
  count(event: Gathered, time: number, client: string | undefined): void {
    event.count++;
    if (time < event.first || Number.isNaN(event.first)) event.first = time;
    if (time > event.last || Number.isNaN(event.last)) event.last = time;
    if (!Number.isNaN(time)) this.minutes.add(event.perMinute, Math.floor(time / 60_000) * 60_000);
    if (client !== undefined && event.clients.size < MAX_CLIENTS) event.clients.add(client);
  }

  /** Hands in hits that were counted before, among others of the same lines. @param hits at most as many as are kept of the last. */
  keepLast(event: Gathered, hits: EventHit[]): void {
    event.tail = [...event.tail, ...hits].sort((a, b) => a.line - b.line).slice(-KEEP_LAST);
  }

  /** Whether some entry had more nodes and peers than are told apart. */
  get full(): boolean {
    return [...this.#kinds.values()].some((kinds) => kinds >= MAX_KINDS);
  }

  /** Adds what a later part of the same source had. @param lines how many lines lie before that part. */
  merge(events: LogEvent[], source: number, lines: number): void {
    for (const event of events) {
      const family = `${event.entry}\u0000${source}`;
      const key = `${family}\u0000${event.node ?? ''}\u0000${event.test ?? false}\u0000${event.peer ?? ''}`;
      const hits = event.hits.map((hit) => ({ ...hit, source, line: hit.line + lines }));
      const known = this.#events.get(key);
      if (!known) {
        this.#kinds.set(family, (this.#kinds.get(family) ?? 0) + 1);
        this.minutes.adopt(event.perMinute);
        this.#events.set(key, {
          ...event,
          source,
          hits: hits.slice(0, KEEP_FIRST),
          tail: hits.slice(KEEP_FIRST),
        });
        continue;
      }
      known.count += event.count;
      if (event.first < known.first || Number.isNaN(known.first)) known.first = event.first;
      if (event.last > known.last || Number.isNaN(known.last)) known.last = event.last;
      for (const [minute, count] of event.perMinute) this.minutes.add(known.perMinute, minute, count);
      const room = KEEP_FIRST - known.hits.length;
      append(known.hits, hits.slice(0, room));
      known.tail = [...known.tail, ...hits.slice(room)].slice(-KEEP_LAST);
      for (const client of event.clients) if (known.clients.size < MAX_CLIENTS) known.clients.add(client);
    }
  }

  finish(): LogEvent[] {
    return [...this.#events.values()].map(({ tail, ...event }) => {
      append(event.hits, tail.slice(-KEEP_LAST));
      return event;
    });
  }
}
