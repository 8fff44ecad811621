import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/types.ts';
import { caCertificate, certificateDer, DAY, dns, ext, NOW, type Party, party, pem, SERVER } from './build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'paymedic-inventory-'));
afterAll(() => rmSync(folder, { recursive: true }));

const paymedic = (...args: string[]): { stdout: string; status: number | null } =>
  spawnSync(
    process.execPath,
    [join(root, 'bin/paymedic.js'), ...args, '--now', new Date(NOW).toISOString(), '--quiet'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );

const authority = party({ C: 'NL', O: 'Example Trust', CN: 'Example Issuing CA' });
const site = { CN: 'pay.example.com' };

/** A certificate for the site; one that signs itself is marked as a CA, as common tools make it. */
const serve = (holder: Party, issuer: Party): void => {
  const own = holder === issuer;
  const der = certificateDer({
    subject: { ...holder, name: site },
    issuer: own ? { ...holder, name: site } : issuer,
    from: NOW - DAY,
    until: NOW + 90 * DAY,
    extensions: [ext.basic(own), ext.usage(0x80), ext.purposes(SERVER), ext.names(dns('pay.example.com'))],
  });
  writeFileSync(
    join(folder, 'site.pem'),
    pem(der) + pem(Buffer.from(caCertificate(authority, authority).der, 'base64')),
  );
};

const findings = (pins: string): string[] => {
  const { stdout } = paymedic('certs', 'site.pem', '--pins', pins, '--format', 'json');
  const { findings } = JSON.parse(stdout) as Report;
  return findings.filter((f) => f.id.startsWith('certificate/pin')).map((f) => `${f.id} ${f.priority}`);
};

describe.skipIf(!existsSync(join(root, 'dist')))(
  'an inventory as the pins of a later scan (skipped before the build)',
  () => {
    const first = party('first');

    it('knows what it listed, and finds every swap', () => {
      serve(first, authority);
      expect(
        paymedic('inventory', 'site.pem', '--format', 'pci-certificates=keys.csv', '--format', 'json=all.json').status,
      ).toBe(0);
      for (const pins of ['keys.csv', 'all.json']) expect(findings(pins), pins).toEqual([]);
      serve(party('second'), authority);
      for (const pins of ['keys.csv', 'all.json'])
        expect(findings(pins), pins).toEqual(['certificate/pin-other-key important']);
      const forger = party('forger');
      serve(forger, forger);
      for (const pins of ['keys.csv', 'all.json'])
        expect(findings(pins), pins).toEqual(['certificate/pin-self-signed urgent']);
    });

    it('knows a host that has always signed for itself', () => {
      const own = party('own');
      serve(own, own);
      paymedic('inventory', 'site.pem', '--format', 'pci-certificates=own.csv');
      expect(findings('own.csv')).toEqual([]);
      serve(first, authority);
      expect(findings('own.csv')).toEqual(['certificate/pin-other-issuer urgent']);
    });
  },
);
