/** Tokens made by jose, an independent implementation, and what becomes of them when they are damaged or hostile. */
import { createCipheriv, createHmac } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { CompactEncrypt, CompactSign, FlattenedSign, GeneralSign } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { issue } from '../../src/drill/certificates.ts';
import { readKeys } from '../../src/messages/keys/read-keys.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import {
  ecPair,
  edPair,
  IN,
  judge,
  m,
  message,
  type Pair,
  rsaPair,
  secret,
  verdictOf,
  verdictsOf,
  withBody,
} from './kit.ts';
import { BODY, certificate, pssSign } from './schemes.ts';

let rsa: Pair;
let other: Pair;
let ec: Pair;
let ed: Pair;
beforeAll(() => {
  rsa = rsaPair();
  other = rsaPair();
  ec = ecPair();
  ed = edPair();
});
const HMAC_KEY = 'a shared secret of more than 32 octets';
const payload = new TextEncoder().encode(BODY);
const token = (text: string | Buffer): StoredMessage => message({ body: text });
const b64u = (data: string | Buffer): string => Buffer.from(data as string).toString('base64url');
const callback = { context: { parameters: {}, direction: 'callback' as const } };

describe('a JWS made by jose', () => {
  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'])('with %s verifies', async (alg) => {
    const jws = await new CompactSign(payload).setProtectedHeader({ alg }).sign(rsa.privateKey);
    expect((await verdictOf(token(jws), [rsa.material])).result).toBe('valid');
    expect((await verdictOf(token(jws), [other.material])).result).toBe('invalid');
  });

  it.each(['ES256', 'EdDSA', 'HS256', 'HS512'])('with %s verifies', async (alg) => {
    const [key, material] =
      alg === 'ES256'
        ? [ec.privateKey, ec.material]
        : alg === 'EdDSA'
          ? [ed.privateKey, ed.material]
          : [Buffer.from(HMAC_KEY), secret(HMAC_KEY)];
    const jws = await new CompactSign(payload).setProtectedHeader({ alg }).sign(key);
    expect((await verdictOf(token(jws), [material])).result).toBe('valid');
  });

  it('in flattened and general form verifies, each signature with its key', async () => {
    const flat = await new FlattenedSign(payload).setProtectedHeader({ alg: 'ES256' }).sign(ec.privateKey);
    expect((await verdictOf(token(JSON.stringify(flat)), [ec.material])).result).toBe('valid');
    const two = new GeneralSign(payload);
    two.addSignature(ec.privateKey).setProtectedHeader({ alg: 'ES256' });
    two.addSignature(rsa.privateKey).setProtectedHeader({ alg: 'PS256' });
    const verdicts = await verdictsOf(token(JSON.stringify(await two.sign())), [ec.material, rsa.material]);
    expect(verdicts.map((v) => v.result)).toEqual(['valid', 'valid']);
  });

  it('is found by kid among several keys', async () => {
    const jws = await new CompactSign(payload).setProtectedHeader({ alg: 'PS256', kid: 'k2' }).sign(rsa.privateKey);
    const keys = [
      { ...other.material, names: ['k1'] },
      { ...rsa.material, names: ['k2'] },
    ];
    expect(await verdictOf(token(jws), keys)).toMatchObject({ result: 'valid' });
  });

  it('names the cause of each mutation, and none passes', async () => {
    const jws = await new CompactSign(payload).setProtectedHeader({ alg: 'PS256' }).sign(rsa.privateKey);
    const [head, body, sig] = jws.split('.') as [string, string, string];
    const join = (...parts: string[]): StoredMessage => token(parts.join('.'));
    const headed = (header: object, key = (input: Buffer) => pssSign(rsa.privateKey, input)): StoredMessage => {
      const h = b64u(JSON.stringify(header));
      return join(h, body, b64u(key(Buffer.from(`${h}.${body}`))));
    };
    const es = await new CompactSign(payload).setProtectedHeader({ alg: 'ES256' }).sign(ec.privateKey);
    await judge(
      token(jws),
      [
        m('payload changed', join(head, b64u(BODY.replace('1050', '9050')), sig), IN, 'content-changed'),
        m('payload indented', join(head, b64u(JSON.stringify(JSON.parse(BODY), null, 2)), sig), IN, 'json-rewritten'),
        m('payload with a line end', join(head, b64u(`${BODY}\n`), sig), IN, 'trailing-line-end'),
        m('payload with a byte order mark', join(head, b64u(`\ufeff${BODY}`), sig), IN, 'byte-order-mark'),
        m('header changed', join(b64u('{"alg":"PS256","typ":"JOSE"}'), body, sig), IN),
        m('alg none', join(b64u('{"alg":"none"}'), body, ''), 'sign-type-mismatch', 'algorithm-none'),
        m('alg NoNe with a signature', join(b64u('{"alg":"NoNe"}'), body, sig), 'sign-type-mismatch', 'algorithm-none'),
        m('unknown alg', join(b64u('{"alg":"XX999"}'), body, sig), 'sign-type-mismatch'),
        m('RS256 declared, PSS used', headed({ alg: 'RS256' }), 'sign-type-mismatch', 'algorithm-mismatch'),
        m('PS512 declared, PS256 used', headed({ alg: 'PS512' }), 'sign-type-mismatch', 'algorithm-mismatch'),
        m('unknown critical parameter', headed({ alg: 'PS256', crit: ['x'], x: 1 }), IN, 'header-malformed'),
        m(
          'by another key',
          headed({ alg: 'PS256' }, (input) => pssSign(other.privateKey, input)),
          'provider-key-rotated',
        ),
        m('signature cut', join(head, body, sig.slice(0, 200)), IN, 'signature-truncated'),
        m(
          'signature in base64',
          join(head, body, Buffer.from(sig, 'base64url').toString('hex')),
          IN,
          'signature-encoding',
        ),
        m('signature missing', join(head, body, ''), IN, 'signature-missing'),
        m('HMAC with the public key', confused(body), 'sign-type-mismatch', 'algorithm-confusion'),
        m(
          'HMAC claimed, public key held',
          join(b64u('{"alg":"HS256"}'), body, b64u('x'.repeat(32))),
          'sign-type-mismatch',
          'algorithm-confusion',
        ),
        m('ECDSA in DER', derToken(es), IN, 'signature-encoding', { keys: [ec.material] }),
      ],
      [rsa.material],
      { ...callback, scheme: 'jws' },
    );
  });

  /** The classic forgery: HS256 with the public key, which anybody has, as the secret. */
  function confused(body: string): StoredMessage {
    const head = b64u('{"alg":"HS256"}');
    const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' });
    return token(`${head}.${body}.${createHmac('sha256', pem).update(`${head}.${body}`).digest('base64url')}`);
  }

  /** r and s as DER where JOSE wants them side by side. */
  function derToken(jws: string): StoredMessage {
    const [head, body, sig] = jws.split('.') as [string, string, string];
    const raw = Buffer.from(sig, 'base64url');
    const integer = (b: Buffer): Buffer => {
      let at = 0;
      while (at < b.length - 1 && b[at] === 0) at++;
      const v = b[at]! & 0x80 ? Buffer.concat([Buffer.of(0), b.subarray(at)]) : b.subarray(at);
      return Buffer.concat([Buffer.of(2, v.length), v]);
    };
    const content = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
    return token(`${head}.${body}.${b64u(Buffer.concat([Buffer.of(0x30, content.length), content]))}`);
  }
});

