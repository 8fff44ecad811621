/** The forms in which messages are stored, and what is read from each. */
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { issue, revocationList } from '../../src/drill/certificates.ts';
import { readKeys } from '../../src/messages/keys/read-keys.ts';
import { withRevocations } from '../../src/messages/keys/revocations.ts';
import { joinPairs, readStoredMessages } from '../../src/messages/read/read-message.ts';
import { header, type StoredMessage } from '../../src/messages/stored-message.ts';
import { bodyVariants } from '../../src/messages/variants/body.ts';
import { rsaPair, secret, verdictOf } from './kit.ts';
import { BODY, certificate, HOOK_SECRET, STRIPE_SECRET, standard, stripe, wechatCallback } from './schemes.ts';

const hook = stripe();
const signature = header(hook, 'stripe-signature')!;
const keys = [secret(STRIPE_SECRET)];
const read = (content: string | Buffer, file = 'f'): StoredMessage[] =>
  readStoredMessages(Buffer.from(content as string), file).messages;
const result = async (m: StoredMessage | undefined): Promise<string> => (await verdictOf(m!, keys)).result;

describe('a message is read from', () => {
  it.each([
    ['raw HTTP with bare line feeds', `POST /webhooks/stripe HTTP/1.1\nStripe-Signature: ${signature}\n\n${BODY}`],
    ['headers without a start line', `Content-Type: application/json\nstripe-signature: ${signature}\n\n${BODY}`],
    [
      'a curl trace',
      `* Connected\n> POST /hook HTTP/1.1\n> Stripe-Signature: ${signature}\n> Content-Length: ${Buffer.byteLength(BODY)}\n>\n* upload\n${BODY}\n< HTTP/1.1 200 OK\n<\n`,
    ],
    [
      'an envelope',
      JSON.stringify({ method: 'POST', url: '/hook', headers: { 'stripe-signature': signature }, body: BODY }),
    ],
    [
      'an envelope in base64, as functions get it',
      JSON.stringify({
        httpMethod: 'POST',
        path: '/hook',
        headers: { 'Stripe-Signature': signature },
        isBase64Encoded: true,
        body: Buffer.from(BODY).toString('base64'),
      }),
    ],
    ['Node’s raw headers', JSON.stringify({ headers: ['Host', 'a', 'Stripe-Signature', signature], rawBody: BODY })],
    [
      'a HAR file',
      JSON.stringify({
        log: {
          entries: [
            {
              startedDateTime: '2025-12-31T13:40:00Z',
              request: {
                method: 'POST',
                url: 'https://a/hook',
                headers: [{ name: 'Stripe-Signature', value: signature }],
                postData: { text: BODY },
              },
            },
          ],
        },
      }),
    ],
    ['a list of envelopes', JSON.stringify([{ headers: [['Stripe-Signature', signature]], body: BODY }])],
    [
      'JSON lines',
      `{"level":"INFO","msg":"boot"}\n${JSON.stringify({ time: '2025-12-31T13:40:00Z', headers: { 'Stripe-Signature': signature }, body: BODY })}\n`,
    ],
    ['a log line', `2025-12-31T13:40:00Z INFO webhook POST /hook Stripe-Signature: ${signature} body=${BODY}\n`],
    [
      'a log line with quoted values',
      `2025-12-31T13:40:00Z DEBUG headers={"Stripe-Signature":"${signature}"} raw_body=${JSON.stringify(BODY)}\n`,
    ],
  ])('%s', async (_name, content) => {
    const messages = read(content);
    expect(messages.length).toBeGreaterThan(0);
    expect(await result(messages.find((m) => header(m, 'stripe-signature')))).toBe('valid');
  });

  it('several requests in one file, chunked and compressed ones too', async () => {
    const head = `POST /hook HTTP/1.1\r\nStripe-Signature: ${signature}\r\n`;
    const size = Buffer.byteLength(BODY);
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
    const zipped = gzipSync(BODY);
    const file = Buffer.concat([
      Buffer.from(
        `${head}Content-Length: ${size}\r\n\r\n${BODY}\r\n${chunked}\r\n${head}Content-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`,
      ),
      zipped,
    ]);
    const messages = read(file);
    expect(messages).toHaveLength(3);
    for (const m of messages) expect(await result(m)).toBe('valid');
    expect(messages.map((m) => m.line)).toEqual([1, 6, 15]);
  });

  it('a header file and the body beside it', async () => {
    const m = standard();
    const list = [
      ...read(m.headers.map(([n, v]) => `${n}: ${v}`).join('\n'), 'x/hook-1.headers'),
      ...read('{"other":1}', 'x/hook-2.body'),
      ...read(m.body, 'x/hook-1.body'),
    ];
    const joined = joinPairs(list);
    expect((await verdictOf(joined[0]!, [secret(HOOK_SECRET)])).result).toBe('valid');
    expect(joined).toHaveLength(2);
  });

  it('an envelope whose body was stored parsed, and says so', () => {
    const [m] = read(JSON.stringify({ headers: { 'Stripe-Signature': signature }, body: JSON.parse(BODY) }));
    expect(m!.form).toMatch(/stored parsed/);
  });
});

