import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  enumerateEndpoint,
  probeEndpoint,
  STARTTLS_PROTOCOLS,
  type StartTlsProtocol,
} from '../../../src/ciphers/index.ts';
import { has, makeCertificates, rsa, stopAll } from './processes.ts';

/** What a server says: a greeting, then for each thing it hears an answer; after the last answer TLS begins. */
interface Script {
  greeting?: Buffer | string;
  turns: { hears: RegExp; says?: Buffer | string }[];
}
const MYSQL_GREETING = (() => {
  const body = Buffer.concat([
    Buffer.from([10]),
    Buffer.from('8.0.30\0', 'latin1'),
    Buffer.alloc(4),
    Buffer.alloc(8, 65),
    Buffer.from([0]),
    Buffer.from([0xff, 0xff]),
    Buffer.alloc(40),
  ]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
})();
const SCRIPTS: Record<StartTlsProtocol, Script> = {
  smtp: {
    greeting: '220 mail ESMTP\r\n',
    turns: [
      { hears: /^EHLO /, says: '250-mail\r\n250 STARTTLS\r\n' },
      { hears: /^STARTTLS/, says: '220 go ahead\r\n' },
    ],
  },
  lmtp: {
    greeting: '220 mail LMTP\r\n',
    turns: [
      { hears: /^LHLO /, says: '250-mail\r\n250 STARTTLS\r\n' },
      { hears: /^STARTTLS/, says: '220 go\r\n' },
    ],
  },
  imap: { greeting: '* OK ready\r\n', turns: [{ hears: /^a1 STARTTLS/, says: 'a1 OK begin\r\n' }] },
  pop3: { greeting: '+OK ready\r\n', turns: [{ hears: /^STLS/, says: '+OK begin\r\n' }] },
  ftp: { greeting: '220 ftp\r\n', turns: [{ hears: /^AUTH TLS/, says: '234 go\r\n' }] },
  ldap: {
    turns: [{ hears: /1\.3\.6\.1\.4\.1\.1466\.20037/, says: Buffer.from('300c02010178070a010004000400', 'hex') }],
  },
  postgres: { turns: [{ hears: /^\0\0\0\x08\x04\xd2\x16\x2f/, says: 'S' }] },
  mysql: { greeting: MYSQL_GREETING, turns: [{ hears: /^\x20\0\0\x01/ }] },
  xmpp: {
    turns: [
      { hears: /jabber:client/, says: '<stream:stream><stream:features><starttls/></stream:features>' },
      { hears: /<starttls/, says: '<proceed/>' },
    ],
  },
  'xmpp-server': {
    turns: [
      { hears: /jabber:server/, says: '<stream:stream><stream:features><starttls/></stream:features>' },
      { hears: /<starttls/, says: '<proceed/>' },
    ],
  },
};

let server: Server | undefined;
let inner: TlsServer;
afterEach(() => server?.close());
afterAll(stopAll);

function speak(script: Script): Promise<number> {
  server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    if (script.greeting !== undefined) socket.write(script.greeting);
    let turn = 0;
    const listen = (chunk: Buffer): void => {
      const { hears, says } = script.turns[turn]!;
      if (!hears.test(chunk.toString('latin1'))) {
        socket.end();
        return;
      }
      if (says !== undefined) socket.write(says);
      if (++turn < script.turns.length) return;
      socket.removeListener('data', listen);
      // The SSLRequest of MySQL gets no answer, so the hello may come along with it.
      socket.pause();
      if (says === undefined && chunk.length > 36) socket.unshift(chunk.subarray(36));
      inner.emit('connection', socket);
    };
    socket.on('data', listen);
  });
  return new Promise((resolve) =>
    server!.listen(0, '127.0.0.1', () => resolve((server!.address() as { port: number }).port)),
  );
}

describe.skipIf(!has('openssl'))('STARTTLS (skipped without openssl)', () => {
  beforeAll(() => {
    makeCertificates();
    inner = createTlsServer({
      key: readFileSync(rsa.key),
      cert: readFileSync(rsa.certificate),
      ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256',
    });
    inner.on('tlsClientError', () => {});
  });

  it.each(STARTTLS_PROTOCOLS)('enumerates behind %s', async (protocol) => {
    const port = await speak(SCRIPTS[protocol]);
    const scan = await enumerateEndpoint(
      { host: '127.0.0.1', port, starttls: protocol },
      { gentleness: { timeoutMs: 2000 }, deep: true },
    );
    expect(scan.suites.map((s) => s.name)).toEqual(['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256']);
    expect(scan.signatureAlgorithms.map((s) => `${s.protocol} ${s.name}`)).toContain('TLSv1.3 rsa_pss_rsae_sha256');
    expect(scan.features.tls13Tickets).toBeGreaterThan(0);
    expect(scan.complete).toBe(true);
  });

  it('says that the server refused the upgrade', async () => {
    const port = await speak({
      greeting: '220 mail\r\n',
      turns: [{ hears: /^EHLO /, says: '502 no\r\n' }, { hears: /./ }],
    });
    const result = await probeEndpoint('127.0.0.1', port, { starttls: 'smtp', timeoutMs: 1000 });
    expect(result).toMatchObject({ ok: false, error: { kind: 'starttls' } });
    expect(result.error!.says).toContain('502');
  });
});
