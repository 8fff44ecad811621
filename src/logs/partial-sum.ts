/**
 * Adds up what `partialOf` wrote, one piece of a file after another: memory depends on what the result holds, which has
 * bounds, not on how many files there are or how large they are. What is beyond a bound is counted and said.
 */
import { isPlain, type Plain } from '../plain.ts';
import { type AttackCount, AttackCounter } from './attacks/matcher.ts';
import { JsonCursor, JsonTextError } from './json-cursor.ts';
import { MinuteBudget } from './minute-budget.ts';
import { PARTIAL_VERSION } from './partial.ts';
import { asCount, restoreTraffic } from './traffic/restore.ts';
import { LEVELS, type LogEvent, type LogObservations, type LogSource, type TemplateSeries } from './types.ts';

/** What is listed one by one; as many files as one run reads, and a few megabytes to some tens of the others. */
export interface PartialBounds {
  sources: number;
  events: number;
  templates: number;
  cards: number;
  signatures: number;
  /** Sentences about what was approximated. */
  notes: number;
  /** Characters of samples that are kept whole. */
  text: number;
}
export const PARTIAL_BOUNDS: PartialBounds = {
  sources: 20_000,
  events: 20_000,
  templates: 40_000,
  cards: 20_000,
  signatures: 1000,
  notes: 50,
  text: 8 * 2 ** 20,
};
/** Bytes of one event, or of some minutes of traffic, at most: what `partialOf` writes stays far below. */
const LARGEST_VALUE = 16 * 2 ** 20;
/** Characters of a sample once there are many. */
const SHORT = 200;
const LONGEST_NAME = 4096;
const KEEP_HITS = 40;
const KEEP_SAMPLES = 5;
const MAX_CLIENTS = 1000;
const MAX_ATTACKERS = 10_000;
/** Clients that errors name, in all of them. */
const MOST_CLIENTS = 100_000;

/** Why a file cannot be added up. */
export class PartialError extends Error {}

/** Members that each item of a list must have. */
const TEXTS: { [list: string]: string[] } = {
  sources: ['file', 'format', 'role'],
  events: ['entry', 'event', 'software', 'complaint', 'role'],
  templates: ['template'],
  signatures: ['signature', 'family'],
  cards: ['file', 'masked', 'brand', 'digest', 'kind'],
};

const asTime = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
/** A text of its own: a part of a parsed text would keep all of it. */
const cut = (text: string, length: number): string =>
  text.length > length ? Buffer.from(text.slice(0, length)).toString() : text;

/** A name, or nothing where there is none. */
const named = <M extends string>(member: M, value: unknown): { [member in M]?: string } =>
  value === undefined ? {} : ({ [member]: cut(String(value), LONGEST_NAME) } as { [member in M]?: string });

/** Whether members are texts, as they must be. */
const hasTexts = (item: Plain, ...members: string[]): boolean =>
  members.every((member) => typeof item[member] === 'string');

/** A value with each text of it, and each name of a member, made safe. */
function safely(value: unknown, safe: (text: string) => string): unknown {
  if (typeof value === 'string') return safe(value);
  if (Array.isArray(value)) return value.map((item) => safely(item, safe));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [safe(name), safely(member, safe)]));
}

/** The earlier and later of two times that may be unknown. */
const earlier = (a: number, b: number): number => (a <= b || Number.isNaN(b) ? a : b);
const later = (a: number, b: number): number => (a >= b || Number.isNaN(b) ? a : b);

export class PartialSum {
  readonly #merged: LogObservations;
  readonly #bounds: PartialBounds;
  readonly #attacks = new AttackCounter();
  readonly #signatures = new Set<string>();
  readonly #minutes = new MinuteBudget();
  readonly #notes = new Set<string>();
  /** What has no place of its own any more, by what it still tells. */
  readonly #otherEvents = new Map<string, LogEvent>();
  readonly #otherTemplates = new Map<number, TemplateSeries>();
  #otherSources: LogSource | undefined;
  /** What each bound left out. */
  readonly #beyond = { sources: 0, events: 0, lostEvents: 0, templates: 0, cards: 0, signatures: 0, notes: 0 };
  #textLeft: number;
  #clientsLeft = MOST_CLIENTS;
  /** Sources before those of the file at hand, and how many it has. */
  #offset = 0;
  #own = 0;