describe('spellings of a JSON body', () => {
  it.each([
    ['one of several numbers lost its decimals', '{"a":10.00,"n":2,"b":"x"}', '{"a":10,"n":2,"b":"x"}'],
    ['numbers gained decimals', '{"a":10,"n":2}', '{"a":10.0,"n":2}'],
    ['slashes escaped in an odd layout', '{ "u" : "a/b" ,"v":1}', '{ "u" : "a\\/b" ,"v":1}'],
    ['escapes resolved in an odd layout', '{ "u" : "\\u5f20" }', '{ "u" : "张" }'],
    [
      'members sorted by a library that indents',
      '{"a":1,"b":{"c":2}}',
      '{\n    "a": 1,\n    "b": {\n        "c": 2\n    }\n}',
    ],
    ['ASCII only, as Python writes', '{"u":"张/三"}', '{"u": "\\u5f20/\\u4e09"}'],
  ])('%s', (_name, signed, stored) => {
    expect([...bodyVariants(Buffer.from(stored))].find((v) => v.bytes.equals(Buffer.from(signed)))?.reason).toBe(
      'json-rewritten',
    );
  });
});

describe('a revocation list given with the keys', () => {
  const pair = { current: rsaPair() };
  beforeAll(() => {
    pair.current = rsaPair();
  });

  it('counts from the time of revocation on, and only when its issuer is given too', async () => {
    const from = Date.parse('2024-01-01T00:00:00Z');
    const ca = issue({
      subject: { CN: 'platform CA' },
      ca: true,
      notBefore: from,
      notAfter: from + 5e11,
      rsaBits: 2048,
    });
    const leaf = certificate(pair.current, 'platform', '2025-01-01T00:00:00Z', '2027-01-01T00:00:00Z', ca);
    const revokedAt = Date.parse('2025-12-31T13:00:00Z');
    const list = readKeys(
      Buffer.from(
        revocationList(ca, revokedAt, revokedAt + 1e10, [{ serial: leaf.serial, time: revokedAt, reason: 1 }]),
      ),
      'crl.pem',
    ).revocationLists!;
    const root = readKeys(Buffer.from(ca.cert), 'ca.pem').keys;
    const signed = (t: number): StoredMessage =>
      wechatCallback(pair.current.privateKey, leaf.serial, '{}', undefined, t);
    const both = withRevocations([leaf.material, ...root], list);
    expect(await verdictOf(signed(revokedAt / 1000 + 60), both)).toMatchObject({
      result: 'invalid',
      reason: 'certificate-revoked',
    });
    expect((await verdictOf(signed(revokedAt / 1000 - 60), both)).result).toBe('valid');
    expect((await verdictOf(signed(revokedAt / 1000 + 60), withRevocations([leaf.material], list))).result).toBe(
      'valid',
    );
  });
});
