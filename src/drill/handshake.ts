/** Real TLS handshakes between two ends of this process, recorded byte by byte. Nothing touches a network. */
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';

export interface Segment {
  from: 'client' | 'server';
  data: Buffer;
}

export interface Recorded {
  segments: Segment[];
  /** What each end said went wrong, in the words of its TLS library. */
  clientError?: { code: string; message: string };
  serverError?: { code: string; message: string };
  protocol?: string;
  completed: boolean;
}

const LIMIT_MS = 3000;

/**
 * Runs one handshake. The server speaks `server`, the client verifies as `client` says.
 * @param speak what the client sends once the handshake is done
 */
export async function recordHandshake(
  server: SecureContextOptions & { requestCert?: boolean; ca?: string },
  client: ConnectionOptions,
  speak = 'POST /v1/pay HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n',
): Promise<Recorded> {
  const segments: Segment[] = [];
  const recorded: Recorded = { segments, completed: false };
  const ends: { client?: Duplex; server?: Duplex } = {};
  const end = (from: 'client' | 'server', other: 'client' | 'server'): Duplex =>
    new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        segments.push({ from, data: Buffer.from(chunk) });
        ends[other]?.push(chunk);
        setImmediate(done);
      },
      final(done) {
        ends[other]?.push(null);
        done();
      },
    });
  ends.client = end('client', 'server');
  ends.server = end('server', 'client');
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LIMIT_MS);
    const done = (): void => {
      // The last words of either side (an alert) need a turn of the loop to get through.
      setTimeout(() => {
        clearTimeout(timer);
        resolve();
      }, 30);
    };
    const failed = (which: 'clientError' | 'serverError') => (error: NodeJS.ErrnoException) => {
      recorded[which] ??= { code: error.code ?? '', message: error.message };
      done();
    };
    const { requestCert, ...context } = server;
    const serverSocket = new TLSSocket(ends.server!, {
      isServer: true,
      secureContext: createSecureContext(context),
      requestCert: requestCert ?? false,
      rejectUnauthorized: requestCert ?? false,
    });
    serverSocket.on('error', failed('serverError'));
    serverSocket.on('data', () => {
      serverSocket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const clientSocket = connect({ ...client, socket: ends.client! }, () => {
      recorded.completed = true;
      recorded.protocol = clientSocket.getProtocol() ?? '';
      clientSocket.write(speak);
    });
    clientSocket.on('error', failed('clientError'));
    clientSocket.on('data', done);
    clientSocket.on('close', done);
  });
  ends.client.destroy();
  ends.server.destroy();
  return recorded;
}
