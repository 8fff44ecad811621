/**
 * A reader for DER (X.690) that keeps byte offsets and tolerates what real software writes: it reads BER where it
 * can, records every departure from DER as a defect with its offset, and never throws.
 */

/** An encoding defect: where in the DER, which rule it breaks, and what was met. */
export interface Defect {
  offset: number;
  rule: string;
  says: string;
}

/** One tag-length-value. All positions are byte offsets into the reader's buffer. */
export interface Der {
  /** The first identifier octet: class, constructed bit and low tag number together (0x30 is SEQUENCE). */
  id: number;
  start: number;
  /** First content octet. */
  content: number;
  /** One past the last content octet. */
  end: number;
  /** One past the whole value: differs from `end` only for indefinite lengths. */
  next: number;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** More defects than this in one object are counted no further: hostile input must not grow a report. */
const MAX_DEFECTS = 64;
/** Nesting of indefinite lengths that is followed. */
const MAX_INDEFINITE_DEPTH = 64;

export class DerReader {
  readonly bytes: Buffer;
  readonly defects: Defect[] = [];

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Records a defect; the list is bounded. */
  defect(offset: number, rule: string, says: string): void {
    if (this.defects.length < MAX_DEFECTS) this.defects.push({ offset, rule, says });
  }

  /**
   * Reads the value at `position`, which must end at or before `limit`. A length that runs past the limit is a defect
   * and the value is cut there; `undefined` when not even a header is present.
   */
  read(position: number, limit: number): Der | undefined {
    const bytes = this.bytes;
    if (position + 2 > limit) {
      if (position < limit) this.defect(position, 'der/truncated', 'one byte is left where a value should start');
      return undefined;
    }
    const id = bytes[position]!;
    let at = position + 1;
    if ((id & 0x1f) === 0x1f) {
      // High tag numbers (X.690 8.1.2.4); X.509 has none, so the number itself is not kept.
      let octets = 0;
      while (at < limit && bytes[at]! >= 0x80 && octets++ < 4) at++;
      at++;
      if (at >= limit) {
        this.defect(position, 'der/truncated', 'a tag runs past the end');
        return undefined;
      }
    }
    const first = bytes[at++]!;
    let length = first;
    if (first >= 0x80) {
      if (first === 0x80) return this.readIndefinite(id, position, at, limit);
      const count = first & 0x7f;
      if (count > 6 || at + count > limit) {
        this.defect(position, 'der/length', `a length of ${count} octets cannot be right here`);
        return undefined;
      }
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes[at + i]!;
      if (length < 0x80 || (count > 1 && bytes[at] === 0)) {
        this.defect(
          position,
          'der/length-not-minimal',
          `length ${length} is written in ${count + 1} octets (X.690 10.1)`,
        );
      }
      at += count;
    }
    let end = at + length;
    if (end > limit) {
      this.defect(position, 'der/truncated', `a value of ${length} bytes starts here but only ${limit - at} are left`);
      end = limit;
    }
    return { id, start: position, content: at, end, next: end };
  }

  private readIndefinite(id: number, start: number, content: number, limit: number): Der | undefined {
    const bytes = this.bytes;
    this.defect(start, 'der/indefinite-length', 'indefinite length: BER, not DER (X.690 10.1)');
    let depth = 1;
    let at = content;
    while (at + 2 <= limit) {
      if (bytes[at] === 0 && bytes[at + 1] === 0) {
        depth--;
        if (depth === 0) return { id, start, content, end: at, next: at + 2 };
        at += 2;
        continue;
      }
      // Only the header is needed here: an indefinite value opens a level, a definite one is skipped whole.
      let header = at + 1;
      if ((bytes[at]! & 0x1f) === 0x1f) while (header < limit && bytes[header++]! >= 0x80);
      const first = bytes[header++] ?? 0;
      if (first === 0x80) {
        if (++depth > MAX_INDEFINITE_DEPTH) break;
        at = header;
        continue;
      }
      let length = first;
      if (first > 0x80) {
        const count = first & 0x7f;
        if (count > 6) break;
        length = 0;
        for (let i = 0; i < count; i++) length = length * 256 + (bytes[header + i] ?? 0);
        header += count;
      }
      at = header + length;
    }
    this.defect(start, 'der/truncated', 'an indefinite length is never closed');
    return { id, start, content, end: limit, next: limit };
  }

