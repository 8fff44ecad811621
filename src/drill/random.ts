/** Chance that can be repeated: the same seed gives the same story. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 <= x < 1; mulberry32 (Tommy Ettinger, public domain). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)]!;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  hex(length: number): string {
    let text = '';
    while (text.length < length) text += this.between(0, 15).toString(16);
    return text;
  }

  digits(length: number): string {
    let text = '';
    while (text.length < length) text += this.between(0, 9);
    return text;
  }

  /** An address of a documentation range (RFC 5737), or of the range set aside for benchmarks (RFC 2544). */
  publicAddress(): string {
    return this.chance(0.3)
      ? `203.0.113.${this.between(1, 254)}`
      : `198.${this.between(18, 19)}.${this.between(0, 255)}.${this.between(1, 254)}`;
  }
}