describe('a certificate or key in the token', () => {
  it('convinces nobody by itself', async () => {
    const cert = certificate(rsa, 'anybody');
    const x5c = [cert.issued.cert.replace(/-----[^-]+-----|\s/g, '')];
    const jws = await new CompactSign(payload).setProtectedHeader({ alg: 'PS256', x5c }).sign(rsa.privateKey);
    expect(await verdictOf(token(jws), [other.material])).toMatchObject({
      result: 'invalid',
      reason: 'certificate-untrusted',
    });
    expect((await verdictOf(token(jws), [cert.material])).result).toBe('valid');
    const jwk = rsa.publicKey.export({ format: 'jwk' });
    const own = await new CompactSign(payload)
      .setProtectedHeader({ alg: 'PS256', jwk: jwk as never })
      .sign(rsa.privateKey);
    expect((await verdictOf(token(own), [other.material])).result).toBe('invalid');
    expect((await verdictOf(token(own), [])).result).toBe('not-checked');
    expect((await verdictOf(token(own), [rsa.material])).result).toBe('valid');
  });

  it('is trusted when a given authority issued it, as of the time of signing', async () => {
    const authority = issue({
      subject: { CN: 'scheme root' },
      ca: true,
      notBefore: Date.parse('2024-01-01'),
      notAfter: Date.parse('2030-01-01'),
      key: other.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    });
    const leaf = certificate(rsa, 'acs', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z', authority);
    const root = readKeys(Buffer.from(authority.cert), 'root.pem').keys;
    const x5c = [leaf.issued.cert.replace(/-----[^-]+-----|\s/g, '')];
    const signed = await new CompactSign(payload).setProtectedHeader({ alg: 'PS256', x5c }).sign(rsa.privateKey);
    const ares = message({
      status: 200,
      body: JSON.stringify({ messageType: 'ARes', messageVersion: '2.2.0', acsSignedContent: signed }),
    });
    expect((await verdictOf(ares, root, { at: Date.parse('2025-06-01') })).result).toBe('valid');
    expect(await verdictOf(ares, root, { at: Date.parse('2026-06-01') })).toMatchObject({
      result: 'invalid',
      reason: 'certificate-expired',
    });
    const changed = withBody(ares, ares.body.toString().replace('PS256', 'PS257'));
    expect((await verdictOf(changed, root)).result).toBe('valid');
    const parts = signed.split('.');
    const tampered = message({
      status: 200,
      body: JSON.stringify({
        messageType: 'ARes',
        acsSignedContent: [parts[0], b64u('{"acsURL":"https://evil.example"}'), parts[2]].join('.'),
      }),
    });
    expect(await verdictOf(tampered, root)).toMatchObject({ result: 'invalid' });
  });
});

describe('a JWE made by jose', () => {
  it.each([
    ['RSA-OAEP-256', 'A256GCM'],
    ['RSA-OAEP', 'A128CBC-HS256'],
  ])('with %s and %s opens with the private key', async (alg, enc) => {
    const jwe = await new CompactEncrypt(payload).setProtectedHeader({ alg, enc }).encrypt(rsa.publicKey);
    const key = { ...rsa.material, privateKey: rsa.privateKey };
    expect((await verdictOf(token(jwe), [key])).result).toBe('valid');
    expect(await verdictOf(token(jwe), [{ ...other.material, privateKey: other.privateKey }])).toMatchObject({
      result: 'invalid',
      possible: ['decrypt-key-wrong', 'webhook-body-altered'],
    });
    expect((await verdictOf(token(jwe), [rsa.material])).result).toBe('not-checked');
    const cut = jwe.slice(0, -6);
    expect(await verdictOf(token(cut), [key])).toMatchObject({ result: 'invalid', reason: 'sealed-content-damaged' });
  });

  it('with ECDH-ES and with a shared key opens', async () => {
    const jwe = await new CompactEncrypt(payload)
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128CBC-HS256' })
      .encrypt(ec.publicKey);
    expect((await verdictOf(token(jwe), [{ ...ec.material, privateKey: ec.privateKey }])).result).toBe('valid');
    const shared = Buffer.alloc(32, 7);
    const dir = await new CompactEncrypt(payload).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(shared);
    expect((await verdictOf(token(dir), [secret(shared)])).result).toBe('valid');
    expect((await verdictOf(token(dir), [secret(shared.toString('hex'))])).result).toBe('valid');
  });

  it('that is a decompression bomb is refused without being unpacked', async () => {
    const shared = Buffer.alloc(32, 7);
    const bomb = deflateRawSync(Buffer.alloc(64 * 2 ** 20));
    const head = b64u(JSON.stringify({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }));
    const iv = Buffer.alloc(12, 1);
    const cipher = createCipheriv('aes-256-gcm', shared, iv).setAAD(Buffer.from(head));
    const sealed = Buffer.concat([cipher.update(bomb), cipher.final()]);
    const jwe = [head, '', b64u(iv), b64u(sealed), b64u(cipher.getAuthTag())].join('.');
    const verdict = await verdictOf(token(jwe), [secret(shared)]);
    expect(verdict).toMatchObject({ result: 'invalid', reason: 'sealed-content-damaged' });
    expect(verdict.says).toMatch(/decompression bomb/);
  });

  it('with RSA PKCS#1 v1.5 or password-based keys is refused by its header', async () => {
    for (const alg of ['RSA1_5', 'PBES2-HS256+A128KW', 'none'])
      expect(
        await verdictOf(
          token(`${b64u(JSON.stringify({ alg, enc: 'A128GCM', p2c: 1e9 }))}.AAAA.AAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`),
          [secret('x')],
        ),
      ).toMatchObject({ result: 'invalid', reason: 'algorithm-refused' });
  });
});
