/** Identities on record (pin files, inventories, baselines) beside what was shown: forged, renewed, announced, merely pinned. */
import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPinFile } from '../../src/cli/certs/pins.ts';
import { writeCapture } from '../../src/drill/capture.ts';
import { type Issued, issue } from '../../src/drill/certificates.ts';
import { recordHandshake } from '../../src/drill/handshake.ts';
import type { Report } from '../../src/report/types.ts';
import { claims, type Files, iso, triageFiles } from './bundle.ts';
import { scene, summary } from './scene.ts';

const ONSET = Date.UTC(2026, 7, 19, 6, 12);
const DAY = 86_400_000;
const HOST = 'api.corallopay.example.net';
const root = issue({
  subject: { O: 'Halden Trust', CN: 'Halden Root X1' },
  notBefore: ONSET - 2000 * DAY,
  notAfter: ONSET + 2000 * DAY,
  ca: true,
});
const rogueRoot = issue({
  subject: { O: 'Netz AG', CN: 'Gateway Services CA' },
  notBefore: ONSET - 9 * DAY,
  notAfter: ONSET + 900 * DAY,
  ca: true,
});
const leaf = (issuer: Issued): Issued =>
  issue({
    subject: { O: 'Corallo Pay', CN: HOST },
    issuer,
    notBefore: ONSET - 20 * DAY,
    notAfter: ONSET + 300 * DAY,
    names: [HOST],
    usage: 'server',
  });
