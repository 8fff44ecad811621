// Adds captures of unusual but ordinary circumstances to a lab folder: STARTTLS of every protocol, proxies in front, IPv6,
// resumption, renegotiation, HelloRetryRequest, DTLS, health checks, many clients behind one address, other servers (Java,
// Go, stunnel, Python) and clients (Node from 0.12 on), other link layers. Usage: node bench/captures-lab-variants.mjs DIR [filter]
// (Linux, root: unshare, ip, tcpdump; scenes of missing programs are left out)
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { prepareClients } from './captures-lab-clients.mjs';
import { enterNamespace, openLab } from './captures-lab-scene.mjs';
import { HOST, SERVERS } from './captures-lab-servers.mjs';
import {
  GO_CLIENT,
  GO_SERVER,
  JAVA_SERVER,
  PREFACE_SERVER,
  PYTHON_MAIL,
  PYTHON_SERVER,
  RELAY,
} from './captures-lab-sources.mjs';

const [directory, filter] = process.argv.slice(2);
if (!directory) {
  console.error(
    'usage: node bench/captures-lab-variants.mjs DIR [name filter]   (LAB_NODES=FOLDER: other versions of Node)',
  );
  process.exit(2);
}
enterNamespace(fileURLToPath(import.meta.url), process.argv.slice(2));
const { out, work, chains, expected, run, scene } = await openLab(directory, filter);
const clients = prepareClients(work, chains);
const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

function start(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], cwd: work, detached: true });
  child.on('error', () => {});
  return { stop: () => child.kill('SIGKILL') };
}
const both = (...running) => ({
  stop() {
    for (const one of running) one?.stop();
  },
});
const node = (source, options) => start(process.execPath, ['-e', source, JSON.stringify(options)]);
const files = (chain) => ({ cert: chains[chain].chain, key: chains[chain].key });
const sServer =
  (...extra) =>
  (_work, port) =>
    start('openssl', [
      's_server',
      '-accept',
      `${extra.includes('-6') ? '[::1]' : '127.0.0.1'}:${port}`,
      '-cert',
      chains.ok.chain,
      '-cert_chain',
      chains.ok.chain,
      '-key',
      chains.ok.key,
      ...extra.filter((one) => one !== '-6'),
    ]);
const sClient =
  (...extra) =>
  (port) =>
    run(
      'openssl',
      [
        's_client',
        '-connect',
        `${extra.includes('-6') ? '[::1]' : '127.0.0.1'}:${port}`,
        '-CAfile',
        chains.root,
        '-verify_return_error',
        ...extra.filter((one) => one !== '-6'),
      ],
      { input: null },
    );
const named = ['-servername', HOST, '-verify_hostname', HOST];
const www = '-www';
const chained = (name) => ['-cert', chains[name].chain, '-cert_chain', chains[name].chain, '-key', chains[name].key];

// ---- STARTTLS: openssl and Python's libraries against servers that speak the protocol up to the switch

const DEFECTS = [
  ['ok', '1.2', 'ok'],
  ['ok', '1.3', 'ok'],
  ['expired', '1.2', 'server_cert_expired'],
  ['untrusted', '1.2', 'server_cert_untrusted'],
  ['expired', '1.3', 'server_cert_expired|server_cert_rejected'],
];
for (const protocol of [
  'smtp',
  'lmtp',
  'imap',
  'pop3',
  'ftp',
  'xmpp',
  'ldap',
  'mysql',
  'postgres',
  'nntp',
  'sieve',
  'irc',
])
  for (const [chain, version, truth] of DEFECTS)
    await scene(
      `starttls-${protocol}-${chain}-${version.replace('.', '')}`,
      truth,
      (_work, port) => node(PREFACE_SERVER, { port, protocol, ...files(chain), version: `TLSv${version}` }),
      sClient('-starttls', protocol, ...named, ...(protocol === 'xmpp' ? ['-xmpphost', HOST] : [])),
    );
