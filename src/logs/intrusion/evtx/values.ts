/** Values of binary XML (MS-EVEN6 section 2.2.12) as text. */
import { isInstant, isoTime } from '../../../instant.ts';

const TYPE = {
  nothing: 0,
  text: 1,
  ansi: 2,
  int8: 3,
  uint8: 4,
  int16: 5,
  uint16: 6,
  int32: 7,
  uint32: 8,
  int64: 9,
  uint64: 10,
  float: 11,
  double: 12,
  bool: 13,
  binary: 14,
  guid: 15,
  size: 16,
  fileTime: 17,
  systemTime: 18,
  sid: 19,
  hex32: 20,
  hex64: 21,
} as const;
/** A whole fragment of binary XML stands as the value. */
export const FRAGMENT = 0x21;
const ARRAY = 0x80;
/** Bytes of one element of an array. */
const WIDTH: { [type: number]: number } = {
  3: 1,
  4: 1,
  5: 2,
  6: 2,
  7: 4,
  8: 4,
  9: 8,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  15: 16,
  17: 8,
  18: 16,
  20: 4,
  21: 8,
};
const LONGEST = 32_768;

/** 100 ns since 1601 to milliseconds since 1970; NaN where no calendar holds it. */
export function fileTime(ticks: bigint): number {
  const time = Number(ticks / 10_000n - 11_644_473_600_000n);
  return isInstant(time) ? time : Number.NaN;
}

const instant = (time: number, ticks = 0n): string =>
  isoTime(time, '').replace(
    'Z',
    `${String(ticks % 10_000n)
      .padStart(4, '0')
      .slice(0, 3)}Z`,
  );

const hex = (bytes: Buffer): string => bytes.toString('hex').toUpperCase();

function guid(b: Buffer): string {
  if (b.length < 16) return '';
  const swapped = Buffer.from(b.subarray(0, 16));
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  const text = hex(swapped);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

/** MS-DTYP section 2.4.2: revision, authority, and 32-bit parts. */
function sid(b: Buffer): string {
  if (b.length < 8) return '';
  const parts = Math.min(b[1]!, Math.floor((b.length - 8) / 4), 15);
  let text = `S-${b[0]}-${b.readUIntBE(2, 6)}`;
  for (let i = 0; i < parts; i++) text += `-${b.readUInt32LE(8 + 4 * i)}`;
  return text;
}

function systemTime(b: Buffer): string {
  if (b.length < 16) return '';
  const [year, month, , day, hour, minute, second, milli] = Array.from({ length: 8 }, (_, i) => b.readUInt16LE(2 * i));
  return instant(Date.UTC(year!, month! - 1, day!, hour!, minute!, second!, milli!));
}

/** UTF-16LE without what follows a NUL at the end. */
const wide = (b: Buffer): string => b.toString('utf16le', 0, Math.min(b.length & ~1, LONGEST)).replace(/\0+$/, '');

/** @param b exactly the bytes of the value. @returns its text; empty for what cannot be told. */
export function valueText(type: number, b: Buffer): string {
  if (b.length === 0) return '';
  if (type & ARRAY) return arrayText(type & ~ARRAY, b);
  if (b.length < (WIDTH[type] ?? 0)) return '';
  switch (type) {
    case TYPE.text:
      return wide(b);
    case TYPE.ansi:
      return b.toString('latin1', 0, LONGEST).replace(/\0+$/, '');
    case TYPE.int8:
      return String(b.readInt8(0));
    case TYPE.uint8:
      return String(b[0]);
    case TYPE.int16:
      return String(b.readInt16LE(0));
    case TYPE.uint16:
      return String(b.readUInt16LE(0));
    case TYPE.int32:
      return String(b.readInt32LE(0));
    case TYPE.uint32:
      return String(b.readUInt32LE(0));
    case TYPE.int64:
      return String(b.readBigInt64LE(0));
    case TYPE.uint64:
      return String(b.readBigUInt64LE(0));
    case TYPE.float:
      return String(b.readFloatLE(0));
    case TYPE.double:
      return String(b.readDoubleLE(0));
    case TYPE.bool:
      return b.readUInt32LE(0) === 0 ? 'false' : 'true';
    case TYPE.guid:
      return guid(b);
    case TYPE.size:
    case TYPE.hex32:
    case TYPE.hex64:
      return `0x${(b.length >= 8 ? b.readBigUInt64LE(0) : BigInt(b.length >= 4 ? b.readUInt32LE(0) : 0)).toString(16)}`;
    case TYPE.fileTime: {
      const ticks = b.readBigUInt64LE(0);
      return instant(fileTime(ticks), ticks);
    }
    case TYPE.systemTime:
      return systemTime(b);
    case TYPE.sid:
      return sid(b);
    case TYPE.binary:
      return hex(b.subarray(0, LONGEST));
    default:
      return '';
  }
}

function arrayText(type: number, b: Buffer): string {
  if (type === TYPE.text) return wide(b).split('\0').join(', ');
  const width = WIDTH[type];
  if (width === undefined) return hex(b.subarray(0, LONGEST));
  const texts: string[] = [];
  for (let at = 0; at + width <= b.length && texts.length < 256; at += width)
    texts.push(valueText(type, b.subarray(at, at + width)));
  return texts.join(', ');
}
