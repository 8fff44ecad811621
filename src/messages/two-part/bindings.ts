/** How two digests become what is signed: as prescribed, and as it is done wrongly in practice. */
import { digest } from './oracle.ts';
import type { Binding, Hash } from './types.ts';

const joined = (first: Buffer, second: Buffer): Buffer => Buffer.concat([first, second]);
const text = (value: string): Buffer => Buffer.from(value, 'latin1');

/** POMD = H(PIMD || OIMD), signed as digest or as data (SET Book 2; both bind both parts). */
export const TEXTBOOK_BINDINGS: readonly Binding[] = [
  { says: 'H(PIMD || OIMD)', standard: true, data: joined },
  {
    says: 'H(PIMD || OIMD), hashed once more by the signature',
    standard: true,
    data: (first, second, hash) => digest(hash, first, second),
  },
];

const hexOf = (bytes: Buffer): string => bytes.toString('hex');

/** Seen in software that joins texts where the scheme joins bytes. */
export const WRONG_BINDINGS: readonly Binding[] = [
  {
    says: 'the digests were joined as hexadecimal text instead of bytes',
    standard: false,
    data: (first, second) => text(hexOf(first) + hexOf(second)),
  },
  {
    says: 'the digests were joined as upper-case hexadecimal text instead of bytes',
    standard: false,
    data: (first, second) => text((hexOf(first) + hexOf(second)).toUpperCase()),
  },
  {
    says: 'the joint digest was signed as hexadecimal text instead of bytes',
    standard: false,
    data: (first, second, hash) => text(hexOf(digest(hash, first, second))),
  },
  {
    says: 'both the digests and the joint digest were treated as hexadecimal text',
    standard: false,
    data: (first, second, hash: Hash) => text(hexOf(digest(hash, text(hexOf(first) + hexOf(second))))),
  },
  {
    says: 'the digests were joined as base64 text instead of bytes',
    standard: false,
    data: (first, second) => text(first.toString('base64') + second.toString('base64')),
  },
  { says: 'only the payment digest was signed', standard: false, data: (first) => first },
  { says: 'only the order digest was signed', standard: false, data: (_first, second) => second },
];
