/** From the bytes of any file to the certificates, keys and lists in it. */
import { append } from '../lists.ts';
import { parseCertificate } from './certificate.ts';
import { JCEKS_MAGIC, JKS_MAGIC, type Listing, listJavaKeystore, listPkcs7 } from './containers.ts';
import { parseRevocationList } from './crl.ts';
import { parseSigningRequest } from './csr.ts';
import { DerReader, TAG } from './der.ts';
import { openJavaKey, storePassword } from './java-keys.ts';
import { classifyDer, type DerKind, privateKeyInfo, publicKeyInfo, rsaSpki } from './keys.ts';
import { parseOcspResponse } from './ocsp.ts';
import { decodeText, findPem, findWrappedPem, type PemBlock } from './pem.ts';
import { openPkcs12 } from './pkcs12.ts';
import { opensshPrivateKey, readTextualKeys } from './textual-keys.ts';
import type { Certificate, CertificateObservation, KeyInfo } from './types.ts';

/** Labels that are certificates under another name. */
const certificateLabels: ReadonlySet<string> = new Set([
  'CERTIFICATE',
  'X509 CERTIFICATE',
  'TRUSTED CERTIFICATE',
  'X.509 CERTIFICATE',
]);

export interface ReadOptions {
  /** Passwords tried on PKCS#12 stores. Default: the empty one and the defaults of common software. */
  passwords?: readonly string[];
}

/** The empty password and those that keytool, openssl examples and appliances suggest. */
const COMMON_PASSWORDS: readonly string[] = ['', 'changeit', 'changeme', 'password', '123456', 'secret', 'test'];

/**
 * Reads certificates, revocation lists, keys, requests and stores from the bytes of one file, in whatever wrapping
 * they come. Never throws: what cannot be read is a sentence in `problems`.
 * @param file path as it is shown in the report
 */
export function readCertificates(bytes: Buffer, file: string, options: ReadOptions = {}): CertificateObservation {
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
  const context: Context = { into: observation, passwords: options.passwords ?? COMMON_PASSWORDS };
  const magic = bytes.length >= 12 ? bytes.readUInt32BE(0) : 0;
  if (bytes.length === 0) observation.problems.push('the file is empty');
  else if (magic === JKS_MAGIC || magic === JCEKS_MAGIC) {
    const format = magic === JKS_MAGIC ? 'JKS' : 'JCEKS';
    observation.others.push(`${format} keystore`);
    addListing(listJavaKeystore(bytes), context, format, undefined, storePassword(bytes, context.passwords));
  } else if (bytes[0] !== TAG.sequence || !readDer(bytes, context, 'DER')) readText(bytes, context);
  bound(observation.problems);
  bound(observation.others);
  return observation;
}

const MAX_SENTENCES = 200;

/** Hostile input must not grow a report: the rest is counted. */
function bound(sentences: string[]): void {
  const more = sentences.length - MAX_SENTENCES;
  if (more > 0) sentences.splice(MAX_SENTENCES, more, `and ${more} more of this kind`);
}

interface Context {
  into: CertificateObservation;
  passwords: readonly string[];
}

/** Chains repeat the same few issuers over thousands of files: those are parsed once. Values are never changed after parsing. */
const parsedBefore = new Map<string, Certificate>();
const MAX_REMEMBERED = 4096;
/** Keys of one store that are opened with its password where that takes half a second each. */
const MAX_SLOW_TRIES = 16;

function parseOnce(der: Buffer): Certificate {
  const key = der.toString('latin1');
  let certificate = parsedBefore.get(key);
  if (!certificate) {
    certificate = parseCertificate(der);
    if (parsedBefore.size >= MAX_REMEMBERED) parsedBefore.clear();
    if (der.length < 8192) parsedBefore.set(key, certificate);
  }
  return certificate;
}

function addListing(
  listing: Listing,
  { into, passwords }: Context,
  format: string,
  line?: number,
  ofStore?: string,
): void {
  let slowTries = MAX_SLOW_TRIES;
  for (const entry of listing.certificates) {
    if (entry.alias !== undefined) setPosition(into, { alias: entry.alias });
    else if (line !== undefined) setPosition(into, { line });
    into.certificates.push(parseCertificate(entry.der));
  }
  for (const der of listing.revocationLists) into.revocationLists.push(parseRevocationList(der));
  for (const key of listing.privateKeys) {
    const leaf = key.leaf ? parseCertificate(key.leaf) : undefined;
    const opened = key.sealed && openJavaKey(key.sealed, passwords, slowTries-- > 0 ? ofStore : undefined);
    if (opened) {
      // The key lies encrypted in the file unless no password protects it.
      const info = privateKeyInfo(opened.pkcs8, 'pkcs8', `${format} entry ${key.alias}`);
      into.keys.push({ ...info, encrypted: opened.password !== '' });
      into.others.push(
        `the private key ${JSON.stringify(key.alias.slice(0, 60))} opened with ${opened.password === '' ? 'no password' : 'a password from the list of tried ones'}`,
      );
      continue;
    }
    into.keys.push({
      kind: 'private',
      encrypted: true,
      format: `${format} entry ${key.alias}`,
      ...(leaf ? { algorithm: leaf.key.label, spkiSha256: leaf.spkiSha256 } : {}),
    });
  }
  for (const alias of listing.secretKeys) into.others.push(`secret key ${JSON.stringify(alias.slice(0, 60))}`);
  append(into.problems, listing.problems);
}

