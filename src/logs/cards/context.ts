/** What stands around a number: whether it is a token of its own, and what its key says it is. */
import { isDigit, isHexDigit } from './spelling.ts';
import {
  ACTORS,
  BANK_ACCOUNT_WORDS,
  BARE_WORDS,
  CARD_WORDS,
  CARDS,
  NEVER_A_CARD,
  NOT_THE_NUMBER,
  NUMBER_OF,
  OTHER_CARDS,
  OTHER_WORDS,
  PAYMENT_MEANS,
  POSITION_WORDS,
} from './words.ts';

function isWord(byte: number): boolean {
  return isDigit(byte) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 95;
}

/**
 * Not part of a longer token: no letter, digit, underscore or decimal point beside it. `%3D` and `\n` end a token, and so
 * does the `D` between number and expiry of track 2 data as chips send it (EMV tag 57).
 */
export function standsAlone(b: Buffer, from: number, to: number, lineStart: number, lineEnd: number): boolean {
  if (from > lineStart) {
    const byte = b[from - 1]!;
    const percent = from - 3 >= lineStart && b[from - 3] === 37 && isHexDigit(b[from - 2]!) && isHexDigit(byte);
    // %253D: the escape was escaped once more.
    const twice =
      from - 5 >= lineStart && b[from - 5] === 37 && b[from - 4] === 50 && b[from - 3] === 53 && isHexDigit(byte);
    const track = byte === 66 && b[from - 2] === 37;
    const escaped = (byte === 110 || byte === 116 || byte === 114) && b[from - 2] === 92;
    const unicode = from - 6 >= lineStart && b[from - 6] === 92 && b[from - 5] === 117;
    // \x22, as web servers write a quote; =3D of a mail.
    const hexadecimal = from - 4 >= lineStart && b[from - 4] === 92 && b[from - 3] === 120;
    const printable = from - 3 >= lineStart && b[from - 3] === 61 && b[from - 2] === 51 && byte === 68;
    const end = percent || twice || track || escaped || unicode || hexadecimal || printable;
    if (!end && (isWord(byte) || byte === 46 || byte === 42)) return false;
    // A plus begins a telephone number; between words it is a blank of a query string.
    if (byte === 43 && !isWord(b[from - 2] ?? 0)) return false;
    if (byte === 45 && from - 2 >= lineStart && isWord(b[from - 2]!)) return false;
  }
  if (to < lineEnd) {
    const byte = b[to]!;
    if ((byte | 32) === 100 && isExpiry(b, to + 1, lineEnd)) return true;
    if (byte === 92 || byte === 37) return true;
    // An odd number of digits is filled up with F in chip data.
    const filled = (byte | 32) === 102 && (to - from) % 2 === 1 && !(to + 1 < lineEnd && isWord(b[to + 1]!));
    if (!filled && (isWord(byte) || byte === 42)) return false;
    if ((byte === 46 || byte === 45) && to + 1 < lineEnd && isWord(b[to + 1]!)) return false;
  }
  return true;
}

/** `card_4111....pdf`, `/cards/4111....jpg`: the name of a file that a name before the number calls a card. */
export function namesFile(b: Buffer, from: number, to: number, lineStart: number, lineEnd: number): boolean {
  if (b[to] !== 46) return false;
  let end = to + 1;
  while (end < lineEnd && end - to <= 6 && isWord(b[end]!)) end++;
  if (end - to < 3 || end - to > 6 || isDigit(b[to + 1]) || (end < lineEnd && isWord(b[end]!))) return false;
  const mark = b[from - 1];
  const joined = mark === 95 || mark === 45;
  if (!joined && mark !== 47) return false;
  return contextOf(b.toString('latin1', Math.max(lineStart, from - 64), joined ? from - 1 : from)) === 'card';
}

/** `YYMM` and a service code: what follows a number in track 2. */
export function isExpiry(b: Buffer, at: number, end: number): boolean {
  if (at + 7 > end) return false;
  for (let i = at; i < at + 7; i++) if (!isDigit(b[i]!)) return false;
  const month = (b[at + 2]! - 48) * 10 + b[at + 3]! - 48;
  return month >= 1 && month <= 12;
}

export type Context = 'card' | 'other' | 'none';

/** Splits `cardTransaction_id` into words. */
const wordsOf = (key: string): string[] =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');

/** Vowels of Indian scripts are marks. */
const LETTER = /[\p{L}\p{M}]/u;
const isLetter = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code >= 0xaa && LETTER.test(String.fromCharCode(code)));
/** Letters, digits and joints of a name. */
const isName = (code: number): boolean =>
  isLetter(code) || (code >= 48 && code <= 57) || code === 95 || code === 45 || code === 46;

