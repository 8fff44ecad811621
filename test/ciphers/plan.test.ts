import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ClientProfile, Plan } from '../../src/ciphers/plan.ts';
import { runPlan } from '../../src/cli/ciphers/plan.ts';
import { parseSuite } from '../../src/tls/registries/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymedic-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command; returns its exit code and the JSON it wrote. */
async function plan(
  options: Omit<Parameters<typeof runPlan>[0], 'key' | 'openssl'>,
): Promise<{ code: number; plan: Plan }> {
  let text = '';
  const write = process.stdout.write;
  process.stdout.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof process.stdout.write;
  try {
    const code = await runPlan({ key: 'both', openssl: '3.0', ...options, format: 'json' });
    return { code, plan: JSON.parse(text) as Plan };
  } finally {
    process.stdout.write = write;
  }
}

describe('client profiles', () => {
  const clients = new URL('../../knowledge/clients/', import.meta.url);
  it.each(readdirSync(clients))('%s names its source and suites of the registry', (file) => {
    const profile = parse(readFileSync(new URL(file, clients), 'utf8')) as ClientProfile;
    expect(`${profile.id}.yaml`).toBe(file);
    expect(profile.source).toMatch(/recorded|published/);
    expect(profile.hello.suites.filter((s) => parseSuite(s) !== undefined).length).toBeGreaterThan(5);
  });
});

describe('what breaks if', () => {
  it('names the shipped clients that a policy locks out, and would not weaken it for them', async () => {
    const { code, plan: result } = await plan({ policy: 'bcp195', clients: true });
    expect(code).toBe(1);
    const broken = result.rows.filter((r) => r.outcome === 'breaks').map((r) => r.name);
    expect(broken).toEqual(
      expect.arrayContaining([
        'Java 7u25',
        'Java 6u45',
        'OpenSSL 0.9.8y',
        'Schannel of Windows XP (Internet Explorer 8)',
      ]),
    );
    expect(broken).not.toContain('Java 8u161');
    expect(result.rows.find((r) => r.name === 'Java 7u25')!.smallestChange).toContain('change the client instead');
    expect(result.bestAddition).toBeUndefined();
  });

  it('goes from a configuration to the policy: only what works now can break', async () => {
    const conf = join(folder, 'nginx.conf');
    writeFileSync(
      conf,
      'server { listen 443 ssl; ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256; }\n',
    );
    const { plan: result } = await plan({ policy: 'tlsref-6.0-modern', server: conf, clients: true });
    const of = (name: string) => result.rows.find((r) => r.name === name)!;
    // TLS 1.3 is not on this server, so nobody is left once TLS 1.2 goes.
    expect(of('Java 17 (SunJSSE)').outcome).toBe('breaks');
    expect(of('Java 7u25').outcome).toBe('still-fails');
    expect(result.rows.every((r) => r.outcome !== 'works')).toBe(true);
  });

  it('counts the handshakes of a capture, by fingerprint and address', async () => {
    const capture = new URL('../../fixtures/bundles/expired-gateway-certificate/pcap/edge.pcap', import.meta.url)
      .pathname;
    const { plan: result } = await plan({ policy: 'bcp195', capture: [capture] });
    expect(result.handshakes).toBeGreaterThan(0);
    expect(result.rows.reduce((sum, r) => sum + r.handshakes, 0)).toBe(result.handshakes);
    expect(result.rows[0]!.addresses.length).toBeGreaterThan(0);
    expect(result.rows[0]!.fingerprint).toMatch(/^t1[23]/);
    expect(result.brokenHandshakes).toBe(0);
  });
});
