/** Signature checks. `unsupported` (the runtime cannot tell) is kept apart from `bad` (it can, and it does not fit). */
import { constants, createPublicKey, getCurves, type KeyObject, verify } from 'node:crypto';
import { parsedForm, pssParameters } from './certificate.ts';
import { parsedListForm } from './crl.ts';
import type { DerReader } from './der.ts';
import { KEY_ALGORITHMS, SIGNATURES } from './oids.ts';
import type { AlgorithmId } from './parsed.ts';
import { verifySm2 } from './sm2.ts';
import type { PublicKey } from './spki.ts';
import type { Certificate, RevocationList } from './types.ts';

export interface SignatureCheck {
  result: 'ok' | 'bad' | 'unsupported';
  because: string;
  /** The key is of a kind that the runtime knows, and still cannot be loaded: it is damaged. */
  keyDamaged?: boolean;
}

const keyObjects = new WeakMap<PublicKey, KeyObject | null>();

/** The runtime's key object, or null when it refuses the key. */
function keyObject(key: PublicKey): KeyObject | null {
  let known = keyObjects.get(key);
  if (known === undefined) {
    try {
      known = createPublicKey({ key: key.der, format: 'der', type: 'spki' });
    } catch {
      known = null;
    }
    keyObjects.set(key, known);
  }
  return known;
}

const keysFor: { readonly [family: string]: readonly string[] } = {
  rsa: ['RSA'],
  'rsa-pss': ['RSA', 'RSA-PSS'],
  ecdsa: ['EC'],
  dsa: ['DSA'],
  eddsa: ['Ed25519', 'Ed448'],
  sm2: ['SM2'],
};

/** Checks `signature` over `data` with `key`; the algorithm's parameters are read with the reader they stand in. */
export function checkSignature(
  data: Buffer,
  algorithm: AlgorithmId,
  reader: DerReader,
  signature: Buffer,
  key: PublicKey,
): SignatureCheck {
  const scheme = SIGNATURES[algorithm.oid];
  if (!scheme) return unsupported(`the signature algorithm ${algorithm.oid || '(unreadable)'} is not known`);
  const fitting = keysFor[scheme.family];
  if (!fitting) return checkNewer(data, scheme.name, signature, key);
  if (KEY_ALGORITHMS[key.oid] === undefined) return unsupported(`the key is ${key.label}`);
  if (!fitting.includes(key.algorithm) || (scheme.family === 'eddsa' && key.algorithm !== scheme.name)) {
    return bad(`a ${scheme.name} signature cannot have been made by a key of type ${key.label}`);
  }
  if (scheme.family === 'sm2') return checkSm2(data, signature, key);
  const object = keyObject(key);
  if (!object) {
    const because = `the runtime cannot load the ${key.label} key`;
    return { result: 'unsupported', because, ...(runtimeKnows(key) ? { keyDamaged: true } : {}) };
  }
  try {
    if (scheme.family === 'eddsa') return verdict(verify(null, data, object, signature));
    if (scheme.family === 'rsa-pss') {
      const pss = pssParameters(reader, algorithm.parameters);
      if (!pss) return unsupported('the RSASSA-PSS parameters are not known');
      if (pss.mgfHash !== pss.hash)
        return unsupported(
          `RSASSA-PSS with ${pss.hash} and MGF1 over ${pss.mgfHash} cannot be checked by this runtime`,
        );
      return verdict(
        verify(
          pss.hash,
          data,
          { key: object, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pss.saltLength },
          signature,
        ),
      );
    }
    const options =
      scheme.family === 'rsa'
        ? { key: object, padding: constants.RSA_PKCS1_PADDING }
        : { key: object, dsaEncoding: 'der' as const };
    return verdict(verify(scheme.hash!, data, options, signature));
  } catch (error) {
    return unsupported(
      `the runtime refused ${scheme.name}: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown error'}`,
    );
  }
}

let curves: ReadonlySet<string> | undefined;
const openSslNames: { readonly [name: string]: string } = {
  'P-192': 'prime192v1',
  'P-224': 'secp224r1',
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
};

function runtimeKnows(key: PublicKey): boolean {
  if (key.algorithm !== 'EC') return true;
  curves ??= new Set(getCurves());
  return key.curve !== undefined && curves.has(openSslNames[key.curve] ?? key.curve);
}

/** Algorithms that only later runtimes know (ML-DSA with OpenSSL 3.5): the runtime is asked, and not to know is no verdict. */
function checkNewer(data: Buffer, name: string, signature: Buffer, key: PublicKey): SignatureCheck {
  const no = unsupported(`${name} signatures cannot be checked by this runtime`);
  const object = key.algorithm === name ? keyObject(key) : null;
  if (!object) return no;
  try {
    return verdict(verify(null, data, object, signature));
  } catch {
    return no;
  }
}

function checkSm2(data: Buffer, signature: Buffer, key: PublicKey): SignatureCheck {
  try {
    const ok = key.point ? verifySm2(data, signature, key.point) : false;
    return ok === undefined
      ? unsupported('SM2 signatures need the package sm-crypto-v2, which is not installed')
      : verdict(ok);
  } catch {
    return bad('the SM2 signature or key is not well-formed');
  }
}

const bad = (because: string): SignatureCheck => ({ result: 'bad', because });
const unsupported = (because: string): SignatureCheck => ({ result: 'unsupported', because });
const verdict = (ok: boolean): SignatureCheck =>
  ok ? { result: 'ok', because: 'the signature fits' } : bad('the signature does not fit the content and the key');

/** Checks what certificates and revocation lists share: two names of the algorithm that must agree, and the bits. */
function checkSigned(
  form: ReturnType<typeof parsedForm> | ReturnType<typeof parsedListForm>,
  issuer: Certificate,
  section: string,
): SignatureCheck {
  const { bytes, innerAlgorithm: inner, outerAlgorithm: outer } = form;
  if (form.signature.length === 0) return bad('there is no signature');
  if (!bytes.subarray(inner.start, inner.end).equals(bytes.subarray(outer.start, outer.end))) {
    return bad(`the algorithm outside the signed part differs from the one inside (RFC 5280 ${section})`);
  }
  return checkSignature(
    bytes.subarray(form.tbs.start, form.tbs.end),
    outer,
    form.reader,
    form.signature,
    parsedForm(issuer).key,
  );
}

/** Checks the signature of a certificate with the key of `issuer`, and says why. */
export function checkCertificateSignature(certificate: Certificate, issuer: Certificate): SignatureCheck {
  return checkSigned(parsedForm(certificate), issuer, '4.1.1.2');
}

/** 'ok', 'bad' (does not fit) or 'unsupported' (this runtime cannot tell): does `issuer`'s key fit the signature? */
export function verifySignature(certificate: Certificate, issuer: Certificate): SignatureCheck['result'] {
  return checkCertificateSignature(certificate, issuer).result;
}

/** Checks the signature of a revocation list with the key of `issuer`. */
export function checkListSignature(list: RevocationList, issuer: Certificate): SignatureCheck {
  return checkSigned(parsedListForm(list), issuer, '5.1.1.2');
}
