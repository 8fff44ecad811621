/** Facts in forms that other programs print. */
import { expect, it } from 'vitest';
import { readSmallFacts } from '../../src/evidence/facts/index.ts';
import { memorySource } from './memory-source.ts';

const read = (text: string) => readSmallFacts([memorySource('x.txt', text)], { now: Date.UTC(2026, 10, 22, 9) });
const AT = Date.UTC(2026, 10, 22, 8, 5);

it('tar -tv', async () => {
  const { files } = await read('-rw-rw-rw- root/root      1704 2026-11-22 08:05 etc/ssl/pay.key\n');
  expect(files).toMatchObject([{ owner: 'root:root', size: 1704, modified: AT, path: 'etc/ssl/pay.key' }]);
});
it('sha512sum', async () => {
  const { hashes } = await read(`${'ab'.repeat(64)}  js/checkout.js\n`);
  expect(hashes).toMatchObject([{ path: 'js/checkout.js', hash: 'ab'.repeat(64) }]);
});
it('ss without its title', async () => {
  const { connections, versions } = await read(
    'ESTAB     0      0            10.0.0.5:44322      203.0.113.9:443\nTIME-WAIT 0      0            10.0.0.5:44323      203.0.113.9:443\n',
  );
  expect(connections?.map(({ state, localPort, remotePort }) => [state, localPort, remotePort])).toEqual([
    ['ESTAB', 44_322, 443],
    ['TIME-WAIT', 44_323, 443],
  ]);
  expect(versions).toEqual([]);
});
it('top -b', async () => {
  const { processes, gauges } = await read(
    'top - 10:14:02 up 42 days,  3:11,  2 users,  load average: 38.21, 30.02, 14.88\nTasks: 210 total,   2 running\n\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n    812 pay       20   0 9123456 6.7g   12000 R  99.3  86.2  99:12.01 java\n',
  );
  expect(processes).toMatchObject([{ pid: 812, user: 'pay', command: 'java' }]);
  expect(gauges).toMatchObject([{ what: 'load', value: 38.21 }]);
});
it('commits, one a line', async () => {
  const { changes } = await read(
    '9b2c1d0 2026-11-22 09:05:00 +0100 Ana Ruiz gateway: shorten the time-out\n3f1a77e 2026-11-20 16:40:11 +0100 Bo Li docs: typo\n',
  );
  expect(changes.at(-1)).toMatchObject({ line: 1, time: AT, text: 'Ana Ruiz gateway: shorten the time-out (9b2c1d0)' });
});
it.each([
  [
    'pip list',
    'Package            Version\n------------------ ---------\ncryptography       41.0.3\nurllib3            2.0.4\n',
    ['cryptography', 'urllib3'],
  ],
  ['a table', 'Hostname;Programm;Version\npay1;OpenSSL;3.0.2\npay2;OpenSSL;1.1.1k\n', ['openssl', 'openssl']],
  ['a table of events', 'Zeit;Programm;Version\n2026-11-22 08:05;OpenSSL;3.0.2\n2026-11-22 08:06;OpenSSL;1.1.1k\n', []],
])('versions of %s', async (_, text, expected) => {
  expect((await read(text)).versions.map(({ software }) => software)).toEqual(expected);
});
it('tickets in Portuguese', async () => {
  const { notices } = await read(
    'Chave;Resumo;Criado;Relator;Prioridade\nPAY-12;Clientes sem pagar;22/11/2026 08:05;Maria;Alta\nPAY-13;Erro 502;22/11/2026 08:20;Joao;Alta\n',
  );
  expect(notices).toHaveLength(2);
  expect(notices[0]).toMatchObject({ kind: 'ticket', time: AT });
});

it('find -printf with nothing but time, size and path', async () => {
  const { files } = await read(
    '2026-11-22+08:05:00.1234567890 1843 /var/www/shop/js/check out.js\n2026-11-20+10:00:00.0000000000 99 /var/www/shop/index.php\n',
  );
  expect(files[0]).toMatchObject({ mode: '', size: 1843, modified: AT, path: '/var/www/shop/js/check out.js' });
});
it('a log with milliseconds, a number and a path is no listing', async () => {
  const { files } = await read('2026-11-22 08:05:00.123 1843 /pay\n2026-11-22 08:05:01.456 99 /pay\n');
  expect(files).toEqual([]);
});
