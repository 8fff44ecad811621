import { headerMeanings } from '../evidence/columns.ts';
import { guessedMeanings, isClockColumn, isDateColumn } from '../evidence/table-kind.ts';
import { epochTime, readTime } from '../evidence/time.ts';
import { fullYear, isShortDate } from './cells.ts';
import { zoneNamed } from './zones.ts';

/** Meanings a payment table or statement can have, in the order in which columns are given away. */
export const MEANINGS = [
  'time',
  'clock',
  'zone',
  'bin',
  'last4',
  'pan',
  'cardFingerprint',
  'cardExpiry',
  'amount',
  'currency',
  'code',
  'httpStatus',
  'status',
  'order',
  'providerId',
  'payment',
  'merchant',
  'route',
  'node',
  'latencyMs',
  'client',
  'user',
  'device',
  'subject',
  'transactionType',
  'initiator',
  'fee',
] as const;
export type Meaning = (typeof MEANINGS)[number];

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const IPV6 = /^[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}$/i;

/** Shapes of values; a column whose values do not fit is not that column, whatever its header says. */
const SHAPES: { [meaning in Meaning]?: (value: string) => boolean } = {
  time: (value) =>
    epochTime(value) !== undefined ||
    readTime(fullYear(value), { now: Date.UTC(2030, 0) }) !== undefined ||
    isDateColumn([value]) ||
    isShortDate(value),
  clock: (value) => isClockColumn([value]),
  zone: (value) => zoneNamed(value) !== undefined,
  payment: (value) => /\d/.test(value),
  bin: (value) => /^\d{6,9}$/.test(value),
  last4: (value) => /^\*{0,15}\d{3,4}$/.test(value),
  pan: (value) => /^[\d*#xX•. -]{12,24}$/.test(value) && /\d{4}$/.test(value),
  cardExpiry: (value) => /^\d{2}[/-]?\d{2}$|^\d{2}[/-]\d{4}$|^\d{4}[/-]\d{2}$|^\d{6}$/.test(value),
  amount: (value) => parseAmount(value, false) !== undefined,
  currency: (value) => /^[A-Z]{3}$|^\d{3}$|^[¥€$£元]$/i.test(value),
  httpStatus: (value) => /^[1-5]\d{2}$/.test(value),
  latencyMs: (value) => /^\d{1,9}(?:[.,]\d{1,6})?\s?(?:ms|s)?$/.test(value),
  client: (value) => IPV4.test(value) || IPV6.test(value),
  code: (value) => value.length <= 80,
  status: (value) => value.length <= 40 && !/^\d{4,}$/.test(value),
  route: (value) => value.length <= 60,
  initiator: (value) => value.length <= 40,
};

export const isAddress = (value: string): boolean => IPV4.test(value) || IPV6.test(value);

/** A number as written in any locale, with currency signs; undefined when it is none. */
export function parseAmount(text: string, decimalComma: boolean): number | undefined {
  const bare = text
    .replace(/^[`'"\s]+|["'\s]+$/g, '')
    .replace(/^(?:[A-Z]{3}|[¥€$£￥])\s?|\s?(?:[A-Z]{3}|[¥€$£￥元])$/g, '');
  if (!/^[+-]?\d[\d.,' ]{0,24}$/.test(bare)) return undefined;
  const normal = decimalComma ? bare.replace(/[.' ]/g, '').replace(',', '.') : bare.replace(/[,' ]/g, '');
  const value = Number(normal);
  return Number.isFinite(value) ? value : undefined;
}

/** Whether a column writes `1.234,56`: a comma with two digits at the end, and no point after a comma. */
export function usesDecimalComma(values: string[]): boolean {
  const commas = values.filter(
    (value) => /,\d{1,2}$/.test(value.trim().replace(/\s?[A-Z€¥元]{1,3}$/, '')) && !/\d,\d{3}(?:,|\.|$)/.test(value),
  ).length;
  const points = values.filter((value) => /\.\d{1,2}$/.test(value.trim())).length;
  return commas > points;
}

function fits(meaning: Meaning, values: string[]): number {
  const shape = SHAPES[meaning];
  const filled = values
    .map((value) => value.trim().replace(/^`/, ''))
    .filter((value) => value !== '' && value !== '-' && value !== '/' && value.toLowerCase() !== 'null');
  if (!shape || filled.length === 0) return 0.6;
  return filled.filter(shape).length / filled.length;
}

/** Columns that may say the outcome beside what they are taken for: reports of entries call the outcome their type. */
const MAY_SAY_OUTCOME: ReadonlySet<Meaning> = new Set(['status', 'transactionType', 'payment', 'subject']);

/**
 * The column whose words are outcomes, where that called so has none: `3D Directory Response` beside `Type` with `Authorised`
 * and `Refused` (Adyen, received payments).
 * @returns undefined where the column called so is understood, or no other is.
 */
function outcomeColumn(
  found: ReadonlyMap<Meaning, number>,
  header: readonly string[],
  valuesOf: (at: number) => string[],
  isOutcome: (value: string) => boolean,
): number | undefined {
  const understood = (at: number): number => {
    const filled = valuesOf(at).filter((value) => value.trim() !== '');
    return filled.length < sampleSize(at) / 2
      ? 0
      : filled.filter((value) => isOutcome(value.trim())).length / filled.length;
  };
  const sampleSize = (at: number): number => Math.max(1, valuesOf(at).length);
  const now = found.get('status');
  if (now !== undefined && understood(now) > 0) return undefined;
  const others = new Set([...found].filter(([meaning]) => !MAY_SAY_OUTCOME.has(meaning)).map(([, at]) => at));
  const at = header.findIndex((_, index) => !others.has(index) && understood(index) >= 0.9);
  return at === -1 ? undefined : at;
}

const SAYS_NO_REASON = /^(?:card_|generic_)?(?:declined?|refused|rejected|failed|failure)$/i;

/**
 * A column that says the same word of every decline (`card_declined`) yields to one that says why, where that is filled in as often.
 * @param at the column of codes. @returns the column to take.
 */
function finerCode(
  at: number,
  header: readonly string[],
  valuesOf: (at: number) => string[],
  taken: ReadonlySet<number>,
): number {
  const coarse = valuesOf(at);
  const [word = '', ...more] = new Set(coarse.filter(Boolean));
  if (word === '' || more.length > 0) return at;
  const rival = header.findIndex((cell, index) => {
    if (index === at || taken.has(index) || !headerMeanings(cell).includes('code')) return false;
    const values = valuesOf(index);
    const isFiner = SAYS_NO_REASON.test(word)
      ? values.some((value) => value && value !== word)
      : new Set(values.filter(Boolean)).size > 1;
    return isFiner && coarse.every((value, row) => value === '' || values[row] !== '');
  });
  return rival === -1 ? at : rival;
}

/**
 * Gives columns their meanings: by header synonyms in several languages, confirmed by the shape of the values; what has
 * no known header is found by shape where the shape is unmistakable.
 * @param header cells of the header.
 * @param sample rows below it.
 * @param isOutcome whether a word says what became of a payment; without it any word may.
 * @returns column index of each meaning that was found.
 */
export function mapColumns(
  header: string[],
  sample: string[][],
  isOutcome?: (value: string) => boolean,
): Map<Meaning, number> {
  const found = new Map<Meaning, number>();
  const taken = new Set<number>();
  const valuesOf = (at: number): string[] => sample.map((row) => row[at] ?? '');
  const candidates: { meaning: Meaning; at: number; score: number }[] = [];
  for (const [at, cell] of header.entries()) {
    const listed = headerMeanings(cell);
    const guessed = guessedMeanings(cell, valuesOf(at)).filter((meaning) => !listed.includes(meaning));
    for (const [rank, meaning] of [...listed, ...guessed].entries()) {
      if (!(MEANINGS as readonly string[]).includes(meaning)) continue;
      const fit = fits(meaning as Meaning, valuesOf(at));
      // A guess yields to every listed meaning.
      const penalty = rank * 0.15 + (rank >= listed.length ? 1 : 0);
      if (fit >= 0.5) candidates.push({ meaning: meaning as Meaning, at, score: fit - penalty - at * 0.001 });
    }
  }
  candidates.sort((a, b) => b.score - a.score || MEANINGS.indexOf(a.meaning) - MEANINGS.indexOf(b.meaning));
  for (const { meaning, at } of candidates) {
    if (found.has(meaning) || taken.has(at)) continue;
    found.set(meaning, at);
    taken.add(at);
  }
  // A column of bare dates is completed by one of times of day.
  const date = found.get('time');
  if (date !== undefined && (isDateColumn(valuesOf(date)) || valuesOf(date).filter(Boolean).every(isShortDate))) {
    const clock = header.findIndex(
      (_, at) =>
        at !== date &&
        isClockColumn(valuesOf(at)) &&
        /time|tijd|orario|hora|heure|uhrzeit|zeit|时间|時刻|ساعة|وقت|время|saat|godzina|시간|clock/i.test(header[at]!),
    );
    if (clock !== -1) {
      for (const [meaning, at] of found) if (at === clock) found.delete(meaning);
      found.set('clock', clock);
      taken.add(clock);
    }
  }
  // Reports that keep the last digits only may still call them the card's number (Adyen, received payments details).
  if (!found.has('last4')) {
    const at = header.findIndex(
      (cell, index) =>
        !taken.has(index) && headerMeanings(cell).includes('pan') && fits('last4', valuesOf(index)) >= 0.95,
    );
    if (at !== -1 && valuesOf(at).some(Boolean)) {
      found.set('last4', at);
      taken.add(at);
    }
  }
  if (isOutcome) {
    const at = outcomeColumn(found, header, valuesOf, isOutcome);
    if (at !== undefined) found.set('status', at);
  }
  const code = found.get('code');
  if (code !== undefined) found.set('code', finerCode(code, header, valuesOf, taken));
  // By shape alone: only what cannot be anything else.
  for (const meaning of ['time', 'client', 'currency'] as const) {
    if (found.has(meaning)) continue;
    const at = header.findIndex(
      (_, index) =>
        !taken.has(index) && valuesOf(index).filter(Boolean).length >= 3 && fits(meaning, valuesOf(index)) >= 0.95,
    );
    if (at !== -1) {
      found.set(meaning, at);
      taken.add(at);
    }
  }
  return found;
}
