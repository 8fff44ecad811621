/** Mutations of EMV 3-D Secure signed content and of encrypted tokens: each is given its cause; none passes for valid. */
import { createPublicKey } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Issued, issue } from '../../src/drill/certificates.ts';
import type { KeyMaterial } from '../../src/messages/keys/material.ts';
import { readKeys } from '../../src/messages/keys/read-keys.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { encodeGbk } from '../../src/messages/variants/charset.ts';
import { ecPair, flipped, IN, judge, m, message, type Pair, ROTATED, secret, verdictOf } from './kit.ts';
import * as made from './schemes.ts';

const b64u = (data: string | Buffer): string => Buffer.from(data as string).toString('base64url');
const callback = { context: { parameters: {}, direction: 'callback' as const } };
const at = Date.parse('2025-06-01T00:00:00Z');
const CONTENT = JSON.stringify({
  acsURL: 'https://acs.example/challenge',
  acsEphemPubKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
  acsReferenceNumber: '3DS_LOA_ACS_张三',
});
let keys: made.Keys;
let otherEc: Pair;
let root: Issued;
beforeAll(() => {
  keys = made.makeKeys();
  otherEc = ecPair();
  root = issue({
    subject: { CN: 'scheme root' },
    ca: true,
    notBefore: Date.parse('2024-01-01'),
    notAfter: Date.parse('2030-01-01'),
    key: keys.other.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  });
});
const x5cOf = (pair: Pair, issuer: Issued | undefined, to = '2026-01-01T00:00:00Z'): string[] => [
  made.certificate(pair, 'ACS', '2025-01-01T00:00:00Z', to, issuer).issued.cert.replace(/-----[^-]+-----|\s/g, ''),
];
const ares = (token: unknown): StoredMessage =>
  message({
    status: 200,
    body: JSON.stringify({ messageType: 'ARes', messageVersion: '2.2.0', acsSignedContent: token }),
  });

type Sign = (input: Buffer) => Buffer;
const signed = (header: object, sign: Sign, payload: string | Buffer = CONTENT, over = b64u(payload)): string[] => {
  const head = b64u(JSON.stringify(header));
  return [head, b64u(payload), b64u(sign(Buffer.from(`${head}.${over}`)))];
};

