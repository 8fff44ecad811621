/** UTF-32, which TextDecoder does not know (Unicode Standard, section 3.10, D99 to D101). */

const REPLACEMENT = 0xfffd;

/** `utf-32le` or `utf-32be` by the byte order mark; undefined where there is none of UTF-32. */
export function utf32By(head: Buffer): 'utf-32le' | 'utf-32be' | undefined {
  if (head.length < 4) return undefined;
  if (head.readUInt32LE(0) === 0xfeff) return 'utf-32le';
  return head.readUInt32BE(0) === 0xfeff ? 'utf-32be' : undefined;
}

/** Decodes chunk after chunk; characters may be cut between them. What is no character becomes U+FFFD. A mark stays. */
export function utf32Decoder(encoding: 'utf-32le' | 'utf-32be'): (chunk: Buffer) => string {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 4);
    // The chunk may be used again by whoever gave it.
    rest = Buffer.from(bytes.subarray(whole));
    const units = Buffer.allocUnsafe(whole);
    let used = 0;
    for (let at = 0; at < whole; at += 4) {
      const read = encoding === 'utf-32le' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
      const code = read > 0x10ffff || (read >= 0xd800 && read < 0xe000) ? REPLACEMENT : read;
      if (code > 0xffff) used = units.writeUInt16LE(0xd7c0 + (code >>> 10), used);
      used = units.writeUInt16LE(code > 0xffff ? 0xdc00 | (code & 0x3ff) : code, used);
    }
    return units.toString('utf16le', 0, used);
  };
}

/** The text as bytes of UTF-32. */
export function utf32Bytes(text: string, encoding: 'utf-32le' | 'utf-32be'): Buffer {
  const bytes = Buffer.allocUnsafe(text.length * 4);
  let used = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    used = encoding === 'utf-32le' ? bytes.writeUInt32LE(code, used) : bytes.writeUInt32BE(code, used);
  }
  return bytes.subarray(0, used);
}