const BLANKS = ' \t\u00a0';
/** Marks that may stand between a sign and its value, or a name and its sign. */
const OPENERS = '"\'`([<{\\*\u300c\u300e\u201c\u2018\u00ab';
const CLOSERS = '"\'`)]\\*';
const SIGNS = '=:\uff1a\uff1d>#|\u00b0\u00ba\u2116';

/** Steps back over some of `marks`, at most `most`. */
function back(text: string, from: number, marks: string, most: number): number {
  let at = from;
  while (at > 0 && from - at < most && marks.includes(text[at - 1]!)) at--;
  return at;
}

/** The name that ends before `end`, with up to two words before it. */
function nameBefore(text: string, end: number): string {
  let at = end;
  for (let word = 0; word < 3; word++) {
    const stop = at;
    while (at > 0 && end - at < 60 && isName(text.charCodeAt(at - 1))) at--;
    // The end of an escape: %22card.
    if (text[at - 1] === '%' && stop - at > 2) return text.slice(at + 2, end);
    if (at === stop) return text.slice(at + (word > 0 ? 1 : 0), end);
    if (word < 2 && text[at - 1] === ' ' && at > 1 && isLetter(text.charCodeAt(at - 2))) at--;
    else break;
  }
  return text.slice(at, end);
}

/**
 * What the text before a number calls it: `key=`, `"key":`, `key: `, `<key>`, `key#`, several words as in "card number: ", or
 * words without a sign as in "card 4111".
 * @param before at most some sixty characters that end where the number begins.
 */
export function contextOf(before: string): Context {
  const plain = ESCAPED.test(before) ? unescaped(before) : before;
  return plain.includes('<') ? contextInMarkup(plain) : contextIn(plain);
}

const ESCAPED = /&|%25|%5[bd]|%7b|=3d$|\\x/i;

