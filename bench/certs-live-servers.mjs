// The servers of bench/certs-live.mjs, in a process of their own: node bench/certs-live-servers.mjs FOLDER COUNT
// Prints one line of JSON, [{ kind, port }], and serves until its input ends.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

const [folder, count] = process.argv.slice(2);
const file = (name) => readFileSync(join(folder, name));
const pair = (name) => ({ cert: file(`${name}.pem`), key: file(`${name}.key`) });
const sound = pair('sound');
const ending = pair('ending');
const ca = file('ca.pem');
const quiet = (socket) => socket.on('error', () => {});
const secure = (options) => createTlsServer(options, (s) => s.end());
const kinds = {
  sound: () => secure(sound),
  tls12: () => secure({ ...sound, maxVersion: 'TLSv1.2' }),
  tls13: () => secure({ ...sound, minVersion: 'TLSv1.3' }),
  mutual: () => secure({ ...sound, requestCert: true, rejectUnauthorized: true, ca }),
  ending: () => secure(ending),
  hang: () => createServer((s) => quiet(s)),
  reset: () => createServer((s) => quiet(s).once('data', () => s.resetAndDestroy())),
  plain: () => createServer((s) => quiet(s).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
};
const names = Object.keys(kinds);
const servers = [];
for (let i = 0; i < Number(count); i++) {
  const kind = names[i % names.length];
  const server = kinds[kind]();
  server.on('tlsClientError', () => {}).on('error', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({ kind, port: server.address().port });
}
process.stdout.write(`${JSON.stringify(servers)}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
