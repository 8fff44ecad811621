import { expect, it } from 'vitest';
import { readSmallFacts } from '../../src/evidence/facts/index.ts';
import { memorySource } from './memory-source.ts';

const read = async (text: string) => {
  const source = memorySource('out.txt', text);
  const facts = await readSmallFacts([source], { now: Date.UTC(2026, 10, 22) });
  return { kind: `${source.item.kind}/${source.item.format}`, gauges: facts.gauges!, disks: facts.disks! };
};

it.each([
  [
    'free -m',
    '               total        used        free      shared  buff/cache   available\nMem:            7953        7710         101          12         141          38\nSwap:           2047        2040           7\n',
    [
      ['memory-available', 38, 7953],
      ['swap-used', 2040, 2047],
    ],
  ],
  [
    'free -h, German',
    '              gesamt    benutzt     frei     gemeinsam  Puffer/Cache   verf\u00fcgbar\nSpeicher:      7,8Gi       7,5Gi       101Mi        12Mi       141Mi        38Mi\nSwap:             0B          0B          0B\n',
    [['memory-available', 38 * 2 ** 20, 7.8 * 2 ** 30]],
  ],
  [
    'free of CentOS 6',
    '             total       used       free     shared    buffers     cached\nMem:       8061208    7913020     148188          0      12000      30000\n-/+ buffers/cache:    7871020     190188\nSwap:      2097148    2097148          0\n',
    [
      ['memory-available', 190_188, 8_061_208],
      ['swap-used', 2_097_148, 2_097_148],
    ],
  ],
  [
    '/proc/meminfo',
    'MemTotal:        8061208 kB\nMemFree:          101240 kB\nMemAvailable:      38000 kB\n',
    [['memory-available', 38_000, 8_061_208]],
  ],
  [
    'vmstat 1 2',
    'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n 1  0 2096128 101240  2100 141200    1    2  9021  2210 9120 17022  4  2 93  1  0\n21  9 2096128  99012  2100 140180  770 1021  8800  2407 9470 16601 39 24  1 36  0\n',
    [
      ['swapping', 1791, undefined],
      ['waiting-for-disk', 36, 100],
    ],
  ],
  [
    'uptime',
    ' 10:14:02 up 42 days,  3:11,  2 users,  load average: 38.21, 30.02, 14.88\n',
    [['load', 38.21, undefined]],
  ],
  [
    'uptime, decimal comma',
    ' 10:14:02 up 42 days,  3:11,  2 users,  load average: 38,21, 30,02, 14,88\n',
    [['load', 38.21, undefined]],
  ],
  [
    'ss -s',
    'Total: 33211\nTCP:   32790 (estab 412, closed 28190, orphaned 12, timewait 28177)\n\nTransport Total     IP        IPv6\nTCP\t  4600      4590      10\n',
    [['time-wait', 28_177, undefined]],
  ],
  [
    'older ss -s',
    'Total: 33211 (kernel 33400)\nTCP:   32790 (estab 412, closed 28190, orphaned 12, synrecv 0, timewait 28177/0), ports 0\n',
    [['time-wait', 28_177, undefined]],
  ],
  [
    '/proc/net/sockstat',
    'sockets: used 4600\nTCP: inuse 412 orphan 12 tw 28177 alloc 500 mem 90\n',
    [['time-wait', 28_177, undefined]],
  ],
  [
    'conntrack -S',
    'cpu=0   \tfound=12 invalid=1021 insert=0 insert_failed=210 drop=88211 early_drop=12 error=3 search_restart=991 \ncpu=1   \tfound=9 invalid=881 insert=0 insert_failed=190 drop=0 early_drop=0 error=1 search_restart=880 \n',
    [['connection-table-full', 12, undefined]],
  ],
])('%s is read', async (_, text, expected) => {
  const { kind, gauges } = await read(text);
  expect(kind).toBe('text/host-state');
  expect(gauges.map(({ what, value, of }) => [what, value, of])).toEqual(expected.map((e) => [e[0], e[1], e[2]]));
});

it.each([
  [
    'Linux',
    'Filesystem     Inodes IUsed IFree IUse% Mounted on\n/dev/sda1        6553  6553     0  100% /\n',
    [[100, 'inodes']],
  ],
  [
    'French',
    'Sys. de fichiers Taille Utilis\u00e9 Dispo Uti% Mont\u00e9 sur\n/dev/sda1           40G     40G     0 100% /\n/dev/sdb1           40G     10G   30G  25% /srv\n',
    [
      [100, 'space'],
      [25, 'space'],
    ],
  ],
  [
    'BSD',
    'Filesystem  1K-blocks    Used   Avail Capacity iused ifree %iused  Mounted on\n/dev/ada0p2   9000000 4500000 4500000    50%   9000     0  100%   /\n',
    [
      [50, 'space'],
      [100, 'inodes'],
    ],
  ],
])('df of %s is read', async (_, text, expected) => {
  const { kind, disks } = await read(text);
  expect(kind).toBe('text/disk-usage');
  expect(disks.map(({ usedPercent, of }) => [usedPercent, of])).toEqual(expected);
});