await scene(
  'starttls-smtp-refused',
  'no_tls|plaintext_server_on_tls_port',
  (_work, port) => node(PREFACE_SERVER, { port, protocol: 'smtp-refused', ...files('ok') }),
  sClient('-starttls', 'smtp', ...named),
);
await scene(
  'starttls-smtp-hang',
  'server_accepts_but_no_reply',
  (_work, port) => node(PREFACE_SERVER, { port, protocol: 'smtp', hang: true, ...files('ok') }),
  (port) =>
    run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-starttls', 'smtp', ...named], {
      seconds: 4,
      input: null,
      hold: 3000,
    }),
);
await scene(
  'starttls-smtp-version',
  'protocol_version',
  (_work, port) => node(PREFACE_SERVER, { port, protocol: 'smtp', ...files('ok'), version: 'TLSv1.3' }),
  sClient('-starttls', 'smtp', ...named, '-tls1_2'),
);
for (const kind of ['smtp', 'imap', 'pop3', 'ftp'])
  for (const [chain, truth] of [
    ['ok', 'ok'],
    ['name', 'server_cert_name_mismatch|server_cert_rejected'],
  ])
    await scene(
      `starttls-python-${kind}-${chain}`,
      truth,
      (_work, port) => node(PREFACE_SERVER, { port, protocol: kind, ...files(chain), version: 'TLSv1.2' }),
      (port) => run('python3', ['-c', PYTHON_MAIL, kind, String(port), chains.root, HOST], { seconds: 6 }),
    );

// ---- proxies: the client's side of each is captured

const relayed = (mode, chain, version) => (_work, port) => {
  const inner = port + 20_000;
  const server = node(PREFACE_SERVER, { port: inner, protocol: 'tls', ...files(chain), version });
  const relay = node(RELAY, { port, inner, mode });
  return both(server, relay);
};
for (const [chain, version, truth] of DEFECTS) {
  const v = version.replace('.', '');
  const curl = (port, ...extra) =>
    run('curl', [
      '-s',
      '-m',
      '6',
      '--noproxy',
      '',
      '--cacert',
      chains.root,
      ...extra.map((one) => one.replace('PORT', String(port))),
      `https://${HOST}/`,
    ]);
  const tls = `TLSv${version}`;
  await scene(`connect-${chain}-${v}`, truth, relayed('connect', chain, tls), (port) =>
    curl(port, '-x', 'http://127.0.0.1:PORT'),
  );
  await scene(`connect-auth-${chain}-${v}`, truth, relayed('connect-auth', chain, tls), (port) =>
    curl(port, '-x', 'http://127.0.0.1:PORT', '-U', 'till:secret', '--proxy-anyauth'),
  );
  await scene(`socks5-${chain}-${v}`, truth, relayed('socks', chain, tls), (port) =>
    curl(port, '-x', 'socks5h://127.0.0.1:PORT'),
  );
  await scene(`socks5-auth-${chain}-${v}`, truth, relayed('socks', chain, tls), (port) =>
    curl(port, '-x', 'socks5://till:secret@127.0.0.1:PORT'),
  );
  await scene(`socks4-${chain}-${v}`, truth, relayed('socks', chain, tls), (port) =>
    curl(port, '-x', 'socks4a://127.0.0.1:PORT'),
  );
  await scene(
    `proxy1-${chain}-${v}`,
    truth,
    (_work, port) =>
      haproxy(
        port,
        `bind 127.0.0.1:${port} accept-proxy ssl crt ${chains[chain].both} ssl-min-ver ${tls} ssl-max-ver ${tls}`,
      ),
    (port) => run('curl', ['-s', '-m', '6', '--haproxy-protocol', '--cacert', chains.root, `https://${HOST}:${port}/`]),
  );
  await scene(
    `proxy2-${chain}-${v}`,
    truth,
    (_work, port) => {
      // A balancer in front: what it sends to the server behind it is captured.
      const server = haproxy(
        port,
        `bind 127.0.0.1:${port} accept-proxy ssl crt ${chains[chain].both} ssl-min-ver ${tls} ssl-max-ver ${tls}`,
      );
      const front = haproxyTcp(port + 20_000, `server s 127.0.0.1:${port} send-proxy-v2`);
      return both(server, front);
    },
    async (port) => {
      await sleep(700);
      await run('curl', ['-s', '-m', '6', '--cacert', chains.root, `https://${HOST}:${port + 20_000}/`]);
    },
  );
}
await scene('connect-refused', 'no_tls|not_visible', relayed('connect-refused', 'ok', 'TLSv1.3'), (port) =>
  run('curl', ['-s', '-m', '6', '--noproxy', '', '-x', `http://127.0.0.1:${port}`, `https://${HOST}/`]),
);

