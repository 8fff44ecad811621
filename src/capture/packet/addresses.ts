/** Addresses as numbers: IPv4 as itself (a signed word), IPv6 interned, so that flow keys are three 32-bit words. */

const MAX_IPV6 = 2_000_000;
const MAX_TEXTS = 131_072;
const OCTETS = Array.from({ length: 256 }, (_none, value) => String(value));
const DOTTED = OCTETS.map((octet) => `${octet}.`);
const hex = (group: number) => group.toString(16);

export class AddressTable {
  /** As signed words, which are quicker to compare than unsigned ones. */
  private bytes = new Int32Array(4 * 1024);
  private slots = new Int32Array(4096).fill(-1);
  private count = 0;
  private readonly groups = new Uint16Array(8);
  private readonly texts4 = new Map<number, string>();
  private readonly texts6 = new Map<number, string>();

  /** Id of the IPv6 address at `at`; the same address always gives the same id. */
  intern(view: DataView, at: number): number {
    const a = view.getInt32(at);
    const b = view.getInt32(at + 4);
    const c = view.getInt32(at + 8);
    const d = view.getInt32(at + 12);
    const { slots, bytes } = this;
    const mask = slots.length - 1;
    let slot = mix(a, b, c, d) & mask;
    for (;;) {
      const id = slots[slot]!;
      if (id < 0) break;
      const base = id * 4;
      if (bytes[base] === a && bytes[base + 1] === b && bytes[base + 2] === c && bytes[base + 3] === d) return id;
      slot = (slot + 1) & mask;
    }
    return this.add(a, b, c, d, slot);
  }

  private add(a: number, b: number, c: number, d: number, slot: number): number {
    // A flood from random IPv6 sources must not grow memory without end: later ones share the last id.
    if (this.count >= MAX_IPV6) return MAX_IPV6 - 1;
    const id = this.count++;
    if (id * 4 + 4 > this.bytes.length) {
      const larger = new Int32Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    const base = id * 4;
    this.bytes[base] = a;
    this.bytes[base + 1] = b;
    this.bytes[base + 2] = c;
    this.bytes[base + 3] = d;
    this.slots[slot] = id;
    if (this.count * 2 > this.slots.length) this.grow();
    return id;
  }

  /** Equal addresses give the same string object as long as the cache holds them. */
  text(id: number, v6: boolean): string {
    const cache = v6 ? this.texts6 : this.texts4;
    let text = cache.get(id);
    if (text === undefined) {
      if (cache.size >= MAX_TEXTS) cache.clear();
      text = this.format(id, v6);
      cache.set(id, text);
    }
    return text;
  }

  private format(id: number, v6: boolean): string {
    if (v6) return this.ipv6(id);
    return DOTTED[id >>> 24]! + DOTTED[(id >>> 16) & 255]! + DOTTED[(id >>> 8) & 255]! + OCTETS[id & 255]!;
  }

  /** RFC 5952 text. */
  private ipv6(id: number): string {
    const { groups } = this;
    for (let word = 0; word < 4; word++) {
      const value = this.bytes[id * 4 + word]!;
      groups[word * 2] = value >>> 16;
      groups[word * 2 + 1] = value & 0xffff;
    }
    let bestStart = 8;
    let bestLength = 1;
    for (let start = 0; start < 8; start++) {
      let length = 0;
      while (start + length < 8 && groups[start + length] === 0) length++;
      if (length > bestLength) {
        bestStart = start;
        bestLength = length;
      }
    }
    let text = '';
    for (let at = 0; at < 8; at++) {
      if (at === bestStart) {
        text += '::';
        at += bestLength - 1;
      } else text += at === 0 || at === bestStart + bestLength ? hex(groups[at]!) : `:${hex(groups[at]!)}`;
    }
    return text;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      const base = id * 4;
      let slot = mix(this.bytes[base]!, this.bytes[base + 1]!, this.bytes[base + 2]!, this.bytes[base + 3]!) & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }
}

/** Finaliser of MurmurHash3 over the four words. */
export function mix(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a, 0xcc9e2d51) ^ Math.imul(b, 0x1b873593) ^ Math.imul(c, 0x85ebca6b) ^ Math.imul(d, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
