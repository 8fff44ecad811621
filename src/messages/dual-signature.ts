/**
 * Two-part (dual) signatures, as SET made them: two parties each see one part, and one signature covers both.
 * PIMD = H(PI), OIMD = H(OI), POMD = H(PIMD || OIMD), signature = RSA over POMD (SET Book 2; textbook and wire order differ,
 * so both are tried). The parts of one message stand side by side in a folder, recognised by content:
 * two texts, two hexadecimal digests, one base64 signature.
 */
import { constants, createHash, type KeyObject, publicDecrypt, X509Certificate } from 'node:crypto';
import type { MessageObservation } from './types.ts';

export interface MessagePart {
  file: string;
  content: Buffer;
}

export interface VerificationKey {
  file: string;
  key: KeyObject;
  label: string;
}

type Hash = 'sha1' | 'sha256';
/** DER of DigestInfo up to the digest (RFC 8017 section 9.2, note 1). */
const DIGEST_INFO: { hash: Hash; prefix: string; length: number }[] = [
  { hash: 'sha1', prefix: '3021300906052b0e03021a05000414', length: 20 },
  { hash: 'sha256', prefix: '3031300d060960864801650304020105000420', length: 32 },
];
const HEX = /^\s*(?:[0-9a-f]{40}|[0-9a-f]{64})\s*$/i;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;
const MODULUS_BYTES = new Set([64, 96, 128, 192, 256, 384, 512]);
const MAXIMUM_PART = 256 * 1024;

interface Parts {
  digests: { file: string; name: string; value: Buffer }[];
  signature?: { file: string; value: Buffer };
  texts: { file: string; name: string; content: Buffer }[];
  time: number;
}

const baseName = (path: string): string => path.split(/[/\\!]/).pop() ?? path;
const hash = (algorithm: Hash, ...data: Buffer[]): Buffer =>
  data.reduce((h, d) => h.update(d), createHash(algorithm)).digest();

/** Sorts the files of one folder; undefined when they are not such a message. */
function sortParts(files: MessagePart[]): Parts | undefined {
  const parts: Parts = { digests: [], texts: [], time: Number.NaN };
  for (const f of files) {
    if (f.content.length === 0 || f.content.length > MAXIMUM_PART) continue;
    const text = f.content.toString('latin1');
    const name = baseName(f.file).toLowerCase();
    if (HEX.test(text)) parts.digests.push({ file: f.file, name, value: Buffer.from(text.trim(), 'hex') });
    else if (
      !parts.signature &&
      text.length < 2000 &&
      BASE64.test(text) &&
      MODULUS_BYTES.has(Buffer.from(text, 'base64').length)
    )
      parts.signature = { file: f.file, value: Buffer.from(text, 'base64') };
    else {
      const stamp = /\b(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)/.exec(text)?.[1];
      if (/^(meta|info|readme|headers?)\b/.test(name)) {
        if (stamp) parts.time = Date.parse(stamp.includes('T') ? stamp : `${stamp.replace(' ', 'T')}Z`);
      } else parts.texts.push({ file: f.file, name, content: f.content });
    }
  }
  return parts.signature && parts.digests.length === 2 && parts.texts.length === 2 ? parts : undefined;
}

/** What the sender signed: the digest and its algorithm, when the key fits. */
function recoverDigest(
  signature: Buffer,
  keys: VerificationKey[],
): { hash: Hash; digest: Buffer; key: VerificationKey } | undefined {
  for (const key of keys) {
    let block: Buffer;
    try {
      block = publicDecrypt({ key: key.key, padding: constants.RSA_PKCS1_PADDING }, signature);
    } catch {
      continue; // not this key
    }
    for (const d of DIGEST_INFO) {
      if (
        block.length === d.prefix.length / 2 + d.length &&
        block.subarray(0, d.prefix.length / 2).toString('hex') === d.prefix
      )
        return { hash: d.hash, digest: block.subarray(-d.length), key };
    }
  }
  return undefined;
}

/** The digest file that belongs to a text: named after it, else the one that equals its digest. */
function digestOf(text: Parts['texts'][number], parts: Parts): Parts['digests'][number] | undefined {
  const stem = text.name.replace(/\.[^.]*$/, '');
  return (
    parts.digests.find((d) => d.name.startsWith(stem)) ??
    parts.digests.find((d) => (['sha1', 'sha256'] as const).some((h) => hash(h, text.content).equals(d.value)))
  );
}