function haproxy(port, bind) {
  const config = join(work, `haproxy-${port}.cfg`);
  writeFileSync(
    config,
    `defaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\nfrontend f\n ${bind}\n http-request return status 200 content-type text/plain string hello\n`,
  );
  return has('haproxy') ? start('haproxy', ['-db', '-f', config]) : undefined;
}
function haproxyTcp(port, server, more = '') {
  const config = join(work, `haproxy-${port}.cfg`);
  writeFileSync(
    config,
    `defaults\n mode tcp\n timeout client 5s\n timeout server 5s\n timeout connect 5s\nlisten f\n bind 127.0.0.1:${port}\n ${more}\n ${server}\n`,
  );
  return has('haproxy') ? start('haproxy', ['-db', '-f', config]) : undefined;
}

// ---- IPv6, link layers

const six = ['-6', ...named];
await scene('v6-ok', 'ok', sServer('-6', www), sClient(...six));
await scene('v6-expired-12', 'server_cert_expired', sServer('-6', '-tls1_2', ...chained('expired')), sClient(...six));
await scene('v6-version', 'protocol_version', sServer('-6', '-tls1_3'), sClient(...six, '-tls1_2'));
await scene(
  'v6-mtls-none-12',
  'client_cert_missing',
  sServer('-6', '-tls1_2', '-Verify', '3', '-CAfile', chains.root),
  sClient(...six),
);
await scene(
  'v6-mtls-none-13',
  'client_cert_missing',
  sServer('-6', '-tls1_3', '-Verify', '3', '-CAfile', chains.root),
  sClient(...six),
);
await scene('v6-port-closed', 'port_closed', () => ({ closed: true, stop() {} }), sClient(...six));
await scene('any-expired-12', 'server_cert_expired', sServer('-tls1_2', ...chained('expired')), sClient(...named), {
  device: 'any',
});
await scene('any-sll-ok', 'ok', sServer(www), sClient(...named), { device: 'any', capture: ['-y', 'LINUX_SLL'] });
await scene(
  'any-v6-untrusted-12',
  'server_cert_untrusted',
  sServer('-6', '-tls1_2', ...chained('untrusted')),
  sClient(...six),
  { device: 'any' },
);
for (const snap of [96, 128, 256]) {
  await scene(`snap${snap}-ok`, 'ok|not_visible', sServer(www), sClient(...named), { capture: ['-s', String(snap)] });
  await scene(`snap${snap}-version`, 'protocol_version', sServer('-tls1_3'), sClient(...named, '-tls1_2'), {
    capture: ['-s', String(snap)],
  });
  await scene(
    `snap${snap}-untrusted-12`,
    'server_cert_untrusted|server_cert_rejected',
    sServer('-tls1_2', ...chained('untrusted')),
    sClient(...named),
    { capture: ['-s', String(snap)] },
  );
}

// ---- sessions

const session = (name) => join(work, `session-${name}`);
const twice =
  (name, ...extra) =>
  async (port) => {
    await sClient(...named, ...extra, '-sess_out', session(name))(port);
    await sClient(...named, ...extra, '-sess_in', session(name))(port);
  };
