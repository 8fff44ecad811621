/** A member of a tar stream (POSIX.1-2017 pax interchange format, section "ustar Interchange Format"). */
import { counted } from '../wording.ts';
export interface TarMember {
  name: string;
  /** Offset of the data in the tar stream. */
  offset: number;
  size: number;
  /** `sparse`: data and a map of holes, in one of the forms of GNU tar. */
  type: 'file' | 'link' | 'folder' | 'sparse' | 'other';
  modified?: number;
}

const BLOCK = 512;

/** Octal field, or base-256 when the top bit is set (GNU). */
function numberField(header: Buffer, at: number, length: number): number {
  if (header[at]! & 0x80) {
    let value = header[at]! & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + header[at + i]!;
    return value;
  }
  const text = header
    .toString('latin1', at, at + length)
    .replace(/\0.*$/s, '')
    .trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : text === '' ? 0 : Number.NaN;
}

const textField = (header: Buffer, at: number, length: number): string => {
  const end = header.indexOf(0, at);
  return header.toString('utf8', at, end === -1 || end > at + length ? at + length : end);
};

/** Sum of the header bytes with the checksum field taken as blanks. */
function checksumHolds(header: Buffer): boolean {
  let sum = 256;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i]!;
  return numberField(header, 148, 8) === sum;
}

export function looksLikeTar(head: Buffer): boolean {
  return head.length >= BLOCK && head[0] !== 0 && checksumHolds(head.subarray(0, BLOCK));
}

/** What an extended header says of the member behind it (pax interchange format, section "pax Extended Header"). */
interface Extended {
  name?: string;
  size?: number;
  sparse?: true;
}

/** Records are "length key=value\n"; what follows one that is broken is not read. */
function paxExtended(body: Buffer): Extended {
  const said: Extended = {};
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(0x20, at);
    const length = blank === -1 ? Number.NaN : Number(body.toString('latin1', at, blank));
    if (!Number.isInteger(length) || length < 5 || at + length > body.length) return said;
    const record = body.toString('utf8', blank + 1, at + length - 1);
    // The path of a sparse file is a made-up one, its own name stands in GNU.sparse.name (GNU tar manual, "Storing Sparse Files").
    if (record.startsWith('GNU.sparse.')) said.sparse = true;
    if (record.startsWith('GNU.sparse.name=')) said.name = record.slice(16);
    else if (record.startsWith('path=')) said.name ??= record.slice(5);
    else if (/^size=\d{1,16}$/.test(record)) said.size = Number(record.slice(5));
    at += length;
  }
  return said;
}

/** Entries of the type flag (POSIX, "ustar Interchange Format"; `S`: GNU tar's own sparse files). */
const TYPES: Readonly<Record<string, TarMember['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'link',
  '5': 'folder',
  S: 'sparse',
};

/** Where GNU tar's header of a sparse file, and each block of its map that follows, say that another one follows. */
const MAP_GOES_ON = { header: 482, block: 504 };

/**
 * Reads tar headers as the stream goes by and tells each member before its data.
 * `data` receives the chunks of the member that `member` said it wants.
 * @returns a sentence when the stream is damaged or truncated.
 */
export async function walkTar(
  stream: AsyncIterable<Buffer>,
  handler: {
    member(member: TarMember): boolean;
    data(chunk: Buffer): void;
    end(complete: boolean): void;
    stop(): boolean;
  },
): Promise<string | undefined> {
  let pending: Buffer = Buffer.alloc(0);
  let position = 0;
  let remaining = 0;
  let padding = 0;
  let sink: 'skip' | 'take' | 'meta' = 'skip';
  let meta: Buffer[] = [];
  let metaType = '';
  let extended: Extended = {};
  let mapGoesOn = false;
  for await (const chunk of stream) {
    pending = pending.length ? Buffer.concat([pending, chunk]) : chunk;
    for (;;) {
      if (mapGoesOn) {
        if (pending.length < BLOCK) break;
        mapGoesOn = pending[MAP_GOES_ON.block] === 1;
        pending = pending.subarray(BLOCK);
        position += BLOCK;
        continue;
      }
      if (remaining > 0) {
        const part = pending.subarray(0, remaining);
        if (part.length === 0) break;
        if (sink === 'take') handler.data(part);
        else if (sink === 'meta') meta.push(Buffer.from(part));
        remaining -= part.length;
        position += part.length;
        pending = pending.subarray(part.length);
        if (remaining > 0) break;
        if (sink === 'take') handler.end(true);
        if (sink === 'meta') {
          const body = Buffer.concat(meta);
          extended = {
            ...extended,
            ...(metaType === 'L' ? { name: body.toString('utf8').replace(/\0.*$/s, '') } : paxExtended(body)),
          };
        }
      }
      if (padding > 0) {
        const skip = Math.min(padding, pending.length);
        padding -= skip;
        position += skip;
        pending = pending.subarray(skip);
        if (padding > 0) break;
      }
      if (pending.length < BLOCK || handler.stop()) break;
      const header = pending.subarray(0, BLOCK);
      pending = pending.subarray(BLOCK);
      position += BLOCK;
      if (header[0] === 0) continue; // end marker or padding
      if (!checksumHolds(header))
        return `tar header at byte ${position - BLOCK} is damaged; members after it were not read`;
      const type = String.fromCharCode(header[156]!);
      const describesNext = type === 'L' || type === 'x';
      // A size beyond the eight octal gigabytes of the field stands in the extended header.
      const size = describesNext ? numberField(header, 124, 12) : (extended.size ?? numberField(header, 124, 12));
      if (!Number.isSafeInteger(size) || size < 0)
        return `tar member at byte ${position - BLOCK} has no valid size; members after it were not read`;
      remaining = size;
      padding = (BLOCK - (size % BLOCK)) % BLOCK;
      if (describesNext) {
        sink = size <= 65_536 ? 'meta' : 'skip';
        metaType = type;
        meta = [];
        continue;
      }
      sink = 'skip';
      if (type === 'g' || type === 'K') continue;
      mapGoesOn = type === 'S' && header[MAP_GOES_ON.header] === 1;
      const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textField(header, 345, 155) : '';
      const modified = numberField(header, 136, 12) * 1000;
      const member: TarMember = {
        name: extended.name ?? (prefix ? `${prefix}/` : '') + textField(header, 0, 100),
        offset: position,
        size,
        type: extended.sparse ? 'sparse' : (TYPES[type] ?? 'other'),
        ...(Number.isFinite(modified) && modified > 0 ? { modified } : {}),
      };
      extended = {};
      if (handler.member(member)) sink = 'take';
      if (sink === 'take' && size === 0) handler.end(true);
    }
    if (handler.stop()) return undefined;
  }
  if (remaining > 0) {
    if (sink === 'take') handler.end(false);
    return `tar archive is truncated: its last member lacks ${counted(remaining, 'byte')}`;
  }
  return undefined;
}