describe('mutations of EMV 3-D Secure signed content', () => {
  it.each(['PS256', 'ES256'])('with %s', async (alg) => {
    const pair = alg === 'PS256' ? keys.rsa : keys.ec;
    const strange = alg === 'PS256' ? keys.other : otherEc;
    const by =
      (p: Pair): Sign =>
      (input) =>
        alg === 'PS256' ? made.pssSign(p.privateKey, input) : made.ecSign(p.privateKey, input);
    const x5c = x5cOf(pair, root);
    const [head, payload, value] = signed({ alg, x5c }, by(pair)) as [string, string, string];
    const token = (...parts: string[]): StoredMessage => ares(parts.join('.'));
    const paid = (content: string | Buffer): StoredMessage => token(head, b64u(content), value);
    const headed = (change: object, sign = by(pair)): StoredMessage =>
      ares(signed({ alg, x5c, ...change }, sign).join('.'));
    const raw = Buffer.from(value, 'base64url');
    await judge(
      token(head, payload, value),
      [
        m('URL of the ACS changed', paid(CONTENT.replace('acs.example', 'evil.example')), IN, 'content-changed'),
        m('JSON indented', paid(JSON.stringify(JSON.parse(CONTENT), null, 2)), IN, 'json-rewritten'),
        m('slashes escaped', paid(CONTENT.replaceAll('/', '\\/')), IN, 'json-rewritten'),
        m('line end added', paid(`${CONTENT}\n`), IN, 'trailing-line-end'),
        m('byte order mark added', paid(`\ufeff${CONTENT}`), IN, 'byte-order-mark'),
        m('content in GBK', paid(encodeGbk(CONTENT)!), 'charset-mismatch'),
        m('member added', paid(CONTENT.replace('{', '{"sdk":"1",')), IN, 'content-changed'),
        m('member removed', paid('{"acsURL":"https://acs.example/challenge"}'), IN, 'content-changed'),
        m(
          'payload signed in base64',
          ares(signed({ alg, x5c }, by(pair), CONTENT, Buffer.from(CONTENT).toString('base64')).join('.')),
          IN,
          'signature-encoding',
        ),
        m('payload signed as it is', ares(signed({ alg, x5c }, by(pair), CONTENT, CONTENT).join('.')), IN),
        m('header changed', token(b64u(JSON.stringify({ alg, x5c, typ: 'JOSE' })), payload, value), IN),
        m('alg none', token(b64u('{"alg":"none"}'), payload, ''), 'sign-type-mismatch', 'algorithm-none'),
        m('alg RS256', headed({ alg: 'RS256' }), 'sign-type-mismatch', 'algorithm-refused'),
        m(
          'the other algorithm of the scheme declared',
          headed({ alg: alg === 'PS256' ? 'ES256' : 'PS256' }),
          'sign-type-mismatch',
        ),
        m('unknown critical parameter', headed({ crit: ['x'], x: 1 }), IN, 'header-malformed'),
        m('signed by another key than the certificate holds', headed({}, by(strange)), [IN, ROTATED]),
        m('certificate of nobody known', headed({ x5c: x5cOf(strange, undefined) }, by(strange)), ROTATED),
        m('certificate had expired', headed({}), ROTATED, 'certificate-expired', {
          at: Date.parse('2026-03-01T00:00:00Z'),
        }),
        m('certificate not yet valid', headed({}), ROTATED, 'certificate-not-yet-valid', {
          at: Date.parse('2024-03-01T00:00:00Z'),
        }),
        m('signature cut', token(head, payload, value.slice(0, -9)), IN, 'signature-truncated'),
        m('signature in hex', token(head, payload, raw.toString('hex')), IN, 'signature-encoding'),
        m('signature flipped', token(head, payload, flipped(value)), [IN, ROTATED]),
        m('signature missing', token(head, payload, ''), IN, 'signature-missing'),
        m('payload in base64', token(head, `${payload.slice(0, -4)}a+/b`, value), IN, 'signature-encoding'),
        m('part missing', token(head, payload), IN, 'header-malformed'),
      ],
      readKeys(Buffer.from(root.cert), 'root.pem').keys,
      { at },
    );
  });
});