it('a listener has connections that wait to be accepted', async () => {
  const { gauges } = await read(
    'State   Recv-Q  Send-Q   Local Address:Port   Peer Address:Port  Process\nLISTEN  129     128            0.0.0.0:8443        0.0.0.0:*      users:(("java",pid=812,fd=44))\nESTAB   900     0             10.0.0.5:8443   203.0.113.9:50100\n',
  );
  expect(gauges).toMatchObject([{ what: 'accept-queue', value: 129, of: 128, port: 8443 }]);
});

const limits = (most: number): string =>
  `$ cat /proc/812/limits\nLimit                     Soft Limit           Hard Limit           Units     \nMax cpu time              unlimited            unlimited            seconds   \nMax open files            ${most}                 4096                 files     \n`;
it('a process has descriptors of as many as it may have', async () => {
  const { gauges } = await read(`${limits(1024)}$ ls /proc/812/fd | wc -l\n1020\n`);
  expect(gauges).toMatchObject([{ what: 'descriptors', value: 1020, of: 1024 }]);
});
it('prlimit names the limit as well', async () => {
  const { gauges } = await read(
    '$ prlimit -p 812 --nofile\nRESOURCE DESCRIPTION              SOFT HARD UNITS\nNOFILE   max number of open files 1024 4096 files\n$ ls -1 /proc/812/fd | wc -l\n1024\n',
  );
  expect(gauges).toMatchObject([{ what: 'descriptors', value: 1024, of: 1024 }]);
});
it("limits of two processes are nobody's", async () => {
  expect((await read(`${limits(1024)}${limits(65_536)}$ ls /proc/812/fd | wc -l\n1024\n`)).gauges).toEqual([]);
});

const pod = (reason: string): string =>
  `Name:             payments-7d9f\nNamespace:        shop\nNode:             node-3/10.0.0.13\nStatus:           Running\nContainers:\n  app:\n    Image:          reg.example/pay:2.14.0\n    State:          Running\n      Started:      Sun, 22 Nov 2026 08:06:10 +0000\n    Last State:     Terminated\n      Reason:       ${reason}\n      Exit Code:    137\n      Started:      Sun, 22 Nov 2026 08:00:02 +0000\n      Finished:     Sun, 22 Nov 2026 09:05:00 +0100\n    Restart Count:  4\nEvents:           <none>\n`;
it.each([
  ['kubectl describe pod', pod('OOMKilled'), 'app of pod payments-7d9f'],
  [
    'kubectl get pods -o json',
    JSON.stringify({
      kind: 'List',
      items: [
        {
          kind: 'Pod',
          metadata: { name: 'payments-7d9f' },
          status: {
            containerStatuses: [
              {
                name: 'app',
                lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-11-22T08:05:00Z' } },
                state: { running: {} },
              },
            ],
          },
        },
      ],
    }),
    'app of pod payments-7d9f',
  ],
  [
    'docker inspect',
    JSON.stringify([
      {
        Name: '/pay',
        State: {
          Running: true,
          OOMKilled: true,
          StartedAt: '2026-11-22T08:05:02Z',
          FinishedAt: '2026-11-22T08:05:00Z',
        },
        HostConfig: {},
      },
    ]),
    'container pay',
  ],
])('%s says when a container ran out of memory', async (_, text, name) => {
  const { gauges } = await readSmallFacts([memorySource('out.txt', text)], { now: Date.UTC(2026, 10, 22, 9) });
  expect(gauges).toEqual([
    expect.objectContaining({
      what: 'out-of-memory',
      time: Date.UTC(2026, 10, 22, 8, 5),
      text: expect.stringContaining(name),
    }),
  ]);
});
it('a container that ended for another reason lacked no memory, and one that ran to its end is no change', async () => {
  const facts = async (reason: string) =>
    readSmallFacts([memorySource('out.txt', pod(reason))], { now: Date.UTC(2026, 10, 22, 9) });
  const { gauges, changes } = await facts('Error');
  expect(gauges).toEqual([]);
  expect(changes).toMatchObject([{ text: 'container app of pod payments-7d9f ended: Error, exit code 137' }]);
  expect((await facts('Completed')).changes).toEqual([]);
});
