import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCms } from '../../src/messages/cms/read.ts';
import type { EnvelopedData, SignedData } from '../../src/messages/cms/types.ts';
import type { KeyMaterial } from '../../src/messages/keys/material.ts';
import { readKeys } from '../../src/messages/keys/read-keys.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import type { Verdict } from '../../src/messages/verdict.ts';
import { findScheme, verifyMessage } from '../../src/messages/verify.ts';
import { algorithm, integer, octetString, oid, sequence, setOf, time, tlv } from '../../src/x509/write-der.ts';
import { onPath } from '../programs.ts';

const openssl = onPath('openssl');
const CONTENT = 'MsgId=4711\r\nAmount=100.00\r\nCurrency=EUR\r\n';
let dir = '';
const path = (name: string): string => join(dir, name);
const run = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
};
const file = (name: string): Buffer => readFileSync(path(name));
const keysOf = (...names: string[]): KeyMaterial[] => names.flatMap((n) => readKeys(file(n), n).keys);

function issue(name: string, algorithmArgs: string[], more: string[] = []): void {
  run(
    ...['req', '-x509', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`],
    ...[...algorithmArgs, '-days', '30', ...more],
  );
}

beforeAll(() => {
  if (!openssl) return;
  dir = mkdtempSync(join(tmpdir(), 'paymedic-cms-'));
  writeFileSync(path('content'), CONTENT);
  issue('rsa', ['-newkey', 'rsa:2048']);
  issue('other', ['-newkey', 'rsa:2048']);
  issue('ec', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
  issue('ed', ['-newkey', 'ed25519']);
}, 60_000);
afterAll(() => {
  if (dir) rmSync(dir, { recursive: true, force: true });
});

const stored = (body: Buffer, more: Partial<StoredMessage> = {}): StoredMessage => ({
  file: 'message',
  form: 'body',
  headers: [],
  body,
  time: Number.NaN,
  ...more,
});
/** Headers and body of an S/MIME file. */
function smime(bytes: Buffer): StoredMessage {
  const text = bytes.toString('latin1');
  const blank = /\r?\n\r?\n/.exec(text)!;
  const head = text.slice(0, blank.index).replace(/\r?\n[ \t]+/g, ' ');
  return stored(bytes.subarray(blank.index + blank[0].length), {
    headers: head.split(/\r?\n/).map((l) => {
      const [name, value] = [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 1).trim()];
      return [name, value] as const;
    }),
  });
}
async function verdicts(message: StoredMessage, keys: KeyMaterial[], at = Date.now()): Promise<Verdict[]> {
  expect(findScheme(message)?.meta.id).toBe('cms');
  return (await verifyMessage(message, keys, { at, keysAreThose: true })).verdicts;
}
const result = async (message: StoredMessage, keys: KeyMaterial[], at?: number): Promise<string> =>
  (await verdicts(message, keys, at)).map((v) => v.reason ?? v.result).join(' ');

const signArgs = (signer: string, ...more: string[]): string[] => [
  ...['cms', '-sign', '-in', 'content', '-binary', '-signer', `${signer}.crt`, '-inkey', `${signer}.key`],
  ...['-out', 'out', ...more],
];

describe.skipIf(!openssl)('SignedData made by openssl', () => {
  it.each([
    ['DER, content inside', 'rsa', ['-outform', 'DER', '-nodetach']],
    ['PEM', 'rsa', ['-outform', 'PEM', '-nodetach']],
    ['without attributes', 'rsa', ['-outform', 'DER', '-nodetach', '-noattr']],
    ['SHA-512', 'rsa', ['-outform', 'DER', '-nodetach', '-md', 'sha512']],
    ['key identifier', 'rsa', ['-outform', 'DER', '-nodetach', '-keyid']],
    ['indefinite lengths', 'rsa', ['-outform', 'DER', '-nodetach', '-stream']],
    ['RSA-PSS', 'rsa', ['-outform', 'DER', '-nodetach', '-keyopt', 'rsa_padding_mode:pss']],
    ['ECDSA', 'ec', ['-outform', 'DER', '-nodetach', '-md', 'sha256']],
    ['without certificates', 'rsa', ['-outform', 'DER', '-nodetach', '-nocerts']],
  ] as [string, string, string[]][])('%s verifies', async (_name, signer, more) => {
    run(...signArgs(signer, ...more));
    expect(await result(stored(file('out')), keysOf(`${signer}.crt`))).toBe('valid');
  });

  it('S/MIME with the content apart verifies, in both line ends', async () => {
    run(...signArgs('rsa').filter((a) => a !== '-binary'));
    expect(await result(smime(file('out')), keysOf('rsa.crt'))).toBe('valid');
    const lf = Buffer.from(file('out').toString('latin1').replace(/\r\n/g, '\n'), 'latin1');
    expect(await result(smime(lf), keysOf('rsa.crt'))).toBe('valid');
  });
  it('opaque S/MIME verifies', async () => {
    run(...signArgs('rsa', '-nodetach'));
    expect(await result(smime(file('out')), keysOf('rsa.crt'))).toBe('valid');
  });
  it('a signature apart finds its content beside it', async () => {
    run(...signArgs('rsa', '-outform', 'DER'));
    const parts = [
      { file: 'readme', content: Buffer.from('nothing') },
      { file: 'content', content: Buffer.from(CONTENT) },
    ];
    expect(await result(stored(file('out'), { parts }), keysOf('rsa.crt'))).toBe('valid');
    expect((await verdicts(stored(file('out')), keysOf('rsa.crt')))[0]).toMatchObject({
      result: 'not-checked',
      wouldProve: 'the signed content, beside the signature',
    });
  });
  it('a signature in a header covers the body, one in a JSON field the content beside it', async () => {
    run(...signArgs('rsa', '-outform', 'DER'));
    const value = file('out').toString('base64');
    const keys = keysOf('rsa.crt');
    const headers = [['X-Bank-Signature', value]] as const;
    expect(await result(stored(Buffer.from(CONTENT), { headers }), keys)).toBe('valid');
    expect(await result(stored(Buffer.from(CONTENT.replace('100', '900')), { headers }), keys)).toBe('digest-mismatch');
    const json = (data: string): StoredMessage => stored(Buffer.from(JSON.stringify({ data, signature: value })));
    expect(await result(json(CONTENT), keys)).toBe('valid');
    expect(await result(json(Buffer.from(CONTENT).toString('base64')), keys)).toBe('valid');
    expect(await result(json(CONTENT.trimEnd()), keys)).toBe('trailing-line-end');
  });
  it('judges every signer', async () => {
    run(...signArgs('rsa', '-outform', 'DER', '-nodetach', '-signer', 'ec.crt', '-inkey', 'ec.key'));
    expect(await result(stored(file('out')), keysOf('rsa.crt', 'ec.crt'))).toBe('valid valid');
  });
  it('does not trust the certificate that the message brings along', async () => {
    run(...signArgs('rsa', '-outform', 'DER', '-nodetach'));
    expect(await result(stored(file('out')), [])).toBe('certificate-untrusted');
  });
  it('is not seen in a bundle of certificates', () => {
    run('crl2pkcs7', '-nocrl', '-certfile', 'rsa.crt', '-outform', 'DER', '-out', 'bundle.p7b');
    expect(findScheme(stored(file('bundle.p7b')))).toBeUndefined();
    expect(findScheme(stored(file('rsa.crt')))).toBeUndefined();
  });
});

/** A SignerInfo of our own, to make the mistakes of others. */
function made(plan: {
  content?: string;
  enclosed?: string;
  hash?: 'sha1' | 'sha256';
  declared?: 'sha1' | 'sha256';
  over?(attributes: Buffer, content: Buffer): Buffer;
  type?: string;
  leaveDigest?: boolean;
  reversed?: boolean;
  key?: string;
  serial?: Buffer;
  at?: number;
  /** Signed with Ed25519 (RFC 8419). */
  edwards?: boolean;
}): Buffer {
  const { content = CONTENT, hash = 'sha256' } = plan;
  const DIGEST = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' };
  const bytes = Buffer.from(content);
  const attributes = [
    sequence(oid('1.2.840.113549.1.9.3'), setOf(oid(plan.type ?? '1.2.840.113549.1.7.1'))),
    sequence(oid('1.2.840.113549.1.9.5'), setOf(time(plan.at ?? Date.now()))),
    ...(plan.leaveDigest
      ? []
      : [sequence(oid('1.2.840.113549.1.9.4'), setOf(octetString(createHash(hash).update(bytes).digest())))]),
  ];
  const sorted = setOf(...attributes);
  const sent = plan.reversed ? tlv(0x31, ...[...attributes].reverse()) : sorted;
  const certificate = keysOf(plan.edwards ? 'ed.crt' : 'rsa.crt')[0]!.certificate!;
  const signature = sign(
    plan.edwards ? null : hash,
    plan.over?.(sent, bytes) ?? sent,
    createPrivateKey(file(`${plan.key ?? (plan.edwards ? 'ed' : 'rsa')}.key`)),
  );
  const digestAlgorithm = algorithm(DIGEST[plan.declared ?? hash]);
  const tagged = Buffer.from(sent);
  tagged[0] = 0xa0;
  const signed = sequence(
    integer(1),
    setOf(digestAlgorithm),
    sequence(oid('1.2.840.113549.1.7.1'), tlv(0xa0, octetString(Buffer.from(plan.enclosed ?? content)))),
    setOf(
      sequence(
        integer(1),
        sequence(
          Buffer.from(certificate.issuer.der, 'base64'),
          integer(plan.serial ?? Buffer.from(certificate.serial, 'hex')),
        ),
        digestAlgorithm,
        tagged,
        plan.edwards ? algorithm('1.3.101.112', null) : algorithm('1.2.840.113549.1.1.1'),
        octetString(signature),
      ),
    ),
  );
  return sequence(oid('1.2.840.113549.1.7.2'), tlv(0xa0, signed));
}

describe.skipIf(!openssl)('broken SignedData', () => {
  const lf = CONTENT.replace(/\r\n/g, '\n');
  it.each([
    ['nothing broken', {}, 'valid'],
    ['content changed', { enclosed: CONTENT.replace('100', '900') }, 'digest-mismatch'],
    ['line ends changed', { enclosed: lf }, 'line-ends'],
    ['line end lost', { enclosed: CONTENT.trimEnd() }, 'trailing-line-end'],
    ['byte order mark added', { enclosed: `\ufeff${CONTENT}` }, 'byte-order-mark'],
    ['charset changed', { content: 'Müller', enclosed: Buffer.from('Müller').toString('latin1') }, 'charset'],
    ['content signed in place of attributes', { over: (_a, c) => c }, 'string-to-sign'],
    [
      'attributes signed with their tag',
      { over: (a) => Buffer.concat([Buffer.of(0xa0), a.subarray(1)]) },
      'string-to-sign',
    ],
    ['attributes signed unsorted', { reversed: true }, 'string-to-sign'],
    ['attributes changed', { over: (a) => Buffer.concat([a, Buffer.of(0)]) }, 'content-changed'],
    ['SHA-1 used, SHA-256 declared', { hash: 'sha1', declared: 'sha256' }, 'algorithm-mismatch'],
    ['other key', { key: 'other' }, 'serial-mismatch'],
    ['other serial', { serial: Buffer.from('11223344', 'hex') }, 'serial-mismatch'],
    ['content type changed', { type: '1.2.840.113549.1.9.16.1.4' }, 'valid content-changed'],
    ['no messageDigest', { leaveDigest: true }, 'valid digest-mismatch'],
    ['signed after expiry', { at: Date.now() + 90 * 86_400_000 }, 'certificate-expired'],
    ['signed too early', { at: Date.now() - 90 * 86_400_000 }, 'certificate-not-yet-valid'],
  ] as [string, Parameters<typeof made>[0], string][])('%s', async (_name, plan, expected) => {
    expect(await result(stored(made(plan)), keysOf('rsa.crt', 'other.crt'))).toBe(expected);
  });
  it('Ed25519 verifies, and fails when changed', async () => {
    const keys = keysOf('ed.crt');
    expect(await result(stored(made({ edwards: true })), keys)).toBe('valid');
    expect(await result(stored(made({ edwards: true, enclosed: lf })), keys)).toBe('line-ends');
    expect(await result(stored(made({ edwards: true, over: (_a, c) => c })), keys)).toBe('string-to-sign');
  });
  it('names the byte at which it is cut off', async () => {
    const cut = made({}).subarray(0, 300);
    const [first] = await verdicts(stored(cut), keysOf('rsa.crt'));
    expect(first).toMatchObject({ result: 'invalid', reason: 'message-damaged' });
    expect(first!.says).toMatch(/byte \d+: a value of \d+ bytes starts here but only/);
  });
  it('never verifies after a changed byte in content, attributes or signature, and never throws', () => {
    const sound = made({});
    const signed = readCms(sound).message as SignedData;
    const signer = signed.signers[0]!;
    const keys = keysOf('rsa.crt');
    return fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(sound);
        damaged[at]! ^= change;
        const message = stored(damaged);
        const all = (await verifyMessage(message, keys, { at: Date.now(), keysAreThose: true })).verdicts;
        const within = (from: number, length: number): boolean => at >= from && at < from + length;
        if (
          within(signed.contentOffset!, signed.content!.length) ||
          within(signer.signatureOffset, signer.signature.length) ||
          within(signer.signed!.offset, signer.signed!.der.length)
        )
          expect(all.every((v) => v.result === 'valid') && all.length > 0).toBe(false);
      }),
      { numRuns: 80 },
    );
  });
});

describe.skipIf(!openssl)('EnvelopedData made by openssl', () => {
  const seal = (name: string, ...more: string[]): Buffer => {
    run('cms', '-encrypt', '-binary', '-in', 'content', '-outform', 'DER', '-out', name, ...more);
    return file(name);
  };
  it.each([
    ['AES-256-CBC', ['-aes-256-cbc', 'rsa.crt']],
    ['triple DES', ['-des3', 'rsa.crt']],
    ['RSA-OAEP', ['-aes128', '-recip', 'rsa.crt', '-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256']],
    ['AES-256-GCM', ['-aes-256-gcm', 'rsa.crt']],
    ['two recipients', ['-aes128', 'other.crt', 'rsa.crt']],
    ['key identifier', ['-aes128', '-keyid', 'rsa.crt']],
  ] as [string, string[]][])('%s opens', async (_name, more) => {
    expect(await result(stored(seal('sealed', ...more)), keysOf('rsa.crt', 'rsa.key'))).toBe('valid');
  });
  it('judges the signature inside', async () => {
    run(...signArgs('rsa', '-outform', 'DER', '-nodetach'));
    run('cms', '-encrypt', '-binary', '-aes128', '-in', 'out', '-outform', 'DER', '-out', 'both', 'other.crt');
    const keys = keysOf('rsa.crt', 'other.crt', 'other.key');
    const [sound] = await verdicts(stored(file('both')), keys);
    expect(sound).toMatchObject({ result: 'valid' });
    expect(sound!.says).toContain('the content opens; inside it, CMS signature');
    writeFileSync(path('out'), made({ enclosed: CONTENT.replace('100', '900') }));
    run('cms', '-encrypt', '-binary', '-aes128', '-in', 'out', '-outform', 'DER', '-out', 'both', 'other.crt');
    expect(await result(stored(file('both')), keys)).toBe('digest-mismatch');
    run(...signArgs('rsa', '-nodetach'));
    run('cms', '-encrypt', '-aes128', '-in', 'out', '-out', 'both', 'other.crt');
    expect(await result(smime(file('both')), keys)).toBe('valid');
  });
  it('says whose key is missing, or that it is another', async () => {
    const message = stored(seal('sealed', '-aes128', 'rsa.crt'));
    const [none] = await verdicts(message, keysOf('rsa.crt'));
    expect(none).toMatchObject({ result: 'not-checked' });
    expect(none!.wouldProve).toContain(keysOf('rsa.crt')[0]!.serial);
    expect(await result(message, keysOf('other.crt', 'other.key'))).toBe('decrypt-key-wrong');
    expect(await result(message, keysOf('other.key'))).toBe('decrypt-key-wrong');
  });
  it('names what was changed or cut, with the byte', async () => {
    const bytes = seal('sealed', '-aes128', 'rsa.crt');
    const enveloped = readCms(bytes).message as EnvelopedData;
    const keys = keysOf('rsa.crt', 'rsa.key');
    const changed = (at: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 0x55;
      return copy;
    };
    for (const [body, reason] of [
      [changed(enveloped.ciphertextOffset! + enveloped.ciphertext!.length - 3), 'sealed-content-damaged'],
      [changed(enveloped.recipients[0]!.encryptedKeyOffset + 9), 'sealed-content-damaged'],
      [bytes.subarray(0, bytes.length - 5), 'message-damaged'],
    ] as const) {
      const [first] = await verdicts(stored(body), keys);
      expect(first).toMatchObject({ result: 'invalid', reason });
      expect(first!.says).toMatch(/byte \d+/);
    }
    // A block in the middle turns to noise: nobody calls that whole.
    expect(await result(stored(changed(enveloped.ciphertextOffset! + 4)), keys)).toBe('not-checked');
  });
  it('notices every change under authenticated encryption', async () => {
    const bytes = seal('sealed', '-aes-256-gcm', 'rsa.crt');
    const { ciphertextOffset } = readCms(bytes).message as EnvelopedData;
    bytes[ciphertextOffset! + 2]! ^= 1;
    expect(await result(stored(bytes), keysOf('rsa.crt', 'rsa.key'))).toBe('sealed-content-damaged');
  });
});
