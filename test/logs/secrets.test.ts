import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../src/logs/redact.ts';
import { SecretScanner } from '../../src/logs/secrets/scan.ts';

function scan(...lines: string[]) {
  const scanner = new SecretScanner(Buffer.alloc(32, 3));
  for (const [i, line] of lines.entries()) {
    const bytes = Buffer.from(line);
    scanner.scan(bytes, 0, bytes.length, 'a.log', i + 1, 0);
  }
  return scanner.finish();
}
const b64url = (text: string): string => Buffer.from(text).toString('base64url');
const JWT = `${b64url('{"alg":"HS256","typ":"JWT"}')}.${b64url('{"sub":"17","exp":1789000000}')}.${randomBytes(32).toString('base64url')}`;
const letters = (length: number): string =>
  randomBytes(length * 2)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .padEnd(length, 'a7')
    .slice(0, length);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const DER = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
const DER1 = privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');

const ecKey = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;
const der = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'der' }).toString('base64');
const HEX = (length: number): string => randomBytes(length).toString('hex').slice(0, length);

const LEAKS: [string, string, string][] = [
  ['private-key', 'a PEM key', 'key=-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg'],
  ['private-key', 'a PKCS#8 key without armour', `alipay.private_key=${DER}`],
  ['private-key', 'a PKCS#1 key without armour', `{"k":"${DER1}"}`],
  ['aws-access-key', 'an AWS access key', 'using AKIAIOSFODNN7QRSTUVW for s3'],
  ['aws-secret-key', 'an AWS secret key', 'aws_secret_access_key = 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'],
  ['stripe-key', 'a Stripe key', `Stripe.apiKey set to sk_live_${letters(24)}`],
  ['stripe-key', 'a webhook secret', `whsec_${letters(32)} loaded`],
  ['google-api-key', 'a Google key', `GET /maps?key=AIza${letters(35)}&x=1`],
  ['source-host-token', 'a GitHub token', `clone https://ghp_${letters(36)} failed`],
  ['chat-token', 'a Slack token', `xoxb-${'123456789012'}-${letters(24)}`],
  ['jwt', 'a JWT', `{"token":"${JWT}"}`],
  ['bearer-token', 'a bearer token', `Authorization: Bearer ${letters(40)}1a`],
  [
    'basic-credentials',
    'basic credentials',
    `authorization: Basic ${Buffer.from('merchant:s3cret!').toString('base64')}`,
  ],
  ['password-in-url', 'a password in a URL', 'connecting to postgres://pay:hunter2@db.internal:5432/pay'],
  ['password', 'a password', 'login user=alice password=hunter2 ok'],
  ['password', 'a password in JSON', '{"user":"alice","password":"correct horse"}'],
  ['password', 'a property', 'spring.datasource.password=Tr0ub4dor'],
  ['password', 'an environment variable', 'DB_PASSWORD=Tr0ub4dor&3'],
  ['password', 'a query string', 'POST /login?user=a&passwd=Zx81abc HTTP/1.1'],
  ['password', 'Chinese', '登录 用户=张三 密码：Zx81abc'],
  ['password', 'camel case', '{"dbPassword":"Zx81abc"}'],
  ['api-key-or-token', 'an API key', `api_key=${letters(30)}9`],
  ['api-key-or-token', 'a client secret', `client_secret="${letters(30)}9x"`],
  ['api-key-or-token', 'a WeChat Pay key', `apiV3Key=${letters(31)}9`],
  ['api-key-or-token', 'a refresh token in a query', `?refresh_token=${letters(40)}3&x`],
  ['verification-value', 'a verification value', '{"expiry":"12/28","cvv":"123"}'],
  ['verification-value', 'one under a long name', 'card_security_code=1234'],
  ['pin-block', 'a PIN block', 'pinBlock=0412AC89ABCDEF67'],
  ['pin-block', 'a PIN block by its field', 'DE52=0412AC89ABCDEF67'],
  ['private-key', 'an OpenSSH key without armour', `b3BlbnNzaC1rZXktdjEA${letters(200)}`],
  ['session-cookie', 'a session of Java', `Cookie: JSESSIONID=${letters(32)}7; lang=de`],
  ['session-cookie', 'a session of PHP', `Set-Cookie: PHPSESSID=${letters(26)}; path=/; HttpOnly`],
  ['session-cookie', 'a session by a plain name', `cookie: theme=dark; session=${letters(40)}`],
  ['webhook-address', 'a webhook', `https://discord.com/api/webhooks/123456789012345678/${letters(68)}`],
  [
    'webhook-address',
    'a webhook of WeCom',
    'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=282b4f5d-76d1-42af-a97e-3bba826f3059',
  ],
  ['chat-token', 'a Telegram bot', `https://api.telegram.org/bot5221283887:AA${letters(33)}/sendMessage`],
  [
    'signed-address',
    'a shared access signature',
    `https://x.blob.core.windows.net/c/f?sv=2024-11-04&sp=rl&sig=${letters(42)}%3D`,
  ],
  [
    'api-key-or-token',
    'the key that a WeChat signature ends in',
    `appid=wx1&mch_id=1900000109&nonce_str=x&key=${letters(32)}`,
  ],
  ['password', 'an element', '<password>Zx81abc</password>'],
  ['password', 'German', 'Passwort: Zx81abc'],
  ['password', 'French', 'mot_de_passe=Zx81abc'],
  ['password', 'an argument of mysql', 'mysql -u root -pZx81abc shop'],
  ['password', 'an argument of curl', 'curl -u admin:Zx81abc https://h.example/'],
  ['password', 'an argument of openssl', 'openssl pkcs12 -in a.p12 -passin pass:Zx81abc'],
  ['password', 'a variable of libpq', 'PGPASSWORD=Zx81abc psql'],
  ['password-in-url', 'a connection of Oracle', 'jdbc:oracle:thin:scott/Zx81abc@//h:1521/X'],
  ['payment-provider-token', 'a Mollie key', `using live_${letters(29)}7`],
  ['payment-provider-token', 'a PayPal access token', `got A21AA${letters(92)}`],
  ['payment-provider-token', 'a Mercado Pago token', `APP_USR-1234567890123456-090912-${HEX(32)}-123456789`],
  ['google-api-key', 'an OAuth secret of Google', `{"secret":"GOCSPX-${letters(28)}"}`],
  ['source-host-token', 'a token of PyPI', `pypi-AgEIcHlwaS5vcmc${letters(150)}`],
  ['service-key', 'a key of Databricks', `host token dapi${HEX(32)}`],
  ['chat-token', 'a Telegram bot', `bot 123456789:AA${letters(33)} blocked`],
  ['private-key', 'a private JWK', `{"kty":"EC","x":"${letters(43)}","d":"${letters(43)}"}`],
  ['tls-secret', 'a line of a TLS key log', `CLIENT_RANDOM ${HEX(64)} ${HEX(96)}`],
  ['api-key-or-token', 'an element of XML', `<api_v3_key>${letters(31)}7</api_v3_key>`],
  ['password', 'a line of .netrc', `machine sftp.bank.test login shop password ${letters(14)}`],
  [
    'private-key',
    'a PEM key folded into JSON inside a text',
    `{\\"k\\":\\"-----BEGIN PRIVATE KEY-----\\\\n${DER.slice(0, 64)}`,
  ],
  ['private-key', 'a key whose slashes are escaped', `"k":"${DER.replaceAll('/', '\\/')}"`],
  ['private-key', 'a key of Ed25519 without armour', `key ${der(generateKeyPairSync('ed25519').privateKey)}`],
  ['private-key', 'a key of P-384 without armour', `key ${der(ecKey('P-384'))}`],
  [
    'private-key',
    'a key of P-256 in SEC 1',
    `key ${ecKey('P-256').export({ type: 'sec1', format: 'der' }).toString('base64')}`,
  ],
  [
    'private-key',
    'an encrypted key without armour',
    `key ${privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' }).toString('base64')}`,
  ],
  [
    'private-key',
    'a PEM file in base64',
    `tls.key: ${Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })).toString('base64')}`,
  ],
  ['payment-key', 'a zone master key', `HSM cmd=A6 ZMK=U${HEX(32).toUpperCase()} scheme=U`],
  ['payment-key', 'a zone PIN key among words', `importing ZPK under LMK: ${HEX(32).toUpperCase()} KCV=1A2B3C`],
  ['payment-key', 'a component in groups', `component 2 of 3: ${HEX(32).replace(/(.{4})(?=.)/g, '$1 ')}`],
  ['payment-key', 'a triple DES key', `3des key ${HEX(48)} loaded`],
  ['payment-key', 'a single DES key by its name', `PVK: ${HEX(16).toUpperCase()}`],
  ['payment-key', 'a key block', `key block D0112P0AE00E0000${HEX(96).toUpperCase()}`],
  ['payment-key', 'Chinese', `主密钥: ${HEX(30)}a7`],
  ['pin-block', 'a PIN block of jPOS', '<field id="52" type="binary" value="0412AC89ABCDEF67"/>'],
  ['pin-block', 'a PIN block by its element', 'F52=0412AC89ABCDEF67'],
  ['pin-block', 'a PIN block with its format', 'PIN block (ISO-0): [0412AC89ABCDEF67]'],
  ['pin', 'a PIN', '{"pin":"4821"}'],
  ['one-time-code', 'a one-time code', 'otp=493021 sent'],
  ['verification-value', 'a form of PHP', 'card%5Bcvc%5D=123&amount=5'],
  ['verification-value', 'a nested value', '{"cvv2":{"value":"123"}}'],
  ['verification-value', 'Chinese', '安全码：123'],
  ['password', 'a property of XML', '<property name="password" value="Zx81abc"/>'],
  ['password', 'a pair of name and value', '{"name":"db.password","value":"Zx81abc"}'],
  ['password', 'an element with a type', '<wsse:Password Type="x#PasswordText">Zx81abc</wsse:Password>'],
  ['password', 'a part of a form', 'name=\\"password\\"\\r\\n\\r\\nZx81abc9\\r\\n'],
  ['password', 'a sentence', 'the password is Zx81abc'],
  ['password', 'a short name', 'login user=bob pass=Zx81abc'],
  ['password-in-url', 'a password with an at sign', 'mysql://u:p@ss1@db.internal/pay'],
  ['bearer-token', 'a bearer token in a query', `auth=Bearer%20${letters(40)}1`],
  ['authorization-header', 'another scheme', `Authorization: token ${HEX(40)}a1`],
  ['session-cookie', 'a session of ASP.NET', `Cookie: .AspNetCore.Identity.Application=CfDJ8${letters(120)}`],
  ['payment-provider-token', 'a secret of Razorpay', `rzp_live_${letters(14)}:${letters(24)}`],
  ['payment-provider-token', 'a key of Midtrans', `Mid-server-${letters(24)}`],
  ['stripe-key', 'an old key of Checkout.com', `sk_test_${HEX(8)}-${HEX(4)}-${HEX(4)}-${HEX(4)}-${HEX(12)}`],
  ['adyen-api-key', 'a key in an address', `k=AQE${letters(60)}%3D-${letters(42)}%2B-${letters(16)}`],
  ['service-key', 'a secret of Entra ID', `got ${letters(3)}8Q~${letters(34)}`],
  ['service-key', 'a token of Grafana', `glsa_${letters(32)}_${HEX(8)}`],
  ['source-host-token', 'a long token of GitLab', `glpat-${letters(40)}.01a2b3c4d`],
];

