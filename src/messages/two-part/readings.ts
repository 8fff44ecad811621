/** Bytes that may have been digested for one part kept as text or DER. */
import { DerReader } from '../../x509/der.ts';
import type { Reading } from './types.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/**
 * A part kept as text: as stored, and as editors and transports change it.
 * @param stored the part lies in a file of its own, where a line end may be the work of whoever stored it
 */
export function textReadings(content: Buffer, stored: boolean): Reading[] {
  const text = content.toString('latin1');
  const out: Reading[] = [{ bytes: content, says: 'as stored' }];
  const add = (bytes: Buffer, says: string, storage: boolean): void => {
    if (!out.some((r) => r.bytes.equals(bytes))) out.push({ bytes, says, ...(storage && stored ? { storage } : {}) });
  };
  const bare = text.replace(/\r?\n$/, '');
  add(latin1(bare), 'without the final line end', true);
  add(latin1(`${bare}\n`), 'with a final line end', true);
  add(latin1(text.replace(/\r?\n/g, '\r\n')), 'with CRLF line ends', true);
  add(latin1(text.replace(/\r\n/g, '\n')), 'with LF line ends', true);
  add(latin1(bare.replace(/\r\n/g, '\n')), 'with LF line ends and without the last', true);
  add(latin1(bare.replace(/\r?\n/g, '\r\n')), 'with CRLF line ends and without the last', true);
  add(latin1(text.replace(/^\u00ef\u00bb\u00bf/, '')), 'without the byte order mark', true);
  add(latin1(bare.trim()), 'without spaces at the edges', false);
  const compact = compactJson(content);
  if (compact) add(compact, 'with the JSON written without spaces', false);
  return out;
}

function compactJson(content: Buffer): Buffer | undefined {
  const first = content.find((b) => b > 0x20);
  if (first !== 0x7b && first !== 0x5b) return undefined;
  try {
    return Buffer.from(JSON.stringify(JSON.parse(content.toString('utf8'))));
  } catch {
    return undefined;
  }
}

/** A part that is one DER value: whole, or without identifier and length as PKCS#7 1.5 digests (RFC 2315 9.3). */
export function derReadings(der: Buffer): Reading[] {
  const reader = new DerReader(der);
  const node = reader.read(0, der.length);
  return [
    { bytes: der, says: 'the DER encoding' },
    ...(node && node.next === der.length
      ? [{ bytes: reader.contents(node), says: 'the contents octets without identifier and length' }]
      : []),
    { bytes: latin1(der.toString('hex')), says: 'the DER encoding written as hexadecimal text' },
    { bytes: latin1(der.toString('base64')), says: 'the DER encoding written as base64 text' },
  ];
}
