import { ALGORITHMS, digest, type HashName } from '../algorithms.ts';
import { type Candidate, type Claim, defineScheme, type MacRival, type SignatureClaim } from '../scheme.ts';
import type { Direction, StoredMessage } from '../stored-message.ts';
import { type JoinRules, joined, joinedVariants, readParameters, valueOfParameter } from '../variants/parameters.ts';
import { pemBlocks } from './_pem.ts';

/** `signature` is left out, and so is every parameter without a value. */
const RULES: JoinRules = { without: ['signature'], dropEmpty: true };

/** The signature covers the digest of the parameters, written in lower-case hex. */
const hexDigest = (hash: HashName, text: Buffer): Buffer => Buffer.from(digest(hash, text).toString('hex'));

/** Digest of the text, "&" and the digest of the key in hex. */
const keyedDigest = (hash: HashName, key: Buffer, text: Buffer): Buffer =>
  digest(hash, text, Buffer.from(`&${digest(hash, key).toString('hex')}`));

/** What is easily built instead of it. */
function otherKeyedDigests(own: HashName): MacRival[] {
  const other: HashName = own === 'sha256' ? 'sm3' : 'sha256';
  const and = Buffer.from('&');
  const built = (says: string, mac: MacRival['mac']): MacRival => ({ reason: 'string-to-sign', says, mac });
  return [
    {
      reason: 'algorithm-mismatch',
      says: `made with ${other.toUpperCase()}, which belongs to signMethod ${other === 'sm3' ? '12' : '11'}`,
      mac: (key, data) => keyedDigest(other, key, data),
    },
    built('made with the key itself, not its digest in hex', (key, data) => digest(own, data, and, key)),
    built('made with the digest of the key in upper-case hex', (key, data) =>
      digest(own, data, and, Buffer.from(digest(own, key).toString('hex').toUpperCase())),
    ),
    built('made with the binary digest of the key', (key, data) => digest(own, data, and, digest(own, key))),
    built('made without "&" before the digest of the key', (key, data) =>
      digest(own, data, Buffer.from(digest(own, key).toString('hex'))),
    ),
  ];
}

export default defineScheme({
  meta: {
    id: 'unionpay',
    title: 'UnionPay 5.0/5.1',
    description:
      'RSA over the hex digest of the sorted parameters (5.0.0: SHA-1, 5.1.0: SHA-256), or SHA-256/SM3 with a key (signMethod 11 and 12).',
    signsFields: true,
    references: ['https://open.unionpay.com/ (access guide, signing)'],
  },
  detect: (message) => {
    const p = looksLikeParameters(message) ? readParameters(message) : undefined;
    if (!p || valueOfParameter(p, 'signature') === undefined) return 0;
    return valueOfParameter(p, 'signMethod') !== undefined && valueOfParameter(p, 'version') !== undefined ? 2 : 0;
  },
  claims: (message, context): Claim[] => {
    const p = readParameters(message);
    if (!p) return [];
    const get = (name: string): string | undefined => valueOfParameter(p, name);
    const direction: Direction =
      context.direction ??
      (get('respCode') === undefined ? 'request' : message.status === undefined ? 'callback' : 'response');
    const base = { label: 'UnionPay signature', direction };
    const signature = get('signature');
    if (!signature)
      return [{ ...base, kind: 'defect', reason: 'signature-missing', says: 'there is no signature parameter' }];
    const method = get('signMethod') ?? '01';
    const version = get('version') ?? '';
    const hash: HashName = version === '5.0.0' ? 'sha1' : 'sha256';
    const text = joined(p.list, RULES);
    const variants = (made: (text: Buffer) => Buffer): (() => Iterable<Candidate>) =>
      function* () {
        for (const c of joinedVariants(p, RULES, ['signPubKeyCert', 'signMethod', 'certId']))
          yield { ...c, bytes: made(c.bytes), shown: c.bytes };
        yield { bytes: text, reason: 'string-to-sign', says: 'itself, not its digest in hex', shown: text };
        const upper = Buffer.from(digest(hash, text).toString('hex').toUpperCase());
        yield { bytes: upper, reason: 'string-to-sign', says: 'as a digest in upper-case hex', shown: text };
        yield {
          bytes: digest(hash, text),
          reason: 'string-to-sign',
          says: 'as a binary digest, not in hex',
          shown: text,
        };
        const other = hash === 'sha1' ? 'sha256' : 'sha1';
        yield {
          bytes: hexDigest(other, text),
          reason: 'algorithm-mismatch',
          says: `as a ${other.toUpperCase()} digest, which belongs to version ${other === 'sha1' ? '5.0.0' : '5.1.0'}`,
          shown: text,
        };
      };
    if (method === '01') {
      const certId = get('certId');
      const own = get('signPubKeyCert');
      const claim: SignatureClaim = {
        ...base,
        kind: 'signature',
        algorithm: hash === 'sha1' ? ALGORITHMS.rsaSha1 : ALGORITHMS.rsaSha256,
        declared: `version ${version}, signMethod 01`,
        rivals: [hash === 'sha1' ? ALGORITHMS.rsaSha256 : ALGORITHMS.rsaSha1],
        signatures: [{ text: signature, encoding: 'base64' }],
        ...(certId ? { hint: { kind: 'serial' as const, value: certId, field: 'certId' } } : {}),
        signed: hexDigest(hash, text),
        shown: text,
        candidates: variants((t) => hexDigest(hash, t)),
        ...(own ? { certificates: pemBlocks(own) } : {}),
      };
      return [claim];
    }
    if (method !== '11' && method !== '12')
      return [
        {
          ...base,
          kind: 'defect',
          reason: 'algorithm-refused',
          says: `signMethod ${method.slice(0, 20)} is not one of 01, 11, 12`,
        },
      ];
    const keyed: HashName = method === '11' ? 'sha256' : 'sm3';
    return [
      {
        ...base,
        kind: 'signature',
        algorithm: { kind: 'keyed-digest', hash: keyed, label: `${keyed.toUpperCase()} with a key` },
        declared: `signMethod ${method}`,
        signatures: [{ text: signature, encoding: 'hex', lowerCase: true }],
        signed: text,
        candidates: () => joinedVariants(p, RULES, ['signMethod', 'certId']),
        mac: (key, data) => keyedDigest(keyed, key, data),
        otherMacs: otherKeyedDigests(keyed),
      },
    ];
  },
});

function looksLikeParameters(message: StoredMessage): boolean {
  return message.body.includes('signature') || (message.target?.includes('signature=') ?? false);
}
