import { execFileSync } from 'node:child_process';
import { chain, type Scene, target } from './scene.ts';
import { freePort, httpServer, nginx } from './servers.ts';

/** A site of nginx; `broken` and `repaired` are the contents of its `server { }`. */
const site = (
  cause: string,
  broken: string,
  repaired: string,
  env: (port: number) => { [name: string]: string },
): Scene => ({
  cause,
  programs: ['nginx', 'curl'],
  async set(authority, fixed) {
    const server = await nginx(authority.folder, `server { listen 127.0.0.1:PORT; ${fixed ? repaired : broken} }`);
    return { env: env(server.port), stop: server.stop };
  },
});

/** A TLS site; the command speaks https to $HOST. */
const tlsSite = (cause: string, broken: string, repaired: string, env: { [name: string]: string }): Scene => ({
  cause,
  programs: ['nginx', 'curl'],
  async set(authority, fixed) {
    const c = chain(authority, {
      leaf: { name: 'localhost', extensions: ['subjectAltName=DNS:localhost', 'extendedKeyUsage=serverAuth'] },
    });
    const server = await nginx(
      authority.folder,
      `server { listen 127.0.0.1:PORT ssl; ssl_certificate ${c.untrusted}; ssl_certificate_key ${c.leaf.key}; ${fixed ? repaired : broken} }`,
    );
    return { env: { HOST: `localhost:${server.port}`, CURL_CA_BUNDLE: c.root.cert, ...env }, stop: server.stop };
  },
});

/** Causes whose repair shows as lines that no longer come: the command counts them. */
const LOG_SCENES: readonly {
  cause: string;
  variable: string;
  broken: string[];
  repaired: string[];
  printed?: string;
  env?: { [name: string]: string };
}[] = [
  {
    cause: 'pool-exhausted',
    variable: 'APP_LOG',
    broken: [
      'ERROR HikariPool-1 - Connection is not available, request timed out after 30000ms.',
      'Timeout waiting for connection from pool',
    ],
    repaired: ['INFO HikariPool-1 - Start completed.'],
  },
  {
    cause: 'idle-connection-reset',
    variable: 'ERROR_LOG',
    broken: [
      '[error] upstream prematurely closed connection while reading response header from upstream',
      'recv() failed (104: Connection reset by peer)',
    ],
    repaired: ['[notice] start worker processes'],
  },
  {
    cause: 'phishing-clone',
    variable: 'ACCESS_LOG',
    broken: ['203.0.113.5 - - [x] "GET /logo.png HTTP/1.1" 200 5 "https://pay-shop.example/" "-"'],
    repaired: ['203.0.113.5 - - [x] "GET /logo.png HTTP/1.1" 200 5 "https://payshop.example/" "-"'],
    env: { CLONE_HOST: 'pay-shop.example' },
  },
  {
    cause: 'card-data-in-logs',
    variable: 'APP_LOG',
    broken: ['DEBUG cardNumber=4111111111111111', 'DEBUG pan 5555555555554444 sent'],
    repaired: ['DEBUG cardNumber=411111******1111', 'order 41111111111111112222'],
  },
  {
    cause: 'notification-replay',
    variable: 'APP_LOG',
    broken: ['notify_id=abc1 credited', 'notify_id=abc1 credited'],
    printed: '1',
    repaired: ['notify_id=abc1 credited', 'notify_id=abc2 credited'],
    env: { ID_FIELD: 'notify_id' },
  },
];

