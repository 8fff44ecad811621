import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSmallFacts } from '../../src/evidence/facts/index.ts';
import type { SmallFacts } from '../../src/evidence/small-facts.ts';
import { memorySource } from './memory-source.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const read = (files: { [path: string]: string | Buffer }, zone?: string): Promise<SmallFacts> =>
  readSmallFacts(
    Object.entries(files).map(([path, content]) => memorySource(path, content)),
    { now: NOW, ...(zone ? { zone } : {}) },
  );
const iso = (time: number): string => new Date(time).toISOString();

describe('changes', () => {
  it.each([
    [
      'text in UTC',
      '# change calendar, UTC\n2026-03-09T20:00:00Z  deploy cart 4.1\n2026-03-10T09:30:00Z  certificate of pay.example renewed\n',
      undefined,
    ],
    [
      'Markdown in the local zone',
      '# change calendar\n\n- 2026-03-10 04:00  [pay] deploy cart 4.1\n- 2026-03-10 17:30  [itsec] certificate of pay.example renewed\n',
      'pay',
    ],
    [
      'Markdown table',
      '| when | team | change |\n|------|------|--------|\n| 2026-03-10 04:00 | pay | deploy cart 4.1 |\n| 2026-03-10 17:30 | itsec | certificate of pay.example renewed |\n',
      'pay',
    ],
    [
      'semicolons, Windows ends',
      'when;team;change\r\n2026-03-10T04:00:00+08:00;pay;deploy cart 4.1\r\n2026-03-10T17:30:00+08:00;itsec;certificate of pay.example renewed\r\n',
      'pay',
    ],
    [
      'tabs, Spanish',
      'fecha\tequipo\tcambio\n2026-03-10 04:00\tpay\tdeploy cart 4.1\n2026-03-10 17:30\titsec\tcertificate of pay.example renewed\n',
      'pay',
    ],
    [
      'commas, German dates',
      'Datum,Abteilung,Änderung\n10.03.2026 04:00,pay,deploy cart 4.1\n10.03.2026 17:30,itsec,certificate of pay.example renewed\n',
      'pay',
    ],
    [
      'Chinese',
      '时间,负责人,变更内容\n2026年3月10日 04:00,pay,deploy cart 4.1\n2026年3月10日 17:30,itsec,certificate of pay.example renewed\n',
      'pay',
    ],
    [
      'YAML',
      'changes:\n  - time: 2026-03-10T04:00:00+08:00\n    team: pay\n    change: deploy cart 4.1\n  - time: 2026-03-10T17:30:00+08:00\n    team: itsec\n    change: certificate of pay.example renewed\n',
      'pay',
    ],
    [
      'JSON',
      '[{"when": "2026-03-10T04:00:00+08:00", "by": "pay", "change": "deploy cart 4.1"},\n {"when": "2026-03-10T17:30:00+08:00", "by": "itsec", "change": "certificate of pay.example renewed"}]',
      'pay',
    ],
  ])('%s', async (_name, text, team) => {
    const { changes } = await read({
      'ops/changes': text,
      'meta/topology.yaml': 'site: x\ntimezone: Asia/Shanghai\nnodes:\n  - {name: a, ip: 10.0.0.1}\n',
    });
    expect(changes.map((change) => [iso(change.time), change.text])).toEqual([
      ['2026-03-09T20:00:00.000Z', 'deploy cart 4.1'],
      ['2026-03-10T09:30:00.000Z', 'certificate of pay.example renewed'],
    ]);
    expect(changes[0]!.team).toBe(team);
    expect(changes[0]!.line).toBeGreaterThan(0);
  });
  it('reads git logs and package histories', async () => {
    const { changes } = await read({
      'git.txt':
        'commit 3243236abcdef0123456789abcdef0123456789a\nAuthor: Pay Team <pay@example.com>\nDate:   Tue Mar 10 09:00:00 2026 +0800\n\n    Pin the new root of the gateway\n\n    see CHG-12\n',
      'history.log':
        'Start-Date: 2026-03-10  02:00:12\nCommandline: apt-get -y upgrade\nUpgrade: openssl:amd64 (3.0.18, 3.0.19), nginx:amd64 (1.22.1, 1.22.2)\nEnd-Date: 2026-03-10  02:00:40\n',
    });
    expect(changes.map(({ time, team, text }) => [iso(time), team, text])).toEqual([
      ['2026-03-10T01:00:00.000Z', 'Pay Team', 'Pin the new root of the gateway see CHG-12'],
      [
        '2026-03-10T02:00:12.000Z',
        undefined,
        'Commandline: apt-get -y upgrade Upgrade: openssl:amd64 (3.0.18, 3.0.19), nginx:amd64 (1.22.1, 1.22.2)',
      ],
    ]);
  });
  it('reads UTC where local time would lie after the incident', async () => {
    const { changes } = await read(
      { 'changes.txt': '# changes\n2026-03-10 11:50  rollback of release 7\n' },
      'America/New_York',
    );
    expect(iso(changes[0]!.time)).toBe('2026-03-10T11:50:00.000Z');
  });
});

