/** What terminals and container tools put on lines that a program wrote: colours, and the name of the container. */

export interface Dress {
  /** Escape sequences of a terminal occur. */
  colours: boolean;
  /** Lines begin with `name  | `, as docker compose prints them. */
  named: boolean;
}

const ESCAPE = 27;
const BAR = 124;
/** Longest container name with its padding. */
const NAME = 80;

/** Index after `gateway-1  | `, or `start` when the line has no such beginning. */
export function afterName(b: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + NAME);
  let at = start;
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
  return { dress: { colours, named: isNamed }, head: isNamed ? Buffer.concat(cuts) : plain };
}