const honest = leaf(root);
const forged = leaf(rogueRoot);
const renewed = leaf(root);
const spki = (c: Issued): Buffer =>
  createHash('sha256')
    .update(new X509Certificate(c.cert).publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
const hex = spki(honest).toString('hex');
const base64 = spki(honest).toString('base64');
const seen = iso(ONSET - 4 * DAY);

/** The same record in the forms it is kept in. */
const RECORDS: { [form: string]: Files } = {
  'pins of an earlier run': {
    'x/a1.json': JSON.stringify({
      pins: [
        {
          name: HOST,
          issuer: 'CN=Halden Root X1,O=Halden Trust',
          spkiSha256: [hex],
          serial: honest.serial,
          lastSeen: seen,
        },
      ],
    }),
  },
  'the inventory as CSV': {
    'x/list.csv': `subject,issuer,serial,valid_from,valid_to,days_left,key,signature,names,ca,usage,locations,purpose,owner,last_reviewed,certificate_sha256,key_sha256\n"CN=${HOST},O=Corallo Pay","CN=Halden Root X1,O=Halden Trust",${honest.serial},2026-07-30T00:00:00Z,2027-06-15T00:00:00Z,300,EC P-256,ecdsa-with-SHA256,${HOST},no,serverAuth,edge.pem,,,${seen},,${hex}\n"CN=Halden Root X1,O=Halden Trust","CN=Halden Root X1,O=Halden Trust",01,2020-01-01T00:00:00Z,2032-01-01T00:00:00Z,2000,EC P-256,ecdsa-with-SHA256,,yes,,roots.pem,,,,,${'ab'.repeat(32)}\n`,
  },
  'a baseline in YAML by host': {
    'ops/watch.yml': `peers:\n  ${HOST}:\n    issuer: Halden Root X1\n    key: sha256/${base64}\n    last_seen: ${seen}\n`,
  },
};

/** What one office is shown, on the wire; the application of that node complains, the others work. */
async function bundle(shown: Issued, extra: Files, changes = ''): Promise<Report> {
  const talk = await recordHandshake(
    { cert: shown.cert, key: shown.key, maxVersion: 'TLSv1.2' },
    { servername: HOST, ca: root.cert, maxVersion: 'TLSv1.2' },
  );
  const refused = talk.clientError !== undefined;
  const { files } = scene({
    onset: ONSET,
    changes,
    outcome: (a) =>
      a.after && refused && a.node.stack === 'python'
        ? `call https://${HOST}/v1/charges failed: SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)`
        : undefined,
    files: {
      'net/office.pcap': writeCapture(
        [0, 40, 90, 150].map((s, i) => ({
          client: '10.77.4.33',
          clientPort: 41_000 + i,
          server: '203.0.113.88',
          serverPort: 443,
          time: ONSET + s * 1000,
          segments: talk.segments,
          end: 'fin' as const,
        })),
      ),
      ...extra,
    },
  });
  return triageFiles(files);
}

describe('a certificate that is not the one on record', () => {
  it.each(Object.keys(RECORDS))('%s: is forged, when only some nodes are shown it', async (form) => {
    const report = await bundle(forged, RECORDS[form]!);
    expect(claims(report)[0], summary(report)).toBe('forged-certificate');
    expect(report.diagnosis[0]!.evidence.map((e) => e.file)).toContain(Object.keys(RECORDS[form]!)[0]);
    expect(report.diagnosis[0]!.because.join()).toContain('on record');
  });

  it('is nobody’s attack where its change was announced', async () => {
    const report = await bundle(
      forged,
      RECORDS['pins of an earlier run']!,
      `${iso(ONSET - 600_000)}  gateway: certificate now from another authority (provider notice 88)\n`,
    );
    expect(claims(report), summary(report)).not.toContain('forged-certificate');
  });

  it.each(Object.keys(RECORDS))('%s: is a renewal, when the same authority issued it', async (form) => {
    const report = await bundle(renewed, RECORDS[form]!);
    expect(claims(report), summary(report)).toEqual([]);
  });

  it('without a record nothing tells forged from unknown', async () => {
    expect(claims(await bundle(forged, {}))).not.toContain('forged-certificate');
  });
});

describe('the verdict of the capture', () => {
  it('others accept another certificate before and after: substituted on the way', async () => {
    const [good, bad] = await Promise.all(
      [honest, forged].map((c) =>
        recordHandshake(
          { cert: c.cert, key: c.key, maxVersion: 'TLSv1.2' },
          { servername: HOST, ca: root.cert, maxVersion: 'TLSv1.2' },
        ),
      ),
    );
    const at = (client: string, port: number, minute: number, segments: NonNullable<typeof good>['segments']) => ({
      client,
      clientPort: port,
      server: '203.0.113.88',
      serverPort: 443,
      time: ONSET + minute * 60_000,
      segments,
      end: 'fin' as const,
    });
    const { files } = scene({
      onset: ONSET,
      outcome: (a) =>
        a.after && a.node.stack === 'python'
          ? `call https://${HOST}/v1/charges failed: SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)`
          : undefined,
      files: {
        'net/edge.pcap': writeCapture([
          at('10.77.4.31', 42_001, 0, good!.segments),
          at('10.77.4.33', 42_002, 1, bad!.segments),
          at('10.77.4.32', 42_003, 2, good!.segments),
          at('10.77.4.33', 42_004, 3, bad!.segments),
          at('10.77.4.31', 42_005, 4, good!.segments),
        ]),
      },
    });
    const report = await triageFiles(files);
    expect(claims(report)[0], summary(report)).toBe('forged-certificate');
    expect(report.diagnosis[0]!.because.join()).toMatch(/before and after it other clients/);
  });
});

describe('pins of a client', () => {
  const app = (key: string): Files => ({
    'mobile/res/security.xml': `<?xml version="1.0" encoding="utf-8"?>\n<network-security-config>\n  <domain-config>\n    <domain includeSubdomains="true">${HOST}</domain>\n    <pin-set>\n      <pin digest="SHA-256">${key}</pin>\n    </pin-set>\n  </domain-config>\n</network-security-config>\n`,
    'seen/s_client.txt': renewed.cert,
  });
  const complains = (files: Files) =>
    triageFiles(
      scene({
        onset: ONSET,
        outcome: (a) =>
          a.after && a.node.stack === 'java'
            ? `call https://${HOST}/v1/charges failed: javax.net.ssl.SSLPeerUnverifiedException: Certificate pinning failure!`
            : undefined,
        files,
      }).files,
    );

  it('name another key than the one shown: proof', async () => {
    const report = await complains(app(base64));
    expect(report.diagnosis[0], summary(report)).toMatchObject({ cause: 'pin-mismatch' });
    expect(report.diagnosis[0]!.confidence).toBeGreaterThanOrEqual(0.9);
    expect(report.diagnosis[0]!.evidence.map((e) => e.file)).toContain('mobile/res/security.xml');
  });

  it('name the very key that is shown: no claim', async () => {
    const report = await complains(app(spki(renewed).toString('base64')));
    expect(claims(report), summary(report)).not.toContain('pin-mismatch');
    expect(report.diagnosis[0]!.against.join()).toContain('security.xml');
  });
});

describe('--pins of certs', () => {
  it.each(Object.entries(RECORDS).slice(0, 2))('reads %s', (_form, files) => {
    const pins = readPinFile('f', Buffer.from(Object.values(files)[0]!));
    expect(pins).toEqual([
      { name: HOST, issuer: 'CN=Halden Root X1,O=Halden Trust', spkiSha256: [hex], serial: honest.serial },
    ]);
  });

  it('reads a report with an inventory, and refuses what holds no identity', () => {
    const report = {
      inventory: {
        certificates: [
          { subject: `CN=${HOST}`, issuer: 'CN=R', names: [HOST], spkiSha256: hex, serial: '0A', ca: false },
        ],
      },
    };
    expect(readPinFile('f', Buffer.from(JSON.stringify(report)))).toEqual([
      { name: HOST, issuer: 'CN=R', spkiSha256: [hex], serial: 'A' },
    ]);
    expect(() => readPinFile('f', Buffer.from('{"a":1}'))).toThrow(/no list of pins/);
    expect(() => readPinFile('f', Buffer.from('{"pins":[{"issuer":"x"}]}'))).toThrow(/entry 1 has no name/);
  });
});