describe('clocks: the sign says who is ahead', () => {
  it.each([
    [
      'chronyc tracking',
      'Reference ID    : 0AEB0003 (ntp1)\nStratum         : 3\nRef time (UTC)  : Tue Mar 10 11:22:54 2026\nSystem time     : 1418.5 seconds slow of NTP time\nLeap status     : Normal\n',
      -1418.5,
    ],
    [
      'chronyc tracking, ahead',
      'Reference ID    : 0AEB0003 (ntp1)\nStratum         : 3\nSystem time     : 0.25 seconds fast of NTP time\nLeap status     : Normal\n',
      0.25,
    ],
    [
      'chronyc sources',
      'MS Name/IP address         Stratum Poll Reach LastRx Last sample\n===============================================================================\n^* ntp1.example.net              2   6   377    35   +90s[  +91s] +/-   10ms\n',
      90,
    ],
    [
      'ntpq -p',
      '     remote           refid      st t when poll reach   delay   offset  jitter\n==============================================================================\n*ntp1.example    10.0.0.1         2 u   33   64  377    0.345  -1250.5   0.011\n',
      1.2505,
    ],
    [
      'ntpdate -q',
      'server 10.0.0.3, stratum 2, offset 412.003, delay 0.02563\n10 Mar 11:00:00 ntpdate[812]: step time server 10.0.0.3 offset 412.003 sec\n',
      -412.003,
    ],
    [
      'timesync-status',
      '       Server: 10.0.0.3 (ntp1.example)\nPoll interval: 34min\n         Leap: normal\n      Stratum: 2\nRoot distance: 11ms\n       Offset: +2min 3.5s\n        Delay: 2ms\n Packet count: 90\n',
      -123.5,
    ],
  ])('%s', async (_name, text, offset) => {
    const { clocks } = await read({ 'ntp/api01.txt': text });
    expect(clocks).toHaveLength(1);
    expect(clocks[0]!.host).toBe('api01');
    expect(clocks[0]!.offsetSeconds).toBeCloseTo(offset, 3);
  });
  it('compares the times that several hosts gave', async () => {
    const { clocks } = await read({
      'ntp.txt':
        '# for h in $HOSTS; do echo "$h $(ssh $h date -u)"; done   # started 2026-03-10T00:13:57Z\nbilling-1        2026-03-10T00:13:57.522Z\nbilling-2        2026-03-09T23:50:19.527Z\n',
    });
    expect(
      clocks.map(({ host, offsetSeconds, synchronised }) => [host, Math.round(offsetSeconds), synchronised]),
    ).toEqual([
      ['billing-1', 1, true],
      ['billing-2', -1417, false],
    ]);
  });
  it('says when a host is not synchronised', async () => {
    const { clocks } = await read({
      'td.txt':
        '               Local time: Tue 2026-03-10 11:00:00 UTC\n           Universal time: Tue 2026-03-10 11:00:00 UTC\nSystem clock synchronized: no\n              NTP service: inactive\n',
    });
    expect(clocks[0]).toMatchObject({ host: 'td', synchronised: false });
  });
});

