import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseCipherList } from '../../../src/ciphers/index.ts';
import { type ClientProfile, profileHello } from '../../../src/ciphers/plan.ts';
import { negotiateHello, type ServerCapabilities } from '../../../src/tls/negotiation.ts';
import type { ClientHelloInfo } from '../../../src/tls/types.ts';
import { ec, freePort, has, makeCertificates, rsa, scratch, start, stopAll } from './processes.ts';

const DEFAULT_GROUPS = [29, 23, 30, 25, 24, 256, 257, 258, 259, 260];
const TLS13 = [0x1302, 0x1303, 0x1301];
const list = (text: string) => parseCipherList(text, '3.0', 2).suites;
const RSA_KEY = { type: 'RSA' as const, bits: 3072 };
const EC_KEY = { type: 'ECDSA' as const, curve: 23 };

interface ServerCase {
  name: string;
  args: string[];
  key?: 'ec';
  can: Omit<ServerCapabilities, 'certificateKey'>;
}

/** Server options of openssl s_server and what they mean, stated independently of the program under test. */
const SERVERS: ServerCase[] = [
  {
    name: 'as it comes',
    args: [],
    can: { versions: [0x0303, 0x0304], suites: [...TLS13, ...list('DEFAULT')], groups: DEFAULT_GROUPS },
  },
  { name: 'TLS 1.3 only', args: ['-tls1_3'], can: { versions: [0x0304], suites: TLS13, groups: DEFAULT_GROUPS } },
  {
    name: 'one ECDHE suite of TLS 1.2',
    args: ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'],
    can: { versions: [0x0303], suites: [0xc02f], groups: DEFAULT_GROUPS },
  },
  {
    name: 'static RSA only',
    args: ['-tls1_2', '-cipher', 'AES128-SHA'],
    can: { versions: [0x0303], suites: [0x002f], groups: DEFAULT_GROUPS },
  },
  {
    name: 'an ECDSA certificate',
    args: [],
    key: 'ec',
    can: { versions: [0x0303, 0x0304], suites: [...TLS13, ...list('DEFAULT')], groups: DEFAULT_GROUPS },
  },
  {
    name: 'an ECDSA certificate with suites for RSA',
    args: ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA'],
    key: 'ec',
    can: { versions: [0x0303], suites: [0xc02f, 0x002f], groups: DEFAULT_GROUPS },
  },
  {
    name: 'DHE only',
    args: ['-tls1_2', '-cipher', 'DHE-RSA-AES256-GCM-SHA384'],
    can: { versions: [0x0303], suites: [0x009f], groups: DEFAULT_GROUPS },
  },
  {
    name: 'TLS 1.0 only',
    args: ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'],
    can: { versions: [0x0301], suites: parseCipherList('ALL:@SECLEVEL=0', '3.0').suites, groups: DEFAULT_GROUPS },
  },
  {
    name: 'P-521 only',
    args: ['-groups', 'P-521', '-cipher', 'ECDHE'],
    can: { versions: [0x0303, 0x0304], suites: [...TLS13, ...list('ECDHE')], groups: [25] },
  },
  {
    name: 'CCM only',
    args: ['-tls1_3', '-ciphersuites', 'TLS_AES_128_CCM_SHA256'],
    can: { versions: [0x0304], suites: [0x1304], groups: DEFAULT_GROUPS },
  },
  {
    name: 'ChaCha20 of TLS 1.2 only',
    args: ['-tls1_2', '-cipher', 'ECDHE-RSA-CHACHA20-POLY1305'],
    can: { versions: [0x0303], suites: [0xcca8], groups: DEFAULT_GROUPS },
  },
  {
    name: 'X448 only',
    args: ['-groups', 'X448', '-cipher', 'ECDHE'],
    can: { versions: [0x0303, 0x0304], suites: [...TLS13, ...list('ECDHE')], groups: [30] },
  },
];

const NODE =
  "const s=require('tls').connect({port:+process.argv[1],host:'127.0.0.1',servername:'localhost',rejectUnauthorized:false},()=>process.exit(0));s.on('error',()=>process.exit(1))";
const PYTHON =
  "import ssl,socket,sys;c=ssl.create_default_context();c.check_hostname=False;c.verify_mode=0;c.wrap_socket(socket.create_connection(('127.0.0.1',int(sys.argv[1]))),server_hostname='localhost')";
