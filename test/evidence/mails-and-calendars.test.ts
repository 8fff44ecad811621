/** Mails, calendars, status pages and bills of materials as they are stored, and what looks like them and is none. */
import { describe, expect, it } from 'vitest';
import { readSmallFacts } from '../../src/evidence/facts/index.ts';
import { memorySource } from './memory-source.ts';

const read = (text: string) => readSmallFacts([memorySource('x.txt', text)], { now: Date.UTC(2026, 10, 22, 9) });
const AT = Date.UTC(2026, 10, 22, 8, 5);
const mail = (type: string, body: string, subject = 'Change of our root certificate'): string =>
  `Return-Path: <noreply@acquirer.example>\nFrom: "Acquirer" <noreply@acquirer.example>\nTo: ops@shop.example\nSubject: ${subject}\nDate: Sun, 22 Nov 2026 09:05:00 +0100\nMessage-ID: <1@acquirer.example>\nMIME-Version: 1.0\nContent-Type: ${type}\n${body}`;
const WORDS = 'From today our host pay.acquirer.example presents a certificate issued by Example Root G3.';

describe('a mail', () => {
  it.each([
    [
      'in quoted-printable',
      mail(
        'text/plain; charset=utf-8',
        `Content-Transfer-Encoding: quoted-printable\n\n${WORDS.replace('a cert', 'a =\ncert')}\n`,
      ),
    ],
    [
      'in base64, beside HTML',
      mail(
        'multipart/alternative; boundary="b1"',
        `\nignored\n--b1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${Buffer.from(WORDS).toString('base64')}\n--b1\nContent-Type: text/html\n\n<p>other</p>\n--b1--\n`,
      ),
    ],
    [
      'of nothing but HTML, in a part of a part, with an attachment',
      mail(
        'multipart/mixed; boundary=outer',
        `\n--outer\nContent-Type: multipart/related; boundary=inner\n\n--inner\nContent-Type: text/html; charset=iso-8859-1\n\n<style>p { color: red }</style><p>${WORDS.replace(' our', '&#32;our').replace('a cert', 'a <b>cert</b>').replace('<b>cert</b>', 'cert')}</p>\n--inner--\n--outer\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n--outer--\n`,
      ),
    ],
    ['as a mailbox keeps it', `From MAILER Sun Nov 22 08:05:00 2026\n${mail('text/plain', `\n${WORDS}\n`)}`],
  ])('%s says what its reader saw', async (_, text) => {
    const { notices } = await read(text);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ kind: 'notice', time: AT });
    expect(notices[0]!.text).toContain('Subject: Change of our root certificate');
    expect(notices[0]!.text).toContain(WORDS);
    expect(notices[0]!.text).not.toContain('color');
  });
  it('has its subject decoded', async () => {
    const subject = `=?UTF-8?B?${Buffer.from('Wartung der').toString('base64')}?=\n =?iso-8859-1?Q?_Zahlungsschnittstelle_f=FCr_H=E4ndler?=`;
    const { notices } = await read(mail('text/plain', `\n${WORDS}\n`, subject));
    expect(notices[0]!.text).toContain('Subject: Wartung der Zahlungsschnittstelle f\u00fcr H\u00e4ndler');
  });
  it('is read in linear time whatever its boundaries', async () => {
    const text = mail('multipart/mixed; boundary=a', `\n${'--a\n\n'.repeat(200_000)}`);
    const before = performance.now();
    await read(text);
    expect(performance.now() - before).toBeLessThan(3000);
  });
});

describe('a page', () => {
  const page = (body: string): string =>
    `<!doctype html><html><head><title>Scheduled maintenance</title></head><body>${body}</body></html>`;
  it('that is a mail saved as HTML is a notice', async () => {
    const { notices } = await read(
      page(
        '<h1>Scheduled maintenance of the directory server</h1><p>Dear merchant,</p><p>Start: 2026-11-22 08:05 UTC<br>Authentications may fail in this time.</p>',
      ),
    );
    expect(notices).toEqual([expect.objectContaining({ time: AT, text: expect.stringContaining('directory server') })]);
  });
  it('of a shop is none', async () => {
    const { notices, texts } = await read(
      page(
        '<p>Maintenance contracts for your coffee machine from 2026-11-22 08:05 on</p><form action="/pay"><input name="card"></form>',
      ),
    );
    expect(notices).toEqual([]);
    expect(texts).toHaveLength(1);
  });
  it('of a status in Markdown has an update for each time', async () => {
    const { notices } = await read(
      '# Elevated error rates on card payments\n\n**Identified** - A database failover is in progress.\nNov 22, 2026 - 08:31 UTC\n\n**Investigating** - We see 5xx answers.\nNov 22, 08:05 UTC\n',
    );
    expect(notices.map(({ time, kind }) => [time, kind])).toEqual([
      [Date.UTC(2026, 10, 22, 8, 31), 'status'],
      [AT, 'status'],
    ]);
    expect(notices[1]!.text).toBe('Investigating - We see 5xx answers.');
  });
});

