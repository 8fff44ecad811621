/** Outputs of commands and exports of desks that engineers put into a bundle, and texts that only look like them. */
import { describe, expect, it } from 'vitest';
import { readSmallFacts } from '../../src/evidence/facts/index.ts';
import { openEvidence } from '../../src/evidence/index.ts';
import type { SmallFacts } from '../../src/evidence/small-facts.ts';
import { detectLogFormat } from '../../src/logs/formats/detect.ts';
import { type Files, writeBundle } from '../files.ts';
import { claims, triageFiles } from '../triage/bundle.ts';
import { type Plan, run, scene } from '../triage/scene.ts';

async function facts(files: Files): Promise<SmallFacts> {
  const { sources } = await openEvidence([writeBundle(files)], { detectors: { log: detectLogFormat } });
  return readSmallFacts(sources, { now: Date.UTC(2026, 10, 22, 9) });
}
const AT = Date.UTC(2026, 10, 22, 8, 5);
const TAKEN = '$ date\nSun Nov 22 08:57:00 UTC 2026\n$ ';

const EVENTS = `LAST SEEN   TYPE      REASON              OBJECT                 MESSAGE
52m         Normal    ScalingReplicaSet   deployment/pay         Scaled up replica set pay-7d9f to 3
50m         Warning   Unhealthy           pod/pay-7d9f-x2x       Readiness probe failed
`;
const CONTAINERS = `CONTAINER ID   IMAGE              COMMAND                  CREATED          STATUS          PORTS      NAMES
9f2c1a77be01   shop/pay:4.3.0     "docker-entrypoint.s…"   52 minutes ago   Up 52 minutes   8080/tcp   pay-1
0d11ab34ff09   redis:7.2          "docker-entrypoint.s…"   5 weeks ago      Up 5 weeks      6379/tcp   redis
`;