describe('mutations of an encrypted token', () => {
  const seal = (header: { alg: string; enc: string; kid?: string }, key: Parameters<CompactEncrypt['encrypt']>[0]) =>
    new CompactEncrypt(Buffer.from(made.BODY)).setProtectedHeader(header).encrypt(key);
  const open = (pair: Pair): KeyMaterial => ({ ...pair.material, privateKey: pair.privateKey });
  const WRONG = 'decrypt-key-wrong';
  const shared = Buffer.alloc(32, 7);

  it.each([
    ['RSA-OAEP-256', 'A256GCM'],
    ['RSA-OAEP', 'A128CBC-HS256'],
    ['ECDH-ES+A128KW', 'A256GCM'],
    ['A256KW', 'A256CBC-HS512'],
    ['A256GCMKW', 'A128GCM'],
  ])('with %s and %s: what was changed is told from a wrong key', async (alg, enc) => {
    const pair = alg.startsWith('RSA') ? keys.rsa : keys.ec;
    const symmetric = /^A\d/.test(alg);
    const own = symmetric ? secret(shared) : open(pair);
    const wrong = symmetric ? secret(Buffer.alloc(32, 8)) : open(alg.startsWith('RSA') ? keys.other : otherEc);
    const jwe = await seal({ alg, enc, kid: 'k1' }, symmetric ? shared : pair.publicKey);
    const parts = jwe.split('.');
    const header = JSON.parse(Buffer.from(parts[0]!, 'base64url').toString()) as { [n: string]: unknown };
    const part = (n: number, change: (text: string) => string): StoredMessage =>
      message({ body: parts.map((p, i) => (i === n ? change(p) : p)).join('.') });
    const headed = (change: object): StoredMessage => part(0, () => b64u(JSON.stringify({ ...header, ...change })));
    const damaged = 'sealed-content-damaged';
    await judge(
      message({ body: jwe }),
      [
        m('ciphertext changed', part(3, flipped), IN, damaged),
        m('initialization vector changed', part(2, flipped), IN, damaged),
        m('tag changed', part(4, flipped), IN, damaged),
        m('key id changed', headed({ kid: 'k2' }), IN, damaged),
        m('header parameter added', headed({ typ: 'JOSE' }), IN, damaged),
        m(
          'header written again',
          part(0, (p) => b64u(Buffer.from(p, 'base64url').toString().replace('{', '{ '))),
          IN,
          damaged,
        ),
        m(
          'ciphertext cut',
          part(3, (p) => p.slice(0, -7)),
          IN,
          damaged,
        ),
        m(
          'ciphertext missing',
          part(3, () => ''),
          IN,
          damaged,
        ),
        m(
          'initialization vector cut',
          part(2, (p) => p.slice(0, -4)),
          IN,
          damaged,
        ),
        m(
          'tag cut',
          part(4, (p) => p.slice(0, -6)),
          IN,
          damaged,
        ),
        m(
          'encrypted key missing',
          part(1, () => ''),
          IN,
          damaged,
        ),
        m('encrypted key changed', part(1, flipped), [WRONG, IN]),
        m(
          'not base64url',
          part(3, (p) => `${p.slice(0, -3)}+/=`),
          IN,
          damaged,
        ),
        m('wrong key', message({ body: jwe }), WRONG, undefined, { keys: [wrong] }),
        m('enc of another length declared', headed({ enc: enc === 'A128GCM' ? 'A256GCM' : 'A128GCM' }), [
          IN,
          'sign-type-mismatch',
        ]),
        m('RSA PKCS#1 v1.5 declared', headed({ alg: 'RSA1_5' }), 'sign-type-mismatch', 'algorithm-refused'),
        m('unknown enc', headed({ enc: 'A512GCM' }), 'sign-type-mismatch', 'algorithm-refused'),
        m('unknown critical parameter', headed({ crit: ['x'], x: 1 }), IN, 'header-malformed'),
        ...(alg === 'RSA-OAEP'
          ? [
              m(
                'another OAEP digest declared',
                headed({ alg: 'RSA-OAEP-256' }),
                'sign-type-mismatch',
                'algorithm-mismatch',
              ),
            ]
          : []),
      ],
      [own],
      callback,
    );
    // Keys that merely lie beside the message prove nothing by not fitting, but everything by opening the content key.
    const found = { ...callback, keysAreThose: false };
    expect((await verdictOf(message({ body: jwe }), [wrong], found)).result).toBe('not-checked');
    expect((await verdictOf(part(3, flipped), [wrong, own], found)).cause).toBe(IN);
  });

  it.each([
    ['ECDH-ES', 'A128CBC-HS256'],
    ['dir', 'A256GCM'],
  ])('with %s, which has no content key of its own, leave both causes open', async (alg, enc) => {
    const jwe = await seal({ alg, enc }, alg === 'dir' ? shared : createPublicKey(keys.ec.privateKey));
    const own = alg === 'dir' ? secret(shared) : open(keys.ec);
    const parts = jwe.split('.');
    const changed = message({ body: [...parts.slice(0, 3), flipped(parts[3]!), parts[4]].join('.') });
    const verdict = await verdictOf(changed, [own], callback);
    expect(verdict).toMatchObject({ result: 'invalid', possible: [WRONG, IN] });
    expect(verdict.cause).toBeUndefined();
    const keyed = message({ body: [parts[0], 'AAAA', ...parts.slice(2)].join('.') });
    expect(await verdictOf(keyed, [own], callback)).toMatchObject({ cause: IN, reason: 'sealed-content-damaged' });
  });
});