await scene('resume-ticket-12', 'ok', sServer('-tls1_2', www), twice('t12', '-tls1_2'));
await scene('resume-id-12', 'ok', sServer('-tls1_2', '-no_ticket', www), twice('i12', '-tls1_2', '-no_ticket'));
await scene('resume-13', 'ok', sServer('-tls1_3', www), twice('t13', '-tls1_3'));
await scene('resume-unknown-12', 'ok', sServer('-tls1_2', '-no_ticket', '-no_cache', www), twice('u12', '-tls1_2'));
await scene('renegotiation-12', 'ok', sServer('-tls1_2'), (port) =>
  run('sh', [
    '-c',
    `(sleep 1; echo R; sleep 1; echo Q) | openssl s_client -connect 127.0.0.1:${port} -servername ${HOST} -tls1_2`,
  ]),
);
await scene('renegotiation-refused-12', 'ok', sServer('-tls1_2', '-no_renegotiation'), (port) =>
  run('sh', [
    '-c',
    `(sleep 1; echo R; sleep 1; echo Q) | openssl s_client -connect 127.0.0.1:${port} -servername ${HOST} -tls1_2`,
  ]),
);
await scene('key-update-13', 'ok', sServer('-tls1_3'), (port) =>
  run('sh', [
    '-c',
    `(sleep 1; echo K; sleep 1; echo Q) | openssl s_client -connect 127.0.0.1:${port} -servername ${HOST}`,
  ]),
);
const retried = ['-groups', 'X25519:P-384'];
await scene(
  'hrr-expired',
  'server_cert_expired|server_cert_rejected',
  sServer('-groups', 'P-384', ...chained('expired')),
  sClient(...named, ...retried),
);
await scene(
  'hrr-mtls-none',
  'client_cert_missing',
  sServer('-tls1_3', '-groups', 'P-384', '-Verify', '3', '-CAfile', chains.root),
  sClient(...named, ...retried),
);
await scene('early-data-refused', 'ok', sServer(www), async (port) => {
  writeFileSync(join(work, 'early'), 'GET / HTTP/1.0\r\n\r\n');
  await sClient(...named, '-sess_out', session('early'))(port);
  await sClient(...named, '-sess_in', session('early'), '-early_data', join(work, 'early'))(port);
});
await scene(
  'psk-unknown',
  'alert20|alert115',
  sServer('-tls1_2', '-psk', '1a2b3c', '-nocert', '-cipher', 'PSK'),
  sClient('-tls1_2', '-psk', '99', '-psk_identity', 'stranger', '-cipher', 'PSK'),
);
await scene(
  'bad-suite-group-13',
  'no_shared_group',
  sServer('-groups', 'P-521', www),
  sClient(...named, '-tls1_3', '-groups', 'X25519'),
);
await scene(
  'sigalg-12',
  'no_shared_cipher|alert40',
  sServer('-tls1_2', www),
  sClient(...named, '-tls1_2', '-sigalgs', 'RSA+SHA256'),
);

// ---- DTLS

const dtls =
  (...extra) =>
  (_work, port) =>
    start('openssl', [
      's_server',
      '-dtls',
      '-accept',
      `127.0.0.1:${port}`,
      ...(extra.includes('-cert') ? [] : chained('ok')),
      ...extra,
    ]);
const dtlsClient =
  (...extra) =>
  async (port) => {
    await sleep(500);
    await run(
      'openssl',
      [
        's_client',
        '-dtls',
        '-connect',
        `127.0.0.1:${port}`,
        '-CAfile',
        chains.root,
        '-verify_return_error',
        ...named,
        ...extra,
      ],
      { input: null, seconds: 4, hold: 900 },
    );
  };