describe('what was changed', () => {
  it.each([
    [
      'systemctl.txt',
      '● nginx.service - A high performance web server\n     Loaded: loaded (/lib/systemd/system/nginx.service; enabled)\n     Active: active (running) since Sun 2026-11-22 08:05:00 UTC; 52min ago\n   Main PID: 1020 (nginx)\n\nNov 22 08:05:00 pay1 systemd[1]: Starting nginx.service...\nNov 22 08:05:00 pay1 systemd[1]: Started nginx.service.\n',
      'nginx.service was started',
    ],
    [
      'ansible.log',
      '2026-11-22 08:04:58,120 p=4021 u=deploy n=ansible | PLAY [web] ****\n2026-11-22 08:04:59,412 p=4021 u=deploy n=ansible | TASK [tls : install certificate] ****\n2026-11-22 08:05:00,000 p=4021 u=deploy n=ansible | changed: [pay1]\n2026-11-22 08:05:01,000 p=4021 u=deploy n=ansible | changed: [pay2]\n',
      'Ansible: tls : install certificate: changed pay1, pay2',
    ],
    [
      'dpkg.log',
      '2026-11-22 08:04:58 startup archives unpack\n2026-11-22 08:05:00 upgrade openssl:amd64 3.0.13-1 3.0.15-1\n2026-11-22 08:05:02 status unpacked openssl:amd64 3.0.15-1\n2026-11-22 08:05:04 upgrade libssl3:amd64 3.0.13-1 3.0.15-1\n',
      'upgrade openssl 3.0.13-1 -> 3.0.15-1, libssl3 3.0.13-1 -> 3.0.15-1',
    ],
    [
      'rpm.txt',
      'openssl-3.0.7-27.el9.x86_64                   Sun 22 Nov 2026 08:05:00 AM UTC\nopenssl-libs-3.0.7-27.el9.x86_64              Sun 22 Nov 2026 08:05:00 AM UTC\n',
      'installed openssl-3.0.7-27.el9.x86_64, openssl-libs-3.0.7-27.el9.x86_64',
    ],
    [
      'git.txt',
      'commit a1b2c3d4e5f60718293a4b5c6d7e8f9012345678\nAuthor:     Anna <anna@shop.example>\nAuthorDate: Sat Nov 21 11:02:00 2026 +0000\nCommit:     CI <ci@shop.example>\nCommitDate: Sun Nov 22 09:05:00 2026 +0100\n\n    Rotate the certificate\n',
      'Rotate the certificate',
    ],
    [
      'git.txt',
      '* a1b2c3d 2026-11-22 09:05:00 +0100 Rotate the certificate (Anna)\n|\\\n| * c3d4e5f 2026-11-08 10:00:00 +0000 Feature x (Chen)\n|/\n',
      'Rotate the certificate (Anna) (a1b2c3d)',
    ],
    [
      'git.txt',
      'a1b2c3d|Anna|2026-11-22T08:05:00+00:00|Rotate the certificate\nb2c3d4e|Bernd|2026-11-09T10:00:00+00:00|Raise the time-out\n',
      'Rotate the certificate (a1b2c3d)',
    ],
    [
      'helm.json',
      '[{"revision":12,"updated":"2026-11-22T08:05:00Z","status":"deployed","chart":"pay-2.1.0","app_version":"4.3.0","description":"Upgrade complete"}]',
      'revision 12: pay-2.1.0, Upgrade complete',
    ],
    [
      'inspect.json',
      '[{"Name":"/pay-1","Created":"2026-11-01T00:00:00Z","State":{"Running":true,"StartedAt":"2026-11-22T08:05:00Z"},"Config":{"Image":"shop/pay:4.3.0"},"HostConfig":{}}]',
      'container pay-1 of shop/pay:4.3.0 was started',
    ],
    [
      'events.txt',
      `${TAKEN}kubectl get events\n${EVENTS}`,
      'deployment/pay: ScalingReplicaSet: Scaled up replica set pay-7d9f to 3',
    ],
    ['ps.txt', `${TAKEN}docker ps\n${CONTAINERS}`, 'container pay-1 of shop/pay:4.3.0 was created'],
    [
      'changes.csv',
      'number,short_description,type,state,planned_start_date,planned_end_date,start_date,end_date,assignment_group,assigned_to,cmdb_ci\nCHG0031201,Renew the certificate,Normal,Closed,2026-11-22 08:00:00,2026-11-22 09:00:00,2026-11-22 08:05:00,2026-11-22 08:14:00,Network,Anna,gw1\n',
      'Renew the certificate number=CHG0031201',
    ],
    [
      'status.json',
      '{"page":{"name":"Acme"},"incidents":[],"scheduled_maintenances":[{"name":"Rotation of certificates","status":"completed","scheduled_for":"2026-11-22T08:05:00Z","created_at":"2026-11-03T11:00:00Z"},{"name":"Later","status":"scheduled","scheduled_for":"2026-11-22T08:00:00Z"}]}',
      'maintenance of Acme: Rotation of certificates',
    ],
  ])('is read from %s %#', async (name, text, what) => {
    const { changes } = await facts({ [name]: text });
    const at = changes.filter(({ time }) => Math.abs(time - AT) < 1000);
    expect(at.map((change) => change.text)).toEqual([expect.stringContaining(what)]);
  });

  it.each([
    // Ages count from a moment that nobody knows.
    ['events.txt', EVENTS],
    ['ps.txt', CONTAINERS],
    // Alarms are complaints, not changes.
    [
      'pagerduty.json',
      '{"incidents":[{"id":"PT4","summary":"[#12] 5xx rate above 20%","incident_number":12,"title":"5xx rate above 20%","created_at":"2026-11-22T08:05:00Z","status":"triggered","urgency":"high"}]}',
    ],
    [
      'incidents.csv',
      'number,opened_at,short_description,caller_id,priority,state,category,assignment_group,assigned_to,sys_updated_on\nINC0010231,2026-11-22 08:05:00,Card payments fail,desk,1 - Critical,New,App,Payments,Anna,2026-11-22 08:30:00\n',
    ],
    // Lines of a log that begin with a number of the request.
    [
      'app.log',
      'a1b2c3d4 2026-11-22 08:05:00 INFO order 17 paid\nb1b2c3d4 2026-11-22 08:05:01 INFO order 18 paid\nc1b2c3d4 2026-11-22 08:05:02 INFO order 19 paid\n',
    ],
    [
      'changes.csv',
      'number,short_description,state,start_date,assignment_group\nCHG0031201,Renew the certificate,Canceled,2026-11-22 08:05:00,Network\n',
    ],
    ['notes.txt', 'The service has been active (running) since 2026-11-22 08:05:00 UTC; nothing was changed.\n'],
    ['up.txt', '2026-11-22 08:05:00 upgrade plan for the gateway 4 5\n2026-11-22 08:06:00 we waited\n'],
  ])('is not what only looks so: %s', async (name, text) => {
    expect((await facts({ [name]: text })).changes).toEqual([]);
  });

  it('stands beside what began after it', async () => {
    const log = Array.from(
      { length: 60 },
      (_, i) =>
        `2026-11-22T08:${String(i).padStart(2, '0')}:10Z ${i < 10 ? 'INFO pay order paid' : 'ERROR pay upstream gateway.bank.example: certificate has expired'}\n`,
    ).join('');
    const report = await triageFiles({
      'app.log': log,
      'ansible.log':
        '2026-11-22 08:04:58,120 p=1 u=deploy n=ansible | TASK [tls : install certificate] ***\n2026-11-22 08:05:00,000 p=1 u=deploy n=ansible | changed: [pay1]\n',
      'pagerduty.json':
        '{"incidents":[{"id":"PT4","title":"5xx rate above 20%","incident_number":12,"created_at":"2026-11-22T08:08:00Z","status":"triggered","urgency":"high"}]}',
      'meta/now': '2026-11-22T09:00:00Z\n',
    });
    const said = JSON.stringify(report.diagnosis.map(({ coincidences }) => coincidences));
    expect(said).toContain('install certificate');
    expect(said).not.toContain('5xx rate');
  });
});

