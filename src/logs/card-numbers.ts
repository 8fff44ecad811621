/**
 * Card numbers in logs. Keeps at most the first six and last four digits and a keyed hash (PCI DSS v4.0.1, 3.4.1 and
 * 3.5.1).
 */
import { createHmac } from 'node:crypto';
import { textHash } from '../text-hash.ts';
import { headerOf, rowColumn } from './cards/columns.ts';
import { nameSays } from './cards/context.ts';
import { sharedWithNeighbours } from './cards/dump-lines.ts';
import { confidenceOf, findCards, LEAST_CONFIDENCE, NAMED } from './cards/find.ts';
import type { FixedColumns } from './cards/fixed-columns.ts';
import { masked } from './cards/masked.ts';
import type { CardSpan } from './cards/number.ts';
import type { CardNumberHit } from './types.ts';

const MAX_HITS = 5000;
export const MAX_PLACES = 20_000;
/** A place in a file is judged by its share of Luhn-valid numbers once this many candidates stood there. */
const ENOUGH = 8;
/** Chance alone makes one in ten valid; real cards are valid nearly always, but where a name says card many are mistyped. */
const LEAST_VALID_SHARE = 0.5;
const LEAST_VALID_SHARE_NAMED = 0.25;

/** `cvv=123`: sensitive authentication data, which must not be stored at all after authorisation (3.3.1). */
const VERIFICATION = /["']?\b(?:cvv2?|cvc2?|cid|csc|security_?code)\b["']?\s{0,2}[=:]\s{0,2}["']?\d{3,4}(?!\d)/i;

interface Place {
  candidates: number;
  valid: number;
  hits: number;
  /** Candidates whose name says card. */
  named: number;
  /** Valid ones that are reported only where a name says card, which may stand in the first line of the table. */
  weak: number;
}

type Kept = CardNumberHit & { place: number; weak?: true };

export interface CardState {
  places: [number, Place][];
  hits: Kept[];
  /** Places that are columns whose name says what they hold. */
  columns: [number, 'card' | 'other'][];
}

/** Nameless numbers in one line of which most fail the check digit are a list of something else. */
const LIST = 3;

/** The candidates of a line without those in such lists. @param named whether the column of a candidate is called a card's. */
function withoutLists(spans: CardSpan[], b: Buffer, start: number, named: (span: CardSpan) => boolean): CardSpan[] {
  // Rows of a statement are a list for each of its columns.
  const list = (span: CardSpan): number => rowColumn(b, start, span.from)?.column ?? -1;
  const lists = new Map<number, { nameless: number; valid: number }>();
  for (const span of spans) {
    if (span.context !== 'none') continue;
    const key = list(span);
    const known = lists.get(key) ?? { nameless: 0, valid: 0 };
    known.nameless++;
    if (span.luhn) known.valid++;
    lists.set(key, known);
  }
  return spans.filter((span) => {
    if (span.context !== 'none') return true;
    const { nameless, valid } = lists.get(list(span))!;
    return nameless < LIST || valid * 2 >= nameless || named(span);
  });
}

