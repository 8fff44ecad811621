import { ALGORITHMS, type SignatureAlgorithm } from '../algorithms.ts';
import { type Candidate, type Claim, defineScheme, type KeyHint } from '../scheme.ts';
import { type Direction, header, headers, pathAndQuery, type StoredMessage } from '../stored-message.ts';
import { digestClaims } from './_digest.ts';
import { pemBlocks } from './_pem.ts';

/** draft-cavage-http-signatures as NextGenPSD2 uses it, with a Digest of the body (RFC 3230). */
const SIGNED_BY_DEFAULT = 'date';

const ALGORITHM_NAMES: { readonly [name: string]: SignatureAlgorithm } = {
  'rsa-sha1': ALGORITHMS.rsaSha1,
  'rsa-sha256': ALGORITHMS.rsaSha256,
  'rsa-sha512': ALGORITHMS.rsaSha512,
  'ecdsa-sha256': ALGORITHMS.ecdsaSha256,
  'ecdsa-sha512': ALGORITHMS.ecdsaSha512,
  'hmac-sha256': ALGORITHMS.hmacSha256,
  'hmac-sha512': ALGORITHMS.hmacSha512,
};

export default defineScheme({
  meta: {
    id: 'berlin-group',
    title: 'Berlin Group NextGenPSD2 (HTTP signature)',
    description:
      'Signature header over named headers, Digest header over the body, QSEAL certificate in TPP-Signature-Certificate.',
    references: [
      'NextGenPSD2 XS2A implementation guidelines 1.3, section 12',
      'draft-cavage-http-signatures-12',
      'RFC 3230',
    ],
  },
  detect: (message) => {
    const value = signatureHeader(message);
    if (!value || !/keyId\s*=/i.test(value)) return 0;
    return header(message, 'tpp-signature-certificate') !== undefined || header(message, 'digest') !== undefined
      ? 2
      : 1;
  },
  claims: (message, context): Claim[] => {
    const direction: Direction = context.direction ?? (message.status === undefined ? 'request' : 'response');
    const base = { label: 'Signature header', direction };
    const value = signatureHeader(message);
    if (!value) return [{ ...base, kind: 'defect', reason: 'signature-missing', says: 'there is no Signature header' }];
    const parts = parametersOf(value);
    const { keyid, signature } = parts;
    if (!keyid || !signature)
      return [
        {
          ...base,
          kind: 'defect',
          reason: signature ? 'header-malformed' : 'signature-missing',
          says: `the Signature header lacks ${signature ? 'keyId' : 'its signature'}`,
        },
      ];
    const name = (parts.algorithm ?? 'rsa-sha256').toLowerCase();
    const algorithm = name === 'hs2019' ? hs2019(message) : ALGORITHM_NAMES[name];
    if (!algorithm)
      return [
        {
          ...base,
          kind: 'defect',
          reason: 'algorithm-refused',
          says: `the algorithm ${name.slice(0, 40)} is not known`,
        },
      ];
    const listed = (parts.headers ?? SIGNED_BY_DEFAULT).trim().split(/\s+/).slice(0, 100);
    const missing = listed.filter((n) => lineValue(message, n, parts) === undefined);
    if (missing.length > 0)
      return [
        {
          ...base,
          kind: 'defect',
          reason: 'header-malformed',
          says: `the signature covers ${missing.slice(0, 5).join(', ')}, which the message does not carry`,
        },
      ];
    // Only a digest that is itself signed says something about the body.
    const signedDigests = listed.map((n) => n.toLowerCase()).filter((n) => n === 'digest' || n === 'content-digest');
    const digests = digestClaims(message, signedDigests);
    const covered = signedDigests.length > 0;
    if (covered && message.body.length > 0 && !digests.some((d) => d.hash === 'sha256' || d.hash === 'sha512'))
      return [
        {
          ...base,
          kind: 'defect',
          reason: 'algorithm-refused',
          says: 'the signed digest of the body is neither SHA-256 nor SHA-512',
        },
      ];
    if (!covered && message.body.length > 0)
      return [
        {
          ...base,
          kind: 'defect',
          reason: 'parameter-set',
          says: 'the signature does not cover the Digest header, so it says nothing about the body',
        },
      ];
    const certificate = header(message, 'tpp-signature-certificate');
    const hint = keyHint(keyid);
    return [
      {
        ...base,
        kind: 'signature',
        algorithm,
        declared: name,
        rivals: [
          ALGORITHMS.rsaSha256,
          ALGORITHMS.rsaSha512,
          ALGORITHMS.pssSha256,
          ALGORITHMS.pssSha512,
          ALGORITHMS.rsaSha1,
          ALGORITHMS.ecdsaSha256,
          ALGORITHMS.ecdsaSha256Raw,
        ].filter((a) => a !== algorithm),
        signatures: [{ text: signature, encoding: 'base64' }],
        ...(hint ? { hint } : {}),
        signed: signingString(message, listed, parts),
        candidates: () => stringCandidates(message, listed, parts),
        ...(covered ? { digests } : {}),
        ...(certificate ? { certificates: pemBlocks(certificate) } : {}),
        timestamp: { time: Date.parse(header(message, 'date') ?? ''), toleranceMs: 0, field: 'Date' },
      },
    ];
  },
});

