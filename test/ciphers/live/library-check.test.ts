import { describe, expect, it } from 'vitest';
import { auditConfiguration } from '../../../src/ciphers/audit-configuration.ts';
import { type EffectiveListener, effectiveMatrix } from '../../../src/ciphers/effective.ts';
import { readServerConfig } from '../../../src/ciphers/index.ts';
import { checkAgainstLibrary } from '../../../src/ciphers/live/library-check.ts';
import { OPENSSL_VERSIONS } from '../../../src/ciphers/openssl/cipher-string.ts';

const local = OPENSSL_VERSIONS.find((v) => process.versions.openssl.startsWith(v));

const nginx = (settings: string) =>
  readServerConfig(
    `events {}\nhttp { ssl_dhparam dh.pem; server { listen 443 ssl; ssl_certificate a.crt; ssl_certificate_key a.key; ${settings} } }\n`,
    'nginx.conf',
  )!;
const matrix = (settings: string, keys: ('RSA' | 'EC')[]): EffectiveListener[] =>
  effectiveMatrix(nginx(settings), { openssl: local!, debian: true, keyTypes: () => keys });

describe.skipIf(local === undefined)(
  'tables against the library of this machine (needs an OpenSSL that has a table)',
  () => {
    it('agree about cipher strings, versions, groups and keys', async () => {
      const settings: [string, ('RSA' | 'EC')[]][] = [
        ['', ['RSA']],
        ['ssl_ciphers HIGH:!aNULL:!MD5; ssl_ecdh_curve X25519:P-384;', ['RSA', 'EC']],
        ['ssl_protocols TLSv1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;', ['RSA']],
        ['ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers DEFAULT;', ['EC']],
        ['ssl_protocols TLSv1.2; ssl_ciphers kRSA+AES:!SHA1;', ['RSA']],
        ['ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;', ['EC']],
        ['ssl_protocols TLSv1.2; ssl_ciphers HIGH:@SECLEVEL=3;', ['EC']],
        ['ssl_protocols TLSv1.2; ssl_ciphers AES128-SHA:-AES128-SHA:ECDHE+CHACHA20;', ['RSA', 'EC']],
      ];
      for (const [written, keys] of settings) {
        const listeners = matrix(written, keys);
        const checks = await checkAgainstLibrary(listeners, local!, () => keys);
        expect({ written, check: checks.get(listeners[0]!) }).toEqual({
          written,
          check: { openssl: process.versions.openssl, onlyLibrary: [], onlyTables: [] },
        });
      }
    });

    it('are told apart where they differ, and the difference is said to be unchecked', async () => {
      const observation = nginx('ssl_protocols TLSv1.2; ssl_ciphers ECDHE+AESGCM;');
      const listeners = effectiveMatrix(observation, { openssl: local!, debian: true, keyTypes: () => ['EC'] });
      const removed = listeners[0]!.suites.pop()!;
      const checks = await checkAgainstLibrary(listeners, local!, () => ['EC']);
      expect(checks.get(listeners[0]!)).toMatchObject({
        onlyLibrary: [`${removed.protocol} ${removed.name}`],
        onlyTables: [],
      });
      const { notChecked } = auditConfiguration(observation, listeners, [], 0, undefined, checks);
      expect(notChecked[0]?.why).toContain(`OpenSSL ${process.versions.openssl} of this machine`);
      expect(notChecked[0]?.why).toContain(removed.name);
    });

    it('asks the same settings once, and nothing where another OpenSSL was stated', async () => {
      const [one] = matrix('', ['EC']);
      const twins = [one!, { ...one! }];
      const checks = await checkAgainstLibrary(twins, local!, () => ['EC']);
      expect(checks.size).toBe(2);
      const other = OPENSSL_VERSIONS.find((v) => v !== local)!;
      expect((await checkAgainstLibrary(twins, other, () => ['EC'])).size).toBe(0);
    });
  },
);
