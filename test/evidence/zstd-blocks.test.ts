import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand } from '../../src/evidence/decompress.ts';
import { DEFAULT_LIMITS } from '../../src/evidence/limits.ts';
import { ZstdBlocks } from '../../src/evidence/zstd-blocks.ts';
import { onPath } from '../programs.ts';

/** A frame without checksum whose blocks repeat one byte (RFC 8878 sections 3.1.1.1 and 3.1.1.2). */
function bomb(blocks: number): Buffer {
  const repeated = Buffer.from([0, 0, 0, 0x61]);
  // 128 KiB of one byte; the window descriptor 0x38 is 128 KiB.
  repeated.writeUIntLE((131_072 << 3) | (1 << 1), 0, 3);
  const last = Buffer.from(repeated);
  last[0]! |= 1;
  const parts = Array.from({ length: blocks }, (_, i) => (i === blocks - 1 ? last : repeated));
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]), ...parts]);
}
async function* once(bytes: Buffer) {
  yield bytes;
}
const pieces = (bytes: Buffer, chunkLength: number, most: number): number[] => {
  const blocks = new ZstdBlocks();
  const lengths: number[] = [];
  for (let from = 0; from < bytes.length; from += chunkLength) {
    const chunk = bytes.subarray(from, from + chunkLength);
    for (let at = 0; at < chunk.length; ) {
      const end = blocks.cut(chunk, at, most);
      expect(end).toBeGreaterThan(at);
      lengths.push(end - at);
      at = end;
    }
  }
  return lengths;
};

describe('blocks of zstd data', () => {
  it('are cut so that few end in each piece', () => {
    expect(pieces(bomb(10), 1000, 4)).toEqual([6 + 16, 16, 8]);
    expect(pieces(Buffer.concat([bomb(2), bomb(3)]), 1000, 3)).toEqual([24, 8]);
  });

  it('are followed in anything, in chunks of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (noise, chunkLength) => {
        const bytes = Buffer.concat([bomb(3), noise]);
        expect(pieces(bytes, chunkLength, 2).reduce((sum, length) => sum + length, 0)).toBe(bytes.length);
      }),
    );
  });

  it('expand a little at a time, so that a bomb is seen early', async () => {
    const notes: string[] = [];
    let largest = 0;
    let all = 0;
    const limits = { ...DEFAULT_LIMITS, bombBytes: 8 * 2 ** 20 };
    for await (const part of expand('zstd', once(bomb(4000)), 16_006, limits, (note) => notes.push(note))) {
      largest = Math.max(largest, part.length);
      all += part.length;
    }
    expect(largest).toBeLessThanOrEqual(2 ** 21);
    expect(all).toBeLessThanOrEqual(8 * 2 ** 20);
    expect(notes.join()).toContain('decompression bomb');
  });

  it.skipIf(!onPath('zstd'))('hold what zstd packed, with and without checksums and sizes', async () => {
    const text = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `line ${i} ${(i * 7919) % 1000}\n`).join(''));
    for (const options of [['-1'], ['-19', '--no-check'], ['-3', '--long=27']]) {
      const packed = execFileSync('zstd', ['-q', '-c', ...options], { input: text });
      const parts: Buffer[] = [];
      for await (const part of expand('zstd', once(packed), packed.length, DEFAULT_LIMITS, () => undefined))
        parts.push(part);
      expect(Buffer.concat(parts).equals(text)).toBe(true);
    }
  });
});
