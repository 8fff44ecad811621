import { Readable } from 'node:stream';
import { createInflateRaw, inflateRawSync } from 'node:zlib';

/** A member of a zip file, from its central directory (APPNOTE 6.3.10, sections 4.3.12 and 4.3.7). */
export interface ZipMember {
  name: string;
  stored: number;
  expanded: number;
  method: number;
  encrypted: boolean;
  localHeader: number;
  modified?: number;
}

/** Random access to an archive that need not be in memory. */
export interface RandomAccess {
  size: number;
  read(offset: number, length: number): Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;

/** DOS date and time carry no zone; read as UTC, good to the day. */
function dosTime(date: number, time: number): number {
  return Date.UTC(1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2);
}

function findEnd(file: RandomAccess): Buffer | undefined {
  const length = Math.min(file.size, 22 + 65_535);
  const tail = file.read(file.size - length, length);
  for (let at = tail.length - 22; at >= 0; at--)
    if (tail.readUInt32LE(at) === END_OF_DIRECTORY) return tail.subarray(at);
  return undefined;
}

/**
 * Lists a zip's members.
 * @returns the members, and a sentence about anything that kept the list from being whole.
 */
export function listZip(file: RandomAccess, maximum: number): { members: ZipMember[]; note?: string } {
  const end = file.size >= 22 ? findEnd(file) : undefined;
  if (!end) return { members: [], note: 'zip archive has no central directory: it is truncated; copy it again' };
  const size = end.readUInt32LE(12);
  const offset = end.readUInt32LE(16);
  if (size === 0xffffffff || offset === 0xffffffff)
    return { members: [], note: 'zip64 archive: unpack it and name the folder' };
  if (offset + size > file.size)
    return { members: [], note: 'zip central directory lies outside the file: it is damaged' };
  const directory = file.read(offset, Math.min(size, 64 * 2 ** 20));
  const members: ZipMember[] = [];
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY) {
    if (members.length >= maximum) return { members, note: `only the first ${maximum} members were listed` };
    const nameLength = directory.readUInt16LE(at + 28);
    const utf8 = (directory.readUInt16LE(at + 8) & 0x800) !== 0;
    const name = directory.subarray(at + 46, at + 46 + nameLength);
    const modified = dosTime(directory.readUInt16LE(at + 14), directory.readUInt16LE(at + 12));
    members.push({
      name: name.toString(utf8 || !name.some((byte) => byte > 127) ? 'utf8' : 'latin1'),
      stored: directory.readUInt32LE(at + 20),
      expanded: directory.readUInt32LE(at + 24),
      method: directory.readUInt16LE(at + 10),
      encrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
      localHeader: directory.readUInt32LE(at + 42),
      ...(Number.isNaN(modified) ? {} : { modified }),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return { members };
}

/** Compressed bytes of a member that are read at a time. */
const SLICE_BYTES = 256 * 1024;

/** Where the data of a member begins. @throws Error whose message says why it could not be read. */
function dataStart(file: RandomAccess, member: ZipMember): number {
  if (member.encrypted) throw new Error('the member is encrypted: unpack it with its password');
  if (member.method !== 0 && member.method !== 8)
    throw new Error(`compression method ${member.method} is not supported: unpack it`);
  if (member.localHeader + 30 > file.size)
    throw new Error('its header lies outside the archive: the archive is truncated');
  const header = file.read(member.localHeader, 30);
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw new Error('its local header is damaged');
  const start = member.localHeader + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + member.stored > file.size) throw new Error('its data is cut off: the archive is truncated');
  return start;
}

const LIES = 'it holds more than its directory says: the archive is damaged, or a decompression bomb';

/** Bytes of one small member; throws an Error whose message says why it could not be read. */
export function readZipMember(file: RandomAccess, member: ZipMember): Buffer {
  const data = file.read(dataStart(file, member), member.stored);
  if (member.method === 0) return data;
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, member.expanded) });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new Error(LIES) : error;
  }
}

/** The bytes of one member as they are unpacked; throws like `readZipMember`. */
export async function* zipMemberChunks(file: RandomAccess, member: ZipMember): AsyncGenerator<Buffer> {
  const start = dataStart(file, member);
  const slices = function* (): Generator<Buffer> {
    for (let at = 0; at < member.stored; at += SLICE_BYTES)
      yield file.read(start + at, Math.min(SLICE_BYTES, member.stored - at));
  };
  if (member.method === 0) {
    yield* slices();
    return;
  }
  const inflate = createInflateRaw({ chunkSize: SLICE_BYTES });
  const input = Readable.from(slices(), { objectMode: false });
  input.on('error', (error) => inflate.destroy(error));
  let expanded = 0;
  try {
    for await (const chunk of input.pipe(inflate) as AsyncIterable<Buffer>) {
      expanded += chunk.length;
      if (expanded > member.expanded) throw new Error(LIES);
      yield chunk;
    }
  } finally {
    input.destroy();
    inflate.destroy();
  }
}
