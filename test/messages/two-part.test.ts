import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyMaterial } from '../../src/messages/keys/material.ts';
import twoPart from '../../src/messages/schemes/two-part.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import { type FolderPart, readFolder } from '../../src/messages/two-part/folder.ts';
import { allowForAgreedOrder, twoPartVerdict } from '../../src/messages/two-part/verdict.ts';
import type { Verdict } from '../../src/messages/verdict.ts';
import { verifyMessage } from '../../src/messages/verify.ts';

type Hash = 'sha1' | 'sha256';
const sha = (hash: Hash, ...data: (Buffer | string)[]): Buffer =>
  data.reduce((h, d) => h.update(d), createHash(hash)).digest();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const material = (key: KeyObject, file = 'certs/cardholder.pem'): KeyMaterial => ({
  file,
  label: 'cardholder 17',
  publicKey: key,
  names: [],
});
const OI = 'OrderInfo\norder=ORD-1\nmerchant=M1\namount=25.51\ncurrency=USD\n';
const PI = 'PaymentInfo\nxid=P1\nmerchant=M1\namount=25.51\npan=411111******1111\n';

interface Plan {
  oi?: string;
  pi?: string;
  sentOi?: string;
  sentPi?: string;
  oimd?: Buffer;
  pimd?: Buffer;
  hash?: Hash;
  key?: KeyObject;
  join?: (pimd: Buffer, oimd: Buffer) => Buffer;
  spoil?: (signature: Buffer) => Buffer;
  leave?: string[];
}

function folder(plan: Plan = {}): FolderPart[] {
  const { oi = OI, pi = PI, hash = 'sha1', key = rsa.privateKey } = plan;
  const join = plan.join ?? ((p: Buffer, o: Buffer) => Buffer.concat([p, o]));
  const pimd = sha(hash, pi);
  const oimd = sha(hash, oi);
  const made = sign(hash, join(pimd, oimd), key);
  const signature = plan.spoil?.(made) ?? made;
  const file = (name: string, content: string): FolderPart => ({ file: `msg/${name}`, content: Buffer.from(content) });
  return [
    file('oi.txt', plan.sentOi ?? oi),
    file('pi.txt', plan.sentPi ?? pi),
    file('oimd.hex', `${(plan.oimd ?? oimd).toString('hex')}\n`),
    file('pimd.hex', `${(plan.pimd ?? pimd).toString('hex')}\n`),
    file('dual_signature.b64', `${signature.toString('base64')}\n`),
    file('meta.txt', 'time: 2026-09-12T14:43:26Z\norder: ORD-1\n'),
  ].filter((f) => !plan.leave?.includes(f.file.slice(4)));
}

/** What a bundle with these files and keys says; undefined when the files are no such message. */
function judgeFiles(files: FolderPart[], keys: KeyMaterial[]): (Verdict & { time: number }) | undefined {
  const found = readFolder(files);
  if (!found) return undefined;
  const { order, payment } = found.message;
  const parts = {
    ...(order.readings[0] ? { order: order.readings[0].bytes } : {}),
    ...(payment.readings[0] ? { payment: payment.readings[0].bytes } : {}),
  };
  const options = { at: found.time, keysAreThose: false };
  return { ...twoPartVerdict(found.message, parts, keys, options), time: found.time };
}

const judge = (plan: Plan, keys = [material(rsa.publicKey)]) => judgeFiles(folder(plan), keys);
const hexText = (b: Buffer): Buffer => Buffer.from(b.toString('hex'));

