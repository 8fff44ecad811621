/** How many constructed values stand inside one another from `start` on, following the first of each level. */
export function nesting(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  let at = start;
  while (at + 2 <= end && (bytes[at]! & 0x20) !== 0) {
    depth++;
    const length = bytes[at + 1]!;
    at += 2 + (length > 0x80 ? length & 0x7f : 0);
  }
  return depth;
}
