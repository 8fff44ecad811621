/**
 * Binary XML of a Windows event record to a tree of elements (MS-EVEN6 section 2.2.12; offsets of names and templates
 * count from the chunk, as the file form has it). Everything is bounded; damaged data throws EvtxError.
 */
import { FRAGMENT, valueText } from './values.ts';

export class EvtxError extends Error {}

export interface Element {
  name: string;
  attributes: { [name: string]: string };
  children: (Element | string)[];
}

const MOST_DEPTH = 48;
/** Elements and values of one record, templates unrolled. */
const MOST_NODES = 20_000;
const MOST_VALUES = 4096;

const TOKEN = {
  end: 0x00,
  open: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  endElement: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  character: 0x08,
  entity: 0x09,
  instructionTarget: 0x0a,
  instruction: 0x0b,
  template: 0x0c,
  substitution: 0x0d,
  optional: 0x0e,
  header: 0x0f,
} as const;
/** Set on a token that more of its kind follow, or on an element that has attributes. */
const MORE = 0x40;
const ENTITIES: { [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface Value {
  type: number;
  from: number;
  to: number;
}

/** Reads one record; made anew for each, so that its bounds are those of the record. */
export class BinXmlReader {
  readonly #chunk: Buffer;
  #at = 0;
  #nodes = 0;

  /** @param chunk the whole chunk of 64 KiB: names and templates are found by their place in it. */
  constructor(chunk: Buffer) {
    this.#chunk = chunk;
  }

  /** @returns the root elements between two places of the chunk. @throws EvtxError */
  read(from: number, to: number): Element[] {
    const root: Element = { name: '', attributes: {}, children: [] };
    this.#at = from;
    this.#fragment(root, to, undefined, false, 0);
    return root.children.filter((child): child is Element => typeof child !== 'string');
  }

  #need(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#chunk.length) throw new EvtxError('the record ends too early');
    this.#at = at + bytes;
    return at;
  }
  #u8 = (): number => this.#chunk[this.#need(1)]!;
  #u16 = (): number => this.#chunk.readUInt16LE(this.#need(2));
  #u32 = (): number => this.#chunk.readUInt32LE(this.#need(4));

  /** A name stands once in a chunk, at its first use. */
  #name(): string {
    const offset = this.#u32();
    if (offset + 8 > this.#chunk.length) throw new EvtxError('a name lies outside of the chunk');
    const length = this.#chunk.readUInt16LE(offset + 6);
    const end = offset + 8 + 2 * length;
    if (end > this.#chunk.length) throw new EvtxError('a name lies outside of the chunk');
    // Written here, or somewhere before.
    if (offset === this.#at) this.#at = Math.min(end + 2, this.#chunk.length);
    return this.#chunk.toString('utf16le', offset + 8, end);
  }

  #count(): void {
    if (++this.#nodes > MOST_NODES) throw new EvtxError('the record holds too many elements');
  }

  /**
   * @param nested whether this is a value of its own, whose elements name no substitution they depend on
   * @param values of the template instance around it
   */
  #fragment(parent: Element, end: number, values: Value[] | undefined, nested: boolean, depth: number): void {
    if (depth > MOST_DEPTH) throw new EvtxError('the record is nested too deeply');
    while (this.#at < end) {
      const token = this.#u8();
      switch (token & ~MORE) {
        case TOKEN.end:
          return;
        case TOKEN.header:
          this.#need(3);
          break;
        case TOKEN.open:
          this.#element(parent, token, end, values, nested, depth);
          break;
        case TOKEN.template:
          this.#template(parent, depth);
          break;
        case TOKEN.instructionTarget:
          this.#name();
          break;
        case TOKEN.instruction:
          this.#text();
          break;
        default:
          throw new EvtxError(`token 0x${token.toString(16)} stands where an element was expected`);
      }
    }
  }

  #element(
    parent: Element,
    token: number,
    end: number,
    values: Value[] | undefined,
    nested: boolean,
    depth: number,
  ): void {
    this.#count();
    if (depth > MOST_DEPTH) throw new EvtxError('the record is nested too deeply');
    if (!nested) this.#u16();
    this.#u32();
    const element: Element = { name: this.#name(), attributes: {}, children: [] };
    parent.children.push(element);
    if (token & MORE) this.#u32();
    let attribute: string | undefined;
    let open = true;
    const put = (text: string): void => {
      if (open && attribute !== undefined) element.attributes[attribute] = (element.attributes[attribute] ?? '') + text;
      else if (!open && text !== '') element.children.push(text);
    };
    while (this.#at < end) {
      const next = this.#u8();
      switch (next & ~MORE) {
        case TOKEN.attribute:
          attribute = this.#name();
          break;
        case TOKEN.closeStart:
          open = false;
          break;
        case TOKEN.closeEmpty:
        case TOKEN.endElement:
          return;
        case TOKEN.value: {
          this.#u8();
          put(this.#text());
          break;
        }
        case TOKEN.cdata:
          put(this.#text());
          break;
        case TOKEN.character:
          put(String.fromCharCode(this.#u16()));
          break;
        case TOKEN.entity: {
          const name = this.#name();
          put(ENTITIES[name] ?? '');
          break;
        }
        case TOKEN.substitution:
        case TOKEN.optional: {
          const value = values?.[this.#u16()];
          this.#u8();
          if (value) this.#substitute(value, element, open, put, depth);
          break;
        }
        case TOKEN.open:
          this.#element(element, next, end, values, nested, depth + 1);
          break;
        case TOKEN.template:
          this.#template(element, depth + 1);
          break;
        case TOKEN.instructionTarget:
          this.#name();
          break;
        case TOKEN.instruction:
          this.#text();
          break;
        default:
          throw new EvtxError(`token 0x${next.toString(16)} is not known inside an element`);
      }
    }
    throw new EvtxError('an element is not closed');
  }

  #text(): string {
    const length = this.#u16();
    const at = this.#need(2 * length);
    return this.#chunk.toString('utf16le', at, at + 2 * length);
  }

  #substitute(value: Value, element: Element, open: boolean, put: (text: string) => void, depth: number): void {
    this.#count();
    if (value.type !== FRAGMENT) put(valueText(value.type, this.#chunk.subarray(value.from, value.to)));
    else if (!open) {
      const back = this.#at;
      this.#at = value.from;
      this.#fragment(element, value.to, undefined, true, depth + 1);
      this.#at = back;
    }
  }

  /** An instance: the definition (written here or before) with the values that follow. */
  #template(parent: Element, depth: number): void {
    if (depth > MOST_DEPTH) throw new EvtxError('the record is nested too deeply');
    this.#u8();
    this.#u32();
    const definition = this.#u32();
    if (definition + 24 > this.#chunk.length) throw new EvtxError('a template lies outside of the chunk');
    const body = definition + 24;
    const end = body + this.#chunk.readUInt32LE(definition + 20);
    if (end > this.#chunk.length) throw new EvtxError('a template lies outside of the chunk');
    if (definition === this.#at) this.#at = end;
    const count = this.#u32();
    if (count > MOST_VALUES) throw new EvtxError('the record holds too many values');
    const sizes = Array.from({ length: count }, () => {
      const size = this.#u16();
      const type = this.#u8();
      this.#u8();
      return { size, type };
    });
    const values = sizes.map(({ size, type }): Value => {
      const from = this.#need(size);
      return { type, from, to: from + size };
    });
    const back = this.#at;
    this.#at = body;
    this.#fragment(parent, end, values, false, depth + 1);
    this.#at = back;
  }
}