describe('parts side by side', () => {
  it.each([
    ['SHA-1', {}],
    ['SHA-256', { hash: 'sha256' }],
    ['the joint digest signed as data', { join: (p, o) => sha('sha1', p, o) }],
    ['the view of the merchant alone', { leave: ['pi.txt', 'oimd.hex'] }],
    ['the view of the gateway alone', { leave: ['oi.txt', 'pimd.hex'] }],
    ['without any digest file', { leave: ['oimd.hex', 'pimd.hex'] }],
    ['a line end that an editor added', { sentOi: `${OI}\n` }],
    ['CRLF from a checkout', { sentPi: PI.replace(/\n/g, '\r\n') }],
  ] as [string, Plan][])('verify: %s', (_name, plan) => {
    expect(judge(plan)).toMatchObject({ result: 'valid', time: Date.UTC(2026, 8, 12, 14, 43, 26) });
  });
  it('verify with fresh keys of every kind, and name the altered side with each', () => {
    const ed = generateKeyPairSync('ed25519');
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pss = (data: Buffer): Buffer =>
      sign('sha256', data, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 });
    for (const [key, make] of [
      [ec.publicKey, (d: Buffer) => sign('sha256', d, ec.privateKey)],
      [ec.publicKey, (d: Buffer) => sign('sha256', d, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })],
      [ed.publicKey, (d: Buffer) => sign(null, d, ed.privateKey)],
      [rsa.publicKey, pss],
      [short.publicKey, (d: Buffer) => sign('sha256', d, short.privateKey)],
    ] as const) {
      const joined = Buffer.concat([sha('sha256', PI), sha('sha256', OI)]);
      const plan: Plan = { hash: 'sha256', spoil: () => make(joined) };
      expect(judge(plan, [material(key)])?.result).toBe('valid');
      const altered = judge({ ...plan, sentOi: OI.replace('25.51', '95.51') }, [material(key)]);
      expect(altered).toMatchObject({ result: 'invalid', cause: 'dual-signature-broken' });
      expect(altered?.says).toContain('oi.txt does not give');
    }
  });

  it.each([
    ['order changed after signing', { sentOi: OI.replace('25.51', '95.51') }, /oi\.txt does not give the digest/],
    ['payment changed after signing', { sentPi: PI.replace('M1', 'M2') }, /pi\.txt does not give the digest/],
    [
      'both changed',
      { sentOi: OI.replace('USD', 'EUR'), sentPi: PI.replace('P1', 'P2') },
      /oi\.txt and pi\.txt do not give/,
    ],
    ['digests joined in the other order', { join: (p, o) => Buffer.concat([o, p]) }, /wrong order/],
    ['joined as hexadecimal text', { join: (p, o) => Buffer.concat([hexText(p), hexText(o)]) }, /hexadecimal text/],
    [
      'joined as upper-case text',
      { join: (p, o) => Buffer.from((p.toString('hex') + o.toString('hex')).toUpperCase()) },
      /upper-case/,
    ],
    ['joint digest signed as text', { join: (p, o) => hexText(sha('sha1', p, o)) }, /signed as hexadecimal text/],
    ['joined as base64', { join: (p, o) => Buffer.from(p.toString('base64') + o.toString('base64')) }, /base64 text/],
    ['payment digest alone signed', { join: (p) => p }, /only the payment digest/],
    ['order digest alone signed', { join: (_p, o) => o }, /only the order digest/],
    ['other value signed', { join: () => Buffer.from('something else') }, /covers another value/],
    ['digest of the order wrong beside it', { oimd: sha('sha1', 'x') }, /not that of the part that was signed/],
    ['digest of the payment wrong beside it', { pimd: sha('sha1', 'y') }, /not that of the part that was signed/],
    ['signed by another key', { key: otherRsa.privateKey }, /not made with the key of cardholder/],
    [
      'amounts differ though both are signed',
      { oi: OI.replace('25.51', '20.00') },
      /amount differs: the merchant sees 20\.00/,
    ],
    [
      'value damaged',
      { spoil: (s) => Buffer.concat([s.subarray(0, 9), Buffer.of(s[9]! ^ 1), s.subarray(10)]) },
      /damaged/,
    ],
  ] as [string, Plan, RegExp][])('name the fault: %s', (_name, plan, says) => {
    const found = judge(plan);
    expect(found).toMatchObject({ result: 'invalid', cause: 'dual-signature-broken' });
    expect(`${found?.says} ${found?.proof.join(' ')}`).toMatch(says);
  });

  it('accuse nobody when only unrelated keys are at hand', () => {
    expect(judge({}, [{ ...material(otherRsa.publicKey, 'certs/www.pem'), label: 'www.example.test' }])).toMatchObject({
      result: 'not-checked',
    });
    expect(judge({}, [])?.result).toBe('not-checked');
  });
  it('are no message without a signature or with one text of unknown side', () => {
    expect(judge({ leave: ['dual_signature.b64'] })).toBeUndefined();
    const odd = folder().filter((f) => !/oi\.txt|pi\.txt/.test(f.file));
    expect(judgeFiles(odd, [])).toBeUndefined();
  });
  it('never verify after any change of a byte that no editor makes', () => {
    const sound = folder({ hash: 'sha256' });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1 }), fc.nat(), fc.integer({ min: 33, max: 126 }), (which, place, to) => {
        const parts = sound.map((p) => ({ ...p, content: Buffer.from(p.content) }));
        const target = parts[which]!.content;
        const position = place % target.length;
        if (target[position] === to) return;
        target[position] = to;
        expect(judgeFiles(parts, [material(rsa.publicKey)])?.result).not.toBe('valid');
      }),
      { numRuns: 60 },
    );
  });
});