await scene('dtls-ok', 'ok', dtls(), dtlsClient(), { udp: true });
await scene('dtls-expired', 'server_cert_expired', dtls(...chained('expired')), dtlsClient(), { udp: true });
await scene('dtls-untrusted', 'server_cert_untrusted', dtls(...chained('untrusted')), dtlsClient(), { udp: true });
await scene('dtls-mtls-none', 'client_cert_missing', dtls('-Verify', '3', '-CAfile', chains.root), dtlsClient(), {
  udp: true,
});
await scene(
  'dtls-cipher',
  'no_shared_cipher|alert40',
  dtls('-cipher', 'ECDHE-ECDSA-AES256-GCM-SHA384'),
  dtlsClient('-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305'),
  { udp: true },
);

// ---- those who only look

await scene('check-tcp', 'no_data', sServer(www), async (port) => {
  for (let count = 0; count < 4; count++)
    await run('python3', ['-c', `import socket; socket.create_connection(('127.0.0.1', ${port}), 2).close()`]);
});
await scene('check-tcp-reset', 'no_data', sServer(www), async (port) => {
  for (let count = 0; count < 4; count++)
    await run('python3', [
      '-c',
      `import socket, struct; s = socket.create_connection(('127.0.0.1', ${port}), 2); s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()`,
    ]);
});
for (const [name, option, truth] of [
  ['check-haproxy-tcp', 'check inter 300', 'no_data'],
  ['check-haproxy-tls', 'check check-ssl verify none inter 300', 'ok'],
  ['check-haproxy-http', 'check check-ssl verify none inter 300', 'ok'],
])
  await scene(
    name,
    truth,
    (_work, port) => {
      const server = sServer(www)(work, port);
      const balancer = haproxyTcp(
        port + 20_000,
        `server s 127.0.0.1:${port} ${option}`,
        name.endsWith('http') ? 'option httpchk GET /' : '',
      );
      return balancer && both(server, balancer);
    },
    () => sleep(2500),
  );
await scene('check-beside-traffic', 'ok', sServer(www), async (port) => {
  for (let count = 0; count < 3; count++) {
    await run('python3', ['-c', `import socket; socket.create_connection(('127.0.0.1', ${port}), 2).close()`]);
    await clients.curl({ run, port, version: '1.3' });
  }
});
await scene('many-clients-one-old', 'protocol_version', sServer('-tls1_3', www), async (port) => {
  for (const name of Object.keys(clients).slice(0, 6)) await clients[name]({ run, port, version: '1.3' });
  await sClient(...named, '-tls1_2')(port);
});
await scene('many-clients-one-untrusting', 'server_cert_untrusted', sServer('-tls1_2', www), async (port) => {
  for (const name of Object.keys(clients).slice(0, 6)) await clients[name]({ run, port, version: '1.2' });
  await run('curl', ['-s', '-m', '5', '--cacert', chains.untrusted.chain, `https://${HOST}:${port}/`]);
});
await scene('keep-alive-long', 'ok', sServer('-tls1_3'), (port) =>
  run('sh', [
    '-c',
    `(sleep 3; echo hello; sleep 1; echo Q) | openssl s_client -connect 127.0.0.1:${port} -servername ${HOST}`,
  ]),
);

// ---- other servers: Java, Go, Python, stunnel

