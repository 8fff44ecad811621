/** Gathers lexicon hits into one LogEvent per entry, source and peer. */
import type { LexiconMatch } from './lexicon/compile.ts';
import type { EventHit, LogEvent, LogSource } from './types.ts';

const KEEP_FIRST = 20;
const KEEP_LAST = 20;
const MAX_CLIENTS = 1000;
/** Peers beyond this many per entry and source are counted under no peer. */
const MAX_PEERS = 500;

interface Gathered extends LogEvent {
  /** Ring of the last hits. */
  tail: EventHit[];
}

/** `https://10.0.0.1:443/x` or `10.0.0.1:443` to `10.0.0.1:443`. */
export function peerName(text: string): string {
  const url = /^[a-z][a-z0-9+.-]{0,15}:\/\/([^/?#\s"]{1,255})/i.exec(text);
  const host = (url ? url[1]! : text).trim();
  const at = host.lastIndexOf('@');
  return host.slice(at + 1, at + 1 + 260);
}

export class EventGatherer {
  readonly #events = new Map<string, Gathered>();
  readonly #peers = new Map<string, number>();

  add(
    match: LexiconMatch,
    source: LogSource,
    node: string | undefined,
    hit: EventHit,
    peer: string | undefined,
    client: string | undefined,
  ): void {
    const { entry } = match;
    let named = peer;
    const family = `${entry.id}\u0000${source.index}`;
    let key = `${family}\u0000${named ?? ''}`;
    let event = this.#events.get(key);
    if (!event) {
      const peers = this.#peers.get(family) ?? 0;
      if (peers >= MAX_PEERS) {
        named = undefined;
        key = `${family}\u0000`;
        event = this.#events.get(key);
      } else this.#peers.set(family, peers + 1);
    }
    if (!event) {
      event = {
        entry: entry.id,
        event: entry.event,
        also: entry.also ?? [],
        source: source.index,
        software: entry.software,
        ...(node === undefined ? {} : { node }),
        complaint: entry.complaint,
        role: entry.role,
        ...(named === undefined ? {} : { peer: named }),
        count: 0,
        first: hit.time,
        last: hit.time,
        perMinute: new Map(),
        hits: [],
        clients: new Set(),
        tail: [],
      };
      this.#events.set(key, event);
    }
    event.count++;
    if (hit.time < event.first || Number.isNaN(event.first)) event.first = hit.time;
    if (hit.time > event.last || Number.isNaN(event.last)) event.last = hit.time;
    if (!Number.isNaN(hit.time)) {
      const minute = Math.floor(hit.time / 60_000) * 60_000;
      event.perMinute.set(minute, (event.perMinute.get(minute) ?? 0) + 1);
    }
    if (event.hits.length < KEEP_FIRST) event.hits.push(hit);
    else {
      event.tail.push(hit);
      if (event.tail.length > KEEP_LAST * 2) event.tail.splice(0, KEEP_LAST);
    }
    if (client !== undefined && event.clients.size < MAX_CLIENTS) event.clients.add(client);
  }

  finish(): LogEvent[] {
    return [...this.#events.values()].map(({ tail, ...event }) => {
      event.hits.push(...tail.slice(-KEEP_LAST));
      return event;
    });
  }
}