describe('a collection that joins the order digest first throughout', () => {
  const swapped: Plan = { join: (p, o) => Buffer.concat([o, p]) };
  it('may be what the two sides agreed on', () => {
    const all = [1, 2, 3, 4].map((i) => judge({ ...swapped, oi: `${OI}n=${i}\n` })!);
    expect(new Set(allowForAgreedOrder(all).map((v) => v.result))).toEqual(new Set(['not-checked']));
    expect(allowForAgreedOrder(all)[0]?.wouldProve).toContain('order of the digests');
  });
  it('is a fault where others do otherwise, or when there are too few', () => {
    const mixed = [judge({})!, ...[1, 2, 3].map((i) => judge({ ...swapped, oi: `${OI}n=${i}\n` })!)];
    expect(allowForAgreedOrder(mixed).map((v) => v.result)).toEqual(['valid', 'invalid', 'invalid', 'invalid']);
    expect(allowForAgreedOrder([judge(swapped)!])[0]?.result).toBe('invalid');
  });
});

describe('other names and notations of the parts', () => {
  const renamed = (plan: Plan, names: { [name: string]: string }, more: FolderPart[] = []): FolderPart[] => [
    ...folder(plan).map((f) => ({ ...f, file: `msg/${names[f.file.slice(4)] ?? f.file.slice(4)}` })),
    ...more,
  ];
  const digestsOf = (f: FolderPart[]): [oimd: string, pimd: string] => [
    f
      .find((p) => p.file.endsWith('oimd.hex'))!
      .content.toString()
      .trim(),
    f
      .find((p) => p.file.endsWith('pimd.hex'))!
      .content.toString()
      .trim(),
  ];
  const changed = { sentOi: OI.replace('25.51', '95.51') };
  const file = (name: string, content: string): FolderPart => ({ file: `msg/${name}`, content: Buffer.from(content) });
  const without = (f: FolderPart[]): FolderPart[] => f.filter((p) => !/[op]imd\.hex$/.test(p.file));
  it.each([
    [
      'order-info, payment-info, hashes',
      (plan: Plan) =>
        renamed(plan, {
          'oi.txt': '01-order-info.txt',
          'pi.txt': '02-payment-info.txt',
          'oimd.hex': 'order-hash.txt',
          'pimd.hex': 'payment-hash.txt',
          'dual_signature.b64': 'signature.txt',
        }),
    ],
    [
      'sums as sha1sum prints them',
      (plan: Plan) => {
        const all = folder(plan);
        const [o, p] = digestsOf(all);
        return [...without(all), file('sum1.txt', `${o}  oi.txt\n`), file('sum2.txt', `${p}  pi.txt\n`)];
      },
    ],
    [
      'one list of digests, as openssl prints them',
      (plan: Plan) => {
        const all = folder(plan);
        const [o, p] = digestsOf(all);
        return [...without(all), file('digests.txt', `SHA1(oi.txt)= ${o}\nSHA1(pi.txt)= ${p}\n`)];
      },
    ],
    ['notes beside the parts', (plan: Plan) => renamed(plan, {}, [file('notes.txt', 'looked at by the night shift')])],
    [
      'a signature in hexadecimal',
      (plan: Plan) =>
        folder(plan).map((f) =>
          f.file.endsWith('b64')
            ? file('dual_signature.hex', Buffer.from(f.content.toString(), 'base64').toString('hex'))
            : f,
        ),
    ],
    [
      'a signature in plain bytes',
      (plan: Plan) =>
        folder(plan).map((f) =>
          f.file.endsWith('b64') ? { file: 'msg/ds.bin', content: Buffer.from(f.content.toString(), 'base64') } : f,
        ),
    ],
  ])('%s', (_name, make) => {
    const keys = [material(rsa.publicKey)];
    expect(judgeFiles(make({}), keys)?.result).toBe('valid');
    expect(judgeFiles(make(changed), keys)).toMatchObject({ result: 'invalid', cause: 'dual-signature-broken' });
  });
});

