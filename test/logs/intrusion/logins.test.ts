/** Guessing of passwords at services that say so in words of their own. */
import { describe, expect, it } from 'vitest';
import { sheetOf } from './sheet-of.ts';

const SYSLOG = (i: number): string => `Sep 12 10:0${Math.floor(i / 60) % 10}:${String(i % 60).padStart(2, '0')}`;
const ISO = (i: number): string => `2026-09-12 10:0${Math.floor(i / 60) % 10}:${String(i % 60).padStart(2, '0')}`;
const STRANGER = '203.0.113.77';
const many = (line: (i: number) => string, count = 20): string =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');

describe('refused logins in the words of a service', () => {
  it.each([
    [
      'ssh',
      'auth.log',
      (i: number) => `${SYSLOG(i)} pay1 sshd[${900 + i}]: error: PAM: Authentication failure for root from ${STRANGER}`,
    ],
    [
      'ssh',
      'auth.log',
      (i: number) =>
        `${SYSLOG(i)} pay1 sshd[${900 + i}]: Connection closed by authenticating user root ${STRANGER} port ${4000 + i} [preauth]`,
    ],
    [
      'dropbear',
      'auth.log',
      (i: number) =>
        `${SYSLOG(i)} pay1 dropbear[${900 + i}]: Bad password attempt for 'root' from ${STRANGER}:${4000 + i}`,
    ],
    [
      'dovecot',
      'mail.log',
      (i: number) =>
        `${SYSLOG(i)} pay1 dovecot: imap-login: Aborted login (auth failed, 1 attempts in 2 secs): user=<info>, method=PLAIN, rip=${STRANGER}, lip=198.51.100.2, TLS`,
    ],
    [
      'postfix/smtpd',
      'mail.log',
      (i: number) =>
        `${SYSLOG(i)} pay1 postfix/smtpd[${900 + i}]: warning: unknown[${STRANGER}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6`,
    ],
    [
      'proftpd',
      'daemon.log',
      (i: number) =>
        `${SYSLOG(i)} pay1 proftpd[${900 + i}]: pay1 (::ffff:${STRANGER}[::ffff:${STRANGER}]): USER admin: no such user found from ${STRANGER} [::ffff:${STRANGER}] to ::ffff:198.51.100.2:21`,
    ],
    [
      'nginx',
      'error.log',
      (i: number) =>
        `${ISO(i).replaceAll('-', '/')} [error] 31#31: *${i} user "admin": password mismatch, client: ${STRANGER}, server: pay.example, request: "GET /?from=198.51.100.9 HTTP/1.1", host: "198.51.100.2"`,
    ],
    [
      'mysqld',
      'mysqld.log',
      (i: number) =>
        `${ISO(i).replace(' ', 'T')}.000000Z ${i} [Note] Access denied for user 'root'@'${STRANGER}' (using password: YES)`,
    ],
    [
      'phpMyAdmin',
      'auth.log',
      (i: number) => `${SYSLOG(i)} pay1 phpMyAdmin[${900 + i}]: user denied: root (mysql-denied) from ${STRANGER}`,
    ],
    [
      'grafana',
      'grafana.log',
      (i: number) =>
        `t=${ISO(i).replace(' ', 'T')}+0000 lvl=eror msg="Invalid username or password" logger=context userId=0 uname= error="Invalid Username or Password" remote_addr=${STRANGER}`,
    ],
  ])('count as guessing: %s in %s', async (service, file, line) => {
    const { bruteForce, attackers } = await sheetOf({ [`var/log/${file}`]: many(line) });
    expect(bruteForce).toMatchObject([{ address: STRANGER, tries: 20 }]);
    if (service === 'ssh') expect(bruteForce[0]!.service).toBe('ssh');
    expect(attackers.map(({ address }) => address)).toEqual([STRANGER]);
  });

  it('count once where PAM and the service both write', async () => {
    const line = (i: number): string =>
      `${SYSLOG(i)} pay1 sshd[${900 + i}]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${STRANGER}  user=root\n` +
      `${SYSLOG(i)} pay1 sshd[${900 + i}]: Failed password for root from ${STRANGER} port ${4000 + i} ssh2`;
    expect((await sheetOf({ 'var/log/auth.log': many(line) })).bruteForce).toMatchObject([
      { address: STRANGER, service: 'ssh', tries: 20 },
    ]);
  });

  it('are those of the client, whatever address its name holds', async () => {
    const line = (i: number): string =>
      `${SYSLOG(i)} pay1 sshd[${900 + i}]: Failed password for invalid user x from 192.0.2.1 port 22 ssh2 from ${STRANGER} port ${4000 + i} ssh2`;
    expect((await sheetOf({ 'var/log/auth.log': many(line) })).bruteForce.map(({ address }) => address)).toEqual([
      STRANGER,
    ]);
  });

  it.each([
    [
      'an inner program with an old password',
      (i: number) => `${SYSLOG(i)} pay1 mysqld[7]: Access denied for user 'pay'@'10.0.0.5' (using password: YES)`,
    ],
    [
      'keys of an interface',
      (i: number) => `${SYSLOG(i)} pay1 gateway[7]: authentication failed for ${STRANGER}: invalid API key`,
    ],
    [
      'clients without a trusted certificate',
      (i: number) =>
        `${SYSLOG(i)} pay1 gateway[7]: user authentication failed from ${STRANGER}: certificate has expired`,
    ],
    [
      'keys offered one after the other',
      (i: number) =>
        `${SYSLOG(i)} pay1 sshd[7]: Failed publickey for git from ${STRANGER} port ${4000 + i} ssh2: RSA SHA256:abc`,
    ],
    [
      'a customer who mistypes twice an hour',
      (i: number) =>
        `Sep ${12 + Math.floor(i / 10)} ${String(10 + (i % 10))}:00:00 pay1 shop[7]: login failed for user anna from ${STRANGER}`,
    ],
  ])('are no guessing: %s', async (_, line) => {
    expect((await sheetOf({ 'var/log/auth.log': many(line) })).bruteForce).toEqual([]);
  });
});
