/** Transformations of the rule language (ModSecurity reference manual, "Transformation functions"), on Latin-1 strings. */

const HEX = /^[0-9a-fA-F]$/;
const isHex = (c: string | undefined): boolean => c !== undefined && HEX.test(c);

/** What servers and databases take for an ASCII mark (best fit of code page 1252): quotes, primes, slashes, brackets. */
const LIKE_ASCII = new Map<number, string>();
for (const [ascii, codes] of [
  ["'", [0x2b9, 0x2bc, 0x2c8, 0x2018, 0x2019, 0x201a, 0x201b, 0x2032]],
  ['"', [0x2ba, 0x201c, 0x201d, 0x201e, 0x2033]],
  ['/', [0x2044, 0x2215]],
  ['<', [0x2039, 0x2329, 0x3008]],
  ['>', [0x203a, 0x232a, 0x3009]],
  ['-', [0x2010, 0x2011, 0x2212]],
] as const)
  for (const code of codes) LIKE_ASCII.set(code, ascii);

/**
 * One byte for a character. Full-width forms (U+FF01 to U+FF5E) and marks of kinds become ASCII as IIS reads them. Any other keeps a
 * byte beyond ASCII: its low byte alone would make quotes of Arabic (U+0627, alef) and commands of Chinese.
 */
const narrow = (code: number): number => {
  const low = code & 0xff;
  if (code < 0x100) return low;
  if ((code & 0xff00) === 0xff00 && low > 0 && low < 0x5f) return low + 0x20;
  const ascii = LIKE_ASCII.get(code);
  if (ascii !== undefined) return ascii.charCodeAt(0);
  // A0 is a blank.
  return low === 0x20 || low === 0xa0 ? 0xe1 : low | 0x80;
};

/** `%41`, `+`, `%u0041`; what is no escape stays as it is. */
export function urlDecodeUni(text: string): string {
  if (!/[%+]/.test(text)) return text;
  return text.replace(/%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})|\+/g, (whole, wide?: string, byte?: string) =>
    wide !== undefined
      ? String.fromCharCode(narrow(Number.parseInt(wide, 16)))
      : byte !== undefined
        ? String.fromCharCode(Number.parseInt(byte, 16))
        : whole === '+'
          ? ' '
          : whole,
  );
}

/** UTF-8 sequences beyond ASCII to `%uXXXX`. */
function utf8toUnicode(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text;
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  if (decoded.includes('\ufffd')) return text;
  return decoded.replace(/[^\x00-\x7f]/g, (c) => `%u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const ENTITIES: { [name: string]: string } = { quot: '"', amp: '&', lt: '<', gt: '>', nbsp: '\xa0' };

function htmlEntityDecode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&#[xX]0{0,64}([0-9a-fA-F]{1,8});?|&#0{0,64}(\d{1,8});?|&([a-zA-Z]{2,6});?/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16) & 0xff);
      if (decimal !== undefined) return String.fromCharCode(Number(decimal) & 0xff);
      return ENTITIES[name!.toLowerCase()] ?? whole;
    },
  );
}

const JS_ESCAPES: { [c: string]: string } = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function jsDecode(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3]?[0-7]{1,2})|([\s\S]))/g,
    (_, wide?: string, byte?: string, octal?: string, c?: string) => {
      if (wide !== undefined) return String.fromCharCode(narrow(Number.parseInt(wide, 16)));
      if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return JS_ESCAPES[c!] ?? c!;
    },
  );
}

function cssDecode(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:([0-9a-fA-F]{1,6})\s?|\n|([\s\S]))/g, (_, hex?: string, c?: string) =>
    hex === undefined ? (c ?? '') : String.fromCharCode(narrow(Number.parseInt(hex, 16) & 0xffff)),
  );
}

/** Shell quoting and escapes away, separators to one blank, lower case. */
function cmdLine(text: string): string {
  return text
    .replace(/[\\"'^]/g, '')
    .replace(/[\s,;]+/g, ' ')
    .replace(/ +(?=[/(])/g, '')
    .toLowerCase();
}

/** `\\` to `/`, doubled slashes to one, `./` away, `x/../` resolved. */
function normalizePath(text: string): string {
  const absolute = text.startsWith('/');
  const parts: string[] = [];
  const all = text.split('/');
  for (const [i, part] of all.entries()) {
    if (part === '' && i < all.length - 1) continue;
    if (part === '.') continue;
    if (part === '..') {
      if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
      else if (!absolute) parts.push(part);
    } else parts.push(part);
  }
  return `${absolute ? '/' : ''}${parts.join('/')}`;
}

/** `\n`, `\x41`, `\101` as in C. */
function escapeSeqDecode(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([abfnrtv\\?'"]))/g,
    (_, hex?: string, octal?: string, c?: string) =>
      hex !== undefined
        ? String.fromCharCode(Number.parseInt(hex, 16))
        : octal !== undefined
          ? String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
          : (JS_ESCAPES[c!] ?? c!),
  );
}

function hexDecode(text: string): string {
  return isHex(text[0]) ? Buffer.from(text, 'hex').toString('latin1') : text;
}

const FUNCTIONS: { readonly [name: string]: (text: string) => string } = {
  lowercase: (text) => text.toLowerCase(),
  uppercase: (text) => text.toUpperCase(),
  urlDecode: urlDecodeUni,
  urlDecodeUni,
  utf8toUnicode,
  htmlEntityDecode,
  jsDecode,
  cssDecode,
  cmdLine,
  escapeSeqDecode,
  hexDecode,
  removeNulls: (text) => text.replaceAll('\0', ''),
  replaceNulls: (text) => text.replaceAll('\0', ' '),
  removeWhitespace: (text) => text.replace(/[\s\xa0]+/g, ''),
  compressWhitespace: (text) => text.replace(/[\s\xa0]+/g, ' '),
  replaceComments: (text) => text.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' '),
  removeComments: (text) => text.replace(/\/\*[\s\S]*?(?:\*\/|$)|<!--[\s\S]*?(?:-->|$)|--[^\n]*|#[^\n]*/g, ''),
  removeCommentsChar: (text) => text.replace(/\/\*|\*\/|<!--|-->|--|#/g, ''),
  normalizePath,
  normalisePath: normalizePath,
  normalizePathWin: (text) => normalizePath(text.replaceAll('\\', '/')),
  normalisePathWin: (text) => normalizePath(text.replaceAll('\\', '/')),
  base64Decode: (text) => Buffer.from(text, 'base64').toString('latin1'),
  base64DecodeExt: (text) => Buffer.from(text, 'base64').toString('latin1'),
  trim: (text) => text.trim(),
  length: (text) => String(text.length),
};

export const knowsTransform = (name: string): boolean => name in FUNCTIONS;

/** Applies one transformation. @throws RangeError for a name that `knowsTransform` denies. */
export function transform(name: string, text: string): string {
  const apply = FUNCTIONS[name];
  if (!apply) throw new RangeError(`unknown transformation ${name}`);
  return apply(text);
}