export class CardScanner {
  readonly #key: Buffer;
  readonly #keep: number;
  readonly #hits: Kept[] = [];
  readonly #columns = new Map<number, 'card' | 'other'>();
  readonly #places = new Map<number, Place>();
  /** Candidates of the line that is looked at. Most lines have none and are to cost no memory. */
  #candidates: CardSpan[] = [];
  readonly #collect = (span: CardSpan): void => {
    this.#candidates.push(span);
  };

  /**
   * @param key secret of this run; equal numbers get equal digests within it only.
   * @param keep hits that are kept with their place; the others are only counted.
   */
  constructor(key: Buffer, keep = MAX_HITS) {
    this.#key = key;
    this.#keep = keep;
  }

  /**
   * Finds numbers in bytes[start, end) of one line. `time` is that of the line before, good enough to place it. @param fixed
   * what is known of the columns of this file's records.
   */
  scan(b: Buffer, start: number, end: number, file: string, line: number, time: number, fixed?: FixedColumns): void {
    if (line === 1) this.header(b, start, end, file);
    findCards(b, start, end, this.#collect);
    if (fixed?.any) this.#candidates.push(...fixed.spans(b, start, end, this.#candidates));
    const shared = sharedWithNeighbours(b, start, end, false);
    for (let i = 0; i < shared.length; i++) this.#candidates.push(shared[i]!);
    if (this.#candidates.length > 0) this.#addAll(this.#taken(), b, start, end, file, line, time);
  }

  #addAll(spans: CardSpan[], b: Buffer, start: number, end: number, file: string, line: number, time: number): void {
    for (const span of spans.length < LIST ? spans : withoutLists(spans, b, start, this.#named(b, start, file)))
      this.#add(span, b, start, end, file, line, time);
  }

  /** The candidates of the line, which are forgotten. */
  #taken(): CardSpan[] {
    const spans = this.#candidates;
    this.#candidates = [];
    return spans;
  }

  /** Whether a candidate of a line stands in a column that is called a card's. */
  #named(b: Buffer, start: number, file: string): (span: CardSpan) => boolean {
    return (span) => this.#columns.get(placeOf(b, start, span.from, file)) === 'card';
  }

  /** Takes the names of a table's columns from its first line. */
  header(b: Buffer, start: number, end: number, file: string): void {
    const header = headerOf(b, start, end);
    if (!header) return;
    for (const [column, name] of header.names.entries()) {
      const says = nameSays(name);
      if (says !== 'none') this.#columns.set(columnPlace(file, header.separator, column), says);
    }
  }

  /** Byte ranges of the numbers that scan would report, for redaction; `header` was told the first line with an empty name. */
  spans(b: Buffer, start: number, end: number, fixed?: FixedColumns): CardSpan[] {
    findCards(b, start, end, this.#collect);
    if (fixed?.any) this.#candidates.push(...fixed.spans(b, start, end, this.#candidates));
    for (const span of sharedWithNeighbours(b, start, end, true)) this.#candidates.push(span);
    if (this.#candidates.length === 0) return [];
    const spans = this.#taken();
    const named = this.#named(b, start, '');
    return (spans.length < LIST ? spans : withoutLists(spans, b, start, named)).filter(
      (span) => confidenceOf(span) >= LEAST_CONFIDENCE || (isWeak(span) && named(span)),
    );
  }

  #add(span: CardSpan, b: Buffer, start: number, end: number, file: string, line: number, time: number): void {
    if (span.context === 'other') return;
    const place = placeOf(b, start, span.from, file);
    let known = this.#places.get(place);
    if (!known) {
      if (this.#places.size >= MAX_PLACES) return;
      known = { candidates: 0, valid: 0, hits: 0, named: 0, weak: 0 };
      this.#places.set(place, known);
    }
    known.candidates++;
    if (span.luhn) known.valid++;
    if (span.context === 'card') known.named++;
    const confidence = confidenceOf(span);
    const weak = confidence < LEAST_CONFIDENCE;
    if (weak && !isWeak(span)) return;
    if (weak) known.weak++;
    else known.hits++;
    if (this.#hits.length >= this.#keep) return;
    const { digits, brand } = span;
    const hit = { file, line, column: span.from - start + 1, time, confidence, place, ...(weak && { weak }) };
    this.#hits.push({
      ...hit,
      masked: masked(digits),
      brand,
      digest: createHmac('sha256', this.#key).update(digits).digest('hex').slice(0, 16),
      kind: span.track === 2 ? 'track2' : span.track === 1 ? 'track1' : 'pan',
    });
    const verification = VERIFICATION.exec(b.toString('latin1', start, Math.min(end, start + 4096)));
    if (verification) {
      this.#hits.push({ ...hit, column: verification.index + 1, masked: '***', brand, digest: '', kind: 'cvv' });
    }
  }

  /** What another thread needs to merge this. */
  state(): CardState {
    return { places: [...this.#places], hits: this.#hits, columns: [...this.#columns] };
  }

  /** Whether there were more places than are told apart. */
  get full(): boolean {
    return this.#places.size >= MAX_PLACES;
  }

  /** Adds what a later part of the same source had. @param lines how many lines lie before that part. */
  merge({ places, hits, columns }: CardState, lines: number): void {
    for (const [place, says] of columns) this.#columns.set(place, says);
    for (const [place, { candidates, valid, hits: count, named, weak }] of places) {
      const known = this.#places.get(place);
      if (known) {
        known.candidates += candidates;
        known.valid += valid;
        known.hits += count;
        known.named += named;
        known.weak += weak;
      } else this.#places.set(place, { candidates, valid, hits: count, named, weak });
    }
    let kept = false;
    for (const hit of hits) {
      // A verification value follows its number and is kept with it.
      if (hit.kind !== 'cvv') kept = this.#hits.length < this.#keep;
      if (kept) this.#hits.push({ ...hit, line: hit.line + lines });
    }
  }

  /** What was found, without the places whose numbers are valid no more often than chance. */
  finish(): { total: number; hits: CardNumberHit[] } {
    const chance = (place: number): boolean => {
      const known = this.#places.get(place)!;
      const least = known.named * 2 > known.candidates ? LEAST_VALID_SHARE_NAMED : LEAST_VALID_SHARE;
      return known.candidates >= ENOUGH && known.valid < known.candidates * least;
    };
    const counts = ({ place, weak }: { place: number; weak?: boolean }): boolean => {
      const says = this.#columns.get(place);
      return says !== 'other' && (!weak || says === 'card') && !chance(place);
    };
    let total = 0;
    for (const [place, { hits, weak }] of this.#places) {
      if (counts({ place })) total += hits;
      if (weak > 0 && counts({ place, weak: true })) total += weak;
    }
    return {
      total,
      hits: this.#hits
        .filter(counts)
        .map(({ place, weak, ...hit }) => (weak || this.#columns.has(place) ? { ...hit, confidence: NAMED } : hit)),
    };
  }
}

/** A valid number that counts where a name says card. */
const isWeak = (span: CardSpan): boolean => span.luhn && span.context === 'none';

/** `&gt;` and `&quot;` end in a semicolon that separates no columns. */
const endsEntity = (b: Buffer, end: number): boolean =>
  /&(?:[a-z]{2,6}|#\w{2,5});$/i.test(b.toString('latin1', Math.max(0, end - 8), end));

const columnPlace = (file: string, separator: number, column: number): number =>
  column === 0 ? textHash(file) : Math.imul(textHash(file) ^ ((separator << 16) | (column + 1)), 16777619);

/** Where in a file's lines a number stands: its column in delimited lines, else the letters just before it. */
function placeOf(b: Buffer, start: number, from: number, file: string): number {
  const before = b[from - 1]!;
  const quoted = before === 34 ? b[from - 2]! : before;
  if (before === 34 || before === 39 || before === 40 || before === 44 || before === 32) {
    const row = rowColumn(b, start, from);
    if (row) return columnPlace(`${file}\n${row.table}`, 40, row.column);
  }
  if (from > start && (quoted === 44 || (quoted === 59 && !endsEntity(b, from)) || quoted === 124 || quoted === 9)) {
    let columns = 0;
    for (let i = start; i < from; i++) if (b[i] === quoted) columns++;
    return columnPlace(file, quoted, columns);
  }
  let hash = textHash(file);
  if (from === start + 1 && before === 34) return hash;
  let letters = 0;
  for (let i = from - 1; i >= start && letters < 12 && from - i < 40; i--) {
    const byte = b[i]!;
    if (byte >= 48 && byte <= 57) continue;
    hash = Math.imul(hash ^ byte, 16777619);
    letters++;
  }
  return hash;
}
