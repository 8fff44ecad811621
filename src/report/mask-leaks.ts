/** The search that finds card numbers and secrets in logs, as the last mask of every text: what `logs` would report, no report shows. */
import { CardScanner } from '../logs/card-numbers.ts';
import { SecretScanner } from '../logs/secrets/scan.ts';

const cards = new CardScanner(Buffer.alloc(32));
const secrets = new SecretScanner(Buffer.alloc(32));
/** Shorter texts hold neither. */
const SHORTEST = 12;

/** @returns the text without what is found; numbers keep the first six and last four digits where they stand as digits. */
export function maskLeaks(text: string): string {
  if (text.length < SHORTEST) return text;
  const bytes = Buffer.from(text);
  const found = [
    ...secrets.spans(bytes, 0, bytes.length).map(({ from, to }) => ({ from, to, shown: '[masked]' })),
    ...cards.spans(bytes, 0, bytes.length).map(({ from, to, digits, encoded }) => ({
      from,
      to,
      shown: encoded ? '[masked]' : `${digits.slice(0, 6)}${'*'.repeat(digits.length - 10)}${digits.slice(-4)}`,
    })),
  ].sort((x, y) => x.from - y.from);
  let out = '';
  let at = 0;
  for (const { from, to, shown } of found) {
    if (from < at) continue;
    out += bytes.toString('utf8', at, from) + shown;
    at = to;
  }
  return at === 0 ? text : out + bytes.toString('utf8', at);
}