describe('the JSON profile', () => {
  const stored = (value: unknown): StoredMessage => ({
    file: 'preq.json',
    form: 'JSON body',
    headers: [],
    body: Buffer.from(JSON.stringify(value)),
    time: Number.NaN,
  });
  const verdictOf = async (value: unknown, keys = [material(rsa.publicKey)]): Promise<Verdict | undefined> =>
    (await verifyMessage(stored(value), keys, { at: Number.NaN, keysAreThose: true })).verdicts[0];
  const signature = (oi: string | Buffer, pi: string | Buffer): string =>
    sign('sha256', Buffer.concat([sha('sha256', pi), sha('sha256', oi)]), rsa.privateKey).toString('base64');

  it('verifies texts, objects and base64 DER', async () => {
    const order = { order: '7', amount: 5 };
    const payment = { amount: 5, pan: '411111******1111' };
    const der = Buffer.from(`3030${'0c2e'}${'41'.repeat(46)}`, 'hex');
    for (const [oi, pi, oiBytes, piBytes] of [
      [OI, PI, OI, PI],
      [order, payment, JSON.stringify(order), JSON.stringify(payment)],
      [der.toString('base64'), PI, der, PI],
    ] as const)
      expect((await verdictOf({ oi, pi, sig: signature(oiBytes, piBytes) }))?.result).toBe('valid');
  });
  it('sees when the views of merchant and gateway disagree', async () => {
    const sig = signature(OI, PI);
    const right = { oimd: sha('sha256', OI).toString('hex'), pimd: sha('sha256', PI).toString('hex') };
    expect(
      (await verdictOf({ merchant: { oi: OI, pimd: right.pimd }, gateway: { pi: PI, oimd: right.oimd }, sig }))?.result,
    ).toBe('valid');
    const wrong = await verdictOf({
      merchant: { oi: OI, pimd: right.pimd },
      gateway: { pi: PI, oimd: sha('sha256', 'old order').toString('hex') },
      sig,
    });
    expect(wrong).toMatchObject({ result: 'invalid', cause: 'dual-signature-broken' });
    expect(wrong?.says).toContain('views disagree');
  });
  it('does not trust a key that only the message brings', async () => {
    const pem = rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const verdict = await verdictOf({ oi: OI, pi: PI, sig: signature(OI, PI), cert: pem }, []);
    expect(verdict?.result).toBe('not-checked');
  });
  it('is not seen in an order with a payment and a signature of another kind', () => {
    expect(twoPart.detect(stored({ order: { id: 1 }, payment: { id: 2 }, signature: 'aGVsbG8=' }))).toBe(0);
  });
});