/** Candidate bytes that were digested: as stored, without the final line end, with network line ends. */
function* spellings(content: Buffer): Iterable<{ bytes: Buffer; says: string }> {
  yield { bytes: content, says: 'as stored' };
  const text = content.toString('latin1');
  yield { bytes: Buffer.from(text.replace(/\r?\n$/, ''), 'latin1'), says: 'without the final line end' };
  yield { bytes: Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1'), says: 'with CRLF line ends' };
  yield { bytes: Buffer.from(text.replace(/\r\n/g, '\n'), 'latin1'), says: 'with LF line ends' };
}

/**
 * Verifies one message.
 * @param folder name of the message in the report
 * @param files all files of the folder
 * @param keys RSA public keys of the evidence
 */
export function verifyDualSignature(
  folder: string,
  files: MessagePart[],
  keys: VerificationKey[],
): MessageObservation | undefined {
  const parts = sortParts(files);
  if (!parts) return undefined;
  const done = (
    result: MessageObservation['result'],
    says: string,
    proof: string[],
    cause?: string,
  ): MessageObservation => ({
    file: parts.signature!.file,
    time: parts.time,
    scheme: 'dual-signature',
    direction: 'request',
    result,
    says: `${folder}: ${says}`,
    proof,
    ...(cause ? { cause } : {}),
  });
  if (keys.length === 0)
    return done('not-checked', 'no RSA certificate or key in the evidence to verify the two-part signature with', []);
  const recovered = recoverDigest(parts.signature!.value, keys);
  if (!recovered)
    return done(
      'invalid',
      'the signature was not made with any key of the evidence',
      [`${keys.length} keys tried`],
      'dual-signature-broken',
    );
  const algorithm = recovered.hash;
  const proof: string[] = [`signed with ${algorithm} by ${recovered.key.label}`];
  const altered: string[] = [];
  const [a, b] = parts.texts.map((text) => {
    const recorded = digestOf(text, parts);
    const match = recorded && [...spellings(text.content)].find((s) => hash(algorithm, s.bytes).equals(recorded.value));
    if (recorded && !match) altered.push(baseName(text.file));
    return { text, recorded: recorded?.value, computed: hash(algorithm, text.content) };
  });
  if (!a?.recorded || !b?.recorded)
    return done('invalid', 'a digest of one part is missing', proof, 'dual-signature-broken');
  const over = (x: Buffer, y: Buffer): boolean =>
    hash(algorithm, x, y).equals(recovered.digest) || hash(algorithm, y, x).equals(recovered.digest);
  // SET Book 2: payment digest first, order digest second.
  const payment = /^pi|pay/.test(a.text.name) ? a : b;
  const order = payment === a ? b : a;
  const inOrder = hash(algorithm, payment.recorded!, order.recorded!).equals(recovered.digest);
  const swapped = !inOrder && hash(algorithm, order.recorded!, payment.recorded!).equals(recovered.digest);
  if (altered.length) {
    proof.push(
      over(a.recorded, b.recorded)
        ? 'the signature covers the recorded digests'
        : 'the signature covers neither the recorded nor the recomputed digests',
    );
    return done(
      'invalid',
      `${altered.join(' and ')} does not give the digest that was signed`,
      proof,
      'dual-signature-broken',
    );
  }
  if (inOrder) return done('valid', 'both digests and the signature verify', proof);
  if (swapped)
    return done(
      'invalid',
      'the two digests were joined in the wrong order before signing (order digest first)',
      [...proof, 'H(OIMD || PIMD) equals the signed digest'],
      'dual-signature-broken',
    );
  if (over(a.computed, b.computed)) return done('valid', 'both digests and the signature verify', proof);
  return done(
    'invalid',
    'both digests are right, but the signature covers another value',
    proof,
    'dual-signature-broken',
  );
}

/** RSA public keys of certificates given as DER. */
export function keysOf(certificates: { der: string; subject: { text: string } }[], file: string): VerificationKey[] {
  return certificates.flatMap((c) => {
    try {
      const key = new X509Certificate(Buffer.from(c.der, 'base64')).publicKey;
      return key.asymmetricKeyType === 'rsa' ? [{ file, key, label: c.subject.text }] : [];
    } catch {
      return [];
    }
  });
}