describe('a calendar', () => {
  const calendar = (...events: string[]): string =>
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      ...events.flatMap((e) => ['BEGIN:VEVENT', e, 'END:VEVENT']),
      'END:VCALENDAR',
      '',
    ].join('\r\n');
  it('gives changes at the hour of their zone, folded lines as one', async () => {
    const { changes } = await read(
      calendar(
        'DTSTAMP:20261101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20261122T090500\r\nSUMMARY:Firewall change fw-e\r\n dge\\, rule set 12\r\nBEGIN:VALARM\r\nDTSTART:20261101T000000Z\r\nEND:VALARM',
        'DTSTART:20261122T080500Z\r\nSUMMARY:Renewal of the certificate of pay.example',
      ),
    );
    expect(changes.map(({ time, text }) => [time, text])).toEqual([
      [AT, 'Firewall change fw-edge, rule set 12'],
      [AT, 'Renewal of the certificate of pay.example'],
    ]);
  });
  it('gives no meetings, no cancelled work and no hour that it does not name', async () => {
    const { changes } = await read(
      calendar(
        'DTSTART:20261122T080500Z\r\nSUMMARY:Team lunch',
        'DTSTART:20261122T080500Z\r\nSUMMARY:Firewall change\r\nSTATUS:CANCELLED',
        'DTSTART;VALUE=DATE:20261122\r\nSUMMARY:Firewall change 2',
      ),
    );
    expect(changes.map(({ time, text }) => [time, text])).toEqual([[Number.NaN, 'Firewall change 2']]);
  });
});

it('reads what Argo CD deployed', async () => {
  const { changes } = await read(
    'ID  DATE                           REVISION\n0   2026-11-20 10:01:00 +0000 UTC  main (1a2b3c4)\n1   2026-11-22 09:05:00 +0100 CET  main (9f8e7d6)\n',
  );
  expect(changes.at(-1)).toMatchObject({ time: AT, text: 'deployment 1 of main (9f8e7d6)' });
});

it('a name that does not exist is told although the zone stands beside the answer', async () => {
  const { dns } = await read(
    '; <<>> DiG 9.18.24 <<>> pay.bank.example\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 7\n\n;; QUESTION SECTION:\n;pay.bank.example.\t\tIN\tA\n\n;; AUTHORITY SECTION:\nbank.example.\t300\tIN\tSOA\tns1.bank.example. h.bank.example. 1 2 3 4 5\n\n;; SERVER: 192.0.2.53#53(192.0.2.53)\n',
  );
  expect(dns).toContainEqual(expect.objectContaining({ name: 'pay.bank.example', type: 'A', value: 'NXDOMAIN' }));
});

it.each([
  [
    'CycloneDX',
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      components: [{ name: 'app', components: [{ name: 'OpenSSL', version: '3.0.2' }] }],
    }),
  ],
  ['SPDX', JSON.stringify({ spdxVersion: 'SPDX-2.3', packages: [{ name: 'openssl', versionInfo: '3.0.2' }] })],
  [
    'SPDX as tags',
    'SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n\nPackageName: openssl\nSPDXID: SPDXRef-1\nPackageVersion: 3.0.2\n',
  ],
  [
    'openssl version',
    'OpenSSL 3.0.2 15 Mar 2022 (Library: OpenSSL 3.0.2 15 Mar 2022)\nbuilt on: Mon Feb  3 12:00:00 2025 UTC\nplatform: debian-amd64\n',
  ],
  ['go version -m', 'pay: go1.22.1\n\tpath\texample.com/pay\n\tdep\topenssl\tv3.0.2\th1:abc=\n'],
  [
    'dotnet list package',
    "Project 'Pay' has the following package references\n   [net8.0]: \n   Top-level Package      Requested   Resolved\n   > OpenSSL              3.0.1       3.0.2  \n",
  ],
  [
    'CycloneDX in XML',
    '<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><metadata><component type="application"><name>shop</name></component></metadata><components><component type="library"><name>openssl</name><version>3.0.2</version></component></components></bom>\n',
  ],
])('%s names versions', async (_, text) => {
  expect((await read(text)).versions).toContainEqual(
    expect.objectContaining({ software: 'openssl', version: expect.stringMatching(/^v?3\.0\.2$/) }),
  );
});
