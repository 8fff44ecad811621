/**
 * Searches that end with their line. `Buffer.indexOf` goes on to the end of the block: where a byte stands in no line, reading
 * a block line by line would take the square of its length.
 */

/** @returns index of the first such byte in b[from, to), -1 where there is none. */
export function indexWithin(b: Buffer, byte: number, from: number, to: number): number {
  for (let at = from; at < to; at++) if (b[at] === byte) return at;
  return -1;
}

/** @param literal at least one byte. @returns index of the first such bytes that lie in b[from, to), -1 where there are none. */
export function literalWithin(b: Buffer, literal: Buffer, from: number, to: number): number {
  const { length } = literal;
  const last = to - length;
  for (let at = indexWithin(b, literal[0]!, from, to); at !== -1 && at <= last; ) {
    let same = 1;
    while (same < length && b[at + same] === literal[same]) same++;
    if (same === length) return at;
    at = indexWithin(b, literal[0]!, at + 1, to);
  }
  return -1;
}
