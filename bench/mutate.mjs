// Deterministic mutations of binary files, for fuzzing.

/** Mulberry32: small, seeded, good enough to choose bytes. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** A copy of `original` with one to eight changes: bits, bytes, extreme fields, pieces cut, doubled or moved, a cut end. */
export function mutate(original, random) {
  let bytes = Buffer.from(original);
  const at = () => Math.floor(random() * Math.max(1, bytes.length));
  for (let changes = 1 + Math.floor(random() * 8); changes > 0; changes--) {
    const kind = random();
    if (bytes.length === 0) return bytes;
    if (kind < 0.3) bytes[at()] ^= 1 << Math.floor(random() * 8);
    else if (kind < 0.5) bytes[at()] = EXTREMES[Math.floor(random() * EXTREMES.length)];
    else if (kind < 0.6)
      bytes.fill(random() < 0.5 ? 0xff : 0, at(), Math.min(bytes.length, at() + 1 + Math.floor(random() * 4)));
    else if (kind < 0.7) {
      const start = at();
      bytes = Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + Math.floor(random() * 64))]);
    } else if (kind < 0.8) {
      const start = at();
      const piece = bytes.subarray(start, start + Math.floor(random() * 200));
      bytes = Buffer.concat([bytes.subarray(0, start), piece, bytes.subarray(start)]);
    } else if (kind < 0.9) {
      const start = at();
      const from = at();
      bytes = Buffer.concat([
        bytes.subarray(0, start),
        bytes.subarray(from, from + Math.floor(random() * 300)),
        bytes.subarray(start),
      ]);
    } else if (kind < 0.95) bytes = bytes.subarray(0, at());
    else for (let noise = 0; noise < 16; noise++) bytes[at()] = Math.floor(random() * 256);
  }
  return bytes;
}