const compiled = [];
if (has('javac')) {
  writeFileSync(join(work, 'LabServer.java'), JAVA_SERVER);
  if (spawnSync('javac', ['--release', '17', 'LabServer.java'], { cwd: work }).status === 0) compiled.push('java');
  for (const name of ['ok', 'expired', 'untrusted'])
    spawnSync('openssl', [
      'pkcs12',
      '-export',
      '-in',
      chains[name].chain,
      '-inkey',
      chains[name].key,
      '-name',
      'k',
      '-passout',
      'pass:changeit',
      '-out',
      join(work, `${name}.p12`),
    ]);
}
if (has('go')) {
  for (const [name, source] of [
    ['goserver', GO_SERVER],
    ['goclient', GO_CLIENT],
  ])
    writeFileSync(join(work, `${name}.go`), source);
  const built = ['goserver', 'goclient'].every(
    (name) =>
      spawnSync('go', ['build', '-o', name, `${name}.go`], {
        cwd: work,
        env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '' },
      }).status === 0,
  );
  if (built) compiled.push('go');
}
const OTHERS = {
  java: (port, o) =>
    compiled.includes('java') &&
    start('java', [
      '-cp',
      work,
      ...(o.version ? [`-Djdk.tls.server.protocols=TLSv${o.version}`] : []),
      'LabServer',
      String(port),
      join(work, `${o.chain ?? 'ok'}.p12`),
      o.mutual ? join(work, 'trust.p12') : '-',
      o.alpn ?? '-',
      o.sni ?? '-',
    ]),
  go: (port, o) =>
    compiled.includes('go') &&
    start('./goserver', [
      String(port),
      chains[o.chain ?? 'ok'].chain,
      chains[o.chain ?? 'ok'].key,
      o.mutual ? chains.root : '-',
      o.version ?? '-',
      o.alpn ?? '-',
    ]),
  python: (port, o) =>
    start('python3', [
      '-c',
      PYTHON_SERVER,
      String(port),
      chains[o.chain ?? 'ok'].chain,
      chains[o.chain ?? 'ok'].key,
      o.mutual ? chains.root : '-',
      o.version ?? '-',
      o.alpn ?? '-',
    ]),
  stunnel: (port, o) => {
    if (!has('stunnel4') || o.alpn) return undefined;
    const config = join(work, `stunnel-${port}.conf`);
    writeFileSync(
      config,
      `foreground = yes\npid =\n[s]\naccept = 127.0.0.1:${port}\nexec = /bin/echo\nexecArgs = echo hello\ncert = ${chains[o.chain ?? 'ok'].both}\n${o.version ? `sslVersion = TLSv${o.version}\n` : ''}${o.mutual ? `CAfile = ${chains.root}\nverifyChain = yes\nrequireCert = yes\n` : ''}`,
    );
    return start('stunnel4', [config]);
  },
};
for (const [kind, begin] of Object.entries(OTHERS)) {
  const server = (options) => async (_work, port) => begin(port, options) || undefined;
  for (const version of ['1.2', '1.3']) {
    const v = version.replace('.', '');
    await scene(`${kind}-ok-${v}`, 'ok', server({ version }), (port) => clients.curl({ run, port, version }));
    await scene(
      `${kind}-expired-${v}`,
      version === '1.2' ? 'server_cert_expired' : 'server_cert_expired|server_cert_rejected',
      server({ version, chain: 'expired' }),
      (port) => clients.python({ run, port, version }),
    );
    await scene(
      `${kind}-untrusted-${v}`,
      version === '1.2' ? 'server_cert_untrusted' : 'server_cert_untrusted|server_cert_rejected',
      server({ version, chain: 'untrusted' }),
      (port) => (clients.java17 ?? clients.curl)({ run, port, version }),
    );
    for (const [certificate, truth] of [
      [undefined, 'client_cert_missing'],
      ['client', 'ok'],
      ['clientUntrusted', 'client_cert_rejected'],
      ['clientExpired', version === '1.2' ? 'client_cert_expired' : 'client_cert_expired|client_cert_rejected'],
    ])
      await scene(`${kind}-mtls-${certificate ?? 'none'}-${v}`, truth, server({ version, mutual: true }), (port) =>
        clients.curl({ run, port, version, certificate }),
      );
  }
  await scene(`${kind}-version-low`, 'protocol_version', server({ version: '1.3' }), sClient(...named, '-tls1_2'));
  await scene(`${kind}-version-high`, 'protocol_version', server({ version: '1.2' }), sClient(...named, '-tls1_3'));
  await scene(
    `${kind}-cipher-12`,
    'no_shared_cipher',
    server({ version: '1.2' }),
    sClient(...named, '-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'),
  );
  // The others take any group there is.
  if (kind === 'go')
    await scene(
      `${kind}-group-13`,
      'no_shared_group',
      server({ version: '1.3' }),
      sClient(...named, '-tls1_3', '-groups', 'X448'),
    );
  // Python's servers go on without a common protocol.
  await scene(
    `${kind}-alpn`,
    kind === 'python' ? 'ok' : 'alpn_mismatch',
    server({ alpn: 'h2' }),
    sClient(...named, '-alpn', 'imap'),
  );
  await scene(`${kind}-plain`, 'plaintext_client_on_tls_port', server({}), (port) =>
    run('curl', ['-s', '-m', '5', `http://${HOST}:${port}/`]),
  );
  await scene(`${kind}-no-name`, 'ok', server({}), (port) =>
    run('curl', ['-sk', '-m', '5', `https://127.0.0.1:${port}/`]),
  );
}
await scene(
  'java-sni-unknown',
  'sni_unknown',
  async (_work, port) => OTHERS.java(port, { sni: HOST }) || undefined,
  sClient('-servername', 'other.lab.example'),
);

