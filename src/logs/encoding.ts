/** Logs that are not UTF-8: told from their first bytes, turned into UTF-8 as they are read. */
import { encodingOf } from '../evidence/text.ts';

/** How the bytes of a file become UTF-8; undefined where they stay as they are. */
export type Encoding = 'utf-16le' | 'utf-16be' | 'gb18030';

/**
 * UTF-16 by its byte order mark, GB 18030 (and with it GBK) by its pairs of bytes. What is neither stays as it is: bytes
 * of Windows-1252 or of a handshake in a line are no reason to change the others.
 * @param head the first bytes of a file
 */
export function foreignEncoding(head: Buffer): Encoding | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return encodingOf(head) === 'gb18030' ? 'gb18030' : undefined;
}

/** The first bytes as UTF-8. */
export function asUtf8(head: Buffer): Buffer {
  const encoding = foreignEncoding(head);
  return encoding === undefined ? head : Buffer.from(new TextDecoder(encoding).decode(head), 'utf8');
}

/** Turns chunk after chunk into UTF-8; characters may be cut between them. */
export function decoderOf(encoding: Encoding): (chunk: Buffer) => Buffer {
  const decoder = new TextDecoder(encoding);
  return (chunk) => Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
}
