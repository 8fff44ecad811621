/** Passwords and keys that arguments of commands, lines of one program's files, devices and sentences give away by their place. */
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../src/logs/redact.ts';
import { SecretScanner } from '../../src/logs/secrets/scan.ts';

const PASSWORD = 'Tr4vel-Sun9';
const KEY = 'kQ3v9ZpL0xW7rT2yB5nM8cD4';
const BASIC = Buffer.from(`svc:${PASSWORD}`).toString('base64');

const spansOf = (line: string): string[] => {
  const bytes = Buffer.from(line);
  const spans = new SecretScanner(Buffer.alloc(32)).spans(bytes, 0, bytes.length);
  return spans.map(({ from, to }) => bytes.toString('latin1', from, to));
};
const redacted = (line: string): string => {
  const bytes = Buffer.from(line);
  return new Redactor().line(bytes, 0, bytes.length).toString();
};

describe('a password or key', () => {
  it.each([
    // Arguments of commands.
    `docker login -u svc -p ${PASSWORD} registry.example.com`,
    `az login --service-principal -u 0b6e3c1d-5f7a-4c8e-9d21-7a4b3c2d1e0f -p ${PASSWORD} --tenant shop`,
    `sqlcmd -S db1 -U sa -P ${PASSWORD} -Q 'select 1'`,
    `ldapsearch -x -D cn=svc,dc=corp -w ${PASSWORD} -b dc=corp`,
    `gpg --batch --passphrase ${PASSWORD} -d dump.gpg`,
    `net use \\\\nas\\share /user:svc ${PASSWORD}`,
    `echo 'svc:${PASSWORD}' | chpasswd`,
    `echo ${PASSWORD} | sudo -S systemctl restart nginx`,
    `7z a -p${PASSWORD} backup.7z dump.sql`,
    `lftp -u svc,${PASSWORD} sftp://files.example.com`,
    `ConvertTo-SecureString "${PASSWORD}" -AsPlainText -Force`,
    `vault login ${KEY}`,
    // Settings whose value is an argument of its own, or aligned.
    `ENV DB_PASSWORD ${PASSWORD}`,
    `setx WEBHOOK_SECRET ${PASSWORD}`,
    `fastcgi_param DB_PASSWORD ${PASSWORD};`,
    `db_password            = "${PASSWORD}"`,
    `DB_PASSWORD := ${PASSWORD}`,
    `secret_key_base: ${KEY}`,
    // Files of one program.
    `{"auths":{"registry.example.com":{"auth":"${BASIC}"}}}`,
    `_auth=${BASIC}`,
    `db1.internal:5432:shop:svc:${PASSWORD}`,
    `[smtp.example.com]:587 svc:${PASSWORD}`,
    `10.20.0.15 : PSK "${PASSWORD}"`,
    `    user svc insecure-password ${PASSWORD}`,
    `define( 'AUTH_KEY', 'a<b c;${KEY}>&' );`,
    `APP_KEY=base64:${Buffer.from(KEY).toString('base64')}`,
    `<Connector port="8443" keystorePass="${PASSWORD}"/>`,
    // Devices and sentences.
    `username admin privilege 15 password 0 ${PASSWORD}`,
    `snmp-server community ${PASSWORD} RO`,
    `Login failed: username 'svc', password '${PASSWORD}'`,
    `var dbPassword string = "${PASSWORD}"`,
  ])('is found and removed: %s', (line) => {
    expect(spansOf(line)).toHaveLength(1);
    const copy = redacted(line);
    expect(copy).not.toContain(PASSWORD);
    expect(copy).not.toContain(KEY);
    expect(copy).not.toContain(BASIC);
    expect(redacted(copy)).toBe(copy);
  });

  it.each([
    'docker run -p 8443:8443 shop/api:1.4',
    'docker login --username svc --password-stdin registry.example.com',
    'mkdir -p /var/lib/shop && zip -r backup.zip dump.sql',
    'ENV DB_PASSWORD_FILE /run/secrets/db',
    'setx PATH %PATH%;C:\\tools9',
    'DB_PASSWORD={password}',
    'password=%(ENV_DB_PASS)s',
    'password: changeme',
    'DB_PASSWORD=@Microsoft.KeyVault(SecretUri=https://v/s)',
    'postgres://svc:<password>@db1/shop',
    'const password = req.body.password;',
    'password = getpass.getpass()',
    'user:12:5432:a',
    'GET /a.b:5432:c:d:e HTTP/1.1',
    '"auth":"disabled1"',
    'Failed password for invalid user ann5 from 10.0.0.9 port 50022 ssh2',
    'upgraded passwd 1:4.13+dfsg1-1 over password sha512-crypt',
    'enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0',
    'payment method_token=pm_1PqX2eKZ7vLw8yTnB4mR6sQa',
    "Cryptography_HAS_PSK: cryptography_has_psk, psk=yes, psk='none'",
  ])('is none: %s', (line) => {
    expect(spansOf(line)).toEqual([]);
    expect(redacted(line)).toBe(line);
  });

  it('is searched for in linear time where its names are repeated without end', () => {
    for (const text of [
      'password ',
      '7z ',
      'ldapsearch ',
      'psk ',
      'x:5432:',
      'passphrase string = ',
      "define('a', '",
      'A_KEY= ',
    ]) {
      const before = process.cpuUsage();
      spansOf(text.repeat(Math.ceil(400_000 / text.length)));
      const { user, system } = process.cpuUsage(before);
      expect([text, user + system < 5_000_000]).toEqual([text, true]);
    }
  });
});
