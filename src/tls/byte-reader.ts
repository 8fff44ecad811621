/** Big-endian reads over a slice, with one overrun flag instead of exceptions: hostile input is normal. */
export class ByteReader {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
  /** Set once a read went past the end; every later read gives 0 or an empty slice. */
  overrun = false;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = Math.min(end, bytes.length);
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    if (!this.has(1)) return 0;
    return this.bytes[this.at++]!;
  }

  u16(): number {
    if (!this.has(2)) return 0;
    const value = (this.bytes[this.at]! << 8) | this.bytes[this.at + 1]!;
    this.at += 2;
    return value;
  }

  u24(): number {
    if (!this.has(3)) return 0;
    const value = (this.bytes[this.at]! << 16) | (this.bytes[this.at + 1]! << 8) | this.bytes[this.at + 2]!;
    this.at += 3;
    return value;
  }

  skip(count: number): void {
    if (this.has(count)) this.at += count;
  }

  /** A reader over the next `count` bytes, which are passed. */
  part(count: number): ByteReader {
    if (!this.has(count)) return new ByteReader(this.bytes, this.end, this.end);
    const part = new ByteReader(this.bytes, this.at, this.at + count);
    this.at += count;
    return part;
  }

  slice(count: number): Buffer {
    if (!this.has(count)) return this.bytes.subarray(this.end, this.end);
    const slice = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return slice;
  }

  /** The next `count` bytes as Latin-1 text, without making a slice. */
  text(count: number): string {
    if (!this.has(count)) return '';
    const text = this.bytes.toString('latin1', this.at, this.at + count);
    this.at += count;
    return text;
  }

  /** All 16-bit values that are left. */
  u16s(): number[] {
    const values: number[] = [];
    while (this.left >= 2) values.push(this.u16());
    return values;
  }

  private has(count: number): boolean {
    if (count >= 0 && this.at + count <= this.end) return true;
    this.overrun = true;
    this.at = this.end;
    return false;
  }
}
