/** Starts real TLS servers for tests and stops them again. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a program is installed. */
export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

export const scratch = mkdtempSync(join(tmpdir(), 'paymedic-ciphers-'));

export const rsa = {
  key: join(scratch, 'rsa.key'),
  certificate: join(scratch, 'rsa.crt'),
  both: join(scratch, 'rsa.pem'),
};
export const ec = { key: join(scratch, 'ec.key'), certificate: join(scratch, 'ec.crt'), both: join(scratch, 'ec.pem') };

/** Makes fresh keys and certificates. */
export function makeCertificates(): void {
  const make = (to: typeof rsa, ...options: string[]): void => {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        ...options,
        '-nodes',
        '-keyout',
        to.key,
        '-out',
        to.certificate,
        '-days',
        '30',
        '-subj',
        '/CN=localhost',
      ],
      { stdio: 'ignore' },
    );
    execFileSync('sh', ['-c', `cat ${to.certificate} ${to.key} > ${to.both}`]);
  };
  // Level 3 of OpenSSL asks for 3072 bits.
  make(rsa, '-newkey', 'rsa:3072');
  make(ec, '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256');
}

/** A port nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const running = new Set<ChildProcess>();

/** Starts a server in the foreground and waits until its port answers. */
export async function start(port: number, command: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'], cwd: scratch });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(0, 2000);
  });
  running.add(child);
  // A Java server on a busy machine takes its time.
  const patience = Date.now() + 30_000;
  for (let i = 0; Date.now() < patience; i++) {
    if (await answers(port)) return child;
    if (child.exitCode !== null && i > 20) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${command} does not listen on ${port}: ${complaint}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Stops everything that was started and removes the folder. */
export function stopAll(): void {
  for (const child of running) child.kill('SIGTERM');
  running.clear();
  rmSync(scratch, { recursive: true, force: true });
}
