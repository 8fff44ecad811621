/** The same text in other character sets: GBK and UTF-8 above all, and what lossy conversions leave. */

let gbk: Map<string, number> | undefined;

/** Character to GBK code, made from the decoder of the runtime: two-octet codes 8140 to FEFE. */
function gbkTable(): Map<string, number> {
  if (gbk) return gbk;
  gbk = new Map();
  const decoder = new TextDecoder('gbk');
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      const c = decoder.decode(Uint8Array.of(lead, trail));
      if (c.length === 1 && c !== '\ufffd' && !gbk.has(c)) gbk.set(c, (lead << 8) | trail);
    }
  return gbk;
}

/** GBK octets of a text; undefined when it holds a character that GBK lacks. */
export function encodeGbk(text: string): Buffer | undefined {
  const table = gbkTable();
  const out: number[] = [];
  for (const c of text) {
    if (c < '\u0080') out.push(c.charCodeAt(0));
    else if (c === '\u20ac') out.push(0x80);
    else {
      const code = table.get(c);
      if (code === undefined) return undefined;
      out.push(code >> 8, code & 0xff);
    }
  }
  return Buffer.from(out);
}

/** Text of octets in a character set; undefined when they are not valid in it. */
export function decode(bytes: Buffer, charset: 'utf-8' | 'gbk' | 'windows-1252'): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a declared charset means GBK (GB2312 and GB18030 are read as GBK by the systems that say so). */
export const isGbk = (charset: string | undefined): boolean => /^gb(?:k|2312|18030)$/i.test(charset?.trim() ?? '');

export interface CharsetVariant {
  bytes: Buffer;
  says: string;
}

/** The octets that the signer may have had when its character set was another one. Nothing for pure ASCII. */
export function* charsetVariants(bytes: Buffer): Iterable<CharsetVariant> {
  if (!bytes.some((b) => b >= 0x80)) return;
  const utf8 = decode(bytes, 'utf-8');
  if (utf8 !== undefined) {
    const asGbk = encodeGbk(utf8);
    if (asGbk) yield { bytes: asGbk, says: 'in GBK' };
    yield { bytes: Buffer.from(utf8, 'latin1'), says: 'in ISO 8859-1, other characters cut to one octet' };
    yield {
      bytes: Buffer.from(utf8.replace(/[^\u0000-\u007f]/gu, '?'), 'latin1'),
      says: 'in ASCII, other characters as "?"',
    };
    yield {
      bytes: Buffer.from(utf8.replace(/[^\u0000-\u00ff]/gu, '?'), 'latin1'),
      says: 'in ISO 8859-1, other characters as "?"',
    };
    for (const form of ['NFC', 'NFD'] as const) {
      const normal: string = utf8.normalize(form);
      if (normal !== utf8) yield { bytes: Buffer.from(normal), says: `in Unicode form ${form}` };
    }
    // UTF-8 read as Latin-1 and written as UTF-8 again, and the way back.
    yield { bytes: Buffer.from(bytes.toString('latin1'), 'utf8'), says: 'in UTF-8 applied twice' };
    const back = Buffer.from(utf8, 'latin1');
    if (Buffer.from(back.toString('latin1')).equals(bytes))
      yield { bytes: back, says: 'before UTF-8 was applied twice' };
    const mistaken = decode(bytes, 'gbk');
    if (mistaken !== undefined) yield { bytes: Buffer.from(mistaken), says: 'in UTF-8 read as GBK' };
  } else {
    const text = decode(bytes, 'gbk');
    if (text !== undefined) yield { bytes: Buffer.from(text), says: 'in UTF-8' };
    yield { bytes: Buffer.from(bytes.toString('latin1')), says: 'in UTF-8 read as ISO 8859-1' };
  }
}