// ---- other clients: Go, Node of all ages

for (const [chain, version, truth] of [
  ...DEFECTS,
  ['name', '1.2', 'server_cert_name_mismatch'],
  ['noIntermediate', '1.2', 'server_cert_untrusted'],
]) {
  const v = version.replace('.', '');
  if (compiled.includes('go'))
    await scene(
      `client-go-${chain}-${v}`,
      truth,
      (folder, port) => SERVERS.openssl(folder, port, chains, { chain, version }),
      (port) => run('./goclient', [`https://${HOST}:${port}/`, chains.root]),
    );
  if (has('stunnel4'))
    await scene(
      `client-stunnel-${chain}-${v}`,
      truth,
      (folder, port) => SERVERS.nginx(folder, port, chains, { chain, version }),
      async (port) => {
        const config = join(work, `stunnel-client-${port}.conf`);
        writeFileSync(
          config,
          `foreground = yes\npid =\nclient = yes\n[c]\naccept = 127.0.0.1:${port + 20_000}\nconnect = 127.0.0.1:${port}\nsni = ${HOST}\nCAfile = ${chains.root}\nverifyChain = yes\ncheckHost = ${HOST}\n`,
        );
        const tunnel = start('stunnel4', [config]);
        await sleep(700);
        await run('curl', ['-s', '-m', '5', `http://127.0.0.1:${port + 20_000}/`, '-H', `Host: ${HOST}`]);
        tunnel.stop();
      },
    );
}
const NODE_OF_ANY_AGE = `var o = JSON.parse(process.argv[1]); var fs = require('fs');
var q = require('https').request({ host: '${HOST}', port: o.port, path: '/', ca: [fs.readFileSync(o.ca)], agent: false, rejectUnauthorized: true }, function (r) { r.on('data', function () {}); });
q.on('error', function () {}); q.end();`;
const nodes = process.env.LAB_NODES;
if (nodes && existsSync(nodes)) {
  const found = spawnSync('find', [nodes, '-name', 'node', '-path', '*bin/node', '-type', 'f'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean);
  for (const program of found) {
    const name = /v\d+\.\d+/.exec(program)?.[0].replace('.', '_') ?? 'node';
    for (const [chain, truth] of [
      ['ok', 'ok'],
      ['expired', 'server_cert_expired'],
      ['untrusted', 'server_cert_untrusted'],
      ['name', 'server_cert_name_mismatch'],
    ])
      await scene(
        `client-node-${name}-${chain}-12`,
        truth,
        sServer(
          '-cipher',
          'ALL:@SECLEVEL=0',
          '-min_protocol',
          'TLSv1',
          '-max_protocol',
          'TLSv1.2',
          www,
          ...chained(chain),
        ),
        (port) => run(program, ['-e', NODE_OF_ANY_AGE, JSON.stringify({ port, ca: chains.root })]),
      );
  }
}
rmSync(work, { recursive: true, force: true });
console.log(`${readFileSync(expected, 'utf8').trim().split('\n').length - 1} captures in ${out}`);
process.exit(0);
