/** The search that finds card numbers and secrets in logs, as the last mask of every text: what `logs` would report, no report shows. */
import { CardScanner } from '../logs/card-numbers.ts';
import { masked } from '../logs/cards/masked.ts';
import type { CardSpan } from '../logs/cards/number.ts';
import { SecretScanner } from '../logs/secrets/scan.ts';

const cards = new CardScanner(Buffer.alloc(32));
const secrets = new SecretScanner(Buffer.alloc(32));
/** Shorter texts hold neither. */
const SHORTEST = 12;

/** What must not be shown, and what is shown instead. */
export interface Leak {
  from: number;
  to: number;
  shown: string;
  /** How a card number stands encoded, if it does. */
  encoded?: CardSpan['encoded'];
}

const secretsIn = (bytes: Buffer, start: number, end: number): Leak[] =>
  secrets.spans(bytes, start, end).map(({ from, to }) => ({ from, to, shown: '[masked]' }));

const cardsIn = (bytes: Buffer, start: number, end: number): Leak[] =>
  cards.spans(bytes, start, end).map(({ from, to, digits, encoded }) => ({
    from,
    to,
    shown: encoded ? '[masked]' : masked(digits),
    encoded,
  }));

/** Secrets and card numbers in bytes[start, end); numbers keep the first six and last four digits where they stand as digits. */
export const leaksIn = (bytes: Buffer, start: number, end: number): Leak[] => [
  ...secretsIn(bytes, start, end),
  ...cardsIn(bytes, start, end),
];

/** Puts what is shown in place of leaks, of those that overlap the first. @param slice the text from one place to another. */
export function covered(
  leaks: readonly Leak[],
  slice: (from: number, to?: number) => string,
): { text: string; count: number } {
  let text = '';
  let at = 0;
  let count = 0;
  for (const { from, to, shown } of [...leaks].sort((x, y) => x.from - y.from)) {
    if (from < at) continue;
    text += slice(at, from) + shown;
    at = to;
    count++;
  }
  return { text: text + slice(at), count };
}

function coveredBy(find: typeof leaksIn, text: string): string {
  if (text.length < SHORTEST) return text;
  const bytes = Buffer.from(text);
  const leaks = find(bytes, 0, bytes.length);
  return leaks.length === 0 ? text : covered(leaks, (from, to) => bytes.toString('utf8', from, to)).text;
}

/** @returns the text with the secrets covered that the search in logs finds. */
export const maskFoundSecrets = (text: string): string => coveredBy(secretsIn, text);

/** @returns the text with the card numbers covered that the search in logs finds. */
export const maskFoundCards = (text: string): string => coveredBy(cardsIn, text);