function signatureHeader(message: StoredMessage): string | undefined {
  const own = header(message, 'signature');
  if (own !== undefined) return own.replace(/^Signature\s+/i, '');
  const authorization = header(message, 'authorization');
  return authorization && /^Signature\s/i.test(authorization) ? authorization.slice(10) : undefined;
}

function parametersOf(value: string): { [name: string]: string } {
  const out: { [name: string]: string } = {};
  for (const m of value.slice(0, 32_768).matchAll(/([A-Za-z]{1,30})\s{0,4}=\s{0,4}(?:"([^"]{0,16384})"|(\d{1,20}))/g))
    out[m[1]!.toLowerCase()] ??= m[2] ?? m[3]!;
  return out;
}

/** keyId as the guidelines want it: `SN=serial,CA=issuer`. */
function keyHint(keyId: string): KeyHint | undefined {
  const serial = /^SN=([0-9A-Fa-f:-]{1,100}|\d{1,60}),\s*CA=/i.exec(keyId)?.[1];
  return serial ? { kind: 'serial', value: serial, field: 'keyId SN' } : { kind: 'id', value: keyId, field: 'keyId' };
}

/** hs2019 takes the algorithm from the key: RSA-PSS with SHA-512, or ECDSA where the certificate has such a key. */
function hs2019(message: StoredMessage): SignatureAlgorithm {
  const certificate = header(message, 'tpp-signature-certificate') ?? '';
  return /BggqhkjOPQMBBw|KoZIzj0CAQ/.test(certificate.replace(/\s/g, ''))
    ? ALGORITHMS.ecdsaSha512
    : ALGORITHMS.pssSha512;
}

function lineValue(message: StoredMessage, name: string, parts: { [name: string]: string }): string | undefined {
  const lower = name.toLowerCase();
  if (lower === '(request-target)') {
    const url = pathAndQuery(message);
    return message.method === undefined || url === undefined ? undefined : `${message.method.toLowerCase()} ${url}`;
  }
  if (lower === '(created)') return parts.created;
  if (lower === '(expires)') return parts.expires;
  const values = headers(message, lower);
  return values.length > 0 ? values.join(', ') : undefined;
}

const signingString = (message: StoredMessage, names: readonly string[], parts: { [name: string]: string }): Buffer =>
  Buffer.from(names.map((n) => `${n.toLowerCase()}: ${lineValue(message, n, parts) ?? ''}`).join('\n'));

function* stringCandidates(
  message: StoredMessage,
  names: readonly string[],
  parts: { [name: string]: string },
): Iterable<Candidate> {
  const own = signingString(message, names, parts).toString();
  const give = (text: string, says: string, reason: Candidate['reason'] = 'string-to-sign'): Candidate => ({
    bytes: Buffer.from(text),
    reason,
    says,
  });
  yield give(`${own}\n`, 'with a line end after it');
  yield give(own.replaceAll('\n', '\r\n'), 'with CRLF between its lines');
  const lines = (write: (name: string, value: string) => string): string =>
    names.map((n) => write(n, lineValue(message, n, parts) ?? '')).join('\n');
  yield give(
    lines((n, v) => `${n}: ${v}`),
    'with the header names as they are listed',
  );
  yield give(
    lines((n, v) => `${message.headers.find(([h]) => h.toLowerCase() === n.toLowerCase())?.[0] ?? n}: ${v}`),
    'with the header names as they are written in the message',
  );
  yield give(
    lines((n, v) => `${n.toLowerCase()}:${v}`),
    'without the space after the colon',
  );
  yield give(
    lines((_n, v) => v),
    'of the values alone',
  );
  yield give(
    [...names]
      .sort()
      .map((n) => `${n.toLowerCase()}: ${lineValue(message, n, parts) ?? ''}`)
      .join('\n'),
    'with the headers sorted',
    'parameter-order',
  );
  yield give(
    [...names]
      .reverse()
      .map((n) => `${n.toLowerCase()}: ${lineValue(message, n, parts) ?? ''}`)
      .join('\n'),
    'with the headers in reverse order',
    'parameter-order',
  );
  const url = pathAndQuery(message);
  if (url && message.method) {
    for (const [target, says] of [
      [`${message.method.toUpperCase()} ${url}`, 'with the method in upper case'],
      [`${message.method.toLowerCase()} ${url.split('?')[0]}`, 'with the path alone'],
      [`${message.method.toLowerCase()} https://${header(message, 'host') ?? ''}${url}`, 'with the full URL'],
    ] as const)
      yield give(
        own.replace(/^\(request-target\): .*$/m, () => `(request-target): ${target}`),
        says,
        'request-target',
      );
  }
  for (const name of names)
    yield give(
      names
        .filter((n) => n !== name)
        .map((n) => `${n.toLowerCase()}: ${lineValue(message, n, parts) ?? ''}`)
        .join('\n'),
      `without ${name.slice(0, 60)}`,
      'parameter-set',
    );
}