it('are read in linear time whatever they hold', async () => {
  const start = process.cpuUsage().user;
  for (const text of [
    `.\n${'|   '.repeat(20_000)}\n${'|-- x\n'.repeat(3)}`,
    '\n'.repeat(200_000),
    `${' '.repeat(200_000)}ansible_host\n[a]\nb ansible_host=1\n`,
    `a1b2c3d ${'('.repeat(60_000)}\n`.repeat(3),
    `systemd,1\n${`${' |-'.repeat(20_000)}\n`.repeat(3)}`,
    `graph LR\n${'a --> '.repeat(20_000)}\n${'a['.repeat(20_000)}\n`,
    `$ dig +short ${'a.'.repeat(30_000)}\n${'1.'.repeat(30_000)}\n`,
    `Archive:  ${'x'.repeat(60_000)}\n${'1 '.repeat(30_000)}\n`,
  ])
    await facts({ 'x.txt': text });
  expect(process.cpuUsage().user - start).toBeLessThan(8_000_000);
});

describe('clocks', () => {
  it.each([
    [
      'ntp/pay1.txt',
      'Name/IP Address            NP  NR  Span  Frequency  Freq Skew  Offset  Std Dev\n==============================================================================\nntp1.example               12   7   24m     -0.004      0.120    -75s   118us\n192.0.2.4                   9   5   20m     +0.012      0.310    -75s   204us\n',
      false,
    ],
    [
      'ntp/pay1.txt',
      'associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,\nversion="ntpd 4.2.8p15", processor="x86_64",\nrootdelay=1.520, refid=192.0.2.4,\nmintc=3, offset=75000.000, frequency=-12.345, sys_jitter=0.210\n',
      true,
    ],
    [
      'ntp/pay1.txt',
      'sntp 4.2.8p15@1.3728-o (1)\n2026-11-22 08:02:09.103432 (+0000) +75.000000 +/- 0.021234 pool.ntp.example 192.0.2.4 s2 no-leap\n',
      false,
    ],
  ])('are behind by what %s says %#', async (name, text, synchronised) => {
    expect((await facts({ [name]: text })).clocks).toMatchObject([{ host: 'pay1', offsetSeconds: -75, synchronised }]);
  });
  it('are not synchronised where timedatectl show says so, and lists of other offsets are none', async () => {
    expect(
      (
        await facts({
          'a.txt': 'Timezone=Etc/UTC\nNTP=yes\nNTPSynchronized=no\nTimeUSec=Sun 2026-11-22 08:03:24 UTC\n',
        })
      ).clocks,
    ).toMatchObject([{ synchronised: false }]);
    expect(
      (await facts({ 'a.txt': 'page=3, offset=75012.345, limit=10\npage=4, offset=80000, limit=10\n' })).clocks,
    ).toEqual([]);
  });
});

