/** What an RSA signature says without the message: right key, algorithm, digest, salt; and nothing under a wrong key. */
import { constants, createHash, generateKeyPairSync, privateEncrypt, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recover } from '../../src/messages/explain/recover.ts';
import { readings } from '../../src/messages/explain/signature-value.ts';

// Fresh in every run; making keys is what costs time, so few are made and of sizes that differ.
const pairs = [1024, 2048, 2056, 1031].map((modulusLength) => generateKeyPairSync('rsa', { modulusLength }));
const wrong = generateKeyPairSync('rsa', { modulusLength: 2048 });
const HASHES = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
const bytes = fc.uint8Array({ maxLength: 400 }).map((b) => Buffer.from(b));

describe('recovery from PKCS#1 v1.5', () => {
  it('gives the digest that was signed, and tells the message from every other', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pairs), fc.constantFrom(...HASHES), bytes, bytes, (pair, hash, data, another) => {
        const signature = sign(hash, data, pair.privateKey);
        const found = recover(pair.publicKey, signature);
        expect(found).toMatchObject({ padding: 'pkcs1', hash });
        expect(found!.digest!.equals(createHash(hash).update(data).digest())).toBe(true);
        expect(found!.covers(data)).toBe(true);
        expect(found!.covers(another)).toBe(data.equals(another));
        expect(recover(wrong.publicKey, signature)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it('tells a bare digest without DigestInfo', () => {
    const hash = createHash('sha256').update('x').digest();
    const signature = privateEncrypt({ key: pairs[1]!.privateKey, padding: constants.RSA_PKCS1_PADDING }, hash);
    expect(recover(pairs[1]!.publicKey, signature)).toMatchObject({ padding: 'pkcs1', bare: true, hash: 'sha256' });
  });
});

describe('recovery from PSS', () => {
  it('gives key, hash and salt length, and tells the message from every other', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...pairs),
        fc.constantFrom('sha1', 'sha256', 'sha384', 'sha512'),
        fc.constantFrom('zero', 'digest', 'max', 'twenty'),
        bytes,
        bytes,
        (pair, hash, salt, data, another) => {
          const size = createHash(hash).digest().length;
          const bits = pair.publicKey.asymmetricKeyDetails!.modulusLength!;
          const most = Math.ceil((bits - 1) / 8) - size - 2;
          const saltLength = { zero: 0, digest: size, max: most, twenty: 20 }[salt]!;
          if (saltLength > most) return;
          const signature = sign(hash, data, {
            key: pair.privateKey,
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength,
          });
          const found = recover(pair.publicKey, signature, hash as 'sha1');
          expect(found).toMatchObject({ padding: 'pss', hash, saltLength });
          expect(found!.covers(data)).toBe(true);
          expect(found!.covers(another)).toBe(data.equals(another));
        },
      ),
      { numRuns: 150 },
    );
  });

  // Chance alone reads one signature in some seven thousand under a wrong key.
  it('hardly ever takes a wrong key for the right one', () => {
    const data = Buffer.from('payment');
    let mistaken = 0;
    for (let i = 0; i < 200; i++) {
      const signature = sign('sha256', data, {
        key: pairs[1]!.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 32,
      });
      if (recover(wrong.publicKey, signature)) mistaken++;
    }
    expect(mistaken).toBeLessThanOrEqual(2);
  });

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 300 }), (b) => {
        for (const pair of pairs) recover(pair.publicKey, Buffer.from(b));
      }),
      { numRuns: 200 },
    );
  });
});

describe('readings of a signature value', () => {
  const value = fc.uint8Array({ minLength: 20, maxLength: 300 }).map((b) => Buffer.from(b));
  it.each([
    ['base64', (v: Buffer) => v.toString('base64')],
    ['base64url', (v: Buffer) => v.toString('base64url')],
    ['hex', (v: Buffer) => v.toString('hex')],
  ] as const)('%s as prescribed comes first and undamaged', (encoding, write) => {
    fc.assert(
      fc.property(value, (v) => {
        const [first] = readings({ text: write(v), encoding });
        expect(first!.bytes.equals(v)).toBe(true);
        expect(first!.damage).toBeUndefined();
      }),
    );
  });

  it.each([
    ['url-encoded', (t: string) => encodeURIComponent(t)],
    ['url-encoded twice', (t: string) => encodeURIComponent(encodeURIComponent(t))],
    ['+ as spaces', (t: string) => t.replaceAll('+', ' ')],
    ['broken over lines', (t: string) => t.replace(/(.{20})/g, '$1\r\n')],
    ['in quotes', (t: string) => `"${t}"`],
    ['without padding', (t: string) => t.replace(/=+$/, '')],
    ['in base64url', (t: string) => t.replaceAll('+', '-').replaceAll('/', '_')],
    ['in base64 once more', (t: string) => Buffer.from(t).toString('base64')],
    ['with JSON escapes', (t: string) => t.replaceAll('/', '\\/').replaceAll('=', '\\u003d')],
  ])('%s is repaired and told', (_name, damage) => {
    fc.assert(
      fc.property(value, (v) => {
        const text = damage(v.toString('base64'));
        const hit = [...readings({ text, encoding: 'base64' })].find((r) => r.bytes.equals(v));
        expect(hit).toBeDefined();
        if (text !== v.toString('base64')) expect(hit!.damage).toBeDefined();
      }),
    );
  });
});
