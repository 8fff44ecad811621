/**
 * What the lexicon says of text records that differ in their digits only: found out once, then counted without a string. The
 * entries concerned cannot tell such records apart, see `exact` in lexicon/compile.ts.
 */
import type { LexiconEntry } from '../../knowledge/types.ts';
import { type Gathered, KEEP_FIRST, KEEP_LAST, MAX_CLIENTS } from '../events.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { verify } from '../lexicon/compile.ts';
import {
  addressOf,
  type Collector,
  HIT_TEXT,
  MESSAGE_CAP,
  type RecordAssembler,
  type Sighted,
} from '../record-assembler.ts';
import type { EventHit, LogSource } from '../types.ts';

/** Numbers below are the kernel's own, see text-known.as. */
const FIRST_NUMBER = 3;
/** To be looked at each time. */
const UNLIKE = -1;
/** Texts told apart before all are forgotten. */
const MOST_TEXTS = 20_000;

/** Words and doubles of a record in the kernel's EVENTS. */
const WORDS = 10;
const DOUBLES = 5;
const MESSAGE = 4;
const END = 5;
const REST = 6;
const TIME = 4;

/** Who is seen in a record; the client's text stands between these places behind the stamp. */
interface Known {
  entry: LexiconEntry;
  sighted: Omit<Sighted, 'client'>;
  client: { from: number; to: number } | undefined;
  recent: Recent | undefined;
}

interface KnownText {
  found: number[];
  known: Known[];
}

/** The last hits of an event in the block at hand, by the place of each in EVENTS where it was met. */
interface Recent {
  event: Gathered;
  hits: {
    line: number;
    time: number;
    rest: number;
    message: number;
    end: number;
    text: KnownText;
    entry: LexiconEntry;
  }[];
  /** Addresses that the event has, as written. */
  clients: Set<string>;
}

const blotted = (text: string): string => text.replace(/\d/g, '0');

export class KnownEvents {
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #texts: KnownText[] = [];
  readonly #recents = new Map<Gathered, Recent>();
  readonly #touched = new Set<Recent>();

  constructor(source: LogSource, to: Collector) {
    this.#source = source;
    this.#to = to;
  }

  /**
   * Finds out what the open record says, and has the kernel remember it where that is the same for all texts of its kind.
   * @param text what stands behind its stamp. @param found literals of the lexicon in it.
   */
  learn(kernel: Kernel, records: RecordAssembler, text: string, found: readonly number[]): void {
    const known = this.#read(records, text);
    if (!known) {
      kernel.rememberEvent(UNLIKE);
      return;
    }
    if (this.#texts.length >= MOST_TEXTS) {
      this.#texts.length = 0;
      kernel.forgetEvents();
    }
    kernel.rememberEvent(FIRST_NUMBER + this.#texts.length);
    this.#texts.push({ found: found.slice(), known });
  }

  /** @returns undefined where not all that is known of the record is so of others of its kind. */
  #read(records: RecordAssembler, text: string): Known[] | undefined {
    const masked = blotted(text);
    const known: Known[] = [];
    // The kernel tells records by their first word as it is written.
    const first = /^ *([^ ]*)/.exec(text)![1];
    const { node } = records.head!;
    if (node !== undefined && node !== first) return undefined;
    for (const { match, sighted } of records.sightings()) {
      const { client, ...others } = sighted;
      // Whom a client speaks to is read from too many places.
      if (others.peer !== undefined || (others.role !== 'server' && others.role !== 'none')) return undefined;
      let place: Known['client'];
      if (client !== undefined) {
        const from = masked.indexOf(blotted(client));
        if (from < 0 || masked.includes(blotted(client), from + 1)) return undefined;
        place = { from, to: from + client.length };
        if (text.slice(from, place.to) !== client) return undefined;
      }
      known.push({ entry: match.entry, sighted: others, client: place, recent: undefined });
    }
    return known;
  }

  /** Counts the record that the kernel put at `index` of its list, with what is known of its text. @param line its number. */
  count({ bytes, textEvents: { words, doubles } }: Kernel, index: number, number: number, line: number): void {
    const text = this.#texts[number - FIRST_NUMBER]!;
    const time = doubles[index * DOUBLES + TIME]!;
    const at = index * WORDS;
    const rest = words[at + REST]!;
    for (const known of text.known) {
      known.recent ??= this.#recentOf(known);
      const { recent, client } = known;
      const { event, hits, clients } = recent;
      let address: string | undefined;
      if (client && event.clients.size < MAX_CLIENTS) {
        const written = bytes.toString('latin1', rest + client.from, rest + client.to);
        if (!clients.has(written)) {
          clients.add(written);
          address = addressOf(written);
        }
      }
      this.#to.events.count(event, time, address);
      const hit = { line, time, rest, message: words[at + MESSAGE]!, end: words[at + END]!, text, entry: known.entry };
      if (event.hits.length < KEEP_FIRST) event.hits.push(this.#hit(bytes, hit));
      else {
        if (hits.length === KEEP_LAST * 4) hits.splice(0, KEEP_LAST * 3);
        if (hits.push(hit) === 1) this.#touched.add(recent);
      }
    }
  }

  #recentOf({ entry, sighted }: Known): Recent {
    const event = this.#to.events.eventOf(entry, sighted.role, this.#source, sighted);
    let recent = this.#recents.get(event);
    if (!recent) {
      recent = { event, hits: [], clients: new Set() };
      this.#recents.set(event, recent);
    }
    return recent;
  }

  #hit(bytes: Buffer, { line, time, rest, message, end, text, entry }: Recent['hits'][number]): EventHit {
    const matches = verify(this.#to.lexicon, text.found, bytes.toString('latin1', rest, end), this.#source.software);
    const { values } = matches.find((match) => match.entry === entry)!;
    const told = bytes.toString('latin1', message, Math.min(end, message + Math.min(HIT_TEXT, MESSAGE_CAP)));
    return { time, source: this.#source.index, line, text: told, values };
  }

  /** The block is read: hands on the hits that are kept of it. */
  rest({ bytes }: Kernel): void {
    for (const recent of this.#touched) {
      const last = recent.hits.slice(-KEEP_LAST).map((hit) => this.#hit(bytes, hit));
      this.#to.events.keepLast(recent.event, last);
      recent.hits.length = 0;
    }
    this.#touched.clear();
  }
}
