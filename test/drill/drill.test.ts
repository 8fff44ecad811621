import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCaptures } from '../../src/capture/index.ts';
import { issue, revocationList } from '../../src/drill/certificates.ts';
import { readDrill, writeDrill } from '../../src/drill/folder.ts';
import { drillCauses, makeDrill } from '../../src/drill/make.ts';
import { scoreAnswer } from '../../src/drill/score.ts';
import { readCertificates } from '../../src/x509/index.ts';

const NOW = Date.now();
const root = mkdtempSync(join(tmpdir(), 'paymedic-drill-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('made certificates', () => {
  const ca = issue({ subject: { CN: 'Root' }, notBefore: NOW - 1e9, notAfter: NOW + 1e9, ca: true });
  const leaf = issue({
    subject: { CN: 'a.example' },
    issuer: ca,
    notBefore: NOW - 1e8,
    notAfter: NOW + 1e8,
    names: ['a.example'],
    usage: 'server',
  });

  it('are real: another implementation reads and verifies them', () => {
    const [rootCertificate, certificate] = [new X509Certificate(ca.cert), new X509Certificate(leaf.cert)];
    expect(certificate.checkIssued(rootCertificate)).toBe(true);
    expect(certificate.verify(rootCertificate.publicKey)).toBe(true);
    expect(certificate.checkHost('a.example')).toBe('a.example');
    expect(certificate.serialNumber).toBe(leaf.serial);
    expect(Date.parse(certificate.validTo)).toBe(Math.floor(leaf.notAfter / 1000) * 1000);
    expect(rootCertificate.ca).toBe(true);
  });

  it('and lists hold no encoding defect', () => {
    const list = revocationList(ca, NOW - 1000, NOW + 1000, [{ serial: leaf.serial, time: NOW - 500, reason: 1 }]);
    const observed = readCertificates(Buffer.from(ca.cert + leaf.cert + list), 'all.pem');
    expect(observed.problems).toEqual([]);
    expect(observed.certificates.flatMap((certificate) => certificate.defects)).toEqual([]);
    expect([...observed.revocationLists[0]!.revoked.keys()]).toEqual([leaf.serial]);
  });
});

describe('made incidents', () => {
  it.each(drillCauses())('%s: has evidence and an answer, in under five seconds', async (cause) => {
    const began = performance.now();
    const { files, answer, now } = await makeDrill({ cause, seed: 11, now: NOW });
    expect(performance.now() - began).toBeLessThan(5000);
    expect(answer.causes[0] ?? 'none').toBe(cause);
    expect(files.get('meta/now')).toBe(`${new Date(now).toISOString().slice(0, 19)}Z\n`);
    for (const [path, content] of files) {
      expect(content.length, path).toBeGreaterThan(0);
      // Nothing in the evidence says what it is about.
      expect(content.toString().includes(cause === 'none' ? 'no such text' : `"${cause}"`), path).toBe(false);
    }
    if (cause !== 'none') expect(answer.onset).toBeLessThan(now);
    const capture = files.get('captures/shop-to-gateway.pcap');
    if (capture) {
      const read = await readCaptures([
        {
          file: 'c.pcap',
          source: (async function* () {
            yield capture as Buffer;
          })(),
        },
      ]);
      expect(read.files[0]!.notes.filter((note) => /truncat|damaged/.test(note))).toEqual([]);
      expect(read.handshakes.length + read.targets.length).toBeGreaterThan(0);
    }
  });

  it('tell the same story for the same seed and another for another', async () => {
    const texts = async (seed: number) =>
      (await makeDrill({ cause: 'card-testing', seed, now: NOW })).files.get('data/payments.csv');
    expect(await texts(5)).toBe(await texts(5));
    expect(await texts(5)).not.toBe(await texts(6));
  });

  it('ask for the traces of an intruder', async () => {
    const { answer, files } = await makeDrill({ kind: 'intrusion', cause: 'web-shell', seed: 3, now: NOW });
    expect(Object.keys(answer.facts)).toEqual([
      'attacker address',
      'attacker path',
      'attacker account',
      'first access',
    ]);
    expect(files.get('logs/auth.log')).toContain(answer.facts['attacker account']);
    expect(files.get('logs/shop-access.log')).toContain(answer.facts['attacker address']);
  });

  it('refuse a cause that no drill is about', async () => {
    await expect(makeDrill({ cause: 'no-such-cause', seed: 1, now: NOW })).rejects.toThrow(RangeError);
  });
});

