import { identify } from '../../src/evidence/identify.ts';
import { type EvidenceSource, EvidenceTooLarge } from '../../src/evidence/types.ts';

/** A source that lives in memory, identified from its content as the intake would. */
export function memorySource(path: string, content: string | Buffer): EvidenceSource {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const identity = identify(bytes.subarray(0, 65_536), bytes.length, {});
  const source: EvidenceSource = {
    item: { id: 'e1', path, size: bytes.length, sha256: '00', ...identity },
    head: bytes.subarray(0, 65_536),
    async bytes(limit = 1e9) {
      if (bytes.length > limit) throw new EvidenceTooLarge(path);
      return bytes;
    },
    async *chunks() {
      for (let at = 0; at < bytes.length; at += 1 << 16) yield bytes.subarray(at, at + (1 << 16));
    },
    passing: () => source.chunks(),
  };
  return source;
}