const JAVA = `import javax.net.ssl.*;
public class Client { public static void main(String[] a) throws Exception {
  TrustManager[] all = { new X509ExtendedTrustManager() {
    public void checkClientTrusted(java.security.cert.X509Certificate[] c, String t) {}
    public void checkServerTrusted(java.security.cert.X509Certificate[] c, String t) {}
    public void checkClientTrusted(java.security.cert.X509Certificate[] c, String t, java.net.Socket s) {}
    public void checkServerTrusted(java.security.cert.X509Certificate[] c, String t, java.net.Socket s) {}
    public void checkClientTrusted(java.security.cert.X509Certificate[] c, String t, SSLEngine e) {}
    public void checkServerTrusted(java.security.cert.X509Certificate[] c, String t, SSLEngine e) {}
    public java.security.cert.X509Certificate[] getAcceptedIssuers() { return new java.security.cert.X509Certificate[0]; } } };
  SSLContext x = SSLContext.getInstance("TLS"); x.init(null, all, null);
  StringBuilder out = new StringBuilder();
  for (String port : a) {
    try (SSLSocket s = (SSLSocket) x.getSocketFactory().createSocket("localhost", Integer.parseInt(port))) { s.startHandshake(); out.append('1'); }
    catch (Exception e) { out.append('0'); }
  }
  System.out.print(out); } }`;

const CLIENTS: { profile: string; program: string; args: (port: number) => string[] }[] = [
  {
    profile: 'openssl-3.0',
    program: 'openssl',
    args: (p) => ['s_client', '-connect', `127.0.0.1:${p}`, '-servername', 'localhost'],
  },
  {
    profile: 'openssl-3.0-level0',
    program: 'openssl',
    args: (p) => [
      's_client',
      '-connect',
      `127.0.0.1:${p}`,
      '-servername',
      'localhost',
      '-cipher',
      'ALL:@SECLEVEL=0',
      '-no_tls1_3',
    ],
  },
  {
    profile: 'curl-7.88',
    program: 'curl',
    args: (p) => ['-sk', '-m', '5', '-o', '/dev/null', `https://localhost:${p}/`],
  },
  { profile: 'python-3.11', program: 'python3', args: (p) => ['-c', PYTHON, String(p)] },
  { profile: 'gnutls-3.7', program: 'gnutls-cli', args: (p) => ['--insecure', '-p', String(p), 'localhost'] },
  {
    profile: 'wget-1.21',
    program: 'wget',
    args: (p) => ['-q', '--tries=1', '-T', '5', '--no-check-certificate', '-O', '/dev/null', `https://localhost:${p}/`],
  },
  { profile: 'node-20', program: process.execPath, args: (p) => ['-e', NODE, String(p)] },
];

function profile(id: string): ClientHelloInfo {
  return profileHello(
    parse(readFileSync(new URL(`../../../knowledge/clients/${id}.yaml`, import.meta.url), 'utf8')) as ClientProfile,
  );
}

function exits(program: string, args: string[]): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stdin.on('error', () => {});
    child.stdin.end();
    const timer = setTimeout(() => child.kill(), 60_000);
    child.on('error', () => resolve({ code: null, out }));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out });
    });
  });
}

describe.skipIf(!has('openssl'))('the solver against real handshakes', () => {
  const ports: number[] = [];
  beforeAll(async () => {
    makeCertificates();
    for (const server of SERVERS) {
      const port = await freePort();
      const cert = server.key === 'ec' ? ec : rsa;
      await start(
        port,
        'openssl',
        's_server',
        '-accept',
        String(port),
        '-quiet',
        '-www',
        '-cert',
        cert.certificate,
        '-key',
        cert.key,
        ...server.args,
      );
      ports.push(port);
    }
  }, 60_000);
  afterAll(stopAll);
  const predicted = (id: string) =>
    SERVERS.map((s) => negotiateHello(profile(id), { ...s.can, certificateKey: s.key === 'ec' ? EC_KEY : RSA_KEY }).ok);
  const named = (outcomes: boolean[]) => Object.fromEntries(SERVERS.map((s, i) => [s.name, outcomes[i]]));

  for (const client of CLIENTS) {
    it.skipIf(!has(client.program))(
      `${client.profile}: ${SERVERS.length} servers (skipped without ${client.program.split('/').at(-1)})`,
      async () => {
        const actual: boolean[] = [];
        for (const port of ports) actual.push((await exits(client.program, client.args(port))).code === 0);
        expect(named(actual)).toEqual(named(predicted(client.profile)));
      },
      120_000,
    );
  }

  it.skipIf(!has('java'))(
    `java-17: ${SERVERS.length} servers (skipped without java)`,
    async () => {
      const file = join(scratch, 'Client.java');
      writeFileSync(file, JAVA);
      const { out } = await exits('java', [file, ...ports.map(String)]);
      expect(named([...out].map((c) => c === '1'))).toEqual(named(predicted('java-17')));
    },
    120_000,
  );
});