describe('the answer', () => {
  it('is not readable in the folder and survives it', async () => {
    const made = await makeDrill({ cause: 'crl-stale', seed: 9, now: NOW });
    const folder = join(root, 'sealed');
    writeDrill(folder, made, NOW);
    expect(readFileSync(join(folder, 'drill.json'), 'utf8')).not.toContain('crl-stale');
    expect(readDrill(folder).answer).toEqual(made.answer);
    expect(() => writeDrill(folder, made, NOW)).toThrow('is not empty');
    writeFileSync(
      join(folder, 'drill.json'),
      readFileSync(join(folder, 'drill.json'), 'utf8').replace(/"sealed": "..../, '"sealed": "AAAA'),
    );
    expect(() => readDrill(folder)).toThrow('was changed or is damaged');
  });

  it.each([
    ['drill.json', { started: 'once' }],
    ['drill.json', { questions: 7 }],
    ['drill.json', { sealed: null }],
    ['result.json', 7],
    ['result.json', null],
    ['result.json', { answered: 'then' }],
  ])('is not believed where %s holds %j', async (name, change) => {
    const made = await makeDrill({ cause: 'crl-stale', seed: 9, now: NOW });
    const folder = mkdtempSync(join(root, 'forged-'));
    writeDrill(folder, made, NOW);
    const file = join(folder, name);
    const before = name === 'drill.json' ? (JSON.parse(readFileSync(file, 'utf8')) as object) : undefined;
    writeFileSync(file, JSON.stringify(before ? { ...before, ...(change as object) } : change));
    expect(() => readDrill(folder)).toThrow(`${name} was changed or is damaged`);
  });

  it.each([{ causes: null }, { owners: 'sec' }, { onset: 1e300 }, { facts: { 'attacker address': 7 } }] as object[])(
    'with a seal from somebody else is not believed where it holds %j',
    async (change) => {
      const made = await makeDrill({ cause: 'crl-stale', seed: 9, now: NOW });
      const folder = mkdtempSync(join(root, 'resealed-'));
      writeDrill(folder, { ...made, answer: { ...made.answer, ...change } }, NOW);
      expect(() => readDrill(folder)).toThrow('drill.json was changed or is damaged');
    },
  );

  it('is scored by its parts', async () => {
    const { answer } = await makeDrill({ cause: 'crl-stale', seed: 9, now: NOW });
    expect(
      scoreAnswer(answer, { cause: 'crl-stale', onset: answer.onset, priority: 'urgent', owner: 'ca', facts: {} })
        .points,
    ).toBe(100);
    expect(
      scoreAnswer(answer, {
        cause: 'cert-revoked',
        onset: answer.onset + 8 * 60_000,
        priority: 'urgent',
        owner: 'ca',
        facts: {},
      }).points,
    ).toBe(50);
    expect(scoreAnswer(answer, { facts: {} }).points).toBe(0);
  });

  it('counts what was found out about an intruder', async () => {
    const { answer } = await makeDrill({ cause: 'web-shell', seed: 9, now: NOW });
    const base = { cause: 'web-shell', onset: answer.onset, priority: 'urgent', owner: 'sec' };
    expect(scoreAnswer(answer, { ...base, facts: answer.facts }).points).toBe(100);
    expect(
      scoreAnswer(answer, { ...base, facts: { 'attacker path': `/srv/www${answer.facts['attacker path']}` } }).points,
    ).toBe(81);
    expect(scoreAnswer(answer, { ...base, facts: {} }).points).toBe(75);
  });

  it('that nothing is wrong is right for a healthy shop', async () => {
    const { answer } = await makeDrill({ cause: 'none', seed: 9, now: NOW });
    expect(scoreAnswer(answer, { cause: 'none', priority: 'none', facts: {} }).points).toBe(100);
    expect(scoreAnswer(answer, { cause: 'request-flood', priority: 'urgent', facts: {} }).points).toBe(0);
  });
});
