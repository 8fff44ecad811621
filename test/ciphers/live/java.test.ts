import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  auditConfiguration,
  enumerateEndpoint,
  fixLines,
  type Policy,
  readPolicy,
  readServerConfig,
} from '../../../src/ciphers/index.ts';
import { freePort, has, makeCertificates, rsa, scratch, start, stopAll } from './processes.ts';

const policy = (id: string): Policy =>
  (
    readPolicy(parse(readFileSync(new URL(`../../../knowledge/policies/${id}.yaml`, import.meta.url), 'utf8'))) as {
      policy: Policy;
    }
  ).policy;
const NOW = Date.parse('2026-11-21');

function compute(disabled: string, policies: Policy[] = []) {
  const observation = readServerConfig(`jdk.tls.disabledAlgorithms=${disabled}\n`, 'java.security')!;
  return auditConfiguration(observation, [], policies, NOW, '17.0.15');
}
interface Computed {
  suites: { name: string; protocol: string }[];
  groups: { name: string; protocol: string }[];
}

const java = spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '';
describe.skipIf(!/version "17/.test(java) || !has('javac'))(
  'java.security against a live Java 17 (skipped without JDK 17)',
  () => {
    const store = join(scratch, 'java-defaults.p12');
    beforeAll(() => {
      makeCertificates();
      execFileSync('openssl', ['pkcs12', '-export', '-in', rsa.both, '-out', store, '-passout', 'pass:x'], {
        stdio: 'ignore',
      });
      execFileSync('javac', ['-d', scratch, new URL('Defaults.java', import.meta.url).pathname]);
    }, 60_000);
    afterAll(stopAll);

    it.each([
      ['everything allowed', 'SSLv3'],
      [
        'suites, hashes and modes by name',
        'SSLv3, TLSv1.1, SHA1, TLS_RSA_WITH_AES_256_GCM_SHA384, AES_128_GCM, 3DES_EDE_CBC',
      ],
    ])(
      '%s: suites and groups are what is computed',
      async (_name, disabled) => {
        const port = await freePort();
        const file = join(scratch, `java-${port}.security`);
        writeFileSync(file, `jdk.tls.disabledAlgorithms=${disabled}\n`);
        await start(
          port,
          'java',
          `-Djava.security.properties=${file}`,
          '-cp',
          scratch,
          'Defaults',
          String(port),
          store,
        );
        const scan = await enumerateEndpoint({ host: '127.0.0.1', port, serverName: 'localhost' });
        const computed = compute(disabled).endpoints[0] as unknown as Computed;
        const names = (list: { name: string; protocol: string }[]) =>
          list
            .filter((s) => !s.name.includes('ECDSA') && !s.name.includes('TLS_ECDH_'))
            .map((s) => `${s.protocol} ${s.name}`)
            .sort();
        expect(names(computed.suites)).toEqual(names(scan.suites));
        expect(names(computed.groups)).toEqual(names(scan.groups));
      },
      60_000,
    );

    it('a fix line leaves nothing to complain about', () => {
      for (const id of ['bcp195', 'tlsref-6.0-intermediate']) {
        const [line] = fixLines(policy(id), 'java-security');
        const { findings } = compute(line!.split('=')[1]!, [policy(id)]);
        expect(findings.filter((f) => f.id !== 'ciphers/groups').map((f) => f.title)).toEqual([]);
      }
    });
  },
);
