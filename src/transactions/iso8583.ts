/**
 * Raw ISO 8583:1987 messages as switches write them to logs: as text with the bitmap in hexadecimal, or as hexadecimal of the bytes of
 * such a message, its bitmap in text or in binary. Packed (BCD) messages look alike and mean other things: they are not read.
 */

/** Version 1987, a class and function, and an originator; then the primary bitmap. */
const TEXT = /(?<![0-9A-Za-z])(0[1248][0-4][0-5]) ?([0-9A-F]{16})/i;
/** The same message type in hexadecimal of ASCII. */
const HEX = /(?<![0-9A-Za-z])303[1248]3[0-4]3[0-5](?:[0-9A-F]{2}){24,2000}(?![0-9A-Za-z])/i;

/** Length of a field: digits in front say it up to a maximum, or it is fixed, or it is so many bytes in binary. */
type Length = { digits: 2 | 3; most: number } | { fixed: number } | { bytes: number };

/** ISO 8583:1987, table of data elements: `2:L19` up to 19 with two digits of length before it, `LL` with three, `b8` eight bytes. */
const LENGTHS: ReadonlyMap<number, Length> = new Map(
  (
    '2:L19 3:6 4:12 5:12 6:12 7:10 8:8 9:8 10:8 11:6 12:6 13:4 14:4 15:4 16:4 17:4 18:4 19:3 20:3 21:3 22:3 23:3 24:3 25:2 26:2 ' +
    '27:1 28:9 29:9 30:9 31:9 32:L11 33:L11 34:L28 35:L37 36:LL104 37:12 38:6 39:2 40:3 41:8 42:15 43:40 44:L25 45:L76 46:LL999 ' +
    '47:LL999 48:LL999 49:3 50:3 51:3 52:b8 53:16 54:LL120 55:LL999 56:LL999 57:LL999 58:LL999 59:LL999 60:LL999 61:LL999 ' +
    '62:LL999 63:LL999 64:b8 66:1 67:2 68:3 69:3 70:3 71:4 72:4 73:6 74:10 75:10 76:10 77:10 78:10 79:10 80:10 81:10 82:12 83:12 ' +
    '84:12 85:12 86:16 87:16 88:16 89:16 90:42 91:1 92:2 93:5 94:7 95:42 96:b8 97:17 98:25 99:L11 100:L11 101:L17 102:L28 ' +
    '103:L28 104:LL100 128:b8'
  )
    .split(' ')
    .map((entry): [number, Length] => {
      const [number, length] = entry.split(':') as [string, string];
      const digits = /^L+/.exec(length)?.[0].length ?? 0;
      if (digits > 0) return [Number(number), { digits: digits === 1 ? 2 : 3, most: Number(length.slice(digits)) }];
      return [Number(number), length.startsWith('b') ? { bytes: Number(length.slice(1)) } : { fixed: Number(length) }];
    }),
);

/** Values that a field must have; what has others is no such message. */
const SHAPES: { [field: number]: RegExp } = {
  2: /^\d{12,19}$/,
  3: /^\d{6}$/,
  4: /^\d{12}$/,
  7: /^(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/,
  11: /^\d{6}$/,
  12: /^(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/,
  13: /^(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/,
  37: /^[0-9A-Za-z ]{12}$/,
  39: /^[0-9A-Z]{2}$/,
  49: /^(?:\d{3}|[A-Z]{3})$/,
};

/** Numbers of the fields that a bitmap announces. @param first number of its first bit. */
const announced = (bitmap: string, first: number): number[] =>
  [...bitmap].flatMap((digit, i) =>
    [0, 1, 2, 3].filter((bit) => Number.parseInt(digit, 16) & (8 >> bit)).map((bit) => first + i * 4 + bit),
  );

const asHex = (binary: string): string => Buffer.from(binary, 'latin1').toString('hex');

/**
 * Fields of a message behind its type. Every field has to be of its length and shape, and nothing may be left over but what closes a
 * quoted text: a message in another encoding does not come out even.
 * @param isBinary whether bitmaps and binary fields are bytes rather than hexadecimal digits.
 */
function fieldsOf(body: string, isBinary: boolean): { [number: string]: string } | undefined {
  const perByte = isBinary ? 1 : 2;
  let at = 0;
  const bitmap = (): string | undefined => {
    const written = body.slice(at, at + 8 * perByte);
    at += 8 * perByte;
    const hex = isBinary ? asHex(written) : written;
    return /^[0-9a-f]{16}$/i.test(hex) ? hex : undefined;
  };
  const primary = bitmap();
  if (primary === undefined) return undefined;
  const numbers = announced(primary, 1);
  if (numbers[0] === 1) {
    const secondary = bitmap();
    if (secondary === undefined) return undefined;
    numbers.shift();
    numbers.push(...announced(secondary, 65));
  }
  const fields: { [number: string]: string } = {};
  for (const number of numbers) {
    const length = LENGTHS.get(number);
    if (!length) return undefined;
    let size = 'fixed' in length ? length.fixed : 'bytes' in length ? length.bytes * perByte : 0;
    if ('digits' in length) {
      const said = body.slice(at, at + length.digits);
      at += length.digits;
      if (!/^\d+$/.test(said) || Number(said) > length.most) return undefined;
      size = Number(said);
    }
    const value = body.slice(at, at + size);
    if (value.length !== size || SHAPES[number]?.test(value) === false) return undefined;
    fields[number] = value;
    at += size;
  }
  return /^[\s"'\])}>]*$/.test(body.slice(at)) ? fields : undefined;
}

/**
 * The raw message of a line.
 * @returns its type and fields by number, values as written; undefined where the line holds none that can be read without doubt.
 */
export function rawMessage(line: string): { mti: string; fields: { [number: string]: string } } | undefined {
  const text = TEXT.exec(line);
  if (text) {
    const fields = fieldsOf(text[2]! + line.slice(text.index + text[0].length), false);
    if (fields) return { mti: text[1]!, fields };
  }
  const hex = HEX.exec(line)?.[0];
  if (hex === undefined) return undefined;
  const message = Buffer.from(hex, 'hex').toString('latin1');
  const mti = message.slice(0, 4);
  const body = message.slice(4);
  const fields = fieldsOf(body, false) ?? fieldsOf(body, true);
  return fields && { mti, fields };
}
