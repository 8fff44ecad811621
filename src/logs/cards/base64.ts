/**
 * Card numbers inside base64 (RFC 4648 sections 4 and 5). Three ASCII digits become four letters of a narrow choice:
 * `[MNO][DTjz][AEIMQUYcgk][w-z0-5]`. Nine or more digits therefore show as a run that ordinary text hardly ever makes.
 */

const PLACES = ['MNO', 'DTjz', 'AEIMQUYcgk', 'wxyz012345'].map((letters) => {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(letters)) table[byte] = 1;
  return table;
});
const LETTER = new Uint8Array(256);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_')) LETTER[byte] = 1;
const MAX_TOKEN = 16_384;

/** Which of the four places the byte at `at` has, when four letters from it on fit; -1 for none. */
export function base64Phase(b: Buffer, at: number, end: number): number {
  if (at + 4 > end) return -1;
  for (let phase = 0; phase < 4; phase++) {
    if (
      PLACES[phase]![b[at]!] &&
      PLACES[(phase + 1) & 3]![b[at + 1]!] &&
      PLACES[(phase + 2) & 3]![b[at + 2]!] &&
      PLACES[(phase + 3) & 3]![b[at + 3]!]
    )
      return runLength(b, at, phase, end) >= 12 ? phase : -1;
  }
  return -1;
}

/** Letters around `at` that keep to the pattern. */
function runLength(b: Buffer, at: number, phase: number, end: number): number {
  let from = at;
  for (let place = phase; from > 0 && PLACES[(place + 3) & 3]![b[from - 1]!]; place = (place + 3) & 3) from--;
  let to = at;
  for (let place = phase; to < end && PLACES[place]![b[to]!]; place = (place + 1) & 3) to++;
  return to - from;
}

/** The whole token around `at`, decoded from the first place that keeps the phase. */
export function decodeToken(
  b: Buffer,
  at: number,
  phase: number,
  start: number,
  end: number,
): { from: number; to: number; bytes: Buffer } | undefined {
  let from = at;
  while (from > start && at - from < MAX_TOKEN && LETTER[b[from - 1]!]) from--;
  let to = at;
  while (to < end && to - at < MAX_TOKEN && LETTER[b[to]!]) to++;
  const aligned = from + ((at - phase - from) & 3);
  if (to - aligned < 16) return undefined;
  return { from, to, bytes: Buffer.from(b.toString('latin1', aligned, to), 'base64') };
}
