/** Algorithm identifiers of XML signatures (W3C xmldsig-core1, RFC 9231). */
import type { HashName, SignatureAlgorithm } from '../algorithms.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#';
const MORE_2021 = 'http://www.w3.org/2021/04/xmldsig-more#';

export const DIGESTS: { readonly [uri: string]: HashName } = {
  [`${DSIG}sha1`]: 'sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
  [`${MORE}sha224`]: 'sha224',
  [`${MORE}sha384`]: 'sha384',
  [`${MORE}md5`]: 'md5',
};

const hashes: readonly HashName[] = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

function table(): { [uri: string]: SignatureAlgorithm } {
  const out: { [uri: string]: SignatureAlgorithm } = {
    [`${MORE_2021}eddsa-ed25519`]: { kind: 'eddsa', label: 'Ed25519' },
    [`${MORE_2021}eddsa-ed448`]: { kind: 'eddsa', label: 'Ed448' },
  };
  for (const hash of hashes) {
    const name = hash.toUpperCase();
    const old = hash === 'sha1';
    out[`${old ? DSIG : MORE}rsa-${hash}`] = { kind: 'rsa-pkcs1', hash, label: `RSA-${name}` };
    // RFC 9231 section 2.3.6: r and s stand side by side.
    out[`${MORE}ecdsa-${hash}`] = { kind: 'ecdsa', hash, ecdsaForm: 'raw', label: `ECDSA-${name}` };
    out[`${MORE_2007}${hash}-rsa-MGF1`] = { kind: 'rsa-pss', hash, label: `RSA-PSS-${name}` };
    out[`${old ? DSIG : MORE}hmac-${hash}`] = { kind: 'hmac', hash, label: `HMAC-${name}` };
  }
  return out;
}

export const SIGNATURE_METHODS: { readonly [uri: string]: SignatureAlgorithm } = table();

/** Others that a sender may have used: reported when they fit. */
export const RIVALS: readonly SignatureAlgorithm[] = [
  ...(['sha256', 'sha1', 'sha512'] as const).map((h) => SIGNATURE_METHODS[`${h === 'sha1' ? DSIG : MORE}rsa-${h}`]!),
  SIGNATURE_METHODS[`${MORE_2007}sha256-rsa-MGF1`]!,
  SIGNATURE_METHODS[`${MORE}ecdsa-sha256`]!,
];

/** `http://www.w3.org/2001/04/xmldsig-more#rsa-sha256` as `rsa-sha256`. */
export const shortName = (uri: string): string => uri.slice(uri.lastIndexOf('#') + 1).slice(0, 60) || uri.slice(0, 80);
