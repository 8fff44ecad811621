/** Self-signed certificates for a TLS endpoint in memory: made at run time, trusted by nobody, gone with the process. */
import { generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { algorithm, bitString, distinguishedNameDer, integer, pemText, sequence, time } from '../../x509/write-der.ts';

export interface KeyAndCertificate {
  /** PEM. */
  key: string;
  cert: string;
}

const SIGNATURES = {
  // sha256WithRSAEncryption and ecdsa-with-SHA256, whose parameters are absent (RFC 4055 section 5, RFC 5758 section 3.2).
  RSA: () => algorithm('1.2.840.113549.1.1.11'),
  EC: () => algorithm('1.2.840.10045.4.3.2', null),
};
const VALID_FROM = Date.UTC(2000, 0, 1);
const VALID_TO = Date.UTC(2049, 11, 31);

const made = new Map<string, Promise<KeyAndCertificate>>();

/** A certificate with an RSA key of 2048 bits or an EC key on P-256, made once per process. */
export function throwawayCertificate(type: 'RSA' | 'EC'): Promise<KeyAndCertificate> {
  let wanted = made.get(type);
  if (!wanted) {
    wanted = make(type);
    made.set(type, wanted);
  }
  return wanted;
}

async function make(type: 'RSA' | 'EC'): Promise<KeyAndCertificate> {
  const { publicKey, privateKey } = await (type === 'RSA'
    ? promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    : promisify(generateKeyPair)('ec', { namedCurve: 'prime256v1' }));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: pemText('CERTIFICATE', certificate(type, publicKey, privateKey)),
  };
}

/** A version 1 certificate (RFC 5280 section 4.1), which has no extensions. */
function certificate(type: 'RSA' | 'EC', publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const name = distinguishedNameDer({ CN: 'in memory' });
  const body = sequence(
    integer(1),
    SIGNATURES[type](),
    name,
    sequence(time(VALID_FROM), time(VALID_TO)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }) as Buffer,
  );
  return sequence(body, SIGNATURES[type](), bitString(sign('sha256', body, privateKey)));
}
