/** What terminals, container tools and shippers put on lines that a program wrote: colours, the name of the container, an object. */
import { indexWithin } from '../within.ts';

export interface Dress {
  /** Escape sequences of a terminal occur. */
  colours: boolean;
  /** Lines begin with the name of what wrote them, as docker compose, pm2, kubectl logs --prefix and stern print it. */
  named: boolean;
  /** Each line stands in an object of a shipper (forwarded.ts); told once the format of the lines is known. */
  forwarded: boolean;
}

const ESCAPE = 27;
const BAR = 124;
/** Longest container name with its padding. */
const NAME = 80;

/** Index after `[pod/gateway-7d9c/app] `; Kubernetes names are up to 253 characters long. */
function afterPod(b: Buffer, start: number, end: number): number {
  if (b[start + 1] !== 112 || b[start + 2] !== 111 || b[start + 3] !== 100 || b[start + 4] !== 47) return start;
  const close = indexWithin(b, 93, start, Math.min(end, start + 400));
  return close > start && b[close + 1] === 32 ? close + 2 : start;
}

/** Index after stern's `gateway-7d9c app `: pods have a dash, and the line goes on with a time or an object. */
function afterStern(b: Buffer, start: number, end: number): number {
  const head = /^[a-z0-9.]+-[a-z0-9.-]+ [a-z0-9-]+ (?=\d{4}-\d\d-\d\dT|\{)/.exec(
    b.toString('latin1', start, Math.min(end, start + 320)),
  );
  return head ? start + head[0].length : start;
}

/** Index after `gateway-1  | ` and its kin, or `start` when the line has no such beginning. */
export function afterName(b: Buffer, start: number, end: number): number {
  if (b[start] === 91) return afterPod(b, start, end);
  const piped = afterBar(b, start, end);
  return piped > start ? piped : afterStern(b, start, end);
}

/** Docker compose: `gateway-1  | `; pm2: `0|gateway  | `. */
function afterBar(b: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + NAME);
  let at = start;
  while (at < limit && b[at]! >= 48 && b[at]! <= 57) at++;
  at = at > start && b[at] === BAR ? at + 1 : start;
  while (at < limit) {
    const byte = b[at]!;
    const word =
      (byte >= 48 && byte <= 57) ||
      ((byte | 32) >= 97 && (byte | 32) <= 122) ||
      byte === 45 ||
      byte === 95 ||
      byte === 46;
    if (!word) break;
    at++;
  }
  if (at === start) return start;
  const blank = at;
  while (at < limit && b[at] === 32) at++;
  return at > blank && b[at] === BAR && b[at + 1] === 32 ? at + 2 : start;
}

/** The line without its CSI sequences (ECMA-48, 5.4). */
export function withoutColours(b: Buffer, start: number, end: number): Buffer {
  const out = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    if (b[at] === ESCAPE && b[at + 1] === 91) {
      at += 2;
      while (at < end && (b[at]! < 64 || b[at]! > 126)) at++;
      continue;
    }
    out[length++] = b[at]!;
  }
  return out.subarray(0, length);
}

/** Looks at the first lines; the head without its dress is what format detection should see. */
export function undress(head: Buffer): { dress: Dress; head: Buffer } {
  const colours = head.includes(ESCAPE);
  const plain = colours ? withoutColours(head, 0, head.length) : head;
  let lines = 0;
  let named = 0;
  const cuts: Buffer[] = [];
  let at = 0;
  while (at < plain.length) {
    const newline = plain.indexOf(10, at);
    const end = newline === -1 ? plain.length : newline + 1;
    const from = afterName(plain, at, end);
    lines++;
    if (from > at) named++;
    cuts.push(plain.subarray(from, end));
    at = end;
  }
  const isNamed = lines > 0 && named >= lines * 0.8;
  return { dress: { colours, named: isNamed, forwarded: false }, head: isNamed ? Buffer.concat(cuts) : plain };
}
