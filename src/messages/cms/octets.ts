/** Contents of OCTET STRINGs in every form that BER allows. */
import { append } from '../../lists.ts';
import { type Der, type DerReader, TAG } from '../../x509/der.ts';

const MAX_PIECES = 200_000;

/** Contents octets of an OCTET STRING, whole or in the pieces of BER (X.690 8.7.3); of any other value as they are. */
export function octets(reader: DerReader, node: Der): Buffer {
  if ((node.id & 0x20) === 0 || node.id === TAG.sequence || node.id === TAG.set) return reader.contents(node);
  const pieces: Buffer[] = [];
  const open: Der[] = [node];
  // Pieces may be constructed again; bounded, and without recursion.
  for (let steps = 0; open.length > 0 && steps < MAX_PIECES; steps++) {
    const next = open.pop()!;
    if ((next.id & 0x20) === 0) pieces.push(reader.contents(next));
    else append(open, reader.children(next).reverse());
  }
  return Buffer.concat(pieces);
}
