/** What the mathematics lets pass and a careful reader does not: another key named, two values under one name, unsigned rest. */
import { constants, createHash, sign } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, FlattenedEncrypt, FlattenedSign, GeneralEncrypt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { SignedXml } from 'xml-crypto';
import type { KeyMaterial } from '../../src/messages/keys/material.ts';
import { readKeys } from '../../src/messages/keys/read-keys.ts';
import { readStoredMessages } from '../../src/messages/read/read-message.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { ecPair, flipped, message, type Pair, rsaPair, secret, verdictOf, withBody, withHeader } from './kit.ts';
import * as made from './schemes.ts';

let rsa: Pair;
let other: Pair;
let ec: Pair;
let keys: made.Keys;
beforeAll(() => {
  rsa = rsaPair();
  other = rsaPair();
  ec = ecPair('P-384');
  keys = made.makeKeys();
});
const payload = Buffer.from(made.BODY);
const b64u = (data: string | Buffer): string => Buffer.from(data as string).toString('base64url');
const token = (text: string): StoredMessage => message({ body: text });
const callback = { context: { parameters: {}, direction: 'callback' as const } };
const sealer = (pair: Pair): KeyMaterial => ({ ...pair.material, privateKey: pair.privateKey });
const jwks = (...list: [Pair, string][]): KeyMaterial[] =>
  readKeys(
    Buffer.from(JSON.stringify({ keys: list.map(([p, kid]) => ({ ...p.publicKey.export({ format: 'jwk' }), kid })) })),
    'set.jwks',
  ).keys;
const jws = (header: object, pair = rsa): Promise<string> =>
  new CompactSign(payload).setProtectedHeader({ alg: 'PS256', ...header }).sign(pair.privateKey);

