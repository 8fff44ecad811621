/** HKDF-Expand (RFC 5869 section 2.3) and HKDF-Expand-Label (RFC 8446 section 7.1). */
import { createHmac } from 'node:crypto';

function hkdfExpand(hash: string, secret: Buffer, info: Buffer, length: number): Buffer {
  let block: Buffer = Buffer.alloc(0);
  const blocks: Buffer[] = [];
  for (let counter = 1, total = 0; total < length; counter++) {
    block = createHmac(hash, secret)
      .update(block)
      .update(info)
      .update(Buffer.from([counter]))
      .digest();
    blocks.push(block);
    total += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** @param context transcript hash where a secret is derived (RFC 8446 section 7.1); record keys need none */
export function hkdfExpandLabel(
  hash: string,
  secret: Buffer,
  label: string,
  length: number,
  context: Buffer = NO_CONTEXT,
): Buffer {
  return hkdfExpand(hash, secret, hkdfLabel(label, length, context), length);
}

const NO_CONTEXT = Buffer.alloc(0);

export function hkdfLabel(label: string, length: number, context: Buffer = NO_CONTEXT): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  return Buffer.concat([
    Buffer.from([length >>> 8, length & 255, name.length]),
    name,
    Buffer.from([context.length]),
    context,
  ]);
}
