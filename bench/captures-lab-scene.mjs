// One capture of the lab: start a server, wait until it listens, capture, run the client, stop both. Everything runs in a
// network and with a hosts file of its own: nothing leaves the process tree, nobody else's packets are captured.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificates, HOST } from './captures-lab-servers.mjs';

const INSIDE = 'PAYMEDIC_LAB_INSIDE';

/** Runs this script again inside namespaces of its own; returns only there. */
export function enterNamespace(script, args) {
  if (process.env[INSIDE] === '1') return;
  const inside = spawnSync('unshare', ['-n', '-m', process.execPath, script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.exit(inside.status ?? 1);
}

/**
 * @param directory where captures and expected.tsv go
 * @param filter only scenes whose name contains it
 */
export async function openLab(directory, filter) {
  const out = resolve(directory);
  const work = mkdtempSync(join(tmpdir(), 'paymedic-lab-'));
  mkdirSync(out, { recursive: true });
  execFileSync('ip', ['link', 'set', 'lo', 'mtu', '1500', 'up']);
  writeFileSync(join(work, 'hosts'), `127.0.0.1 ${HOST} localhost\n::1 six.lab.example\n127.0.0.1 other.lab.example\n`);
  execFileSync('mount', ['--bind', join(work, 'hosts'), '/etc/hosts']);
  const expected = join(out, 'expected.tsv');
  if (!existsSync(expected)) writeFileSync(expected, 'capture\ttruth\n');
  const chains = await certificates(work);
  let port = 20_000;

  const listens = (at) => execFileSync('ss', ['-Hltn', 'sport', '=', `:${at}`]).length > 0;

  /** Runs a program to its end; `input: null` keeps its input open a moment. */
  const run = (command, args, { seconds = 8, input = '', hold = 400 } = {}) =>
    new Promise((done) => {
      const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], cwd: work, detached: true });
      const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
      child.stdin.on('error', () => {});
      if (input === null) setTimeout(() => child.stdin.end(), hold);
      else child.stdin.end(input);
      child.on('error', done);
      child.on('exit', () => {
        clearTimeout(timer);
        done();
      });
    });

  /** `server` returns { stop }, with `closed: true` where nothing shall listen; undefined leaves the scene out. */
  async function scene(name, truth, server, client, { capture: how = [], device = 'lo', udp = false } = {}) {
    if (filter && !name.includes(filter)) return;
    port++;
    const running = await server(work, port, chains);
    if (!running) return;
    for (let tries = 0; !running.closed && !udp && tries < 300 && !listens(port); tries++) await sleep(100);
    if (!running.closed && !udp && !listens(port)) {
      console.log(`${name}\tleft out: its server did not start`);
      running.stop();
      return;
    }
    const capture = spawn(
      'tcpdump',
      [
        '-i',
        device,
        '-U',
        '--immediate-mode',
        // Of the usual buffer a few packets of the largest size fill all, and the rest is lost.
        '-B',
        '65536',
        '-s',
        '0',
        ...how,
        '-w',
        join(out, `${name}.pcap`),
        'port',
        String(port),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    await new Promise((ready) => capture.stderr.on('data', (text) => String(text).includes('listening') && ready()));
    await client(port);
    await sleep(250);
    running.stop();
    await sleep(120);
    capture.kill('SIGTERM');
    await new Promise((done) => capture.on('exit', done));
    appendFileSync(expected, `${name}\t${truth}\n`);
    console.log(`${name}\t${truth}`);
  }

  return { out, work, chains, expected, run, scene };
}