describe('DNS answers', () => {
  it('keeps resolver, remark and TTL of each dig', async () => {
    const dig = (remark: string, server: string, ip: string, ttl: number): string =>
      `; ${remark}\n\n; <<>> DiG 9.18.49 <<>> @${server} acq.bank.test A\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 39245\n\n;; QUESTION SECTION:\n;acq.bank.test.\t\tIN\tA\n\n;; ANSWER SECTION:\nacq.bank.test.\t${ttl}\tIN\tA\t${ip}\n\n;; SERVER: ${server}#53(${server}) (UDP)\n\n`;
    const { dns } = await read({
      'dns.txt':
        dig('resolver used by the payment hosts', '10.0.0.53', '198.51.100.23', 82400) +
        dig('name server of the zone owner', '198.51.100.54', '198.51.100.241', 300),
    });
    expect(dns.map(({ name, value, ttl, resolver, remark }) => ({ name, value, ttl, resolver, remark }))).toEqual([
      {
        name: 'acq.bank.test',
        value: '198.51.100.23',
        ttl: 82400,
        resolver: '10.0.0.53',
        remark: 'resolver used by the payment hosts',
      },
      {
        name: 'acq.bank.test',
        value: '198.51.100.241',
        ttl: 300,
        resolver: '198.51.100.54',
        remark: 'name server of the zone owner',
      },
    ]);
  });
  it('keeps a failed lookup', async () => {
    const { dns } = await read({
      d: '; <<>> DiG 9.18.49 <<>> gone.test\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; QUESTION SECTION:\n;gone.test.\tIN\tA\n',
    });
    expect(dns[0]).toMatchObject({ name: 'gone.test', value: 'NXDOMAIN' });
  });
  it.each([
    [
      'host',
      'pay.example has address 192.0.2.7\npay.example has IPv6 address 2001:db8::7\n',
      ['192.0.2.7', '2001:db8::7'],
    ],
    [
      'nslookup',
      'Server:\t\t10.0.0.53\nAddress:\t10.0.0.53#53\n\nNon-authoritative answer:\nName:\tpay.example\nAddress: 192.0.2.7\n',
      ['192.0.2.7'],
    ],
    [
      'resolv.conf',
      '# made by dhclient\nsearch pay.internal\nnameserver 10.0.0.53\nnameserver 10.0.0.54\n',
      ['10.0.0.53', '10.0.0.54'],
    ],
    ['hosts', '127.0.0.1 localhost\n192.0.2.7 pay.example pay\n', ['127.0.0.1', '192.0.2.7', '192.0.2.7']],
  ])('%s', async (_name, text, values) => {
    expect((await read({ x: text })).dns.map(({ value }) => value)).toEqual(values);
  });
});

