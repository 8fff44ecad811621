/** A certificate renewed with another type of key, without the former one in the evidence. */
import { describe, expect, it } from 'vitest';
import { issue } from '../../src/drill/certificates.ts';
import { claims, type Files, iso, triageFiles } from './bundle.ts';
import { type AppNode, NODES, nginxLine, scene, stretch, summary } from './scene.ts';

const ONSET = Date.UTC(2026, 4, 6, 8, 5);
const DAY = 86_400_000;
const HOST = 'api.corallopay.example.net';
const root = issue({
  subject: { O: 'Osier Trust', CN: 'Osier Root' },
  notBefore: ONSET - 900 * DAY,
  notAfter: ONSET + 900 * DAY,
  ca: true,
});
const served = (from: number, rsaBits?: number): string =>
  issue({
    subject: { O: 'Corallo', CN: HOST },
    issuer: root,
    notBefore: from,
    notAfter: ONSET + 300 * DAY,
    names: [HOST],
    usage: 'server',
    ...(rsaBits ? { rsaBits } : {}),
  }).cert;
const PHP: AppNode = { name: 'invoice-php', ip: '10.77.4.43', stack: 'php' };
const refused = stretch(ONSET, ONSET + 30 * 60_000, 9, (t) =>
  nginxLine(
    t,
    'info',
    'SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared cipher) while SSL handshaking, client: 10.77.4.43, server: 0.0.0.0:443',
  ),
);
const triage = (files: Files, changes = '') =>
  triageFiles(
    scene({
      onset: ONSET,
      nodes: [...NODES, PHP],
      changes,
      outcome: (a) =>
        a.after && a.node === PHP
          ? `cURL error 35: error:0A000410:SSL routines::sslv3 alert handshake failure (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://${HOST}/v1/charges`
          : undefined,
      files,
    }).files,
  );

describe('the key type of a certificate', () => {
  it.each<[string, Files]>([
    [
      'a client whose cipher list knows RSA only',
      { 'etc/php/curl.ini': 'tls.ciphers = "ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA"\ntls.max = 1.2\n' },
    ],
    [
      'a client whose suites are written in IANA names',
      {
        'etc/client.properties':
          'https.cipherSuites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_CBC_SHA\n',
      },
    ],
    [
      'an inventory that says what the former key was',
      {
        'ops/list.csv': `subject,issuer,serial,key,names,ca,key_sha256\n"CN=${HOST}","CN=Osier Root,O=Osier Trust",0A11,RSA 2048,${HOST},no,${'5c'.repeat(32)}\n`,
      },
    ],
    ['nothing but a new certificate, and one stack that fails', {}],
  ])('by %s', async (_what, files) => {
    const report = await triage({ 'edge/served.pem': served(ONSET - 3_600_000), 'logs/edge.log': refused, ...files });
    expect(claims(report)[0], summary(report)).toBe('key-type-mismatch');
    expect(report.diagnosis[0]!.owner).toBe('ops');
  });

  it('is not blamed where the list of suites was changed', async () => {
    const report = await triage(
      { 'edge/served.pem': served(ONSET - 3_600_000), 'logs/edge.log': refused },
      `${iso(ONSET - 60_000)}  edge: ssl_ciphers hardened to AEAD only\n`,
    );
    expect(claims(report), summary(report)).not.toContain('key-type-mismatch');
  });

  it('is not blamed where the certificate is old', async () => {
    const report = await triage({ 'edge/served.pem': served(ONSET - 90 * DAY), 'logs/edge.log': refused });
    expect(claims(report), summary(report)).not.toContain('key-type-mismatch');
  });

  it('is not blamed where the key is RSA as before', async () => {
    const report = await triage({ 'edge/served.pem': served(ONSET - 3_600_000, 2048), 'logs/edge.log': refused });
    expect(claims(report), summary(report)).not.toContain('key-type-mismatch');
  });
});