  readonly #safe: (text: string) => string;

  /**
   * @param empty observations before any log was read, which are taken over and filled. @param safe makes a text fit to be
   * shown: what comes from elsewhere need not have been written by `partialOf`.
   */
  constructor(empty: LogObservations, safe: (text: string) => string, bounds = PARTIAL_BOUNDS) {
    this.#merged = empty;
    this.#safe = safe;
    this.#bounds = bounds;
    this.#textLeft = bounds.text;
  }

  /**
   * Adds one file. @param chunks its bytes.
   * @throws PartialError for what `partialOf` did not write; the sum is of no use afterwards.
   */
  add(chunks: Iterable<Buffer>): void {
    const cursor = new JsonCursor(chunks, LARGEST_VALUE);
    try {
      const seen = this.#members(cursor);
      for (const name of [
        'approximated',
        'sources',
        'events',
        'templates',
        'signatures',
        'cards',
        'traffic',
        'operations',
      ])
        if (!seen.has(name)) throw new PartialError(`lacks ${name}`);
      if (!cursor.atEnd()) throw new PartialError('is no JSON');
    } catch (error) {
      if (error instanceof JsonTextError) throw new PartialError(error.message);
      throw error;
    }
  }

  /** @returns the members that were there in the form they must have. */
  #members(cursor: JsonCursor): Set<string> {
    const seen = new Set<string>();
    this.#offset += this.#own;
    this.#own = 0;
    const lists: { [name: string]: (item: Plain) => void } = {
      sources: (item) => this.#source(item as unknown as LogSource),
      events: (item) => this.#event(item as unknown as LogEvent),
      templates: (item) => this.#template(item as unknown as TemplateSeries),
      signatures: (item) => this.#signature(item as unknown as AttackCount),
    };
    for (const name of cursor.members()) {
      const known = seen.size > 0 || name === 'paymedicPartial';
      if (!known || (name === 'paymedicPartial' && cursor.value() !== PARTIAL_VERSION)) break;
      const list = lists[name];
      const begins = cursor.begins();
      if (list && begins === 'list')
        for (const some of cursor.handfuls()) for (const one of some) list(this.#item(one, name));
      else if ((name === 'traffic' || name === 'operations') && begins === 'object')
        restoreTraffic(this.#merged[name], cursor);
      else if (name === 'cards' && begins === 'object') this.#cards(cursor);
      else if (name === 'approximated' && begins === 'list')
        for (const some of cursor.handfuls()) for (const note of some) this.#note(this.#safe(String(note)));
      else if (name === 'records') this.#merged.recordTotal += asCount(cursor.value());
      else if (name === 'sampledOut') this.#merged.sampledOut += asCount(cursor.value());
      else if (name !== 'paymedicPartial') continue;
      seen.add(name);
    }
    if (seen.size === 0) throw new PartialError('was not written by paymedic logs --partial of this version');
    return seen;
  }

  /** What is listed, made safe. @throws PartialError where it lacks what everybody reads. */
  #item(given: unknown, list: string): Plain {
    const item = safely(given, this.#safe);
    if (!isPlain(item) || !hasTexts(item, ...TEXTS[list]!))
      throw new PartialError(`has something else among its ${list}`);
    return item;
  }

  #note(note: string): void {
    if (this.#notes.has(note)) return;
    if (this.#notes.size < this.#bounds.notes) this.#notes.add(cut(note, 1000));
    else this.#beyond.notes++;
  }

  /** A sample as long as there is room for. */
  #text(value: unknown): string {
    const text = cut(String(value ?? ''), this.#textLeft > 0 ? 16_384 : SHORT);
    this.#textLeft -= text.length;
    return text;
  }

  #source(given: LogSource): void {
    const { sources } = this.#merged;
    this.#own++;
    const zone = (isPlain(given.zone) ? given.zone : {}) as Plain;
    const { first, last, bytes, lines, parsed, unparsed, operations } = given;
    const source: LogSource = {
      index: 0,
      format: given.format,
      role: given.role,
      ...named('software', given.software),
      ...named('node', given.node),
      bytes: asCount(bytes),
      lines: asCount(lines),
      parsed: asCount(parsed),
      unparsed: asCount(unparsed),
      operations: asCount(operations),
      ...(Number.isFinite(first) && Number.isFinite(last) ? { first: first!, last: last! } : {}),
      zone: { name: String(zone.name), source: String(zone.source) as LogSource['zone']['source'] },
      file: cut(String(given.file), LONGEST_NAME),
      levels: isPlain(given.levels)
        ? Object.fromEntries(Object.entries(given.levels).map(([level, n]) => [level, asCount(n)]))
        : {},
      unparsedSamples: asList(given.unparsedSamples)
        .filter(isPlain)
        .slice(0, KEEP_SAMPLES)
        .map(({ line, text }) => ({ line: asCount(line), text: this.#text(text) })),
    };
    // The last place is for all that have none.
    if (sources.length < this.#bounds.sources - 1) {
      sources.push({ ...source, index: sources.length });
      return;
    }
    this.#beyond.sources++;
    const others = this.#otherSources;
    if (!others) {
      this.#otherSources = { ...source, index: sources.length, file: '(further files)', node: '', unparsedSamples: [] };
      sources.push(this.#otherSources);
      return;
    }
    for (const member of ['bytes', 'lines', 'parsed', 'unparsed', 'operations'] as const)
      others[member] += source[member];
    for (const [level, count] of Object.entries(source.levels))
      if (Object.hasOwn(others.levels, level) || (LEVELS as readonly string[]).includes(level))
        others.levels[level] = (others.levels[level] ?? 0) + asCount(count);
    if (source.first !== undefined) others.first = Math.min(others.first ?? source.first, source.first);
    if (source.last !== undefined) others.last = Math.max(others.last ?? source.last, source.last);
  }

  /** What a source of the file at hand is here. */
  #sourceOf(index: unknown): number {
    return Math.min(this.#offset + asCount(index), this.#merged.sources.length - 1);
  }

  /** Counts by minute, as far as there is room. */
  #addMinutes(into: Map<number, number>, pairs: unknown): void {
    for (const pair of asList(pairs)) {
      const [minute, count] = asList(pair);
      if (Number.isFinite(minute) && asCount(count) > 0) this.#minutes.add(into, minute as number, asCount(count));
    }
  }

  #hits<T extends { source: number; time: number; text: string }>(hits: unknown, most: number): T[] {
    const all = asList(hits).filter(isPlain);
    // The first shows what it looks like; the others are kept while there is room.
    return all.slice(0, this.#textLeft > 0 ? most : 1).map(
      (hit) =>
        ({
          ...hit,
          source: this.#sourceOf(hit.source),
          time: asTime(hit.time),
          text: this.#text(hit.text),
        }) as unknown as T,
    );
  }

  #event(given: LogEvent): void {
    const { events, sources } = this.#merged;
    if (sources.length === 0) throw new PartialError('has its events before its sources');
    const key = [given.entry, given.event, given.complaint, given.role, given.test ?? false].join('\0');
    const full = events.length >= this.#bounds.events;
    const others = full ? this.#otherEvents.get(key) : undefined;
    if (full) this.#beyond.events += asCount(given.count);
    if (others) {
      others.count += asCount(given.count);
      others.first = earlier(others.first, asTime(given.first));
      others.last = later(others.last, asTime(given.last));
      this.#addMinutes(others.perMinute, given.perMinute);
      return;
    }
    if (full && this.#otherEvents.size >= this.#bounds.events / 4) {
      this.#beyond.lostEvents += asCount(given.count);
      return;
    }
    const hits = this.#hits<LogEvent['hits'][number]>(given.hits, KEEP_HITS);
    if (hits.length === 0) return;
    const clients = asList(given.clients).slice(0, Math.min(MAX_CLIENTS, this.#clientsLeft)).map(String);
    this.#clientsLeft -= clients.length;
    const event: LogEvent = {
      entry: cut(String(given.entry), LONGEST_NAME),
      event: given.event,
      also: asList(given.also).slice(0, 10) as LogEvent['also'],
      software: cut(String(given.software), LONGEST_NAME),
      complaint: given.complaint,
      role: given.role,
      ...(full ? {} : { ...named('node', given.node), ...named('peer', given.peer) }),
      ...(given.test === true ? { test: true } : {}),
      source: this.#sourceOf(given.source),
      count: asCount(given.count),
      first: asTime(given.first),
      last: asTime(given.last),
      perMinute: new Map(),
      clients: new Set(clients),
      hits,
    };
    this.#addMinutes(event.perMinute, given.perMinute);
    if (full) this.#otherEvents.set(key, event);
    events.push(event);
  }

  #template(given: TemplateSeries): void {
    const { templates, sources } = this.#merged;
    if (sources.length === 0) throw new PartialError('has its messages before its sources');
    const source = this.#sourceOf(given.source);
    const full = templates.length >= this.#bounds.templates;
    let series = full ? this.#otherTemplates.get(source) : undefined;
    if (full) this.#beyond.templates++;
    if (!series) {
      const { line, text } = isPlain(given.sample) ? given.sample : { line: 0, text: '' };
      series = {
        source,
        template: full ? '(other)' : cut(String(given.template), 1000),
        ...(full || given.level === undefined ? {} : { level: given.level }),
        count: 0,
        first: asTime(given.first),
        last: asTime(given.last),
        perMinute: new Map(),
        sample: { line: asCount(line), text: full ? '' : this.#text(text) },
      };
      if (full) this.#otherTemplates.set(source, series);
      templates.push(series);
    }
    series.count += asCount(given.count);
    series.first = earlier(series.first, asTime(given.first));
    series.last = later(series.last, asTime(given.last));
    this.#addMinutes(series.perMinute, given.perMinute);
  }

  #signature(given: AttackCount): void {
    const name = String(given.signature);
    if (!this.#signatures.has(name)) {
      if (this.#signatures.size >= this.#bounds.signatures) {
        this.#beyond.signatures += asCount(given.count);
        return;
      }
      this.#signatures.add(name);
    }
    const hits = this.#hits<AttackCount['hits'][number]>(given.hits, KEEP_HITS / 2);
    if (hits.length === 0) return;
    this.#attacks.add({
      ...given,
      signature: name,
      count: asCount(given.count),
      answered: asCount(given.answered),
      first: asTime(given.first),
      last: asTime(given.last),
      clients: new Set(asList(given.clients).slice(0, MAX_ATTACKERS).map(String)),
      hits,
    });
  }

  #cards(cursor: JsonCursor): void {
    const { cards } = this.#merged;
    for (const name of cursor.members()) {
      if (name === 'total') cards.total += asCount(cursor.value());
      else if (name === 'hits')
        for (const some of cursor.handfuls())
          for (const hit of some.map((one) => this.#item(one, 'cards')) as unknown as LogObservations['cards']['hits'])
            if (cards.hits.length < this.#bounds.cards) cards.hits.push({ ...hit, time: asTime(hit.time) });
            else this.#beyond.cards++;
    }
  }

  /** Everything that was added. */
  finish(): LogObservations {
    const merged = this.#merged;
    merged.signatures = this.#attacks.finish();
    merged.approximated = [...new Set([...merged.approximated, ...this.#notes, ...this.#told()])];
    return merged;
  }

  /** What did not fit, in sentences. */
  #told(): string[] {
    const { sources, events, lostEvents, templates, cards, signatures, notes } = this.#beyond;
    const bounds = this.#bounds;
    const fewer = 'for all of them merge fewer files at once';
    const told: string[] = [];
    if (sources > 0) told.push(`${sources} files beyond ${bounds.sources - 1} are listed together; ${fewer}`);
    if (events > 0)
      told.push(`${events} errors beyond ${bounds.events} kinds were counted without their hosts and peers; ${fewer}`);
    if (lostEvents > 0) told.push(`${lostEvents} errors of further kinds were left out; ${fewer}`);
    if (templates > 0)
      told.push(
        `message shapes beyond ${bounds.templates} were counted together, so that a new one among them is not seen; ${fewer}`,
      );
    if (this.#minutes.beyond > 0)
      told.push(
        `${this.#minutes.beyond} messages lie in more minutes than are told apart and are missing in onsets and ends; ${fewer}`,
      );
    if (cards > 0) told.push(`${cards} card numbers beyond ${bounds.cards} were counted without their place; ${fewer}`);
    if (signatures > 0) told.push(`${signatures} attack traces of further kinds were left out; ${fewer}`);
    if (this.#textLeft <= 0) told.push(`some samples of lines were cut or left out; ${fewer}`);
    if (notes > 0) told.push(`${notes} more notes of the passes were left out`);
    return told;
  }
}
