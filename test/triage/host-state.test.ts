/** Outputs of commands that say how a machine is doing: what they prove, and what they do not. */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/types.ts';
import { claims, triageFiles } from './bundle.ts';

const findings = (report: Report, check: string): Report['findings'] =>
  report.findings.filter(({ id }) => id === check);
const inodes = (used: number): string =>
  `Filesystem      Inodes   IUsed   IFree IUse% Mounted on\nudev            998456     412  998044    1% /dev\n/dev/loop3       10828   10828       0  100% /snap/core20/2105\n/dev/sda1      6553600 6553600       0  ${used}% /\n`;
const noSpace = Array.from(
  { length: 40 },
  (_, i) =>
    `2026-11-22T08:${String(i).padStart(2, '0')}:00Z ERROR pay write journal failed: open /var/spool/pay/${i}: No space left on device`,
).join('\n');

describe('df', () => {
  it('without a complaint names a full file system as a candidate only', async () => {
    const report = await triageFiles({ 'df.txt': inodes(100) });
    expect(findings(report, 'capacity/disk-full').map(({ title }) => title)).toEqual([
      'df shows / at 100 % of its inodes',
    ]);
    expect(claims(report)).toEqual([]);
  });
  it('beside a complaint proves it', async () => {
    const report = await triageFiles({ 'df.txt': inodes(100), 'pay.log': noSpace });
    const [finding] = findings(report, 'capacity/disk-full');
    expect(finding).toMatchObject({ confidence: 0.95 });
    expect(finding?.detail).toContain('/ at 100 % of its inodes');
  });
  it('with room, and images that are always full, says nothing', async () => {
    expect(findings(await triageFiles({ 'df.txt': inodes(61) }), 'capacity/disk-full')).toEqual([]);
  });
});

describe('the kernel', () => {
  const full = 'nf_conntrack: nf_conntrack: table full, dropping packet';
  it('that drops connections is no exhausted pool', async () => {
    const report = await triageFiles({
      'dmesg.txt': Array.from({ length: 12 }, (_, i) => `[Sun Nov 22 08:05:${10 + i} 2026] ${full}`).join('\n'),
    });
    expect(findings(report, 'network/connection-table-full')).toHaveLength(1);
    expect(claims(report)).not.toContain('pool-exhausted');
  });
  it('without a time of day is a candidate', async () => {
    const report = await triageFiles({
      'dmesg.txt': `[    0.000000] Linux version 6.1.0-18-amd64\n[3640011.101223] ${full}\n[3640012.119001] ${full}\n`,
    });
    expect(findings(report, 'network/connection-table-full')[0]).toMatchObject({ count: 2, confidence: 0.45 });
    expect(claims(report)).toEqual([]);
  });
  it('that suspects a flood accuses nobody', async () => {
    const report = await triageFiles({
      'dmesg.txt': Array.from(
        { length: 5 },
        (_, i) =>
          `[Sun Nov 22 08:0${i}:07 2026] TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.  Check SNMP counters.`,
      ).join('\n'),
    });
    expect(findings(report, 'attacks/syn-flood')).toHaveLength(1);
    expect(claims(report)).toEqual([]);
  });
  it('that booted in peace says nothing', async () => {
    const report = await triageFiles({
      'dmesg.txt': '[    0.000000] Linux version 6.1.0-18-amd64\n[    1.200000] EXT4-fs (sda1): mounted filesystem\n',
    });
    expect(report.findings).toEqual([]);
  });
});

describe('source ports', () => {
  const list = (used: number): string =>
    `State      Recv-Q Send-Q Local Address:Port  Peer Address:Port\nLISTEN     0      511    0.0.0.0:443        0.0.0.0:*\n${Array.from(
      { length: used },
      (_, i) => `TIME-WAIT  0      0      10.0.0.5:${32_768 + i}    203.0.113.9:443`,
    ).join('\n')}\n`;
  it('nearly all taken towards one peer are shown', async () => {
    const report = await triageFiles({ 'ss.txt': list(27_000) });
    expect(findings(report, 'network/port-exhaustion')[0]?.detail).toContain(
      "27000 of 28232 source ports (Linux' usual range) are taken towards 203.0.113.9:443",
    );
    expect(claims(report)).toEqual([]);
  });
  it('half taken, or of a wider range, are not', async () => {
    expect((await triageFiles({ 'ss.txt': list(12_000) })).findings).toEqual([]);
    const wider = { 'ss.txt': list(27_000), 'sysctl.txt': 'net.ipv4.ip_local_port_range = 1024 65535\n' };
    expect((await triageFiles(wider)).findings).toEqual([]);
  });
});

