// Makes a folder of labelled captures for `npm run bench:lab` from real clients and servers on a loopback of its own:
// every client against every defect of the server's certificate in TLS 1.2 and 1.3, mutual TLS, and refusals of other kinds.
// Usage: node bench/captures-lab-make.mjs DIR [name filter]   (Linux, root: unshare, ip, tcpdump; missing programs are left out)
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CLIENTS, prepareClients } from './captures-lab-clients.mjs';
import { enterNamespace, openLab } from './captures-lab-scene.mjs';
import { HOST, SERVERS } from './captures-lab-servers.mjs';

const [directory, filter] = process.argv.slice(2);
if (!directory) {
  console.error('usage: node bench/captures-lab-make.mjs DIR [name filter]');
  process.exit(2);
}
enterNamespace(fileURLToPath(import.meta.url), process.argv.slice(2));
const { out, work, chains, expected, run, scene } = await openLab(directory, filter);
const clients = prepareClients(work, chains);

// What is wrong with the server's certificate; in TLS 1.3 without keys "rejected" is as much as a capture can show.
const DEFECTS = {
  ok: 'ok',
  expired: 'server_cert_expired',
  intermediateExpired: 'server_cert_expired',
  notYet: 'server_cert_not_yet_valid',
  name: 'server_cert_name_mismatch',
  untrusted: 'server_cert_untrusted',
  selfSigned: 'server_cert_untrusted',
  noIntermediate: 'server_cert_untrusted',
};
const kinds = Object.keys(SERVERS);
let turn = 0;
let round = 0;
for (const [defect, truth] of Object.entries(DEFECTS)) {
  for (const version of ['1.2', '1.3']) {
    // Every round pairs clients and servers differently.
    turn = ++round;
    for (const [client, start] of Object.entries(clients)) {
      const server = kinds[turn++ % kinds.length];
      const name = `${defect}-${client}-${server}-${version.replace('.', '')}`;
      const visible = version === '1.2' || defect === 'ok';
      await scene(
        name,
        visible ? truth : `${truth}|server_cert_rejected`,
        (folder, at, certs) => SERVERS[server](folder, at, certs, { chain: defect, version }),
        (at) => start({ run, port: at, version }),
      );
    }
  }
}

// Mutual TLS: nginx completes the handshake and answers 400, so it is not among the servers here.
for (const server of kinds.filter((kind) => kind !== 'nginx')) {
  for (const version of ['1.2', '1.3']) {
    for (const [client, certificate, truth] of [
      ['curl', undefined, 'client_cert_missing'],
      ['python', undefined, 'client_cert_missing'],
      ['curl', 'client', 'ok'],
      ['python', 'clientUntrusted', 'client_cert_rejected'],
      ['curl', 'clientExpired', version === '1.2' ? 'client_cert_expired' : 'client_cert_expired|client_cert_rejected'],
    ]) {
      await scene(
        `mtls-${certificate ?? 'none'}-${client}-${server}-${version.replace('.', '')}`,
        truth,
        (folder, at, certs) => SERVERS[server](folder, at, certs, { chain: 'ok', version, mutual: true }),
        (at) => clients[client]({ run, port: at, version, certificate }),
      );
    }
  }
}

const sServer =
  (...extra) =>
  (folder, at, certs) =>
    SERVERS.openssl(folder, at, certs, { chain: 'ok', extra });
const sClient =
  (...extra) =>
  (at) =>
    run('openssl', ['s_client', '-connect', `127.0.0.1:${at}`, ...extra], { input: null });
