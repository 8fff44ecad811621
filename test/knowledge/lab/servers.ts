/** Real servers on free local ports, each stopped by its own process id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { PATH } from './programs.ts';

export interface Running {
  port: number;
  stop(): Promise<void>;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Waits until something accepts on the port, at most ten seconds. */
async function listening(port: number, exited: () => string | undefined): Promise<void> {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const gone = exited();
    if (gone !== undefined) throw new Error(`the server ended: ${gone}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function start(program: string, args: string[], port: number): Promise<Running> {
  const child: ChildProcess = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PATH: PATH() },
  });
  let said = '';
  let ended: string | undefined;
  child.stdout?.on('data', () => {});
  child.stderr?.on('data', (d: Buffer) => {
    said = (said + d.toString()).slice(-2000);
  });
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended = String(error);
      resolve();
    });
    child.once('exit', (code) => {
      ended ??= `${program} exit ${code}: ${said}`;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 2000);
    await gone;
    clearTimeout(late);
  };
  try {
    await listening(port, () => ended);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

/** Tries again on another port, because a free one may be taken by somebody else before the server has it. */
async function onFreePort<T>(begin: (port: number) => Promise<T>): Promise<T> {
  for (let left = 2; ; left--) {
    try {
      return await begin(await freePort());
    } catch (error) {
      if (left === 0 || !/in use|cannot bind|bind\(\)/i.test(String(error))) throw error;
    }
  }
}

/** openssl s_server with a small web page. */
export function sServer(args: string[]): Promise<Running> {
  return onFreePort((port) =>
    start('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-www', '-quiet', ...args], port),
  );
}

let nginxCount = 0;

/** nginx in the foreground with the given content of `http { }`; `PORT` in it is replaced by a free port. */
export function nginx(
  folder: string,
  http: string,
  options: { name?: string; openFiles?: number } = {},
): Promise<Running & { folder: string }> {
  return onFreePort((port) => nginxOn(port, folder, http, options));
}

async function nginxOn(
  port: number,
  folder: string,
  http: string,
  options: { name?: string; openFiles?: number },
): Promise<Running & { folder: string }> {
  const home = join(folder, `nginx-${nginxCount++}`);
  mkdirSync(home);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((n) => `${n}_temp_path ${home}/${n};`)
    .join(' ');
  const config = `daemon off; master_process off; pid ${home}/pid; error_log ${home}/error.log info;
events { worker_connections 64; }
http { access_log ${home}/access.log; ${temp}
${http.replaceAll('PORT', String(port))}
}
`;
  writeFileSync(join(home, 'nginx.conf'), config);
  const args = ['-p', home, '-e', `${home}/error.log`, '-c', `${home}/nginx.conf`];
  if (!options.name) return { ...(await start('nginx', args, port)), folder: home };
  // Under a name of its own and with a limit of its own, so that a command can find this process.
  const script = `cp "$(command -v nginx)" '${home}/${options.name}' && ulimit -n ${options.openFiles ?? 1024} && exec '${home}/${options.name}' "$@"`;
  return { ...(await start('bash', ['-c', script, 'nginx', ...args], port)), folder: home };
}

/** haproxy in the foreground; `PORT` is replaced by a free port. */
export function haproxy(folder: string, config: string): Promise<Running> {
  return onFreePort((port) => {
    const file = join(folder, `haproxy-${port}.cfg`);
    writeFileSync(
      file,
      `defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n${config.replaceAll('PORT', String(port))}\n`,
    );
    return start('haproxy', ['-db', '-f', file], port);
  });
}

function own(server: Server): Promise<Running> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const stop = (): Promise<void> =>
        new Promise((done) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => done());
        });
      resolve({ port, stop });
    });
  });
}

/** A device in the path: sees the first bytes of a connection and passes it on, or not. */
export function middlebox(target: number, verdict: (first: Buffer) => 'pass' | 'reset'): Promise<Running> {
  return own(
    createServer((client) => {
      client.once('data', (first) => {
        const seen = typeof first === 'string' ? Buffer.from(first) : first;
        if (verdict(seen) === 'reset') {
          client.resetAndDestroy();
          return;
        }
        const upstream = connect(target, '127.0.0.1');
        upstream.on('error', () => client.destroy());
        upstream.write(seen);
        client.pipe(upstream).pipe(client);
      });
    }),
  );
}

/** Sends these bytes to whoever has said something, then closes. */
export const answering = (bytes: Buffer): Promise<Running> =>
  own(
    createServer((client) => {
      client.once('data', () => client.end(bytes));
    }),
  );

export const httpServer = (listener: RequestListener): Promise<Running> => own(createHttp(listener));