describe('addresses, files, processes and systems', () => {
  it('come from dig +short with the question above the answer', async () => {
    const { dns } = await facts({
      'dns.txt':
        '$ dig +short api.bank.example\n198.51.100.20\n198.51.100.21\n$ dig @10.0.0.2 +short api.bank.example A\nedge.bank.example.\n203.0.113.9\n',
    });
    expect(dns.map(({ type, value, resolver }) => [type, value, resolver])).toEqual([
      ['A', '198.51.100.20', undefined],
      ['A', '198.51.100.21', undefined],
      ['CNAME', 'edge.bank.example', '10.0.0.2'],
      ['A', '203.0.113.9', '10.0.0.2'],
    ]);
    expect((await facts({ 'ips.txt': '198.51.100.20\n198.51.100.21\n' })).dns).toEqual([]);
  });

  it('come from trees of files with their modes, and a key that everybody may read is told', async () => {
    const tree =
      '/srv/pay\n|-- [-rw-r----- root     root         120 2026-11-22 08:05]  app.conf\n|-- [drwxr-xr-x root     root        4096 2026-11-22 08:05]  tls\n|   `-- [-rw-r--r-- root     root        1704 2026-11-22 08:05]  pay.key\n`-- [drwxr-xr-x root     root        4096 2026-11-22 08:05]  web\n\n3 directories, 2 files\n';
    const { files } = await facts({ 'tree.txt': tree });
    expect(files[2]).toMatchObject({
      path: '/srv/pay/tls/pay.key',
      mode: '-rw-r--r--',
      owner: 'root:root',
      size: 1704,
      modified: AT,
    });
    expect(files[3]).toMatchObject({ path: '/srv/pay/web' });
    const report = await triageFiles({ 'tree.txt': tree, 'app.log': '2026-11-22T08:00:00Z INFO pay started\n' });
    expect(report.findings.map(({ title }) => title)).toContain(
      'The private key /srv/pay/tls/pay.key is readable for everybody on its host',
    );
    expect((await facts({ 'plan.txt': 'shop\n|-- [draft of the plan]  one\n`-- [final]  two\n' })).files).toEqual([]);
  });

  it('come from lists of archives, under the name of the archive', async () => {
    const { files } = await facts({
      'unzip.txt':
        'Archive:  release.zip\n  Length      Date    Time    Name\n---------  ---------- -----   ----\n     1704  2026-11-22 08:05   tls/pay.key\n---------                     -------\n     1704                     1 file\n',
    });
    expect(files).toMatchObject([{ path: 'release.zip!tls/pay.key', size: 1704, modified: AT }]);
  });

  it('come from trees of processes and of packages', async () => {
    const { processes } = await facts({
      'pstree.txt':
        'systemd,1\n  |-sshd,812 -D\n  |   `-sshd,20311\n  |       `-bash,20340\n  `-java,2201 -jar /opt/pay.jar\n      `-{java},2202\n',
    });
    expect(processes!.map(({ pid, parent, command }) => [pid, parent, command])).toEqual([
      [1, undefined, 'systemd'],
      [812, 1, 'sshd -D'],
      [20311, 812, 'sshd'],
      [20340, 20311, 'bash'],
      [2201, 1, 'java -jar /opt/pay.jar'],
    ]);
    const { versions } = await facts({
      'npm.txt':
        'pay@4.3.0 /srv/pay\n├── express@4.19.2\n├─┬ axios@1.7.2\n│ └── follow-redirects@1.15.6\n└── @scope/stripe@16.2.0\n',
      'brew.json': '{"formulae":[{"name":"nginx","installed":[{"version":"1.27.0"}]}],"casks":[]}',
    });
    expect(versions.map(({ software, version }) => `${software} ${version}`).sort()).toEqual([
      '@scope/stripe 16.2.0',
      'axios 1.7.2',
      'express 4.19.2',
      'follow-redirects 1.15.6',
      'nginx 1.27.0',
    ]);
  });

  it('come from inventories of Ansible and charts of Mermaid', async () => {
    const { topology } = await facts({
      'inventory.ini':
        '[web]\npay1 ansible_host=10.0.1.11\npay2 ansible_user=deploy ansible_host=10.0.1.12\n\n[web:vars]\nansible_port=22\n',
      'hosts.yml':
        'all:\n  children:\n    db:\n      hosts:\n        db1.internal:\n          ansible_host: 10.0.2.5\n',
      'chart.mmd':
        'graph LR\n  shop["Shop api.shop.example"] -->|HTTPS 443| gw[Gateway 10.0.0.5:8443]\n  gw -- mTLS --> bank(Bank api.bank.example:443)\n',
    });
    expect(topology.flatMap(({ nodes }) => nodes.map(({ name, ip, role }) => [name, ip, role]))).toEqual([
      ['api.shop.example', undefined, undefined],
      ['gw', '10.0.0.5', undefined],
      ['api.bank.example', undefined, undefined],
      ['pay1', '10.0.1.11', 'web'],
      ['pay2', '10.0.1.12', 'web'],
      ['db1.internal', '10.0.2.5', 'db'],
    ]);
    expect(topology[0]!.legs).toMatchObject([
      { to: '10.0.0.5', port: 8443, tls: true },
      { to: 'api.bank.example', port: 443, tls: true, mutual: true },
    ]);
    expect((await facts({ 'a.txt': 'The graph LR below shows nothing.\nA --> B\n' })).topology).toEqual([]);
  });

  it('name the program that calls an unknown host', async () => {
    const flows = Array.from(
      { length: 40 },
      (_, i) =>
        `2026-11-22T08:${String(i).padStart(2, '0')}:00Z,10.0.1.11,203.0.113.9,3333,tcp,420,80,allow\n2026-11-22T08:${String(i).padStart(2, '0')}:30Z,10.0.1.${12 + (i % 3)},198.51.100.7,443,tcp,${900 + i * 31},5000,allow\n`,
    ).join('');
    const report = await triageFiles({
      'flows.csv': `time,src,dst,dport,proto,bytes_out,bytes_in,action\n${flows}`,
      'ss.txt':
        'State      Recv-Q Send-Q Local Address:Port   Peer Address:Port Process\nESTAB      0      0      10.0.1.11:44322      203.0.113.9:3333  users:(("kworkerds",pid=33021,fd=5))\nESTAB      0      0      10.0.1.11:443        198.51.100.9:5122 users:(("nginx",pid=1021,fd=9))\n',
      'pstree.txt': 'systemd,1\n  |-nginx,1021\n  `-kworkerds,33021 -o 203.0.113.9:3333\n',
      'meta/now': '2026-11-22T09:00:00Z\n',
    });
    expect(claims(report)).toContain('malware-beacon');
    expect(JSON.stringify(report.findings)).toContain('kworkerds on 10.0.1.11 holds the connection');
    expect(JSON.stringify(report.findings)).not.toContain('nginx on');
  });
});