describe('a proxy in front of a program of ours', () => {
  const minute = (m: number): string => `08:${String(m).padStart(2, '0')}`;
  const proxy = (words: string): { [file: string]: string } => ({
    'access.log': Array.from(
      { length: 600 },
      (_, i) =>
        `198.51.100.${i % 250} - - [22/Nov/2026:${minute(Math.floor(i / 15))}:${String((i % 15) * 4).padStart(2, '0')} +0000] "POST /pay HTTP/1.1" ${i >= 300 ? 502 : 200} 157 "-" "Mozilla/5.0"`,
    ).join('\n'),
    'error.log': Array.from(
      { length: 300 },
      (_, i) =>
        `2026/11/22 ${minute(20 + Math.floor(i / 15))}:${String((i % 15) * 4).padStart(2, '0')} [error] 8#8: *${i} ${words} while connecting to upstream, client: 198.51.100.7, server: shop.example, request: "POST /pay HTTP/1.1", upstream: "http://10.0.0.13:8080/pay", host: "shop.example"`,
    ).join('\n'),
  });
  const killed = (time: string): string =>
    `[Sun Nov 22 ${time} 2026] java invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0\n[Sun Nov 22 ${time} 2026] Out of memory: Killed process 812 (java) total-vm:9123456kB, anon-rss:7000000kB\n`;
  const REFUSED = 'connect() failed (111: Connection refused)';

  it('that was ended for lack of memory names that beside the refusals', async () => {
    const report = await triageFiles({ ...proxy(REFUSED), 'dmesg.txt': killed('08:19:58') });
    expect(findings(report, 'network/connection-refused')).toMatchObject([
      { confidence: 0.85, detail: expect.stringContaining('ended for lack of memory') },
    ]);
  });
  it('is not said to have been where that was at another time', async () => {
    const report = await triageFiles({ ...proxy(REFUSED), 'dmesg.txt': killed('08:03:11') });
    expect(findings(report, 'network/connection-refused')).toMatchObject([
      { confidence: 0.72, detail: expect.not.stringContaining('memory') },
    ]);
  });

  const listener = (port: number): string =>
    `State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nLISTEN 129    128    0.0.0.0:${port}       0.0.0.0:*         users:(("java",pid=812,fd=44))\n`;
  it.each([
    ['that accepts too slowly is named where connects get no answer', 8080, 0.8, 'app'],
    ['is not where the full queue is that of another port', 9090, 0.7, 'net'],
  ])('%s', async (_, port, confidence, owner) => {
    const report = await triageFiles({
      ...proxy('upstream timed out (110: Connection timed out)'),
      'ss.txt': listener(port),
    });
    expect(findings(report, 'network/connection-dropped')).toMatchObject([{ confidence, owner }]);
  });
});

describe('descriptors', () => {
  const failed = Array.from(
    { length: 40 },
    (_, i) => `2026-11-22T08:${String(i).padStart(2, '0')}:00Z ERROR pay accept failed: accept4: too many open files`,
  ).join('\n');
  const fileNr = (open: number): string => `$ cat /proc/sys/fs/file-nr\n${open}\t0\t98304\n`;
  it('of a machine that are all open prove the complaint', async () => {
    const report = await triageFiles({ 'pay.log': failed, 'fd.txt': fileNr(98_304) });
    expect(findings(report, 'capacity/descriptors-exhausted')).toMatchObject([{ confidence: 0.95 }]);
  });
  it('are a candidate without one, and nothing where there is room', async () => {
    const report = await triageFiles({ 'fd.txt': fileNr(98_304) });
    expect(findings(report, 'capacity/descriptors-exhausted')).toMatchObject([{ confidence: 0.45 }]);
    expect(claims(report)).toEqual([]);
    expect((await triageFiles({ 'fd.txt': fileNr(1204) })).findings).toEqual([]);
  });
});

it('a connection table that sysctl shows full is a candidate, and one with room nothing', async () => {
  const sysctl = (count: number): string =>
    `net.netfilter.nf_conntrack_count = ${count}\nnet.netfilter.nf_conntrack_max = 65536\n`;
  const counted =
    '$ conntrack -C\n65536\n$ sysctl net.netfilter.nf_conntrack_max\nnet.netfilter.nf_conntrack_max = 65536\n';
  expect(findings(await triageFiles({ 'conntrack.txt': counted }), 'network/connection-table-full')).toHaveLength(1);
  const report = await triageFiles({ 'sysctl.txt': sysctl(65_535) });
  expect(findings(report, 'network/connection-table-full')).toMatchObject([{ confidence: 0.45 }]);
  expect(claims(report)).toEqual([]);
  expect((await triageFiles({ 'sysctl.txt': sysctl(9000) })).findings).toEqual([]);
});
