/** Small facts in the forms of other systems, languages and exports. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSmallFacts } from '../../src/evidence/facts/index.ts';
import { openEvidence } from '../../src/evidence/index.ts';
import { detectLogFormat } from '../../src/logs/formats/detect.ts';

async function facts(name: string, text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'facts-'));
  try {
    writeFileSync(join(folder, name), text);
    const { sources } = await openEvidence([folder], { detectors: { log: detectLogFormat } });
    return await readSmallFacts(sources, { now: Date.UTC(2026, 10, 22, 9) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const AT = Date.UTC(2026, 10, 22, 8, 5);

describe('listings', () => {
  it.each([
    ['German', 'insgesamt 12\n-rw-r--r-- 1 root root  1822 22. Nov 08:05 gateway.pem\n'],
    ['French', 'total 12\n-rw-r--r-- 1 root root 1822 22 nov.  08:05 gateway.pem\n'],
    ['Spanish', 'total 12\n-rw-r--r-- 1 root root 1822 nov 22 08:05 gateway.pem\n'],
    ['Chinese', '总用量 12\n-rw-r--r-- 1 root root 1822 11月 22 08:05 gateway.pem\n'],
    ['Japanese', '合計 12\n-rw-r--r-- 1 root root 1822 11月 22 08:05 gateway.pem\n'],
    [
      'PowerShell',
      '\n    Directory: C:\\certs\n\nMode                 LastWriteTime         Length Name\n----                 -------------         ------ ----\n-a----        11/22/2026   8:05 AM           1822 gateway.pem\n',
    ],
    [
      'dir',
      ' Volume in drive C has no label.\n\n Directory of C:\\certs\n\n11/22/2026  08:05 AM             1,822 gateway.pem\n',
    ],
  ])('of %s', async (_, text) => {
    const { files } = await facts('listing.txt', text);
    expect(files).toHaveLength(1);
    expect(files![0]).toMatchObject({ size: 1822, modified: AT });
    expect(files![0]!.path).toMatch(/gateway\.pem$/);
  });
});

describe('modes and times', () => {
  const key = { mode: '-rw-rw-rw-', size: 1704, modified: AT, path: '/etc/ssl/pay.key' };
  const stat = (words: string[]): string =>
    `  ${words[0]}: /etc/ssl/pay.key\n  ${words[1]}: 1704      \tBlocks: 8          IO Block: 4096   file\n${words[2]}: fe01h/65025d\tInode: 262166      Links: 1\n${words[3]}: (0666/-rw-rw-rw-)  Uid: (    0/    root)   Gid: (    0/    root)\n${words[3]}: 2026-11-22 09:00:01.000000000 +0000\n${words[4]}: 2026-11-22 08:05:00.000000000 +0000\n${words[5]}: 2026-11-22 08:06:00.000000000 +0000\n`;
  it.each([
    ['stat.txt', stat(['File', 'Size', 'Device', 'Access', 'Modify', 'Change'])],
    ['stat.txt', stat(['Datei', 'Größe', 'Gerät', 'Zugriff', 'Modifiziert', 'Geändert'])],
    ['stat.txt', stat(['Fichier', 'Taille', 'Périphérique', 'Accès', 'Modif.', 'Changt'])],
    ['stat.txt', `666 root:root 1704 ${AT / 1000} /etc/ssl/pay.key\n`],
    ['find.txt', `666 root root 1704 ${AT / 1000}.0000000000 /etc/ssl/pay.key\n`],
    ['files.json', '[{"path":"/etc/ssl/pay.key","mode":"0666","size":1704,"mtime":"2026-11-22T08:05:00Z"}]'],
    ['a.csv', 'chemin;droits;propriétaire;taille;modifié\n/etc/ssl/pay.key;0666;root;1704;22/11/2026 08:05\n'],
    ['a.csv', 'caminho;permissões;tamanho;modificado em\n/etc/ssl/pay.key;0666;1704;22/11/2026 08:05\n'],
    ['a.csv', 'パス,権限,所有者,サイズ,更新日時\n/etc/ssl/pay.key,0666,root,1704,2026-11-22 08:05:00\n'],
  ])('%s %#', async (name, text) => {
    expect((await facts(name, text)).files).toMatchObject([key]);
  });
});

describe('answers of name servers', () => {
  it.each([
    ['Host api.bank.example not found: 3(NXDOMAIN)\n', 'NXDOMAIN'],
    [
      ';; ->>HEADER<<- opcode: QUERY, rcode: NXDOMAIN, id: 4321\n;; QUESTION SECTION:\n;; api.bank.example.\tIN\tA\n\n;; ANSWER SECTION:\n\n;; Query time: 12 msec\n',
      'NXDOMAIN',
    ],
    ['{"Status":2,"Question":[{"name":"api.bank.example.","type":1}]}', 'SERVFAIL'],
    [
      '{"Status":0,"Question":[{"name":"api.bank.example.","type":1}],"Answer":[{"name":"api.bank.example.","type":1,"TTL":60,"data":"203.0.113.7"}]}',
      '203.0.113.7',
    ],
    ['203.0.113.7     STREAM api.bank.example\n203.0.113.7     DGRAM\n203.0.113.7     RAW\n', '203.0.113.7'],
    [
      'api.bank.example: 203.0.113.7                    -- link: eth0\n\n-- Information acquired via protocol DNS in 3.1ms.\n',
      '203.0.113.7',
    ],
    ['api.bank.example.\t300\tIN\tA\t203.0.113.7\n', '203.0.113.7'],
  ])('%#', async (text, value) => {
    expect((await facts('dns.txt', text)).dns).toMatchObject([{ name: 'api.bank.example', type: 'A', value }]);
  });
});

describe('hosts', () => {
  it.each([
    '\nActive Connections\n\n  Proto  Local Address          Foreign Address        State           PID\n  TCP    10.0.0.5:44322         203.0.113.9:3333       ESTABLISHED     2311\n',
    '\nAktive Verbindungen\n\n  Proto  Lokale Adresse         Remoteadresse          Status           PID\n  TCP    10.0.0.5:44322         203.0.113.9:3333       HERGESTELLT     2311\n',
    'COMMAND  PID     USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\nkworker 2311 www-data    5u  IPv4  54321      0t0  TCP 10.0.0.5:44322->203.0.113.9:3333 (ESTABLISHED)\n',
  ])('connections %#', async (text) => {
    expect((await facts('connections.txt', text)).connections).toMatchObject([
      { state: 'ESTAB', localPort: 44322, remote: '203.0.113.9', remotePort: 3333 },
    ]);
  });
  it.each([
    '"Image Name","PID","Session Name","Session#","Mem Usage"\n"w3wp.exe","2311","Services","0","512,000 K"\n',
    '\nAbbildname                     PID Sitzungsname       Sitz.-Nr. Speichernutzung\n========================= ======== ================ =========== ===============\nw3wp.exe                      2311 Services                   0       512.000 K\n',
  ])('tasks %#', async (text) => {
    expect((await facts('tasks.txt', text)).processes).toMatchObject([{ pid: 2311, command: 'w3wp.exe' }]);
  });
  it('reads the clock of chronyc -c', async () => {
    const text =
      'C0A80101,ntp1.example,3,1795341000.123456789,412.312345678,-0.000012345,0.000034567,-12.345,-0.001,0.123,0.012345678,0.001234567,64.2,Normal\n';
    expect((await facts('a.csv', text)).clocks).toMatchObject([{ offsetSeconds: -412.312345678, synchronised: true }]);
  });
});

describe('tickets', () => {
  it.each([
    [
      'a.csv',
      'Ticket;Erstellt;Kunde;Betreff;Beschreibung\nINC-1;22.11.2026 08:05;Shop A;Zahlung;Kunden melden Fehler 502\nINC-2;22.11.2026 08:07;Shop B;Karte;Timeout\n',
    ],
    [
      'a.yaml',
      'id: INC-77\ncreated: 2026-11-22T08:05:00Z\nreporter: shop-a\nsubject: Payments fail\nbody: |\n  Since about 8:00 customers get 502, and\n  nobody can pay.\n',
    ],
    [
      'a.json',
      '{"key":"PAY-12","fields":{"summary":"Checkout fails with 502","created":"2026-11-22T08:05:00.000+0000"}}',
    ],
  ])('%s', async (name, text) => {
    const { notices } = await facts(name, text);
    expect(notices![0]).toMatchObject({ kind: 'ticket', time: AT });
    expect(notices![0]!.text).toContain('502');
  });
});

describe('reports about a content security policy', () => {
  const old =
    '{"csp-report":{"document-uri":"https://shop.example/checkout","effective-directive":"connect-src","blocked-uri":"https://evil.example/p"}}';
  const young =
    '{"type":"csp-violation","body":{"documentURL":"https://shop.example/checkout","effectiveDirective":"connect-src","blockedURL":"https://evil.example/p"}}';
  it.each([
    ['a.jsonl', `${old}\n${old}\n`],
    ['a.json', `[${young},${young}]`],
    ['a.jsonl', `[${young}]\n[${young}]\n`],
    [
      'a.csv',
      'time,document_uri,blocked_uri,violated_directive\n2026-11-22T08:05:00Z,https://shop.example/checkout,https://evil.example/p,connect-src\n2026-11-22T08:06:00Z,https://shop.example/checkout,https://evil.example/p,connect-src\n',
    ],
  ])('%s %#', async (name, text) => {
    const { csp } = await facts(name, text);
    expect(csp).toHaveLength(2);
    expect(csp![0]).toMatchObject({
      blocked: 'https://evil.example/p',
      page: 'https://shop.example/checkout',
      directive: 'connect-src',
    });
  });
});

describe('changes', () => {
  it.each([
    [
      'changes.csv',
      'Zeit;Beschreibung;Team;Ticket\n2026-11-22 08:05:00;Gateway aktualisiert;Plattform;CHG-1\n2026-11-22 07:00:00;Firewall;Netz;CHG-2\n',
    ],
    ['changes.csv', 'data;mudança;equipe\n22/11/2026 08:05;Atualização do gateway;plataforma\n'],
    [
      'deployments.json',
      '[{"deployedAt":"2026-11-22T08:05:00Z","service":"gateway","version":"4.2","previousVersion":"4.1","team":"platform"}]',
    ],
    [
      'helm.txt',
      'REVISION\tUPDATED                 \tSTATUS  \tCHART      \tAPP VERSION\tDESCRIPTION\n18      \tSun Nov 22 08:05:00 2026\tdeployed\tgateway-1.3\t4.2        \tUpgrade complete\n',
    ],
  ])('in %s', async (name, text) => {
    const { changes } = await facts(name, text);
    expect(changes!.some(({ time }) => time === AT)).toBe(true);
  });
});

describe('tickets and incidents of providers', () => {
  it.each([
    [
      'tickets.json',
      '[{"id":"INC-1","created":"2026-11-22T08:05:00Z","title":"Payments fail","description":"timeouts"}]',
    ],
    [
      'status.json',
      '{"incidents":[{"name":"Elevated errors","status":"investigating","created_at":"2026-11-22T08:05:00Z","impact":"major"}]}',
    ],
    [
      'jira.csv',
      'Issue key,Summary,Created,Reporter,Description\nPAY-1,Payments fail,22/Nov/26 8:05 AM,anna,timeouts\n',
    ],
  ])('are no changes: %s', async (name, text) => {
    const { changes, notices } = await facts(name, text);
    expect(changes).toEqual([]);
    expect(notices!.map(({ time }) => time)).toEqual([AT]);
  });
});

describe('commands of Windows', () => {
  it('w32tm: the server minus the host, turned round', async () => {
    const text =
      'Tracking ntp1 [10.0.0.1:123].\r\nThe current time is 11/22/2026 8:00:00 AM.\r\n08:00:00, d:+00.0312s o:-312.1234567s  [  *  ]\r\n';
    const { clocks } = await facts('pay1.txt', text);
    expect(clocks![0]!.offsetSeconds).toBeCloseTo(312.12, 1);
    expect(clocks![0]!.host).toBe('pay1');
  });

  it('nslookup and Resolve-DnsName', async () => {
    const nslookup = await facts(
      'a.txt',
      'Server:  dns1\r\nAddress:  10.0.0.53\r\n\r\nName:    pay.acq.example\r\nAddresses:  203.0.113.10\r\n          203.0.113.11\r\n',
    );
    expect(nslookup.dns!.map(({ value }) => value)).toEqual(['203.0.113.10', '203.0.113.11']);
    const resolve = await facts(
      'b.txt',
      '\nName                 Type   TTL   Section    IPAddress\n----                 ----   ---   -------    ---------\npay.acq.example      A      300   Answer     203.0.113.10\n',
    );
    expect(resolve.dns![0]).toMatchObject({ name: 'pay.acq.example', value: '203.0.113.10', ttl: 300 });
  });
});

it('takes a table of systems and owners for a topology', async () => {
  const { topology } = await facts(
    'systems.md',
    '| system | owner | address |\n|---|---|---|\n| shop | app team | 10.0.0.1 |\n| gateway | platform team | 10.0.0.5 |\n',
  );
  expect(topology![0]!.nodes.map(({ name }) => name)).toEqual(['shop', 'gateway']);
});

describe('syslog', () => {
  it.each(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])(
    'of %s is a log, not a list of packages',
    async (month) => {
      const folder = mkdtempSync(join(tmpdir(), 'facts-'));
      try {
        for (const [name, rest] of [
          ['messages', 'systemd[1]: Started Session 12 of user root.'],
          ['haproxy.log', 'haproxy[2114]: Server bk_pay/srv1 is DOWN, reason: Layer4 timeout.'],
        ])
          writeFileSync(
            join(folder, name!),
            Array.from(
              { length: 9 },
              (_, i) => `${month} ${i + 1 < 10 ? ` ${i + 1}` : i + 1} 06:00:0${i} lb1 ${rest}\n`,
            ).join(''),
          );
        writeFileSync(
          join(folder, 'packages.txt'),
          `ii  openssl        3.0.15-1~deb12u1 amd64 Secure Sockets\n`.repeat(4),
        );
        const { sources } = await openEvidence([folder], { detectors: { log: detectLogFormat } });
        expect(sources.map(({ item }) => item.kind).sort()).toEqual(['log', 'log', 'versions']);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
