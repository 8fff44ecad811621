/** Hostile messages: refused with a clear word, in bounded time, without a crash. */
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDifference } from '../../src/messages/explain/difference.ts';
import { readKeys } from '../../src/messages/keys/read-keys.ts';
import { readSecrets } from '../../src/messages/keys/read-secrets.ts';
import { readStoredMessages } from '../../src/messages/read/read-message.ts';
import { SCHEMES } from '../../src/messages/schemes/registry.gen.ts';
import { bodyVariants } from '../../src/messages/variants/body.ts';
import { jsonSpellings, readJsonTree } from '../../src/messages/variants/json.ts';
import { secret, verdictOf, verdictsOf } from './kit.ts';
import { STRIPE_SECRET, stripe } from './schemes.ts';

const deep = (n: number): string => `${'{"a":'.repeat(n)}1${'}'.repeat(n)}`;
const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const keys = [
  ...readKeys(Buffer.from(rsa.publicKey.export({ format: 'pem', type: 'spki' })), 'k.pem').keys,
  secret('0123456789abcdef0123456789abcdef'),
];

describe('hostile input', () => {
  it('nested a hundred thousand deep is no JSON, and still verified as bytes', async () => {
    const body = deep(100_000);
    expect(readJsonTree(body)).toBeUndefined();
    expect([...jsonSpellings(body)]).toEqual([]);
    expect((await verdictOf(stripe(body), [secret(STRIPE_SECRET)])).result).toBe('valid');
    expect((await verdictOf(stripe(body, `${body}\n`), [secret(STRIPE_SECRET)])).reason).toBe('trailing-line-end');
  });

  it('with a header of megabytes is refused with its size', () => {
    const read = readStoredMessages(Buffer.from(`POST /x HTTP/1.1\r\nX: ${'a'.repeat(3_000_000)}\r\n\r\n{}`), 'x.http');
    expect(read.messages).toEqual([]);
    expect(read.problems[0]!.says).toMatch(/header block is larger than/);
    const many = readStoredMessages(Buffer.from(`POST /x HTTP/1.1\r\n${'A: b\r\n'.repeat(5000)}\r\n`), 'x.http');
    expect(many.problems[0]!.says).toMatch(/more than 1000 header fields/);
  });

  it('of many megabytes is judged in bounded time', async () => {
    const body = `{"a":"${'é/'.repeat(1_500_000)}"}`;
    const started = performance.now();
    const verdict = await verdictOf(stripe(body, 'other'), [secret(STRIPE_SECRET)]);
    expect(verdict.result).toBe('invalid');
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('as a gzip bomb is not unpacked', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
    const [message] = readStoredMessages(
      Buffer.concat([Buffer.from('POST /x HTTP/1.1\r\nContent-Encoding: gzip\r\n\r\n'), bomb]),
      'x',
    ).messages;
    expect(message!.body.length).toBe(bomb.length);
  });

  it('of any shape crashes no reader and no scheme', async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b).toString('latin1')),
      fc.json(),
      fc.constantFrom(
        'eyJhbGciOiJub25lIn0.e30.',
        'sign=a&sign_type=RSA2&app_id=1',
        'signature=x&signMethod=01&version=5.1.0&certId=-1',
        '{"notificationItems":[null]}',
        '{"resource":{"ciphertext":"","nonce":""}}',
        '{"payload":"","signatures":[null,1]}',
      ),
    );
    const name = fc.constantFrom(
      'Stripe-Signature',
      'Wechatpay-Signature',
      'Wechatpay-Serial',
      'Wechatpay-Timestamp',
      'Wechatpay-Nonce',
      'Authorization',
      'webhook-signature',
      'webhook-id',
      'webhook-timestamp',
      'Signature',
      'Digest',
      'x-jws-signature',
      'hmacsignature',
      'PAYPAL-TRANSMISSION-SIG',
      'PAYPAL-TRANSMISSION-ID',
      'PAYPAL-TRANSMISSION-TIME',
      'alipay-signature',
      'alipay-timestamp',
      'alipay-nonce',
      'TPP-Signature-Certificate',
    );
    const value = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.constantFrom(
        't=1,v1=00',
        'v1,AAAA',
        'WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n",signature="AA==",timestamp="1",serial_no="-1"',
        'keyId="SN=1,CA=x",signature="AA==",headers="digest"',
        'ALIPAY-SHA256withRSA app_id=1,nonce=2,timestamp=3,sign=AA==',
        'eyJhbGciOiJQUzI1NiJ9..AA',
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.tuple(name, value), { maxLength: 6 }), async (body, headers) => {
        readStoredMessages(Buffer.from(body), 'f');
        readStoredMessages(Buffer.from(`${headers.map(([n, v]) => `${n}: ${v}`).join('\n')}\n\n${body}`), 'f');
        readKeys(Buffer.from(body), 'f');
        readSecrets(Buffer.from(body), 'f');
        const stored = {
          file: 'f',
          form: 'x',
          method: 'POST',
          target: '/x?a=%',
          headers,
          body: Buffer.from(body),
          time: Number.NaN,
        };
        for (const scheme of SCHEMES) {
          scheme.detect(stored);
          for (const v of await verdictsOf(stored, keys, { scheme: scheme.meta.id }))
            expect(v.result).not.toBe('valid');
        }
      }),
      { numRuns: 150 },
    );
  });

  it('never turns a spelling into the message itself, nor repeats the body of a JSON one', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (json) => {
        const body = Buffer.from(json);
        for (const v of bodyVariants(body)) if (v.reason !== 'json-rewritten') expect(v.bytes.equals(body)).toBe(false);
        for (const s of jsonSpellings(json)) expect(JSON.stringify(JSON.parse(s.text)).length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  it('shows a difference without the content', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), (a, b) => {
        const d = firstDifference(Buffer.from(a), Buffer.from(b));
        if (a === b) expect(d).toBeUndefined();
        else expect(`${d!.signed}${d!.found}`).not.toMatch(/[0-8]{3}|[a-wyz]{4}/);
      }),
    );
    expect(firstDifference(Buffer.from('pan=4111111111111111'), Buffer.from('pan=4111111111111112'))).toEqual({
      offset: 19,
      signed: '...99999999>9',
      found: '...99999999>9',
    });
  });
});

describe('key files', () => {
  it('in the forms that consoles give are read, and secrets never become labels', () => {
    const der = rsa.publicKey.export({ format: 'der', type: 'spki' });
    expect(readKeys(Buffer.from(der.toString('base64')), 'alipay.txt').keys[0]!.label).toBe('RSA 1024 public key');
    expect(readKeys(der, 'k.der').keys).toHaveLength(1);
    expect(
      readKeys(Buffer.from(JSON.stringify({ keys: [rsa.publicKey.export({ format: 'jwk' })] })), 'jwks.json').keys,
    ).toHaveLength(1);
    const priv = rsa.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    expect(readKeys(Buffer.from(priv), 'app_private').keys[0]).toMatchObject({ label: 'RSA 1024 private key' });
    const [named, whole] = readSecrets(Buffer.from('STRIPE_SECRET="whsec_abcdefgh"\r\n'), '.env');
    expect(named!.secret!.toString()).toBe('whsec_abcdefgh');
    expect(`${named!.label}${whole!.label}`).not.toContain('whsec');
    const [marked] = readSecrets(Buffer.from('\ufeffwhsec_abcdefgh\r\n'), 'notepad.txt');
    expect(marked!.secret!.toString()).toBe('whsec_abcdefgh');
    expect(readKeys(Buffer.from('nonsense'), 'x').problems.length).toBeGreaterThan(0);
  });
});
