// Servers and certificates of the capture lab: each starts on a port of 127.0.0.1 and returns how to stop it.
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSource } from './load-source.mjs';

export const HOST = 'shop.lab.example';
const DAY = 86_400_000;
const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Chains by what is wrong with them; files NAME.pem (chain), NAME.key, NAME.both and the trusted root.pem. */
export async function certificates(folder) {
  const { issue } = await loadSource('src/drill/certificates.ts');
  const now = Date.now();
  const valid = { notBefore: now - 30 * DAY, notAfter: now + 300 * DAY };
  const authority = (name, issuer, dates = valid) =>
    issue({ subject: { O: 'Lab Trust', CN: name }, ca: true, ...(issuer ? { issuer } : {}), ...dates });
  const root = authority('Lab Root', undefined, { notBefore: now - 900 * DAY, notAfter: now + 3000 * DAY });
  const between = authority('Lab Issuing CA', root);
  const oldBetween = authority('Lab Issuing CA 0', root, { notBefore: now - 400 * DAY, notAfter: now - 2 * DAY });
  const stranger = authority('Somebody Else Root', undefined);
  const leaf = (issuer, dates = valid, names = [HOST], usage = 'server') =>
    issue({ subject: { O: 'Lab Shop', CN: names[0] }, usage, names, ...(issuer ? { issuer } : {}), ...dates });
  const chains = {
    ok: [leaf(between), between],
    expired: [leaf(between, { notBefore: now - 99 * DAY, notAfter: now - 3 * DAY }), between],
    intermediateExpired: [leaf(oldBetween), oldBetween],
    notYet: [leaf(between, { notBefore: now + 2 * DAY, notAfter: now + 90 * DAY }), between],
    name: [leaf(between, valid, ['www.another.example']), between],
    untrusted: [leaf(stranger)],
    selfSigned: [leaf(undefined)],
    noIntermediate: [leaf(between)],
    client: [leaf(between, valid, ['till-7.lab.example'], 'client'), between],
    clientUntrusted: [leaf(stranger, valid, ['till-7.lab.example'], 'client')],
    clientExpired: [
      leaf(between, { notBefore: now - 99 * DAY, notAfter: now - 3 * DAY }, ['till-7.lab.example'], 'client'),
      between,
    ],
  };
  writeFileSync(join(folder, 'root.pem'), root.cert);
  const files = { root: join(folder, 'root.pem') };
  for (const [name, chain] of Object.entries(chains)) {
    const text = chain.map((one) => one.cert).join('');
    writeFileSync(join(folder, `${name}.pem`), text);
    writeFileSync(join(folder, `${name}.key`), chain[0].key);
    writeFileSync(join(folder, `${name}.both`), text + chain[0].key);
    files[name] = {
      chain: join(folder, `${name}.pem`),
      key: join(folder, `${name}.key`),
      both: join(folder, `${name}.both`),
    };
  }
  return files;
}

async function started(command, args, folder) {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], cwd: folder, detached: true });
  let gone = false;
  child.on('error', () => {
    gone = true;
  });
  await sleep(100);
  return gone ? undefined : { stop: () => child.kill('SIGKILL') };
}

const NODE_SERVER = `const o = JSON.parse(process.argv[1]); const fs = require('fs');
require('https').createServer({ cert: fs.readFileSync(o.chain), key: fs.readFileSync(o.key), minVersion: o.version, maxVersion: o.version,
  ...(o.ca ? { ca: fs.readFileSync(o.ca), requestCert: true, rejectUnauthorized: true } : {}) },
  (q, r) => r.end('hello')).listen(o.port, '127.0.0.1');`;

export const SERVERS = {
  async nginx(folder, port, certs, { chain, version, reject }) {
    if (!has('nginx')) return undefined;
    const config = join(folder, `nginx-${port}.conf`);
    const files = certs[chain];
    writeFileSync(
      config,
      `daemon off; master_process off; pid ${folder}/nginx-${port}.pid; error_log ${folder}/nginx.log;
events {} http { access_log off; ${reject ? `server { listen 127.0.0.1:${port} ssl default_server; ssl_reject_handshake on; }` : ''}
server { listen 127.0.0.1:${port} ssl http2; server_name ${HOST}; ssl_certificate ${files.chain}; ssl_certificate_key ${files.key};
${version ? `ssl_protocols TLSv${version};` : ''} location / { return 200 "hello"; } } }`,
    );
    return started('nginx', ['-c', config, '-p', folder], folder);
  },
  async haproxy(folder, port, certs, { chain, version, mutual }) {
    if (!has('haproxy')) return undefined;
    const config = join(folder, `haproxy-${port}.cfg`);
    const only = version ? ` ssl-min-ver TLSv${version} ssl-max-ver TLSv${version}` : '';
    const verify = mutual ? ` verify required ca-file ${certs.root}` : '';
    writeFileSync(
      config,
      `defaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\nfrontend f\n bind 127.0.0.1:${port} ssl crt ${certs[chain].both}${only}${verify} alpn h2,http/1.1\n http-request return status 200 content-type text/plain string hello\n`,
    );
    return started('haproxy', ['-db', '-f', config], folder);
  },
  async openssl(folder, port, certs, { chain, version, mutual, extra = [] }) {
    const only = version ? [version === '1.2' ? '-tls1_2' : '-tls1_3'] : [];
    const verify = mutual ? ['-Verify', '3', '-CAfile', certs.root, '-verify_return_error'] : [];
    const [leaf, key] = [certs[chain].chain, certs[chain].key];
    return started(
      'openssl',
      [
        's_server',
        '-accept',
        `127.0.0.1:${port}`,
        '-cert',
        leaf,
        '-cert_chain',
        leaf,
        '-key',
        key,
        ...(extra.includes('-early_data') ? [] : ['-www']),
        ...only,
        ...verify,
        ...extra,
      ],
      folder,
    );
  },
  async gnutls(folder, port, certs, { chain, version, mutual }) {
    if (!has('gnutls-serv')) return undefined;
    const priority = `NORMAL${version ? `:-VERS-ALL:+VERS-TLS${version}` : ''}`;
    const verify = mutual ? ['--require-client-cert', '--verify-client-cert', `--x509cafile=${certs.root}`] : [];
    return started(
      'gnutls-serv',
      [
        '--http',
        '-p',
        String(port),
        `--x509certfile=${certs[chain].chain}`,
        `--x509keyfile=${certs[chain].key}`,
        `--priority=${priority}`,
        ...verify,
      ],
      folder,
    );
  },
  async node(folder, port, certs, { chain, version = '1.3', mutual }) {
    const options = {
      port,
      version: `TLSv${version}`,
      chain: certs[chain].chain,
      key: certs[chain].key,
      ...(mutual ? { ca: certs.root } : {}),
    };
    return started(process.execPath, ['-e', NODE_SERVER, JSON.stringify(options)], folder);
  },
};
