/**
 * What must not be stored after authorisation (PCI DSS 3.3.1) where it stands beside a masked number or under its name:
 * track data, verification values, PINs. Lines are Latin-1, so that no byte is lost.
 */
import { headerOf } from './cards/columns.ts';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** A number as it stands in the cleaned line. */
const MASKED = String.raw`\d{6}\*{2,9}\d{4}`;

/** `cvv=123`, `"cvc2": "123"`, `<CVV>123<`, `安全码：123`. */
const VERIFICATION = new RegExp(
  `(["']?(?<![A-Za-z])(?:cvv2?|cvc2?|cvn2?|cid|csc|security[_ -]?code|${bytes('安全码')}|${bytes('安全碼')}|${bytes('セキュリティコード')})["']?(?:\\s{0,2}(?:[=:]|${bytes('：')})\\s{0,2}["']?|>))\\d{3,4}(?!\\d)`,
  'gi',
);
/** `pin=1234`, `"pin":"1234"`, `<PIN>1234<`. */
const PIN = /(["']?(?<![A-Za-z])(?:card_?|clear_?)?pin["']?(?:\s{0,2}[=:]\s{0,2}["']?|>))\d{4,12}(?![\w.:-])/gi;
/** The rest of track 2 after the number, with its sentinel or without: expiry, service code, discretionary data. */
const TRACK2_REST = new RegExp(`(;${MASKED}=)\\d{4,}|(${MASKED}[=D])\\d{7,}`, 'g');
/** The rest of track 1: name, expiry, discretionary data. */
const TRACK1_REST = new RegExp(`(%B${MASKED}\\^)[^?\\n]{0,100}`, 'g');
/** `4539...|12|27|123`, `4539..., 12/27, 123`: what a card has, one behind the other, without names. */
const BESIDE_NUMBER = new RegExp(
  `(${MASKED}["']?(\\s?[|;:,\\t ]\\s?)["']?(?:0[1-9]|1[0-2])(?:/|-|\\2)?(?:20)?[2-4]\\d["']?\\2["']?)\\d{3,4}(?![\\w/.:-])`,
  'g',
);
/** A number without quotes, as JSON writes it; the quotes of JSON inside a text have backslashes. */
const BARE_MEMBER = new RegExp(
  String.raw`((\\{0,7})"\s{0,2}:\s{0,2})(${MASKED}|\*{3}|\[[a-z-]{3,40} removed\])(?=\s{0,2}(?:[,}\]]|$))`,
  'g',
);

const NAME_OF_VERIFICATION =
  /^(?:card[_ -]?)?(?:cvv2?|cvc2?|cvn2?|csc|security[_ -]?code|安全码|安全碼|セキュリティコード|pin)$/i;

/** Whether a text may hold a verification value or a PIN: `cv`, `ci`, `cs`, `se`, `pi`, or letters beyond ASCII. */
export function mayHoldValues(b: Buffer, start: number, end: number): boolean {
  for (let at = start; at + 2 < end; at++) {
    const first = b[at]! | 32;
    if (first === 0xe5 || first === 0xe3) return true;
    if (first !== 99 && first !== 115 && first !== 112) continue;
    const second = b[at + 1]! | 32;
    if (first === 99 ? second === 118 || second === 105 || second === 115 : second === (first === 115 ? 101 : 105))
      return true;
  }
  return false;
}

/** @param text a line whose numbers are masked and whose secrets are removed */
export function withoutValues(text: string): string {
  return text
    .replace(TRACK2_REST, (_rest, first: string | undefined, second: string) => `${first ?? second}[removed]`)
    .replace(TRACK1_REST, '$1[removed]')
    .replace(BESIDE_NUMBER, '$1***')
    .replace(VERIFICATION, '$1***')
    .replace(PIN, '$1***');
}

/** A number in a list: `[4539..., 5425...]`. */
const BARE_ITEM = new RegExp(`(?<=[[,]\\s{0,2})${MASKED}(?=\\s{0,2}[,\\]])`, 'g');

/** JSON stays JSON: what stands for a number is a text. */
export function asJson(text: string): string {
  const members = text.replace(BARE_MEMBER, '$1$2"$3$2"');
  if (!/^\s{0,20}[[{]/.test(members)) return members;
  // Commas and brackets inside a text are none of a list.
  let quoted = false;
  let at = 0;
  return members.replace(BARE_ITEM, (item, place: number) => {
    for (; at < place; at++) {
      if (members[at] === '\\') at++;
      else if (members[at] === '"') quoted = !quoted;
    }
    return quoted ? item : `"${item}"`;
  });
}

/** Columns of a table that hold verification values or PINs, by the names in its first line. */
export class ValueColumns {
  #separator = '';
  #columns: ReadonlySet<number> = new Set();

  header(b: Buffer, start: number, end: number): void {
    const header = headerOf(b, start, end);
    if (!header) return;
    this.#separator = String.fromCharCode(header.separator);
    this.#columns = new Set(header.names.flatMap((name, i) => (NAME_OF_VERIFICATION.test(name) ? [i] : [])));
  }

  get any(): boolean {
    return this.#columns.size > 0;
  }

  /** @returns the row with these cells masked where they hold digits. */
  clean(row: string): string {
    if (!this.any) return row;
    let column = 0;
    let quoted = false;
    let from = 0;
    let clean = '';
    for (let at = 0; at <= row.length; at++) {
      if (row[at] === '"') quoted = !quoted;
      if (at < row.length && (quoted || row[at] !== this.#separator)) continue;
      const cell = row.slice(from, at);
      clean += this.#columns.has(column) ? cell.replace(/^(\s*["']?)\d{3,12}(?=["']?\s*$)/, '$1***') : cell;
      clean += row[at] ?? '';
      from = at + 1;
      column++;
    }
    return clean;
  }
}
