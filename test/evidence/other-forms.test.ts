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