describe('file listings', () => {
  it.each([
    [
      'ls -l full-iso',
      '$ ls -l --time-style=full-iso\n-rw------- 1 root root 1704 2026-03-01 10:25:00.000000000 -0400 client.key\n',
      'client.key',
      '2026-03-01T14:25:00.000Z',
      'root:root',
    ],
    [
      'ls -l old',
      'total 8\n-rw-r--r-- 1 www www 1704 May 13  2025 shell.php\n',
      'shell.php',
      '2025-05-13T00:00:00.000Z',
      'www:www',
    ],
    [
      'ls -l recent',
      '/srv/www/up:\ntotal 8\n-rwxr-xr-x 1 www-data www-data 88 Mar  9 18:40 x y.php\n',
      '/srv/www/up/x y.php',
      '2026-03-09T18:40:00.000Z',
      'www-data:www-data',
    ],
    [
      'own format',
      '# mode owner:group size mtime path\n-rw-r--r-- deploy:www     4100 2026-03-05T18:40:19+08:00 /srv/www/index.html\n',
      '/srv/www/index.html',
      '2026-03-05T10:40:19.000Z',
      'deploy:www',
    ],
    [
      'find -ls',
      '  1234      4 -rw-r--r--   1 deploy   www   4100 Mar  5 18:40 /srv/www/index.html\n',
      '/srv/www/index.html',
      '2026-03-05T18:40:00.000Z',
      'deploy:www',
    ],
    [
      'stat',
      '  File: /srv/www/a.php\n  Size: 120       \tBlocks: 8          IO Block: 4096   regular file\nAccess: (0644/-rw-r--r--)  Uid: (   33/www-data)   Gid: (   33/www-data)\nAccess: 2026-03-05 18:40:19.000000000 +0000\nModify: 2026-03-05 18:40:19.000000000 +0000\n',
      '/srv/www/a.php',
      '2026-03-05T18:40:19.000Z',
      'www-data:www-data',
    ],
  ])('%s', async (_name, text, path, time, owner) => {
    const { files } = await read({ 'files.txt': text });
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({ path, owner });
    expect(iso(files[0]!.modified)).toBe(time);
  });
  it('reads hash lists', async () => {
    const { hashes } = await read({ sums: `${'ab'.repeat(32)}  /srv/www/a.js\n${'cd'.repeat(32)} */srv/www/b.js\n` });
    expect(hashes!.map(({ path }) => path)).toEqual(['/srv/www/a.js', '/srv/www/b.js']);
  });
});

describe('topology dialects', () => {
  it.each([
    [
      'legs as list',
      'site: shop\nlog_timezone: Europe/London\nhosts:\n  - {name: app1, ip: 10.0.0.10, role: app, stack: java}\nlegs:\n  - {name: app-to-bank, to: bank.test, ip: 192.0.2.9, port: 8443, tls: yes, mutual: required}\ninternal_networks: [10.0.0.0/8]\npsp_callback_ranges: [198.51.100.0/26]\n',
    ],
    [
      'legs as map',
      'topology:\n  site: shop\n  tz: Europe/London\n  nodes:\n    app1: {address: 10.0.0.10, role: app, software: java}\n  links:\n    app-to-bank:\n      endpoint: bank.test:8443\n      ip: 192.0.2.9\n      tls: true\n      mtls: true\n  networks:\n    internal: [10.0.0.0/8]\n    psp_callbacks: [198.51.100.0/26]\n',
    ],
    [
      'TOML',
      'site = "shop"\ntimezone = "Europe/London"\ninternal_networks = ["10.0.0.0/8"]\npsp_callback_ranges = ["198.51.100.0/26"]\n\n[nodes.app1]\nip = "10.0.0.10"\nrole = "app"\nstack = "java"\n\n[[legs]]\nname = "app-to-bank"\nto = "bank.test"\nip = "192.0.2.9"\nport = 8443\ntls = true\nmutual = true\n',
    ],
    [
      'JSON',
      JSON.stringify(
        {
          site: 'shop',
          timezone: 'Europe/London',
          nodes: [{ name: 'app1', ip: '10.0.0.10', role: 'app', stack: 'java' }],
          legs: [{ name: 'app-to-bank', host: 'bank.test', upstream: '192.0.2.9:8443', tls: true, mutual: 'yes' }],
          internal_networks: ['10.0.0.0/8'],
          callback_ranges: ['198.51.100.0/26'],
        },
        null,
        1,
      ),
    ],
  ])('%s', async (_name, text) => {
    const { topology } = await read({ 't.yaml': text });
    expect(topology[0]).toMatchObject({
      site: 'shop',
      zone: 'Europe/London',
      nodes: [{ name: 'app1', ip: '10.0.0.10', role: 'app', stack: 'java' }],
      legs: [{ name: 'app-to-bank', to: 'bank.test', ip: '192.0.2.9', port: 8443, tls: true, mutual: true }],
      internalNetworks: ['10.0.0.0/8'],
      callbackRanges: ['198.51.100.0/26'],
    });
  });
});

