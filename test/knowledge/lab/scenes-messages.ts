import { execFileSync } from 'node:child_process';
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Authority } from './authority.ts';
import { chain, type Scene } from './scene.ts';

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

export const MESSAGE_SCENES: readonly Scene[] = [
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
];