describe('an answer', () => {
  const plan = (outcome: NonNullable<Plan['outcome']>, files: Files = {}): Plan => ({
    onset: Date.UTC(2026, 10, 18, 9, 30),
    host: 'api.tangerine.example',
    ip: '203.0.113.140',
    port: 9443,
    nodes: [
      { name: 'pay-go-1', ip: '10.60.1.14', stack: 'go' },
      { name: 'pay-php-1', ip: '10.60.1.15', stack: 'php' },
    ],
    outcome,
    files,
  });
  const answer = async (outcome: NonNullable<Plan['outcome']>, files?: Files): Promise<string[]> =>
    claims(await run(scene(plan(outcome, files))));

  it('is another one where dig +short gives the name a new address', async () => {
    const timeout: NonNullable<Plan['outcome']> = ({ after, node }) =>
      !after
        ? undefined
        : node.stack === 'go'
          ? 'call failed: Post "https://api.tangerine.example:9443/pay": dial tcp 203.0.113.140:9443: i/o timeout'
          : 'cURL error 28: Connection timed out after 10001 milliseconds for https://api.tangerine.example:9443/pay';
    const dig =
      '$ dig +short api.tangerine.example\n203.0.113.140\n$ dig +short @192.0.2.53 api.tangerine.example\n203.0.113.160\n';
    expect(await answer(timeout)).toEqual(['connection-dropped']);
    expect(await answer(timeout, { 'meta/dns.txt': dig })).toEqual(['dns-stale']);
  });

  it('is a claim where sntp shows the clock of the host that complains', async () => {
    const early: NonNullable<Plan['outcome']> = ({ after, node, time }) =>
      after && node.stack === 'go'
        ? `call failed: Post "https://api.tangerine.example:9443/pay": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time ${new Date(time).toISOString().slice(0, 19)}Z is before 2026-11-19T00:00:00Z`
        : undefined;
    const sntp =
      '2026-11-18 09:40:09.103432 (+0000) +86400.000000 +/- 0.021234 pool.ntp.example 192.0.2.4 s2 no-leap\n';
    expect(await answer(early)).toEqual([]);
    expect(await answer(early, { 'ntp/pay-go-1.txt': sntp })).toEqual(['clock-skew']);
    // A report called after its program is about the only host that complains.
    const stripchart =
      'Tracking time.example [192.0.2.1:123].\nThe current time is 11/18/2026 9:40:00 AM.\n09:40:00, +86400.0000000s\n';
    expect(await answer(early, { 'w32tm.txt': stripchart })).toEqual(['clock-skew']);
  });
});