const named = ['-servername', HOST];
await scene('version-server13', 'protocol_version', sServer('-tls1_3'), sClient(...named, '-tls1_2'));
await scene('version-server12', 'protocol_version', sServer('-tls1_2'), sClient(...named, '-tls1_3'));
await scene(
  'version-server10',
  'protocol_version_client',
  sServer('-tls1', '-cipher', 'ALL:@SECLEVEL=0'),
  sClient(...named),
);
await scene(
  'cipher-12',
  'no_shared_cipher',
  sServer('-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-GCM-SHA384'),
  sClient(...named, '-tls1_2', '-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305'),
);
await scene(
  'cipher-13',
  'no_shared_cipher',
  sServer('-tls1_3', '-ciphersuites', 'TLS_AES_256_GCM_SHA384'),
  sClient(...named, '-tls1_3', '-ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256'),
);
await scene(
  'group-13',
  'no_shared_group',
  sServer('-tls1_3', '-groups', 'P-521'),
  sClient(...named, '-tls1_3', '-groups', 'X448'),
);
await scene('alpn', 'alpn_mismatch', sServer('-alpn', 'h2'), sClient(...named, '-alpn', 'imap'));
await scene(
  'fallback',
  'downgrade_detected',
  sServer('-cipher', 'ALL:@SECLEVEL=0', '-min_protocol', 'TLSv1'),
  sClient(...named, '-tls1_1', '-fallback_scsv', '-cipher', 'ALL:@SECLEVEL=0'),
);
await scene('resumption-13', 'ok', sServer(), async (at) => {
  const session = join(work, 'session');
  await sClient(...named, '-sess_out', session)(at);
  await sClient(...named, '-sess_in', session)(at);
});
await scene('early-data', 'ok', sServer('-early_data'), async (at) => {
  const session = join(work, 'session-early');
  writeFileSync(join(work, 'early'), 'GET / HTTP/1.0\r\n\r\n');
  await sClient(...named, '-sess_out', session)(at);
  await sClient(...named, '-sess_in', session, '-early_data', join(work, 'early'))(at);
});
await scene('hello-retry', 'ok', sServer('-groups', 'P-384'), sClient(...named, '-groups', 'X25519:P-384'));
await scene('probe-12', 'ok', sServer('-tls1_2'), (at) =>
  run('openssl', ['s_client', '-connect', `127.0.0.1:${at}`, ...named]),
);
await scene('probe-13', 'ok', sServer('-tls1_3'), (at) =>
  run('openssl', ['s_client', '-connect', `127.0.0.1:${at}`, ...named]),
);
await scene(
  'sni-unknown',
  'sni_unknown',
  (folder, at, certs) => SERVERS.nginx(folder, at, certs, { chain: 'ok', reject: true }),
  sClient('-servername', 'other.lab.example'),
);
await scene(
  'sni-missing',
  'sni_missing',
  (folder, at, certs) => SERVERS.nginx(folder, at, certs, { chain: 'ok', reject: true }),
  sClient('-noservername'),
);
await scene(
  'plain-to-tls-nginx',
  'plaintext_client_on_tls_port',
  (folder, at, certs) => SERVERS.nginx(folder, at, certs, { chain: 'ok' }),
  (at) => run('curl', ['-s', `http://${HOST}:${at}/`]),
);
await scene('plain-to-tls-openssl', 'plaintext_client_on_tls_port', sServer(), (at) =>
  run('curl', ['-s', `http://${HOST}:${at}/`]),
);
await scene(
  'plain-to-tls-haproxy',
  'plaintext_client_on_tls_port',
  (folder, at, certs) => SERVERS.haproxy(folder, at, certs, { chain: 'ok' }),
  (at) => run('curl', ['-s', `http://${HOST}:${at}/`]),
);

/** A TCP server of Node that does one odd thing with each connection. */
const odd = (code) => async (_folder, at) => {
  const child = spawn(
    process.execPath,
    ['-e', `require('net').createServer((s) => { s.on('error', () => {}); ${code} }).listen(${at}, '127.0.0.1')`],
    { stdio: 'ignore' },
  );
  await sleep(250);
  return { stop: () => child.kill('SIGKILL') };
};
const https =
  (client, version = '1.3') =>
  (at) =>
    clients[client]({ run, port: at, version });
await scene(
  'tls-to-plain-http',
  'plaintext_server_on_tls_port',
  odd("s.once('data', () => s.end('HTTP/1.1 400 Bad Request\\r\\n\\r\\n'))"),
  https('curl'),
);
await scene(
  'tls-to-smtp',
  'plaintext_server_on_tls_port',
  odd("s.write('220 mail.lab.example ESMTP\\r\\n')"),
  https('python'),
);
await scene('tls-to-ssh', 'plaintext_server_on_tls_port', odd("s.write('SSH-2.0-OpenSSH_9.2\\r\\n')"), https('gnutls'));
await scene(
  'server-resets',
  'server_reset_after_clienthello',
  odd("s.once('data', () => s.resetAndDestroy())"),
  https('node'),
);
await scene(
  'server-closes',
  'server_closed_after_clienthello',
  odd("s.once('data', () => s.destroy())"),
  https('python'),
);
await scene(
  'server-closes-at-once',
  'server_closed_before_hello|server_closed_after_clienthello|server_reset_after_clienthello',
  odd('s.destroy()'),
  https('curl'),
);
await scene('server-hangs', 'server_accepts_but_no_reply', odd("s.on('data', () => {})"), (at) =>
  run('curl', ['-sk', '-m', '3', `https://${HOST}:${at}/`]),
);
await scene('port-closed', 'port_closed', async () => ({ closed: true, stop: () => {} }), https('curl'));
rmSync(work, { recursive: true, force: true });
const rows = readFileSync(expected, 'utf8').trim().split('\n').length - 1;
console.log(`${rows} captures in ${out}; clients ${Object.keys(CLIENTS).join(', ')}`);
process.exit(0);
