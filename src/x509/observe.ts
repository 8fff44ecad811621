/** From the bytes of any file to the certificates, keys and lists in it. */
import { parseCertificate } from './certificate.ts';
import { parseRevocationList } from './crl.ts';
import { parseSigningRequest } from './csr.ts';
import { DerReader, TAG } from './der.ts';
import { classifyDer, type DerKind, privateKeyInfo, publicKeyInfo, rsaSpki } from './keys.ts';
import { decodeText, findPem, findWrappedPem, type PemBlock } from './pem.ts';
import type { CertificateObservation, KeyInfo } from './types.ts';

/** Labels that are certificates under another name. */
const certificateLabels: ReadonlySet<string> = new Set([
  'CERTIFICATE',
  'X509 CERTIFICATE',
  'TRUSTED CERTIFICATE',
  'X.509 CERTIFICATE',
]);

/**
 * Reads certificates, revocation lists, keys, requests and stores from the bytes of one file, in whatever wrapping
 * they come. Never throws: what cannot be read is a sentence in `problems`.
 * @param file path as it is shown in the report
 */
export function readCertificates(bytes: Buffer, file: string): CertificateObservation {
  const observation: CertificateObservation = {
    file,
    at: { index: 0 },
    source: 'file',
    certificates: [],
    revocationLists: [],
    keys: [],
    others: [],
    problems: [],
  };
  if (bytes.length === 0) observation.problems.push('the file is empty');
  else if (bytes[0] === TAG.sequence && readDer(bytes, observation, 'DER')) return observation;
  else readText(bytes, observation);
  return observation;
}

function readText(bytes: Buffer, into: CertificateObservation): void {
  const { text, encoding } = decodeText(bytes);
  if (encoding !== 'utf8')
    into.others.push(
      `the text is ${encoding === 'utf16le' ? 'UTF-16 little endian' : 'UTF-16 big endian'}; most software cannot read it`,
    );
  for (const block of findPem(text)) readBlock(block, into);
  for (const wrapped of findWrappedPem(text)) {
    for (const block of findPem(wrapped.text)) readBlock({ ...block, line: wrapped.line }, into, 'base64 of ');
  }
  if (
    into.certificates.length +
      into.revocationLists.length +
      into.keys.length +
      into.others.length +
      into.problems.length >
    0
  )
    return;
  const compact =
    text.length < 64 * 1024 * 1024 && /^\s{0,1000}MI[A-Za-z0-9+/=\s]+$/.test(text)
      ? Buffer.from(text, 'base64')
      : undefined;
  if (!compact || !readDer(compact, into, 'base64 DER'))
    into.problems.push('no certificate, key or revocation list was recognised in it');
}

function readBlock(block: PemBlock, into: CertificateObservation, wrapping = ''): void {
  const where = `line ${block.line}: ${block.label}`;
  for (const oddity of block.oddities) into.others.push(`${where}: ${oddity}`);
  const format = `${wrapping}PEM ${block.label}`;
  const encrypted =
    block.headers.some((h) => /^Proc-Type:\s*4,ENCRYPTED/i.test(h)) || block.label === 'ENCRYPTED PRIVATE KEY';
  if (encrypted) {
    into.keys.push({ kind: 'private', encrypted: true, format, ...pemAlgorithm(block.label), line: block.line });
    return;
  }
  if (block.der.length === 0) {
    into.problems.push(`${where}: the block is empty or not base64`);
    return;
  }
  const before = into.certificates.length;
  const expected = certificateLabels.has(block.label) ? 'certificate' : undefined;
  if (!readDer(block.der, into, format, expected, block.line))
    into.problems.push(`${where}: the content was not recognised`);
  if (into.certificates.length > before) {
    into.positions ??= [];
    into.positions[before] = { line: block.line };
  }
}

const pemAlgorithm = (label: string): { algorithm?: string } => {
  const match = /^(RSA|EC|DSA) PRIVATE KEY$/.exec(label);
  return match ? { algorithm: match[1]! } : {};
};

/** Reads one DER value into the observation; false when it is nothing that is known. */
export function readDer(
  der: Buffer,
  into: CertificateObservation,
  format: string,
  expected?: DerKind,
  line?: number,
): boolean {
  const kind = expected ?? classifyDer(der);
  const addKey = (key: KeyInfo): void => {
    into.keys.push(line === undefined ? key : { ...key, line });
  };
  switch (kind) {
    case 'certificate': {
      // A TRUSTED CERTIFICATE carries OpenSSL's trust settings behind the certificate.
      const outer = new DerReader(der).read(0, der.length);
      const trusted = format.includes('TRUSTED') && outer !== undefined;
      const certificate = parseCertificate(trusted ? der.subarray(0, outer.next) : der);
      const where = line === undefined ? '' : `line ${line}: `;
      if (certificate.key.label === 'unreadable' && certificate.subject.der === '') {
        const first = certificate.defects[0];
        into.problems.push(
          `${where}not a readable certificate${first ? `: at byte ${first.offset}, ${first.says}` : ''}`,
        );
      }
      into.certificates.push(certificate);
      return true;
    }
    case 'crl':
      into.revocationLists.push(parseRevocationList(der));
      return true;
    case 'csr': {
      const request = parseSigningRequest(der);
      into.others.push(
        `certificate signing request for ${request.subject || '(empty subject)'}, key ${request.key.label}`,
      );
      if (request.key.der.length > 0) addKey(publicKeyInfo(request.key.der, `${format} (signing request)`));
      for (const defect of request.defects)
        into.problems.push(`signing request, byte ${defect.offset}: ${defect.says}`);
      return true;
    }
    case 'pkcs8':
    case 'pkcs1':
    case 'sec1':
    case 'dsa':
      addKey(privateKeyInfo(der, kind, format));
      return true;
    case 'encrypted-pkcs8':
      addKey({ kind: 'private', encrypted: true, format });
      return true;
    case 'spki':
      addKey(publicKeyInfo(der, format));
      return true;
    case 'rsa-public': {
      const reader = new DerReader(der);
      const outer = reader.read(0, der.length)!;
      addKey(publicKeyInfo(rsaSpki(reader.contents(outer)), format));
      return true;
    }
    case 'pkcs7':
      into.others.push('PKCS#7 container');
      return true;
    case 'pkcs12':
      into.others.push('PKCS#12 store');
      return true;
    case 'ocsp':
      into.others.push('OCSP response');
      return true;
    default:
      return false;
  }
}