export const APPLICATION_SCENES: readonly Scene[] = [
  {
    cause: 'connection-refused',
    programs: ['timeout'],
    async set(authority, repaired) {
      if (!repaired) return { env: { NODE: '127.0.0.1', PORT: String(await freePort()) } };
      const server = await nginx(authority.folder, 'server { listen 127.0.0.1:PORT; return 200; }');
      return { env: target(server), stop: server.stop };
    },
  },
  site('upstream-unavailable', 'return 503;', 'return 200;', (port) => ({ URL: `http://127.0.0.1:${port}/` })),
  site(
    'source-blocked',
    'location / { deny 127.0.0.2; try_files /none @pay; } location @pay { return 200; }',
    'return 200;',
    (port) => ({
      URL: `http://127.0.0.1:${port}/pay`,
      EGRESS_IP: '127.0.0.2',
    }),
  ),
  {
    cause: 'response-truncated',
    programs: ['curl'],
    async set(_authority, repaired) {
      const server = await httpServer((_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        if (repaired) response.end('x'.repeat(100));
        else {
          response.write('x'.repeat(20));
          setTimeout(() => response.destroy(), 20);
        }
      });
      return { env: { URL: `http://127.0.0.1:${server.port}/` }, stop: server.stop };
    },
  },
  {
    cause: 'throttled',
    programs: ['nginx', 'curl', 'awk'],
    before: '8',
    after: '0',
    async set(authority, repaired) {
      const server = await nginx(
        authority.folder,
        `limit_req_zone $binary_remote_addr zone=pay:1m rate=${repaired ? '1000r/s' : '1r/m'}; server { listen 127.0.0.1:PORT; location / { limit_req zone=pay burst=${repaired ? 100 : 1} nodelay; limit_req_status 429; try_files /none =204; } }`,
      );
      for (let i = 0; i < 10; i++)
        execFileSync('curl', ['-s', '-o', '/dev/null', `http://127.0.0.1:${server.port}/pay`]);
      return { env: { ACCESS_LOG: `${server.folder}/access.log` }, stop: server.stop };
    },
  },
  tlsSite('web-shell', 'location = /uploads/x.php { return 200; }', 'location ^~ /uploads/ { return 404; }', {
    SHELL_PATH: '/uploads/x.php',
  }),
  tlsSite('injection-attack', 'return 200;', 'if ($args ~* "%27.*(OR|UNION)") { return 403; } return 200;', {
    PARAMETER: 'id',
    ATTACKED_PATH: '/orders',
  }),
  {
    cause: 'web-skimmer',
    programs: ['nginx', 'curl', 'sha256sum'],
    async set(authority, repaired) {
      const clean = 'pay();';
      const server = await nginx(
        authority.folder,
        `server { listen 127.0.0.1:PORT; return 200 '${repaired ? clean : `${clean}send(card);`}'; }`,
      );
      const known = execFileSync('sha256sum', { input: clean, encoding: 'utf8' }).split(' ')[0]!;
      return {
        env: { SCRIPT_URL: `http://127.0.0.1:${server.port}/checkout.js`, KNOWN_SHA256: known },
        stop: server.stop,
      };
    },
  },
  {
    cause: 'upstream-slow',
    programs: ['curl'],
    before: /^[3-9]\./,
    after: /^[0-2]\./,
    async set(_authority, repaired) {
      const server = await httpServer((_request, response) => {
        setTimeout(() => response.end('paid'), repaired ? 0 : 3100);
      });
      return { env: { URL: `http://127.0.0.1:${server.port}/` }, stop: server.stop };
    },
  },
  {
    cause: 'dns-stale',
    programs: ['getent', 'awk'],
    async set(_authority, repaired) {
      return { env: { HOST: 'localhost', NEW_IP: repaired ? '127.0.0.1' : '192.0.2.7' } };
    },
  },
  {
    cause: 'descriptor-exhausted',
    programs: ['nginx', 'pgrep', 'awk'],
    before: ' of 24',
    after: ' of 4096',
    async set(authority, repaired) {
      // A copy of its own, so that the command finds this process and no other nginx.
      const program = `pm-${process.pid}`;
      const server = await nginx(authority.folder, 'server { listen 127.0.0.1:PORT; return 200; }', {
        name: program,
        openFiles: repaired ? 4096 : 24,
      });
      return { env: { PROCESS: program }, stop: server.stop };
    },
  },
  {
    cause: 'request-flood',
    programs: ['awk', 'tail', 'uniq'],
    before: '600',
    after: '6',
    async set(authority, repaired) {
      const perMinute = repaired ? 6 : 600;
      const lines = Array.from({ length: perMinute * 3 }, (_u, i) => {
        const minute = String(Math.floor(i / perMinute)).padStart(2, '0');
        return `203.0.113.${i % 250} - - [21/Nov/2026:10:${minute}:${String(i % 60).padStart(2, '0')} +0000] "GET /checkout HTTP/1.1" 200 12 "-" "-"`;
      });
      return { env: { ACCESS_LOG: authority.write('flood.log', `${lines.join('\n')}\n`) } };
    },
  },
  {
    cause: 'card-enumeration',
    programs: ['awk'],
    before: '200',
    after: '2',
    async set(authority, repaired) {
      // Fingerprints behind a range, as a masked export has them.
      const rows = Array.from({ length: repaired ? 2 : 200 }, (_u, i) => `10:00,41111111-fp${i},5`);
      return {
        env: {
          CARD_COLUMN: '2',
          RECENT_TRANSACTIONS: authority.write('cards.csv', `time,card,amount\n${rows.join('\n')}\n`),
        },
      };
    },
  },
  ...LOG_SCENES.map(
    ({ cause, variable, broken, repaired, printed, env }): Scene => ({
      cause,
      programs: ['grep', 'tail'],
      before: printed ?? String(broken.length),
      after: '0',
      async set(authority, fixed) {
        const lines = fixed ? repaired : broken;
        return { env: { ...env, [variable]: authority.write(`${cause}.log`, lines.map((l) => `${l}\n`).join('')) } };
      },
    }),
  ),
];
