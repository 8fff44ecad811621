/** Where blocks of zstd data end (RFC 8878 section 3.1): a block of four bytes may expand to 128 KiB. */

const FRAME = 0xfd2fb528;
/** The lowest of the sixteen magic numbers of frames to be skipped. */
const SKIPPABLE = 0x184d2a50;
/** Bytes of the dictionary's number, by the lowest bits of the descriptor. */
const DICTIONARY_BYTES = [0, 1, 2, 4];
/** What is taken at a time of data that is no zstd. */
const FEW = 64;

type Part = 'magic' | 'descriptor' | 'skippable size' | 'block' | 'content' | 'nothing known';
const HEADER_BYTES: { [part in Part]: number } = {
  magic: 4,
  descriptor: 1,
  'skippable size': 4,
  block: 3,
  content: 0,
  'nothing known': 0,
};

/** Follows the structure of a stream that comes in chunks. */
export class ZstdBlocks {
  #part: Part = 'magic';
  /** Bytes of the header at hand, as a number, and how many of them were seen. */
  #header = 0;
  #seen = 0;
  /** Bytes that nothing is to be learnt from, and what comes behind them. */
  #skip = 0;
  #then: Part = 'magic';
  /** Whether the bytes to be skipped are those of a block. */
  #inBlock = false;
  #lastBlock = false;
  #checksum = false;

  /** @returns where to cut the chunk, so that what lies between `from` and there ends `most` blocks at most. */
  cut(chunk: Uint8Array, from: number, most: number): number {
    let blocks = 0;
    for (let at = from; at < chunk.length; ) {
      if (this.#part === 'nothing known') return Math.min(chunk.length, from + FEW);
      if (this.#part !== 'content') {
        this.#header += chunk[at++]! * 256 ** this.#seen++;
        if (this.#seen === HEADER_BYTES[this.#part]) this.#readHeader();
      }
      if (this.#part !== 'content') continue;
      const taken = Math.min(this.#skip, chunk.length - at);
      at += taken;
      this.#skip -= taken;
      if (this.#skip > 0) continue;
      if (this.#inBlock && ++blocks === most) {
        this.#endContent();
        return at;
      }
      this.#endContent();
    }
    return chunk.length;
  }

  #await(bytes: number, then: Part): void {
    this.#skip = bytes;
    this.#then = then;
    this.#part = 'content';
  }

  #endContent(): void {
    if (this.#inBlock && this.#lastBlock && this.#checksum) {
      this.#inBlock = false;
      this.#await(4, 'magic');
      return;
    }
    this.#inBlock = false;
    this.#part = this.#then;
  }

  #readHeader(): void {
    const header = this.#header;
    this.#header = 0;
    this.#seen = 0;
    switch (this.#part) {
      case 'magic':
        if (header === FRAME) this.#part = 'descriptor';
        else this.#part = (header & ~15) >>> 0 === SKIPPABLE ? 'skippable size' : 'nothing known';
        return;
      case 'skippable size':
        this.#await(header, 'magic');
        return;
      case 'descriptor': {
        const single = (header >> 5) & 1;
        const sizeFlag = header >> 6;
        const size = sizeFlag === 0 ? single : 1 << sizeFlag;
        this.#checksum = (header & 4) !== 0;
        this.#await(1 - single + DICTIONARY_BYTES[header & 3]! + size, 'block');
        return;
      }
      default: {
        // Last block, type in two bits, size; a block of one repeated byte (type 1) stores that byte only.
        this.#lastBlock = (header & 1) !== 0;
        this.#inBlock = true;
        this.#await(((header >> 1) & 3) === 1 ? 1 : header >>> 3, this.#lastBlock ? 'magic' : 'block');
      }
    }
  }
}
