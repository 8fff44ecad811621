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

/** For a byte `ahead` letters on: bit p says that it fits when the first of them has place p. */
export const FITS = [0, 1, 2, 3].map((ahead) =>
  Uint8Array.from({ length: 256 }, (_, byte) =>
    [0, 1, 2, 3].reduce((bits, place) => bits | (PLACES[(place + ahead) & 3]![byte] ? 1 << place : 0), 0),
  ),
) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const [FITS_0, FITS_1, FITS_2, FITS_3] = FITS;

/** Which of the four places the byte at `at` has, when the letters around fit; -1 for none. */
export function base64Phase(b: Buffer, at: number, end: number): number {
  if (at + 4 > end) return -1;
  const near = FITS_0[b[at]!]! & FITS_1[b[at + 1]!]!;
  if (near === 0) return -1;
  const fits = near & FITS_2[b[at + 2]!]! & FITS_3[b[at + 3]!]!;
  if (fits === 0) return -1;
  for (let phase = 0; phase < 4; phase++) {
    if ((fits & (1 << phase)) !== 0 && runLength(b, at, phase, end) >= 12) return phase;
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