it('finds the host of a leg whatever its key, and leaves tables of a log alone', async () => {
  const { topology, changes, notices } = await read({
    't.yaml':
      'nodes:\n  gateway: 192.0.2.5\nlegs:\n  - {channel: stripe, peer: api.gate.example, trust: certs/trust.pem}\n  - {from: app1, to: gateway, endpoint: "gw.example:443"}\n  - {name: in, to: gateway}\n',
    'export.csv':
      'timestamp,level,message\n2026-03-10T08:00:00Z,ERROR,deploy failed\n2026-03-10T09:00:00Z,INFO,certificate reloaded\n',
  });
  expect(topology[0]!.legs.map(({ name, to, ip, port, trust }) => ({ name, to, ip, port, trust }))).toEqual([
    { name: 'stripe', to: 'api.gate.example', ip: undefined, port: undefined, trust: 'certs/trust.pem' },
    { name: 'app1-to-gw.example', to: 'gw.example', ip: undefined, port: 443, trust: undefined },
    { name: 'in', to: 'gateway', ip: '192.0.2.5', port: undefined, trust: undefined },
  ]);
  expect([changes, notices]).toEqual([[], []]);
});

describe('the rest', () => {
  it('reads GBK tables', async () => {
    // 商户号,商户名称 / M1,蓝叶商城 in GBK.
    const { tables } = await read({
      'm.csv': Buffer.concat([
        Buffer.from('merchant_id,name\nM1,'),
        Buffer.from('c0b6d2b6c9ccb3c7', 'hex'),
        Buffer.from('\nM2,'),
        Buffer.from('d0c2bba8caefb5ea', 'hex'),
        Buffer.from('\n'),
      ]),
    });
    expect(tables[0]!.rows[0]!.cells).toEqual(['M1', '蓝叶商城']);
  });
  it('reads flows, versions, processes, connections, df and settings', async () => {
    const facts = await read({
      'egress.csv':
        'time,src,src_port,dst,dst_port,proto,bytes_out,bytes_in,duration,action\n2026-03-10T10:00:00+08:00,10.0.0.1,50000,192.0.2.9,443,tcp,700,210,0.2,ALLOW\n',
      'versions.txt':
        'nginx    nginx version: nginx/1.22.1\njava     openjdk version "17.0.15" 2025-04-15\ncheckout: before openjdk version "17.0.15" / now openjdk version "25.0.3" 2026-04-21 LTS\n',
      'ps.txt': 'USER PID PPID START COMMAND\napp 26451 1 13:00 /dev/shm/.cache/kworkerd --quiet\n',
      'ss.txt':
        '$ sysctl net.ipv4.ip_local_port_range\n33000\t33040\n$ ss -tan\nState     Recv-Q Send-Q  Local Address:Port    Peer Address:Port\nTIME-WAIT 0      0      10.0.0.1:33001 192.0.2.9:443\n',
      'df.txt': 'Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda2        40G   40G     0 100% /\n',
      'app.properties': '# shipped\njdk.tls.disabledAlgorithms=SSLv3, \\\n    RC4\nother = 1\n',
      'conf.yaml': 'bank:\n  url: https://bank.test/\n  certs: [a.pem, b.pem]\n',
    });
    expect(facts.flows[0]).toMatchObject({
      source: '10.0.0.1',
      destination: '192.0.2.9',
      port: 443,
      bytesOut: 700,
      bytesIn: 210,
      action: 'ALLOW',
      time: Date.parse('2026-03-10T02:00:00Z'),
    });
    expect(facts.versions.map(({ software, version, host, when }) => [software, version, host, when])).toEqual([
      ['nginx', '1.22.1', undefined, undefined],
      ['java', '17.0.15', undefined, undefined],
      ['openjdk', '17.0.15', 'checkout', 'before'],
      ['openjdk', '25.0.3', 'checkout', 'now'],
    ]);
    expect(facts.processes![0]).toMatchObject({
      user: 'app',
      pid: 26451,
      started: '13:00',
      command: '/dev/shm/.cache/kworkerd --quiet',
    });
    expect(facts.connections![0]).toMatchObject({
      state: 'TIME-WAIT',
      local: '10.0.0.1',
      localPort: 33001,
      remote: '192.0.2.9',
      remotePort: 443,
    });
    expect(facts.kernel).toEqual([
      { file: 'ss.txt', line: 2, key: 'net.ipv4.ip_local_port_range', value: '33000\t33040' },
    ]);
    expect(facts.disks![0]).toMatchObject({ mount: '/', usedPercent: 100 });
    expect(facts.settings.map(({ key, value, line }) => [key, value, line])).toEqual([
      ['jdk.tls.disabledAlgorithms', 'SSLv3, RC4', 2],
      ['other', '1', 4],
      ['bank.url', 'https://bank.test/', 2],
      ['bank.certs.0', 'a.pem', 3],
      ['bank.certs.1', 'b.pem', 3],
    ]);
  });
  it.each([
    [
      'cloud flow records',
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n2 123456789010 eni-1 10.0.0.1 192.0.2.9 50000 443 6 20 4249 1773136800 1773136860 ACCEPT OK\n2 123456789010 eni-1 10.0.0.1 192.0.2.9 50001 443 6 20 4249 1773136860 1773136920 ACCEPT OK\n',
    ],
    [
      'Zeek',
      '#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_bytes\tresp_bytes\tconn_state\n1773136800.123456\tC1\t10.0.0.1\t50000\t192.0.2.9\t443\ttcp\t4249\t210\tSF\n',
    ],
    [
      'nfdump',
      'ts,te,td,sa,da,sp,dp,pr,ibyt,obyt\n2026-03-10 10:00:00,2026-03-10 10:00:01,1.0,10.0.0.1,192.0.2.9,50000,443,TCP,210,4249\n',
    ],
  ])('%s', async (_name, text) => {
    const { flows } = await read({ f: text });
    expect(flows[0]).toMatchObject({ source: '10.0.0.1', destination: '192.0.2.9', port: 443, bytesOut: 4249 });
    expect(iso(Math.floor(flows[0]!.time / 1000) * 1000)).toBe('2026-03-10T10:00:00.000Z');
  });
  it('tells mails, notices and tickets', async () => {
    const facts = await read({
      mail: 'From: it@bank.test\nDate: Mon, 02 Mar 2026 20:00:00 +0000\nSubject: Maintenance\n\nMaintenance of the host interface on 2026-03-10.\n',
      'notices.txt':
        '2026-03-10 12:49  provider status: delayed acknowledgements, some notifications were delivered more than once\n',
      'tickets.csv': 'time;channel;text\n2026-03-10 10:00;mail;I was charged twice; please help\n',
    });
    expect(
      facts.notices.map(({ kind, text }) => [
        kind,
        text.includes('host interface') || text.includes('delayed') || text.includes('please help'),
      ]),
    ).toEqual([
      ['notice', true],
      ['status', true],
      ['ticket', true],
    ]);
    expect(iso(facts.notices[0]!.time)).toBe('2026-03-02T20:00:00.000Z');
  });
  it('reports invalid YAML with its line and reads the rest', async () => {
    const { problems, settings } = await read({
      'bad.yaml': 'bank:\n  url: https://bank.test/\n  key: "unclosed\nother: 2\n',
      'good.yaml': 'a: 1\n',
    });
    expect(problems![0]).toMatchObject({ file: 'bad.yaml', what: expect.stringContaining('not valid YAML') });
    expect(settings.some(({ file }) => file === 'good.yaml')).toBe(true);
  });
  it('does not expand YAML aliases', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((c, i) => `${c}: &${c} [${Array(8).fill(`*${'abcdefghij'[i]}`).join(',')}]`)
      .join('\n')}\n`;
    const { settings } = await read({ 'bomb.yaml': bomb });
    expect(settings.length).toBeLessThan(200);
  });
  it('never throws, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ maxLength: 200, unit: 'grapheme' }),
        async (bytes, text) => {
          await read({
            a: Buffer.from(bytes),
            b: text,
            c: `time;channel;text\n${text}`,
            d: `nodes:\n${text}`,
            e: `; <<>> DiG 9\n${text}`,
          });
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('output of more commands', () => {
  it('reads ls, find -printf and stat -c', async () => {
    const { files } = await read({
      'ls.txt':
        'total 8\ndrwxr-xr-x 2 root root 20480 Mar  9 22:04 certs\n-rw-r--r-- 1 root root   12332 Apr 15  2025 openssl.cnf\ndrwx--x--- 2 root ssl-cert 4096 Mar  1 00:14 private\n',
      'find.txt':
        '755 root root 4096 2026-03-09 22:04:44.1234567890 /etc/ssl\n640 root ssl-cert 1704 2026-03-09 22:05:44.0000000000 /etc/ssl/private/gw.key\n4755 root root 71912 2026-01-01 00:00:00.0000000000 /usr/bin/su do\n',
      'stat.txt':
        '644 root:root 1564 2026-03-09 22:04:44.000000000 +0100 /etc/passwd\n600 root:root 10 2026-03-09 22:04:44 +0100 /x\n',
    });
    expect(files.map(({ mode, owner, path, modified }) => [mode, owner, path, iso(modified)])).toEqual([
      ['drwxr-xr-x', 'root:root', 'certs', '2026-03-09T22:04:00.000Z'],
      ['-rw-r--r--', 'root:root', 'openssl.cnf', '2025-04-15T00:00:00.000Z'],
      ['drwx--x---', 'root:ssl-cert', 'private', '2026-03-01T00:14:00.000Z'],
      ['-rwxr-xr-x', 'root:root', '/etc/ssl', '2026-03-09T22:04:44.000Z'],
      ['-rw-r-----', 'root:ssl-cert', '/etc/ssl/private/gw.key', '2026-03-09T22:05:44.000Z'],
      ['-rwsr-xr-x', 'root:root', '/usr/bin/su do', '2026-01-01T00:00:00.000Z'],
      ['-rw-r--r--', 'root:root', '/etc/passwd', '2026-03-09T21:04:44.000Z'],
      ['-rw-------', 'root:root', '/x', '2026-03-09T21:04:44.000Z'],
    ]);
  });
  it('reads lists of packages', async () => {
    const { versions } = await read({
      'a.txt':
        'Desired=Unknown/Install/Remove/Purge/Hold\n||/ Name Version Architecture Description\n+++-====-====-====-====\nii  openssl          3.0.19-1~deb12u1 amd64 Secure Sockets Layer toolkit\nii  libssl3:amd64    3.0.19-1~deb12u1 amd64 SSL shared libraries\nrc  nginx            1.22.1-9+deb12u2 amd64 small, powerful web server\n',
      'b.txt': 'openssl-1.1.1k-12.el8_9.x86_64\nnginx-1.20.1-14.el9.x86_64\njava-17-openjdk-17.0.9.0.9-2.el9.x86_64\n',
      'c.txt': 'openssl-3.1.4-r5\nnginx-1.24.0-r7\nmusl-1.2.4-r2\n',
    });
    expect(versions.map(({ software, version }) => `${software} ${version}`)).toEqual([
      'openssl 3.0.19-1~deb12u1',
      'libssl3 3.0.19-1~deb12u1',
      'nginx 1.22.1-9+deb12u2',
      'openssl 1.1.1k-12.el8_9',
      'nginx 1.20.1-14.el9',
      'java-17-openjdk 17.0.9.0.9-2.el9',
      'openssl 3.1.4-r5',
      'nginx 1.24.0-r7',
      'musl 1.2.4-r2',
    ]);
  });
});