describe('a token that names its key', () => {
  it('by kid is valid with that key alone', async () => {
    const set = jwks([other, 'old'], [rsa, 'new']);
    expect(await verdictOf(token(await jws({ kid: 'new' })), set)).toMatchObject({ result: 'valid' });
    for (const kid of ['old', 'unheard-of'])
      expect(await verdictOf(token(await jws({ kid })), set, callback)).toMatchObject({
        result: 'invalid',
        reason: 'serial-mismatch',
        says: expect.stringContaining(`kid is ${kid}, but the key that signed is new`),
      });
    expect(await verdictOf(token(await jws({ kid: 'new' }, other)), set)).toMatchObject({ reason: 'serial-mismatch' });
  });

  it('by a thumbprint is compared with keys that carry no name (RFC 7638)', async () => {
    const kid = await calculateJwkThumbprint(rsa.publicKey.export({ format: 'jwk' }) as never);
    const verdict = await verdictOf(token(await jws({ kid })), [rsa.material]);
    expect(verdict).toMatchObject({ result: 'valid', says: expect.not.stringContaining('not compared') });
  });

  it('by a kid that nothing can be compared with is valid, and the report says so', async () => {
    const verdict = await verdictOf(token(await jws({ kid: 'k9' })), [rsa.material]);
    expect(verdict.result).toBe('valid');
    expect(verdict.says).toContain('kid k9 was not compared');
  });

  it('is not named by a file whose name merely ends with the same letter', async () => {
    const verdict = await verdictOf(token(await jws({ kid: 'm' })), [{ ...rsa.material, names: ['platform'] }]);
    expect(verdict.says).toContain('not compared');
  });

  it('by thumbprint, certificate or key in its header has to name the one that signed', async () => {
    const own = made.certificate(rsa, 'signer');
    const strange = made.certificate(other, 'somebody');
    const der = (c: typeof own): Buffer => Buffer.from(c.issued.cert.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const print = (c: typeof own): string => createHash('sha256').update(der(c)).digest('base64url');
    const judged = async (header: object) => verdictOf(token(await jws(header)), [own.material], callback);
    expect(await judged({ kid: 'x', 'x5t#S256': print(own) })).toMatchObject({ result: 'valid' });
    expect(await judged({ x5c: [der(own).toString('base64')] })).toMatchObject({ result: 'valid' });
    for (const header of [
      { kid: 'x', 'x5t#S256': print(strange) },
      { x5c: [der(strange).toString('base64')] },
      { jwk: other.publicKey.export({ format: 'jwk' }) },
    ])
      expect(await judged(header)).toMatchObject({ result: 'invalid', reason: 'serial-mismatch' });
  });

  it('with a shared secret is held to its kid, too', async () => {
    const octets = Buffer.alloc(32, 7);
    const set = readKeys(Buffer.from(JSON.stringify({ kty: 'oct', k: b64u(octets), kid: 'shared-1' })), 'oct.jwk').keys;
    const mac = (kid: string) => new CompactSign(payload).setProtectedHeader({ alg: 'HS256', kid }).sign(octets);
    expect(await verdictOf(token(await mac('shared-1')), set)).toMatchObject({ result: 'valid' });
    expect(await verdictOf(token(await mac('shared-2')), set)).toMatchObject({ reason: 'serial-mismatch' });
  });
});

describe('a JOSE algorithm', () => {
  const head = (alg: string): string => `${b64u(JSON.stringify({ alg }))}.${b64u(payload)}`;

  it('prescribes the salt of RSA-PSS', async () => {
    const signed = (saltLength: number): StoredMessage => {
      const key = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
      return token(`${head('PS256')}.${sign('sha256', Buffer.from(head('PS256')), key).toString('base64url')}`);
    };
    expect((await verdictOf(signed(32), [rsa.material])).result).toBe('valid');
    for (const salt of [0, 20, 222])
      expect(await verdictOf(signed(salt), [rsa.material], callback)).toMatchObject({
        reason: 'algorithm-mismatch',
        says: expect.stringContaining(`the salt has ${salt} bytes, PS256 prescribes 32`),
      });
  });

  it('prescribes the curve', async () => {
    const key = { key: ec.privateKey, dsaEncoding: 'ieee-p1363' as const };
    const value = sign('sha256', Buffer.from(head('ES256')), key).toString('base64url');
    expect(await verdictOf(token(`${head('ES256')}.${value}`), [ec.material])).toMatchObject({ reason: 'key-type' });
  });
});

describe('JOSE in JSON', () => {
  it('with a header of its own is read as a token, not as a record of a message', async () => {
    const flat = await new FlattenedSign(payload)
      .setProtectedHeader({ alg: 'PS256' })
      .setUnprotectedHeader({ kid: 'k1' })
      .sign(rsa.privateKey);
    const [stored] = readStoredMessages(Buffer.from(JSON.stringify(flat)), 'jws.json').messages;
    expect((await verdictOf(stored!, jwks([rsa, 'k1']))).result).toBe('valid');
    for (const header of [{ alg: 'none' }, { crit: ['b64'] }])
      expect(await verdictOf(token(JSON.stringify({ ...flat, header })), [rsa.material])).toMatchObject({
        result: 'invalid',
        reason: 'header-malformed',
      });
  });

  it('encrypted to several opens with the key of each, and what was changed is named', async () => {
    const many = new GeneralEncrypt(payload).setProtectedHeader({ enc: 'A256GCM' });
    many.setAdditionalAuthenticatedData(Buffer.from('order 7'));
    many.addRecipient(rsa.publicKey).setUnprotectedHeader({ alg: 'RSA-OAEP-256', kid: 'a' });
    many.addRecipient(ec.publicKey).setUnprotectedHeader({ alg: 'ECDH-ES+A256KW' });
    const jwe = JSON.parse(JSON.stringify(await many.encrypt()));
    const stored = (change: object): StoredMessage =>
      readStoredMessages(Buffer.from(JSON.stringify({ ...jwe, ...change })), 'jwe.json').messages[0]!;
    for (const pair of [rsa, ec]) expect((await verdictOf(stored({}), [sealer(pair)])).result).toBe('valid');
    expect(await verdictOf(stored({}), [sealer(other)], callback)).toMatchObject({
      result: 'invalid',
      possible: ['decrypt-key-wrong', 'webhook-body-altered'],
    });
    for (const change of [
      { ciphertext: flipped(jwe.ciphertext) },
      { iv: flipped(jwe.iv) },
      { iv: undefined },
      { tag: flipped(jwe.tag) },
      { tag: jwe.tag.slice(0, -4) },
      { aad: b64u('order 8') },
      { aad: undefined },
      { protected: b64u('{"enc":"A256GCM","typ":"x"}') },
      { unprotected: { typ: 'x', enc: 'A128GCM' } },
    ])
      expect(await verdictOf(stored(change), [sealer(rsa)], callback), JSON.stringify(change)).toMatchObject({
        result: 'invalid',
        cause: 'webhook-body-altered',
      });
    expect((await verdictOf(stored({ recipients: [] }), [sealer(rsa)])).reason).toBe('header-malformed');
  });

  it('in flattened form names the key that opens it', async () => {
    const flat = await new FlattenedEncrypt(payload)
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A128CBC-HS256', kid: 'r1' })
      .encrypt(rsa.publicKey);
    const stored = token(JSON.stringify(flat));
    expect((await verdictOf(stored, [{ ...sealer(rsa), id: 'r1' }])).result).toBe('valid');
    expect(await verdictOf(stored, [{ ...sealer(rsa), id: 'r2' }])).toMatchObject({ reason: 'serial-mismatch' });
    const weak = token(JSON.stringify({ ...flat, protected: b64u('{"alg":"RSA1_5","enc":"A128CBC-HS256"}') }));
    expect((await verdictOf(weak, [sealer(rsa)])).reason).toBe('algorithm-refused');
  });
});

describe('one name with two values', () => {
  const inner = '{"code":"10000","total_amount":"9.00"}';
  const value = (): string => sign('sha256', Buffer.from(inner), keys.rsa.privateKey).toString('base64');
  const alipay = (body: string): StoredMessage => message({ status: 200, body });
  const name = '"alipay_trade_query_response"';

  it('in an Alipay response is refused, and a nested copy is not taken for the response', async () => {
    const verdict = (body: string) => verdictOf(alipay(body), [keys.rsa.material], { scheme: 'alipay' });
    expect((await verdict(`{${name}:${inner},"sign":"${value()}"}`)).result).toBe('valid');
    const changed = inner.replace('9.00', '900');
    expect(await verdict(`{${name}:${inner},${name}:${changed},"sign":"${value()}"}`)).toMatchObject({
      result: 'invalid',
      reason: 'structure-refused',
    });
    expect(await verdict(`{"x":{${name}:${inner}},${name}:${changed},"sign":"${value()}"}`)).toMatchObject({
      result: 'invalid',
      cause: 'webhook-body-altered',
    });
    expect(await verdict(`\ufeff{${name}:${inner},"sign":"${value()}"}`)).toMatchObject({ result: 'valid' });
  });

  it('in 3-D Secure content is refused', async () => {
    const cert = made.certificate(rsa, 'ACS');
    const x5c = [cert.issued.cert.replace(/-----[^-]+-----|\s/g, '')];
    const content = await jws({ x5c });
    const body = `{"messageType":"ARes","acsSignedContent":"x.y.z","acsSignedContent":"${content}"}`;
    expect(await verdictOf(token(body), [cert.material])).toMatchObject({ reason: 'structure-refused' });
  });
});

describe('a message without its signature', () => {
  it('of Alipay is known by its other parameters', async () => {
    const request = message({ body: 'app_id=1&method=alipay.trade.pay&sign_type=RSA2&biz_content=%7B%7D' });
    expect(await verdictOf(request, [keys.rsa.material])).toMatchObject({ reason: 'signature-missing' });
    const cut = message({ status: 200, body: '{"alipay_trade_query_response":{"code":"10000","total_am' });
    expect(await verdictOf(cut, [keys.rsa.material])).toMatchObject({ reason: 'message-damaged' });
    const bare = message({ status: 200, body: '{"alipay_trade_query_response":{"code":"10000"}}' });
    expect(await verdictOf(bare, [keys.rsa.material])).toMatchObject({ reason: 'signature-missing' });
  });
});

describe('a digest of the body', () => {
  it('counts only when it is signed and strong', async () => {
    const body = made.BODY;
    const strong = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
    const stored = (digest: string, named: string, text = body, more: [string, string][] = []): StoredMessage => {
      const lines = `${named}: ${digest}`;
      const by = sign('sha256', Buffer.from(lines), keys.rsa.privateKey).toString('base64');
      return message({
        method: 'POST',
        target: '/v1/payments',
        headers: [
          [named, digest],
          ...more,
          ['Signature', `keyId="k",algorithm="rsa-sha256",headers="${named}",signature="${by}"`],
        ],
        body: text,
      });
    };
    const verdict = (m: StoredMessage) => verdictOf(m, [keys.rsa.material], { scheme: 'berlin-group' });
    expect((await verdict(stored(strong, 'digest'))).result).toBe('valid');
    expect((await verdict(stored(strong, 'digest', `${body} `))).result).toBe('invalid');
    const md5 = `MD5=${createHash('md5').update(body).digest('base64')}`;
    expect((await verdict(stored(md5, 'digest'))).reason).toBe('algorithm-refused');
    expect((await verdict(stored('CRC32C=AAAA', 'digest'))).reason).toBe('algorithm-refused');
    // The signature covers one header, and somebody fits the other one to the body of his own.
    const fitted: [string, string] = ['Digest', `SHA-256=${createHash('sha256').update('x').digest('base64')}`];
    expect((await verdict(stored('unknown=:AA==:', 'content-digest', 'x', [fitted]))).result).toBe('invalid');
  });
});

describe('forms that readers of the scheme refuse', () => {
  it('are not valid: an attached payload for Open Banking, hex in capitals', async () => {
    const detached = made.openBanking((i) => made.pssSign(keys.rsa.privateKey, i));
    expect((await verdictOf(detached, [keys.rsa.material])).result).toBe('valid');
    const attached = withHeader(detached, 'x-jws-signature', (v) => v.replace('..', `.${b64u(detached.body)}.`));
    expect(await verdictOf(attached, [keys.rsa.material])).toMatchObject({ reason: 'header-malformed' });
    const read = made.stripe();
    const capitals = withHeader(read, 'stripe-signature', (v) =>
      v.replace(/v1=\w+/, (s) => `v1=${s.slice(3).toUpperCase()}`),
    );
    expect((await verdictOf(read, [secret(made.STRIPE_SECRET)])).result).toBe('valid');
    expect(await verdictOf(capitals, [secret(made.STRIPE_SECRET)])).toMatchObject({ reason: 'signature-encoding' });
    expect((await verdictOf(withBody(read, `${read.body} `), [secret(made.STRIPE_SECRET)])).result).toBe('invalid');
  });
});

describe('an XML signature over a part', () => {
  const iso = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><Amt>9</Amt></Document>';
  const signed = (xml: string, xpath: string): StoredMessage => {
    const signer = new SignedXml({
      privateKey: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
    });
    signer.addReference({
      xpath,
      digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
      transforms: ['http://www.w3.org/2001/10/xml-exc-c14n#'],
    });
    signer.computeSignature(xml);
    return token(signer.getSignedXml());
  };

  it('says what stands outside, and is refused where a payment does', async () => {
    const part = await verdictOf(signed('<A><B Id="b">1</B><C>2</C></A>', "//*[@Id='b']"), [rsa.material]);
    expect(part).toMatchObject({ result: 'valid', says: expect.stringContaining('element C in line 1') });
    const all = await verdictOf(signed('<A><B Id="b">1</B></A>', "//*[@Id='b']"), [rsa.material]);
    expect(all.says).not.toContain('outside');
    const beside = signed(`<A><B Id="b">1</B>${iso}</A>`, "//*[@Id='b']");
    expect(await verdictOf(beside, [rsa.material])).toMatchObject({ result: 'invalid', reason: 'content-uncovered' });
    const within = signed(`<A><B Id="b">${iso}</B></A>`, "//*[@Id='b']");
    expect((await verdictOf(within, [rsa.material])).result).toBe('valid');
    const second = signed(`<A><B Id="b">${iso}</B>${iso}</A>`, "//*[@Id='b']");
    expect(await verdictOf(second, [rsa.material])).toMatchObject({ reason: 'content-uncovered' });
  });
});
