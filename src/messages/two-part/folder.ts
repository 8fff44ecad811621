/**
 * A two-part message kept as files side by side: order text, payment text, their digests, a signature. The parts are
 * recognised by content; names only tell the sides apart.
 */
import { append } from '../../lists.ts';
import { TEXTBOOK_BINDINGS, WRONG_BINDINGS } from './bindings.ts';
import { digest, hashesOfLength } from './oracle.ts';
import { derReadings, textReadings } from './readings.ts';
import type { Part, TwoPartMessage } from './types.ts';

export interface FolderPart {
  file: string;
  content: Buffer;
}

interface Named {
  file: string;
  /** Base name, lower case. */
  name: string;
  content: Buffer;
}

const MAXIMUM_PART = 256 * 1024;
const HEX = /^\s*(?:[0-9a-f]{2}[:\s]?){20,64}\s*$/i;
const BASE64 = /^[A-Za-z0-9+/_\s-]+={0,2}\s*$/;
const DIGEST_BYTES = new Set([20, 32, 48, 64]);
const MODULUS_BYTES = new Set([64, 96, 128, 192, 256, 384, 512]);
const SIGNATURE_NAME = /sig|dual|(?:^|[._-])ds(?:[._-]|$)|签名/;
const DIGEST_NAME = /digest|hash|md(?:[._-]|$)|imd|pomd|sha|摘要/;
const JOINED_NAME = /pomd|joint|joined|(?:^|[._-])po(?:[._-]|$)/;
/** Words of a file name: `oi`, `oimd`, `h_oi`, `order-info`. */
const PAYMENT_WORD = /^h?pi(?:md|data|nfo|head|hash|digest)?\d*$|^h?pay|支付/;
const ORDER_WORD = /^h?oi(?:md|data|nfo|hash|digest)?\d*$|^h?order|订单/;
/** A digest on a line of its own, as programs print it: `oimd: da39...`, `SHA1(oi.txt)= da39...`, `da39...  oi.txt`. */
const DIGEST_LINE =
  /^\s*(?<before>[^\n]{0,80}?[\s:=(])?(?<hex>[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{40})(?<after>\s[^\n]{0,80})?\s*$/i;
const OTHER_NAME = /^(?:meta|info|readme|headers?|now|manifest)\b/;

export interface FolderMessage {
  message: TwoPartMessage;
  /** File of the signature. */
  file: string;
  /** ms UTC; NaN when nothing says so. */
  time: number;
}

const baseName = (path: string): string => path.split(/[/\\!]/).pop() ?? path;

/** A digest written as hexadecimal or, in a file named as one, base64 text. */
function digestValue(text: string, name: string): Buffer | undefined {
  if (HEX.test(text)) {
    const value = Buffer.from(text.replace(/[^0-9a-f]/gi, ''), 'hex');
    return DIGEST_BYTES.has(value.length) ? value : undefined;
  }
  if (!SIGNATURE_NAME.test(name) && text.length < 300 && text.trim().split('\n').length === 1) {
    const hex = DIGEST_LINE.exec(text.trim())?.groups?.hex;
    if (hex) return Buffer.from(hex, 'hex');
  }
  if (!DIGEST_NAME.test(name) || text.length > 100 || !BASE64.test(text)) return undefined;
  const value = Buffer.from(text, 'base64');
  return DIGEST_BYTES.has(value.length) ? value : undefined;
}

/** Several digests in one file, each named on its line. */
function listedDigests(f: FolderPart, text: string): (Named & { value: Buffer })[] {
  if (text.length > 2000) return [];
  const lines = text.split(/\r?\n/).filter((l) => l.trim() !== '');
  if (lines.length < 2 || lines.length > 6) return [];
  const out = lines.flatMap((line) => {
    const found = DIGEST_LINE.exec(line)?.groups;
    const name = `${found?.before ?? ''} ${found?.after ?? ''}`.toLowerCase();
    return found?.hex && (sideOfName(name) ?? JOINED_NAME.test(name.trim().replace(/\W+/g, '.')))
      ? [{ file: f.file, name, content: f.content, value: Buffer.from(found.hex, 'hex') }]
      : [];
  });
  return out.length === lines.length ? out : [];
}

/** A signature as base64, hexadecimal or plain bytes; elliptic-curve ones only in a file named as a signature. */
function signatureValue(content: Buffer, text: string, name: string): Buffer | undefined {
  const named = SIGNATURE_NAME.test(name);
  const fits = (b: Buffer): boolean => MODULUS_BYTES.has(b.length) || (named && b.length >= 56 && b.length <= 144);
  if (text.length < 4000 && /^\s*(?:[0-9a-f]{2}[:\s]?){56,}\s*$/i.test(text)) {
    const value = Buffer.from(text.replace(/[^0-9a-f]/gi, ''), 'hex');
    return named || value.length >= 96 ? value : undefined;
  }
  if (text.length < 4000 && BASE64.test(text)) {
    const value = Buffer.from(text.replace(/\s+/g, ''), 'base64');
    if (fits(value) || (named && value.length >= 56)) return value;
  }
  return named && content.length <= 512 && content.some((b) => b < 9) ? content : undefined;
}

/** Sorts the files of one folder; undefined when they are not such a message. */
export function readFolder(files: readonly FolderPart[]): FolderMessage | undefined {
  const digests: (Named & { value: Buffer })[] = [];
  const texts: Named[] = [];
  let signature: { file: string; value: Buffer; named: boolean } | undefined;
  let time = Number.NaN;
  for (const f of files) {
    const { content } = f;
    if (content.length === 0 || content.length > MAXIMUM_PART) continue;
    const text = content.toString('latin1');
    const name = baseName(f.file).toLowerCase();
    if (/-----BEGIN [A-Z ]{3,40}-----/.test(text)) continue;
    const listed = listedDigests(f, text);
    append(digests, listed);
    if (listed.length > 0) continue;
    const value = digestValue(text, name);
    const made = value ? undefined : signatureValue(content, text, name);
    if (value) digests.push({ file: f.file, name, content, value });
    else if (made && (!signature || (SIGNATURE_NAME.test(name) && !signature.named)))
      signature = { file: f.file, value: made, named: SIGNATURE_NAME.test(name) };
    else if (OTHER_NAME.test(name)) time = stampOf(text, time);
    else texts.push({ file: f.file, name, content });
  }
  if (!signature) return undefined;
  // Notes and logs beside the parts: then only what is named after a side is one.
  const parts = texts.length > 2 ? texts.filter((t) => sideOfName(t.name)) : texts;
  if (parts.length > 2 || parts.length === 0) return undefined;
  const joined = digests.find((d) => JOINED_NAME.test(d.name.trim().replace(/\W+/g, '.')));
  const stated = digests.filter((d) => d !== joined);
  const sides = sidesOf(parts, stated);
  if (!sides || (!signature.named && (parts.length < 2 || stated.length < 2))) return undefined;
  return {
    file: signature.file,
    time,
    message: {
      ...sides,
      signature: signature.value,
      bindings: [...TEXTBOOK_BINDINGS, ...WRONG_BINDINGS],
      ...(joined ? { joined: { value: joined.value, label: baseName(joined.file) } } : {}),
    },
  };
}

function stampOf(text: string, known: number): number {
  const stamp = /\b(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)/.exec(text)?.[1];
  return stamp ? Date.parse(stamp.includes('T') ? stamp : `${stamp.replace(' ', 'T')}Z`) : known;
}

/** The side that a file name speaks of; undefined when it speaks of none or of both. */
function sideOfName(name: string): Part['side'] | undefined {
  const words = name.split(/[^\p{L}\d]+/u);
  const payment = words.some((w) => PAYMENT_WORD.test(w));
  const order = words.some((w) => ORDER_WORD.test(w));
  return payment === order ? undefined : payment ? 'payment' : 'order';
}

type Digests = readonly (Named & { value: Buffer })[];

/** Which text and which digest belong to which side; undefined when that cannot be told. */
function sidesOf(
  texts: readonly Named[],
  digests: Digests,
): Pick<TwoPartMessage, 'order' | 'payment' | 'unoriented'> | undefined {
  let unoriented = false;
  const sideOf = new Map<Named, Part['side']>();
  for (const t of texts) {
    const side = sideOfName(t.name);
    if (side) sideOf.set(t, side);
  }
  const [a, b] = texts;
  if (b) {
    const [x, y] = [sideOf.get(a!), sideOf.get(b)];
    if (x !== undefined && x === y) return undefined;
    // With one side known the other follows.
    unoriented = x === undefined && y === undefined;
    if (x === undefined) sideOf.set(a!, y === 'payment' ? 'order' : 'payment');
    if (y === undefined) sideOf.set(b, sideOf.get(a!) === 'payment' ? 'order' : 'payment');
  } else if (!sideOf.has(a!)) return undefined;
  const part = (side: Part['side']): Part => {
    const text = texts.find((t) => sideOf.get(t) === side);
    const value = digestOf(side, text, digests);
    return {
      side,
      label: text ? baseName(text.file) : `the ${side} part`,
      readings: text
        ? text.content[0] === 0x30 && text.content.some((c) => c < 9)
          ? derReadings(text.content)
          : textReadings(text.content, true)
        : [],
      ...(value ? { stated: { value: value.value, label: baseName(value.file) } } : {}),
    };
  };
  return { order: part('order'), payment: part('payment'), ...(unoriented ? { unoriented } : {}) };
}

/** The digest file of a side: named after its text or its side, else the one that equals the digest of the text. */
function digestOf(side: Part['side'], text: Named | undefined, digests: Digests): Digests[number] | undefined {
  const stem = text?.name.replace(/\.[^.]*$/, '');
  return (
    (stem ? digests.find((d) => d.name.startsWith(stem) && !JOINED_NAME.test(d.name)) : undefined) ??
    digests.find((d) => sideOfName(d.name) === side) ??
    (text
      ? digests.find((d) => hashesOfLength(d.value.length).some((h) => digest(h, text.content).equals(d.value)))
      : undefined)
  );
}
