import { execFileSync } from 'node:child_process';
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Authority } from './authority.ts';
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

/** Signature, with the key that the receiver expects or with another. */
const signed = (
  cause: string,
  variable: string,
  sign: (a: Authority, repaired: boolean, message: string) => { key: string; digest: string },
): Scene => ({
  cause,
  programs: [],
  async set(authority, repaired) {
    const message = authority.write('message', 'POST\n/v3/pay/transactions\n1700000000\nnonce\n{"amount":1}\n');
    const { key, digest } = sign(authority, repaired, message);
    const signature = authority.path('signature');
    execFileSync('openssl', ['dgst', `-${digest}`, '-sign', key, '-out', signature, message]);
    const known = authority.path('known.pub');
    execFileSync('openssl', ['pkey', '-in', authority.key(), '-pubout', '-out', known]);
    return { env: { [variable]: known, SIG: signature, MESSAGE: message } };
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

export const ATTACK_AND_CAPACITY_SCENES: readonly Scene[] = [
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
  signed('request-signature-wrong', 'PUBKEY', (a, repaired) => ({
    key: repaired ? a.key() : a.key('rsa', 3),
    digest: 'sha256',
  })),
  signed('provider-key-rotated', 'PROVIDER_PUBKEY', (a, repaired) => ({
    key: repaired ? a.key() : a.key('rsa', 3),
    digest: 'sha256',
  })),
  signed('sign-type-mismatch', 'PUBKEY', (a, repaired) => ({ key: a.key(), digest: repaired ? 'sha256' : 'sha1' })),
  {
    cause: 'cert-serial-wrong',
    programs: [],
    async set(authority, repaired) {
      const c = chain(authority);
      const serial = execFileSync('openssl', ['x509', '-in', c.leaf.cert, '-noout', '-serial'], { encoding: 'utf8' })
        .trim()
        .split('=')[1]!;
      return { env: { CERT: c.leaf.cert, SERIAL: repaired ? serial : '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C' } };
    },
  },
  {
    cause: 'webhook-body-altered',
    programs: ['sed'],
    async set(authority, repaired) {
      const sent = '{"id": "evt_1", "amount": 100}';
      const signature = createHmac('sha256', 'whsec_test').update(`1700000000.${sent}`).digest('hex');
      const body = authority.write('body.json', repaired ? sent : JSON.stringify(JSON.parse(sent)));
      return { env: { TIMESTAMP: '1700000000', BODY: body, SECRET: 'whsec_test', SIGNATURE: signature } };
    },
  },
  {
    cause: 'decrypt-key-wrong',
    programs: ['node'],
    async set(authority, repaired) {
      const key = 'a'.repeat(32);
      const nonce = '0123456789ab';
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(Buffer.from('transaction'));
      const ciphertext = Buffer.concat([
        cipher.update('{"trade_state":"SUCCESS"}'),
        cipher.final(),
        cipher.getAuthTag(),
      ]).toString('base64');
      const callback = authority.write(
        'callback.json',
        JSON.stringify({ resource: { ciphertext, nonce, associated_data: 'transaction' } }),
      );
      return { env: { CALLBACK: callback, APIV3_KEY: repaired ? key : 'b'.repeat(32) } };
    },
  },
  {
    cause: 'charset-mismatch',
    programs: ['iconv'],
    async set(authority, repaired) {
      const file = authority.path('order');
      execFileSync('iconv', ['-f', 'UTF-8', '-t', repaired ? 'UTF-8' : 'GBK', '-o', file], {
        input: 'subject=订单一号',
      });
      return { env: { BODY: file } };
    },
  },
  {
    cause: 'dual-signature-broken',
    programs: [],
    async set(authority, repaired) {
      const payment = authority.write('payment', 'pan-token and amount');
      const order = authority.write('order-signed', 'two books');
      const digest = (file: string): Buffer => execFileSync('openssl', ['dgst', '-sha256', '-binary', file]);
      const both = authority.path('both');
      execFileSync('sh', ['-c', 'cat > "$0"', both], { input: Buffer.concat([digest(payment), digest(order)]) });
      execFileSync('openssl', ['dgst', '-sha256', '-sign', authority.key(), '-out', authority.path('dual.sig'), both]);
      execFileSync('openssl', ['pkey', '-in', authority.key(), '-pubout', '-out', authority.path('card.pub')]);
      return {
        env: {
          DIGEST: 'sha256',
          PAYMENT_PART: payment,
          ORDER_PART: repaired ? order : authority.write('order-received', 'three books'),
          PUBKEY: authority.path('card.pub'),
          SIG: authority.path('dual.sig'),
        },
      };
    },
  },
  {
    cause: 'duplicate-payment',
    programs: ['awk'],
    before: '1',
    after: '0',
    async set(authority, repaired) {
      const rows = ['time,order,amount', '10:00,A1,5', '10:01,A2,7', repaired ? '10:02,A3,5' : '10:02,A1,5'];
      return { env: { ORDER_COLUMN: '2', TRANSACTIONS: authority.write('t.csv', `${rows.join('\n')}\n`) } };
    },
  },
  ...(
    [
      ['issuer-decline-storm', 'CODE_COLUMN', 'TRANSACTIONS', '91'],
      ['mac-key-out-of-sync', 'CODE_COLUMN', 'TRANSACTIONS', '63'],
      ['three-ds-failure', 'STATUS_COLUMN', 'AUTHENTICATIONS', 'U'],
    ] as const
  ).map(
    ([cause, column, table, code]): Scene => ({
      cause,
      programs: ['awk'],
      before: '75%',
      after: '0%',
      async set(authority, repaired) {
        const rows = ['time,code', ...['00', code, code, code].map((c, i) => `10:0${i},${repaired ? '00' : c}`)];
        return { env: { [column]: '2', [table]: authority.write(`${cause}.csv`, `${rows.join('\n')}\n`) } };
      },
    }),
  ),
  ...(
    [
      ['card-testing', 'PAY_PATH', '/pay'],
      ['credential-stuffing', 'LOGIN_PATH', '/login'],
    ] as const
  ).map(
    ([cause, variable, path]): Scene => ({
      cause,
      programs: ['awk', 'tail'],
      before: '50',
      after: '1',
      async set(authority, repaired) {
        const n = repaired ? 1 : 50;
        const lines = Array.from({ length: n }, (_u, i) => {
          const address = cause === 'card-testing' ? '198.51.100.7' : `198.51.100.${i}`;
          return `${address} - - [21/Nov/2026:10:00:00 +0000] "POST ${path} HTTP/1.1" 401 12 "-" "-" ${randomBytes(2).toString('hex')}`;
        });
        return { env: { [variable]: path, ACCESS_LOG: authority.write(`${cause}.log`, `${lines.join('\n')}\n`) } };
      },
    }),
  ),
  {
    cause: 'upstream-slow',
    programs: ['curl'],
    before: '1.',
    after: '0.',
    async set(_authority, repaired) {
      const server = await httpServer((_request, response) => {
        setTimeout(() => response.end('paid'), repaired ? 0 : 1200);
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