/** Escapes of escapes, brackets, and the marks that markup inside markup is written with. */
function unescaped(text: string): string {
  let plain = text;
  for (let i = 0; i < 3 && plain.includes('%25'); i++) plain = plain.replaceAll('%25', '%');
  return (
    plain
      .replace(/=3D$/, '=')
      .replace(/\\x([2-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .replace(/%5b/gi, '[')
      .replace(/%5d/gi, ']')
      // JSON in a query string.
      .replace(/%(2[02c]|3a|7b)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replace(/&(?:quot|#34|#39|apos);/g, '"')
      .replace(/&(?:nbsp|#160);/g, ' ')
  );
}

/** Tags that set how text looks, as `Card: <b>`: they name nothing. */
const LOOKS = /(?:<(?:b|strong|i|em|u|code|tt|span|font|small|mark)(?:\s[^<>]*)?>\s*)+$/i;
/** The cell of a name and the cell of its value. */
const CELLS = /<\/(th|dt|label|td|b|strong|span)>\s*(?:<\/?[a-z]\w*(?:\s[^<>]*)?>\s*){0,3}$/i;

/** What stands in HTML before a number; the cell before is its name, or in a row of cells only the value of another column. */
function contextInMarkup(before: string): Context {
  const bare = before.replace(LOOKS, '');
  const cells = CELLS.exec(bare);
  if (cells === null) return contextIn(bare);
  const context = contextIn(`${bare.slice(0, cells.index).replace(/[:\s]+$/, '')}: `);
  return context === 'other' && cells[1]!.toLowerCase() === 'td' ? 'none' : context;
}

function contextIn(before: string): Context {
  // jPOS and its kind: field 2 is the number, 35 is track 2.
  if (MESSAGE_FIELD.test(before) || FIELD_TWO.test(before) || NUMBER_TAG.test(before)) return 'card';
  if (OTHER_FIELD.test(before)) return 'other';
  const serialized = SERIALIZED.exec(before)?.[1] ?? DUMPED.exec(before)?.[1];
  if (serialized !== undefined && !BARE_WORDS.has(serialized.toLowerCase())) return judge(serialized, true);
  // Samples of metrics: name{labels} value.
  if (REFERENCE.test(before) || /[\w:]\{[^{}]*\} $/.test(before) || /\bS\/N[:#]? ?$/i.test(before)) return 'other';
  let at = back(before, before.length, BLANKS, 3);
  at = back(before, at, OPENERS, 6);
  at = back(before, at, BLANKS, 3);
  const sign = before[at - 1];
  if (sign !== undefined && SIGNS.includes(sign)) {
    if (sign === '>') {
      const tag = /<(?:[\w-]+:)?([\w.-]+)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?$/.exec(before.slice(0, at));
      if (tag)
        return BARE_WORDS.has(tag[1]!.toLowerCase()) ? outerTag(before.slice(0, tag.index)) : judge(tag[1]!, true);
    }
    at--;
    if (sign === '>' && before[at - 1] === '=') at--;
  } else if (/%3[aAdD](?:%2[02]){0,2}$/.test(before.slice(0, at)))
    at = before.slice(0, at).replace(/%3[aAdD](?:%2[02]){0,2}$/, '').length;
  else if (before.endsWith('CDATA[')) return contextIn(before.slice(0, -9));
  else if (sign === '/') return segmentOf(before.slice(0, at - 1));
  else return spokenOf(before.slice(0, at));
  at = back(before, at, BLANKS, 3);
  at = back(before, at, CLOSERS, 6);
  if (before.slice(0, at).endsWith('%22')) at -= 3;
  const name = nameBefore(before, at);
  const words = wordsOf(name);
  // "row 17: ...": the row's number is told already.
  if (words.length >= 2 && /^\d+$/.test(words.at(-1)!) && POSITION_WORDS.has(words.at(-2)!)) return 'none';
  if (words.every((word) => BARE_WORDS.has(word))) return parentOf(before.slice(0, at - name.length));
  return judge(name, true);
}

/** References of EDIFACT messages, `RFF+ON:`, and elements of GS1 behind others, `(01)...(21)`. */
const REFERENCE = /(?:^|[^A-Z])(?:RFF|BGM|TDT|NAD|CNI|PIA|LIN|GIN)\+[\w+]{0,20}:?$|\(\d{2,4}\)\w{1,20}\(\d{2,4}\)$/;
const FIELD_TWO =
  /(?:^|[^a-z])(?:iso ?)?(?:field|fld|data element|bit|f(?=00?2)|de(?=00?2))[ _-]{0,3}0{0,2}2(?![\d.])[^\w]{1,6}(?:l{2,3}var[^\w]{1,4})?(?:\(\d\d\)[^\w]{0,4})?$/i;
/** Elements of a message that hold times, codes, references and the terminal: 3 to 33 and 37 to 44. */
const OTHER_FIELD =
  /(?:^|[^a-z0-9])(?:de|f(?=0)|(?:iso ?)?field[ _-]?|data element ?)0{0,2}(?:[3-9]|[12]\d|3[0-37-9]|4[0-4])[\])]?\s?[:=]\s?["']?$/i;
/** Tag 5A of chip data, by itself. */
const NUMBER_TAG = /(?:^|[^0-9A-Za-z])5A\]?(?:[:=] ?| )$/;
const MESSAGE_FIELD = /<(?:iso)?field\s[^<>]*\b(?:id|num|no|number|name)=["']0{0,2}(?:2|35)["'][^<>]*\bvalue=["']$/i;

/** A member as PHP's serialize() writes it: `s:6:"cardno";s:14:"`. */
const SERIALIZED = /s:\d{1,3}:\\?"([\w.-]{1,40})\\?";(?:s:\d{1,3}:\\?"|i:)$/;
/** A member as PHP's var_dump() writes it, on one line: `["cardno"]=> string(14) "`. */
const DUMPED =
  /\["([\w.-]{1,40})"(?::(?:protected|private|"[\w\\]{1,40}":private))?\]=>\s{1,4}(?:string\(\d{1,3}\) "|int\()$/;
/** The name beside a value: `{"name": "cardnumber", "value": "`, as in HAR files and lists of attributes. */
const NAMED_VALUE = /"(?:name|key|field)\\?"\s?:\s?\\?"([\w.[\]-]{2,40})\\?"\s?,\s?\\?"?$/i;

/** What the element around one that is only called "number" is called. */
function outerTag(before: string): Context {
  const tag = /<(?:[\w-]+:)?([\w.-]+)(?:\s[^<>]*)?>\s*$/.exec(before)?.[1];
  return tag === undefined ? 'none' : judge(tag, true);
}

/** What an object is called whose member is only a "number": the nearest name before an opening bracket. */
function parentOf(before: string): Context {
  const attribute = /<\w[^<>]*\s(?:name|id|key|autocomplete)=["']([\w.[\]-]{2,40})["'][^<>]*$/.exec(before)?.[1];
  if (attribute !== undefined) return judge(attribute, true);
  const beside = NAMED_VALUE.exec(before)?.[1];
  if (beside !== undefined && !BARE_WORDS.has(beside.toLowerCase())) return judge(beside, true);
  const parent = /([\w.-]{2,40})\\?["'\]]{0,2}\s?(?:(?:=>|[:=])\s?[{[(]|[{[(])[^{}[\]()]*$/.exec(before)?.[1];
  return parent === undefined ? 'none' : judge(parent, true);
}

/** `/orders/4111...`: what the part of a path before the number is called. */
function segmentOf(before: string): Context {
  const segment = /(?:^|[\s"'=/])([\w.-]{1,40})$/.exec(before)?.[1];
  return segment === undefined ? 'none' : judge(segment, true);
}

/** "card 4111...", "order no. 4111...", "pan ending". */
function spokenOf(before: string): Context {
  // "INFO pay - 4111...": a dash ends the head of a line, and the logger named there speaks of nothing.
  if (/\s-{1,2}$/.test(before)) return 'none';
  // In a list of long numbers the name before the first speaks for all.
  const list = /(?:(?:^|[\s,;[(])\d{12,19}[\s,;]{0,2})+$/.exec(before);
  if (list && (before[list.index] === '[' || before[list.index] === '('))
    return contextIn(before.slice(0, list.index + 1));
  let at = list ? list.index : before.length;
  if (at > 0 && '.:#,'.includes(before[at - 1]!)) at--;
  at = back(before, at, BLANKS, 2);
  // The time at the head of a line belongs to no name.
  const name = nameBefore(before, at).replace(/^(?:\d\S* ){1,2}(?=\p{L})/u, '');
  if (/^\d/.test(name) || REQUEST.test(name)) return 'none';
  return judge(name, false);
}

/** "please refund 4111...": what is asked for, which names no number. */
const REQUEST = /(?:^|\s)please\s[a-z]+$/i;

const isOther = (word: string): boolean =>
  OTHER_WORDS.has(word) || (word.endsWith('s') && OTHER_WORDS.has(word.slice(0, -1)));

/** What lists are written with around and between their numbers. */
const LIST_MARKS = ' ,;|\t"\'`[](){}';

/**
 * Whether the clause before a number, or before the list it stands in, is about cards: "cards linked to one device ab12: 4111..., 5555...".
 * The first plural of the clause is its subject, so "orders paid with cards: ..." lists orders.
 * @param before some hundred characters that end where the number begins.
 */
export function listsCards(before: string): boolean {
  let end = before.length;
  while (end > 0 && (LIST_MARKS.includes(before[end - 1]!) || /[\d-]/.test(before[end - 1]!))) end--;
  const sign = before[end - 1];
  if (sign !== ':' && sign !== '=' && sign !== '>') return false;
  const clause = /[^.!?;{}[\]=:"]*$/.exec(before.slice(0, end - 1))![0];
  const words = wordsOf(clause);
  for (const [i, word] of words.entries()) {
    if (CARDS.has(word)) return !OTHER_CARDS.has(words[i - 1] ?? '');
    if (word === 'numbers' && words[i - 1] === 'card') return !OTHER_CARDS.has(words[i - 2] ?? '');
    if (word.length > 3 && word.endsWith('s') && OTHER_WORDS.has(word.slice(0, -1))) return false;
  }
  return false;
}

/** What a name by itself says, such as that of a column. */
export const nameSays = (name: string): Context => judge(name, true);

function judge(name: string, keyed: boolean): Context {
  const words = wordsOf(name);
  // Of a sentence only its last words speak about the number, and who acts only right before it.
  const near = keyed
    ? words
    : words
        .slice(-3)
        .filter((word, i, all) => !ACTORS.has(word) || all.slice(i + 1).every((next) => BARE_WORDS.has(next)));
  const last = near.at(-1);
  if (last === undefined) return 'none';
  if (near.some((word) => NEVER_A_CARD.has(word))) return 'other';
  const at = near.findIndex(
    (word, i) =>
      CARD_WORDS.has(word) || (i > 0 && CARD_WORDS.has(near[i - 1]! + word) && !CARD_WORDS.has(near[i - 1]!)),
  );
  if (at !== -1) {
    if (near[at]!.startsWith('acc') && near.some((word) => BANK_ACCOUNT_WORDS.has(word))) return 'other';
    if (at > 0 && OTHER_CARDS.has(near[at - 1]!)) return 'other';
    if (!NOT_THE_NUMBER.has(last)) return 'card';
    return 'other';
  }
  if (near[0] === 'payment' && near.some((word) => PAYMENT_MEANS.has(word)) && !NOT_THE_NUMBER.has(last)) return 'none';
  // Paths and lists speak of many: /orders/.
  // FedEx is written as two words.
  if (near.some((word, i) => isOther(word) || (i > 0 && OTHER_WORDS.has(near[i - 1]! + word)))) return 'other';
  // Chinese names stand without blanks: the end of the name decides.
  for (const word of OTHER_WORDS) if (word.charCodeAt(0) > 0x3000 && last.endsWith(word)) return 'other';
  for (const word of CARD_WORDS)
    if (word.charCodeAt(0) > 0x3000 && word.length > 1 && last.endsWith(word)) return 'card';
  return NUMBER_OF.test(last) && !BARE_WORDS.has(last) ? 'other' : 'none';
}
