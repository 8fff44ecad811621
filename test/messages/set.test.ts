import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificateKey } from '../../src/messages/keys/read-keys.ts';
import { makeSetWorld, type SetWorld } from '../../src/messages/set/certificates.ts';
import {
  makePurchaseRequest,
  makeUnsignedRequest,
  SET_FAULTS,
  type SetFaultName,
  UNSIGNED_FAULTS,
} from '../../src/messages/set/generate.ts';
import { judgePurchaseRequest, type SetKeys, type SetResult } from '../../src/messages/set/judge.ts';
import { looksLikePurchaseRequest, readPurchaseRequest } from '../../src/messages/set/purchase-request.ts';
import type { Purchase } from '../../src/messages/set/write.ts';
import { verifyMessage } from '../../src/messages/verify.ts';
import { parseCertificate } from '../../src/x509/index.ts';

const at = Date.UTC(1999, 5, 1, 12);
const purchase: Purchase = {
  description: '2 books, 1 record',
  currency: 840,
  amount: 4999,
  exponent: -2,
  merchantId: 'Example Shop',
  brand: 'Visa',
  pan: '4111111111111111',
  expiry: '200012',
  date: at,
};
let world: SetWorld;
beforeAll(() => {
  world = makeSetWorld(at);
}, 60_000);

const noKeys: SetKeys = { certificates: [], publicKeys: [], privateKeys: [], at: Number.NaN };
const judge = (message: Buffer, more: Partial<SetKeys> = {}): SetResult =>
  judgePurchaseRequest(message, {
    ...noKeys,
    certificates: [{ certificate: parseCertificate(world.root.certificate), file: 'root.pem' }],
    privateKeys: [world.gateway.privateKey],
    ...more,
  });

/** Whether a byte lies in the order information, the payment digest, the sealed payment or the signature. */
function covered(message: Buffer, position: number): boolean {
  const request = readPurchaseRequest(message);
  const within = (from: number, length: number): boolean => position >= from && position < from + length;
  const signer = request.signature!.signers[0]!;
  const sealed = request.sealed!;
  return (
    within(request.order!.offset, request.order!.der.length) ||
    within(request.paymentDigest!.offset, request.paymentDigest!.value.length) ||
    within(sealed.ciphertextOffset!, sealed.ciphertext!.length) ||
    within(sealed.recipients[0]!.encryptedKeyOffset, sealed.recipients[0]!.encryptedKey.length) ||
    within(signer.signatureOffset, signer.signature.length) ||
    within(signer.signed!.offset, signer.signed!.der.length)
  );
}

describe('a sound purchase request', () => {
  it('verifies from the view of merchant and gateway', () => {
    const { message, initResponse } = makePurchaseRequest(world, purchase);
    expect(looksLikePurchaseRequest(message)).toBe(true);
    const result = judge(message, { initResponse });
    expect(result.faults).toEqual([]);
    expect(result.result).toBe('valid');
    expect(result.says).toContain('merchant and gateway');
    expect(result.proof.join()).toContain('PI-TBS');
    expect(result.proof.join()).toContain('chain legal');
    expect(result.time).toBe(at);
  });
  it('verifies for the merchant alone, and says that this is half the view', () => {
    const result = judge(makePurchaseRequest(world, purchase).message, { privateKeys: [] });
    expect(result.result).toBe('valid');
    expect(result.says).toContain('digest alone');
  });
  it('is told apart as weak by today’s measure', () => {
    const { weaknesses } = judge(makePurchaseRequest(world, purchase).message);
    expect(weaknesses.join()).toContain('SHA-1');
    expect(weaknesses.join()).toContain('RSA-1024');
  });
  it('verifies with SHA-256 and without attributes', () => {
    for (const options of [{ hash: 'sha256' as const }, { bare: true }])
      expect(judge(makePurchaseRequest(world, purchase, options).message).result).toBe('valid');
  });
});

describe('trust', () => {
  it('does not come from the message itself', () => {
    const result = judge(makePurchaseRequest(world, purchase).message, { certificates: [] });
    expect(result.result).toBe('not-checked');
    expect(result.wouldProve).toContain('root');
  });
});

describe('the initialisation response', () => {
  it('is a signed message of its own, vouched for by the root', async () => {
    const { initResponse } = makePurchaseRequest(world, purchase);
    const body = { file: 'pinitres.der', form: 'body', headers: [], body: initResponse, time: Number.NaN };
    const root = certificateKey(parseCertificate(world.root.certificate), 'root.pem')!;
    const { verdicts } = await verifyMessage(body, [root], { at, keysAreThose: true });
    expect(verdicts[0]).toMatchObject({ result: 'valid', label: 'SET PInitRes signature' });
  });
});

describe('hostile bytes', () => {
  it('never throw, and never verify', () => {
    const { message } = makePurchaseRequest(world, purchase);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: message.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (position, change, cut) => {
          const damaged = Buffer.from(message);
          damaged[position]! ^= change;
          const result = judge(cut ? damaged.subarray(0, position) : damaged);
          // Bytes outside what is signed (certificates that no path needs, say) may change freely.
          if (result.result === 'valid') expect(covered(message, position)).toBe(false);
        },
      ),
      { numRuns: 80 },
    );
  });
});

describe('a broken purchase request', () => {
  it.each(Object.keys(SET_FAULTS) as SetFaultName[])('%s is named', (fault) => {
    const { message, initResponse } = makePurchaseRequest(world, purchase, { fault });
    const result = judge(message, { initResponse });
    expect(result.result).toBe('invalid');
    expect(result.faults[0]?.code, JSON.stringify(result.faults)).toBe(SET_FAULTS[fault]);
    expect(JSON.stringify(result)).not.toContain(purchase.pan);
  });
});

describe('a request that nobody signed', () => {
  const verdictOf = async (der: Buffer, withKey = true) => {
    const stored = { file: 'preq.der', form: 'DER', headers: [], body: der, time: Number.NaN };
    const root = certificateKey(parseCertificate(world.root.certificate), 'root.pem')!;
    const gateway = { file: 'gateway.key', label: 'gateway', names: [], privateKey: world.gateway.privateKey };
    const { scheme, verdicts } = await verifyMessage(stored, withKey ? [root, gateway] : [root], {
      at,
      keysAreThose: true,
    });
    expect(scheme?.id).toBe('set');
    return verdicts[0]!;
  };

  it('is never valid: what agrees does not prove who sent it', async () => {
    const der = makeUnsignedRequest(world, purchase);
    expect(await verdictOf(der)).toMatchObject({
      result: 'not-checked',
      says: expect.stringContaining('its parts agree'),
      time: at,
    });
    expect((await verdictOf(der, false)).wouldProve).toContain('key-exchange key');
  });

  it.each(Object.entries(UNSIGNED_FAULTS))('%s is named', async (fault, code) => {
    const verdict = await verdictOf(makeUnsignedRequest(world, purchase, fault as keyof typeof UNSIGNED_FAULTS));
    expect(verdict).toMatchObject({ result: 'invalid', cause: 'dual-signature-broken' });
    expect(verdict.steps[0]?.step).toBe(code);
    expect(JSON.stringify(verdict)).not.toContain(purchase.pan);
  });
});
