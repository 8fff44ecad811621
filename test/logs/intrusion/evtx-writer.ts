/** Writes small Windows event logs in their binary form, with templates, names used again and values of their own XML. */

const CHUNK = 65_536;

type Node = { name: string; attributes?: { [name: string]: Part }; children?: (Node | Part)[] };
type Part = string | { slot: number; optional?: boolean };

export interface TestRecord {
  /** Key of the template that the record uses. */
  template: string;
  values: Buffer[];
  types: number[];
}

export const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
export const u16 = (n: number): Buffer => Buffer.from([n & 255, n >> 8]);
const u32 = (n: number): Buffer => {
  const b = Buffer.alloc(4);
  b.writeUInt32LE(n);
  return b;
};
export const fileTime = (ms: number): Buffer => {
  const b = Buffer.alloc(8);
  b.writeBigUInt64LE((BigInt(ms) + 11_644_473_600_000n) * 10_000n);
  return b;
};

class Chunk {
  readonly bytes = Buffer.alloc(CHUNK);
  at = 512;
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<string, number>();

  put(part: Buffer): void {
    part.copy(this.bytes, this.at);
    this.at += part.length;
  }

  name(text: string): void {
    const known = this.#names.get(text);
    if (known !== undefined) {
      this.put(u32(known));
      return;
    }
    const here = this.at + 4;
    this.#names.set(text, here);
    this.put(u32(here));
    this.put(Buffer.concat([u32(0), u16(0), u16(text.length), wide(text), u16(0)]));
  }

  part(part: Part): void {
    if (typeof part === 'string') this.put(Buffer.concat([Buffer.from([5, 1]), u16(part.length), wide(part)]));
    else this.put(Buffer.concat([Buffer.from([part.optional ? 0x0e : 0x0d]), u16(part.slot), Buffer.from([1])]));
  }

  element({ name, attributes = {}, children = [] }: Node, nested = false): void {
    const names = Object.keys(attributes);
    this.put(Buffer.from([names.length > 0 ? 0x41 : 1]));
    if (!nested) this.put(u16(0xffff));
    this.put(u32(0));
    this.name(name);
    if (names.length > 0) this.put(u32(0));
    for (const [i, key] of names.entries()) {
      this.put(Buffer.from([i + 1 < names.length ? 0x46 : 6]));
      this.name(key);
      this.part(attributes[key]!);
    }
    if (children.length === 0) {
      this.put(Buffer.from([3]));
      return;
    }
    this.put(Buffer.from([2]));
    for (const child of children) {
      if (typeof child === 'object' && 'name' in child) this.element(child, nested);
      else this.part(child);
    }
    this.put(Buffer.from([4]));
  }

  record(
    number: number,
    written: number,
    { template, values, types }: TestRecord,
    templates: { [key: string]: Node },
  ): void {
    const start = this.at;
    this.put(Buffer.concat([Buffer.from([0x2a, 0x2a, 0, 0]), u32(0)]));
    const id = Buffer.alloc(8);
    id.writeBigUInt64LE(BigInt(number));
    this.put(Buffer.concat([id, fileTime(written), Buffer.from([0x0f, 1, 1, 0, 0x0c, 1]), u32(7)]));
    const known = this.#templates.get(template);
    if (known !== undefined) this.put(u32(known));
    else {
      const here = this.at + 4;
      this.#templates.set(template, here);
      this.put(Buffer.concat([u32(here), u32(0), Buffer.alloc(16), u32(0), Buffer.from([0x0f, 1, 1, 0])]));
      this.element(templates[template]!);
      this.put(Buffer.from([0]));
      this.bytes.writeUInt32LE(this.at - here - 24, here + 20);
    }
    this.put(u32(values.length));
    for (const [i, value] of values.entries())
      this.put(Buffer.concat([u16(value.length), Buffer.from([types[i]!, 0])]));
    for (const value of values) this.put(value);
    const size = this.at - start + 4;
    this.put(u32(size));
    this.bytes.writeUInt32LE(size, start + 4);
  }
}

/** An event of a provider with named data: `slot` 0 the number, 1 the time, 2 and on the data. */
export function eventTemplate(provider: string, names: string[]): Node {
  return {
    name: 'Event',
    attributes: { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
    children: [
      {
        name: 'System',
        children: [
          { name: 'Provider', attributes: { Name: provider } },
          { name: 'EventID', children: [{ slot: 0 }] },
          { name: 'TimeCreated', attributes: { SystemTime: { slot: 1 } } },
          { name: 'Channel', children: ['Security'] },
          { name: 'Computer', children: ['pos-7'] },
        ],
      },
      {
        name: 'EventData',
        children: names.map((name, i) => ({
          name: 'Data',
          attributes: { Name: name },
          children: [{ slot: i + 2, optional: true }],
        })),
      },
    ],
  };
}

/** @param perChunk records of one chunk; a new one begins after that many. */
export function evtxFile(
  records: { time: number; record: TestRecord }[],
  templates: { [key: string]: Node },
  perChunk = 50,
): Buffer {
  const header = Buffer.alloc(4096);
  header.write('ElfFile\0', 'latin1');
  const parts = [header];
  for (let from = 0; from < records.length; from += perChunk) {
    const chunk = new Chunk();
    chunk.bytes.write('ElfChnk\0', 'latin1');
    for (const [i, { time, record }] of records.slice(from, from + perChunk).entries())
      chunk.record(from + i + 1, time, record, templates);
    parts.push(chunk.bytes);
  }
  return Buffer.concat(parts);
}