/** Notes where the next certificate of the observation starts. */
function setPosition(into: CertificateObservation, position: { line?: number; alias?: string }): void {
  into.positions ??= [];
  into.positions[into.certificates.length] = position;
}

function addPkcs12(der: Buffer, { into, passwords }: Context, format: string): void {
  const store = openPkcs12(der, passwords);
  into.others.push(`PKCS#12 store${store.ciphers.length ? ` (${[...new Set(store.ciphers)].join(', ')})` : ''}`);
  if (store.password !== undefined) {
    into.others.push(
      store.password === ''
        ? 'the PKCS#12 store has no password'
        : 'the PKCS#12 store opened with a password from the list of tried ones',
    );
  }
  for (const certificate of store.certificates) into.certificates.push(parseCertificate(certificate));
  for (const key of store.keys) {
    const info: KeyInfo = key.pkcs8
      ? privateKeyInfo(key.pkcs8, 'pkcs8', `${format} PKCS#12`)
      : { kind: 'private', encrypted: true, format: `${format} PKCS#12` };
    // The key lies encrypted in the file unless no password protects it.
    into.keys.push({ ...info, encrypted: store.password !== '' });
  }
  append(into.problems, store.problems);
}

function readText(bytes: Buffer, context: Context): void {
  const { into } = context;
  const { text, encoding } = decodeText(bytes);
  if (encoding !== 'utf8')
    into.others.push(
      `the text is ${encoding === 'utf16le' ? 'UTF-16 little endian' : 'UTF-16 big endian'}; most software cannot read it`,
    );
  for (const block of findPem(text)) readBlock(block, context);
  for (const wrapped of findWrappedPem(text)) {
    for (const block of findPem(wrapped.text)) readBlock({ ...block, line: wrapped.line }, context, 'base64 of ');
  }
  if (hasContent(into)) return;
  const textual = readTextualKeys(encoding === 'utf8' ? bytes.toString('utf8') : text);
  append(into.keys, textual.keys);
  append(into.problems, textual.problems);
  for (const der of textual.certificates) into.certificates.push(parseCertificate(der));
  if (hasContent(into)) return;
  const base64 = text.length < MAX_BASE64 && /^\s{0,1000}MI[A-Za-z0-9+/=\s]+$/.test(text);
  if (!base64 || !readDer(Buffer.from(text, 'base64'), context, 'base64 DER')) {
    into.problems.push('no certificate, key or revocation list was recognised in it');
  }
}

const MAX_BASE64 = 64 * 1024 * 1024;

const hasContent = (o: CertificateObservation): boolean =>
  o.certificates.length + o.revocationLists.length + o.keys.length + o.others.length + o.problems.length > 0;

function readBlock(block: PemBlock, context: Context, wrapping = ''): void {
  const { into } = context;
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
  if (block.label === 'OPENSSH PRIVATE KEY') {
    into.keys.push({ ...opensshPrivateKey(block.der, format), line: block.line });
    return;
  }
  const before = into.certificates.length;
  const expected = certificateLabels.has(block.label) ? 'certificate' : undefined;
  if (!readDer(block.der, context, format, expected, block.line))
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

/** Whether the outermost value is cut off; certificates, lists and requests report their own defects. */
function outerDamage(der: Buffer): string | undefined {
  const reader = new DerReader(der);
  reader.read(0, der.length);
  const first = reader.defects[0];
  return first ? `byte ${first.offset}: ${first.says}` : undefined;
}

/** Reads one DER value into the observation; false when it is nothing that is known. */
function readDer(der: Buffer, context: Context, format: string, expected?: DerKind, line?: number): boolean {
  const { into } = context;
  const kind = expected ?? classifyDer(der);
  const damage =
    kind === 'certificate' || kind === 'crl' || kind === 'csr' || kind === 'unknown' ? undefined : outerDamage(der);
  if (damage) into.problems.push(`${line === undefined ? '' : `line ${line}: `}${damage}`);
  const addKey = (key: KeyInfo): void => {
    into.keys.push(line === undefined ? key : { ...key, line });
  };
  switch (kind) {
    case 'certificate': {
      // A TRUSTED CERTIFICATE carries OpenSSL's trust settings behind the certificate.
      const outer = new DerReader(der).read(0, der.length);
      const trusted = format.includes('TRUSTED') && outer !== undefined;
      const certificate = parseOnce(trusted ? der.subarray(0, outer.next) : der);
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
      addListing(listPkcs7(der), context, format, line);
      return true;
    case 'pkcs12':
      addPkcs12(der, context, format);
      return true;
    case 'ocsp': {
      const response = parseOcspResponse(der);
      into.others.push(`OCSP response: ${response.status}`);
      into.ocspResponses ??= [];
      into.ocspResponses.push(der.toString('base64'));
      for (const certificate of response.certificates) into.certificates.push(certificate);
      for (const defect of response.defects) into.problems.push(`OCSP response, byte ${defect.offset}: ${defect.says}`);
      return true;
    }
    default:
      return false;
  }
}