const HOSTILE = [
  '-----BEGIN PRIVATE KEY-----',
  'zmk 1',
  'cookie: a',
  'name="password" ',
  'component 1 ',
  'authorization: ',
].concat([
  'password is ',
  'curl -u ',
  'Basic%20',
  'session',
  '-----BEGIN PRIVATE KEY-----\\n',
  'AQE%2B',
  '<password a',
]);

describe('secrets in logs', () => {
  it.each(LEAKS)('finds %s: %s', (kind, _, line) => {
    const { hits } = scan(`2026-09-12 10:00:00 INFO ${line} end`);
    expect(hits.map((hit) => hit.kind)).toContain(kind);
  });

  it('says where, and shows no more than the letters of the format', () => {
    const { hits, kinds, total } = scan('ok', 'key AKIAIOSFODNN7QRSTUVW');
    expect({ total, kinds }).toEqual({ total: 1, kinds: { 'aws-access-key': 1 } });
    expect(hits[0]).toMatchObject({ file: 'a.log', line: 2, column: 5, masked: 'AKIA*** (20 characters)' });
    expect(JSON.stringify(hits)).not.toContain('IOSFODNN7');
  });

  it('tells equal secrets by their digest', () => {
    const { hits } = scan('password=hunter2', 'x password=hunter2', 'password=hunter3');
    expect(hits[0]!.digest).toBe(hits[1]!.digest);
    expect(hits[0]!.digest).not.toBe(hits[2]!.digest);
  });

  it.each([
    'password=******** user=a',
    'password: incorrect',
    'Password must be changed',
    'password reset requested for alice',
    'invalid password for user bob from 10.1.1.1',
    'Failed password for root from 203.0.113.5 port 22 ssh2',
    '{"password":null,"token":""}',
    '{"password":"[FILTERED]"}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what configurations hold
    'password=${DB_PASSWORD}',
    'spring.datasource.password={{ vault.db }}',
    'pwd=/var/www/html',
    'token expired at 2026-09-12T10:00:00Z',
    'token_type=bearer expires_in=3600',
    'token_count=1234567890123456',
    'tokens: prompt=17 total=20',
    'access_token_url=https://auth.example.com/token',
    'csrf token mismatch',
    'Authorization: Bearer <redacted>',
    'Authorization: Basic ****',
    'https://shop.example.com:8443/pay?return=a@b.c',
    'mailto:ops@example.com http://cdn.example.com/@scope/pkg',
    'basic authentication enabled',
    'trace=eyJub3QiOiJhIHRva2Vu',
    'AKIAless text and XAKIAIOSFODNN7EXAMPLE1',
    'ssl_certificate_key /etc/ssl/pay.key',
    'sk_live_ is the prefix',
    'public key MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA',
    'cvv check passed, cvvResult=M cvv=***',
    '{"password_hash":"$2b$12$abcdefghijklmnopqrstuu"}',
    'secretary=anna key=17',
    'password=$(cat /run/secrets/db)',
    'password=process.env.DB_PASSWORD',
    'aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'using AKIAIOSFODNN7EXAMPLE for s3',
    'Cookie: theme=dark; consent=1',
    'OLDPWD=/srv/app',
    'GET /find?v=1&sig=left HTTP/1.1',
    'monkey=banana turkey: 12 keyboard=qwerty123456',
    'ZMK KCV=1A2B3C4D5E6F70811A2B3C4D5E6F7081 ok',
    'tak=17 LMK id: 1a2b3c4d5e6f70811a2b3c4d5e6f7081',
    'tests: pass=17 fail=0, pass=100% pass: 12ms',
    'password is required; the password was changed',
    'pin=7 gpio pin: 17, PIN: 560001, pinned=1234',
    'cvv 200 ms, cvc 404%, CVV 177 checks',
    'otp sent, otp_length=6, verification code 4011',
    '"authorization":"550e8400-e29b-41d4-a716-446655440000"',
    '{"authorization":"auth_2K3j4h5g6f7d8s9a2K3j4h5g6f7d8s9a"}',
    'Cookie: XSRF-TOKEN=a1b2c3d4e5f6a7b8c9d0e1f2',
    'Bad activity token: android.os.BinderProxy@2bd79ce, token=Token{78af589 r}',
    'key AKIAXXXXXXXXXXXXXXXX, glpat-xxxxxxxxxxxxxxxxxxxx',
    'postgres://YOUR_USERNAME:YOUR_PASSWORD@host/db',
    'request MIIC8jCCAdoCAQAwgawxCzAJBgNVBAYTAkRFMRAwDgYDVQQIDAdCYXZhcmlhMQ8wDQYDVQQHDAZNdW5pY2gx',
  ])('lets pass: %s', (line) => {
    expect(scan(line).hits).toEqual([]);
  });

  it('removes them from a copy, keys of several lines too', () => {
    const redactor = new Redactor();
    const clean = (line: string): string => redactor.line(Buffer.from(line), 0, Buffer.byteLength(line)).toString();
    for (const [, , line] of LEAKS.slice(3)) {
      const cleaned = clean(`x ${line} end`);
      expect(scan(cleaned).hits).toEqual([]);
      expect(cleaned).toMatch(/removed|\*\*\*/);
    }
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim().split('\n');
    const cleaned = ['before', ...pem, 'after'].map(clean).join('\n');
    expect(cleaned).toContain('before');
    expect(cleaned).toContain('after');
    expect(cleaned).not.toContain(pem[1]!.slice(0, 20));
    expect(cleaned).not.toContain(pem.at(-2)!.slice(0, 10));
  });

  it('ends in time on hostile lines', () => {
    const started = Date.now();
    for (const text of [
      'password',
      'password=',
      'eyJ',
      'eyJa.',
      'Bearer ',
      '://a:',
      'a_b_c_d_',
      'secret-key:',
      'MIIE',
      ...HOSTILE,
    ])
      scan(text.repeat(Math.ceil(60_000 / text.length)));
    expect(Date.now() - started).toBeLessThan(3000);
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const bytes = Buffer.concat([Buffer.from('password='), noise, Buffer.from(' token: '), noise]);
        new SecretScanner(Buffer.alloc(32)).scan(bytes, 0, bytes.length, 'f', 1, 0);
        new Redactor().line(bytes, 0, bytes.length);
      }),
      { numRuns: 100 },
    );
  });
});