  /** The values directly inside `node`, at most `limit` of them (the rest is reported as a defect). */
  children(node: Der, limit = 100_000): Der[] {
    const found: Der[] = [];
    let at = node.content;
    while (at < node.end) {
      const child = this.read(at, node.end);
      if (!child) break;
      if (found.length >= limit) {
        this.defect(at, 'der/too-many', `more than ${limit} values in one place; the rest is not read`);
        break;
      }
      found.push(child);
      at = child.next;
    }
    return found;
  }

  slice(node: Der): Buffer {
    return this.bytes.subarray(node.start, node.next);
  }

  contents(node: Der): Buffer {
    return this.bytes.subarray(node.content, node.end);
  }

  /** Dotted text of an OBJECT IDENTIFIER; `''` when the node is something else or empty. */
  oid(node: Der | undefined): string {
    if (node?.id !== TAG.oid || node.end === node.content) {
      if (node) this.defect(node.start, 'der/oid', 'an object identifier should stand here');
      return '';
    }
    return oidText(this.bytes, node.content, node.end);
  }

  /** A BOOLEAN; DER allows only 00 and FF (X.690 11.1). */
  boolean(node: Der): boolean {
    const value = this.bytes[node.content] ?? 0;
    if (node.end - node.content !== 1) this.defect(node.start, 'der/boolean', 'a BOOLEAN must have exactly one octet');
    else if (value !== 0 && value !== 0xff) {
      this.defect(
        node.content,
        'der/boolean',
        `TRUE is written as ${value.toString(16).padStart(2, '0')}, DER wants ff`,
      );
    }
    return value !== 0;
  }

  /** A small non-negative INTEGER, or undefined when it is negative or above 2^48. */
  smallInteger(node: Der): number | undefined {
    const length = node.end - node.content;
    if (length < 1 || length > 7 || this.bytes[node.content]! >= 0x80) return undefined;
    let value = 0;
    for (let i = node.content; i < node.end; i++) value = value * 256 + this.bytes[i]!;
    return value;
  }

  /** Records a defect when an INTEGER is empty or padded (X.690 8.3.1, 8.3.2). */
  checkInteger(node: Der, what: string): void {
    const length = node.end - node.content;
    if (length === 0) this.defect(node.start, 'der/integer-empty', `${what} has no octets`);
    else if (length > 1) {
      const first = this.bytes[node.content]!;
      const second = this.bytes[node.content + 1]!;
      if ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)) {
        this.defect(node.content, 'der/integer-not-minimal', `${what} has a superfluous leading octet`);
      }
    }
  }

  /** Content of a BIT STRING without the unused-bits octet. */
  bitString(node: Der): { bytes: Buffer; unused: number } {
    const unused = this.bytes[node.content] ?? 0;
    if (node.end === node.content || unused > 7) {
      this.defect(node.start, 'der/bit-string', 'a BIT STRING must start with an octet 0..7 of unused bits');
    }
    return { bytes: this.bytes.subarray(Math.min(node.content + 1, node.end), node.end), unused: unused & 7 };
  }
}

/** Identifiers met before, by a hash of their octets: certificates repeat the same few dozen. */
const oidSlots: ({ octets: Uint8Array; text: string } | undefined)[] = new Array(1024);

/** Dotted text of the content octets of an OBJECT IDENTIFIER. */
function oidText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  let hash = length;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  const slot = hash & 1023;
  const known = oidSlots[slot];
  if (known && known.octets.length === length) {
    let i = 0;
    while (i < length && known.octets[i] === bytes[start + i]) i++;
    if (i === length) return known.text;
  }
  const text = dotted(bytes, start, end);
  if (length <= 64) oidSlots[slot] = { octets: Uint8Array.prototype.slice.call(bytes, start, end), text };
  return text;
}

function dotted(bytes: Buffer, start: number, end: number): string {
  const parts: string[] = [];
  let value = 0n;
  let octetsInArc = 0;
  for (let i = start; i < end && parts.length < 64; i++) {
    const octet = bytes[i]!;
    if (++octetsInArc > 20) break;
    value = (value << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    if (parts.length === 0) {
      const top = value < 40n ? 0n : value < 80n ? 1n : 2n;
      parts.push(String(top), String(value - top * 40n));
    } else parts.push(String(value));
    value = 0n;
    octetsInArc = 0;
  }
  return parts.join('.');
}
