/** One TCP connection: send bytes, read the server's answer, tell apart every way it can fail. */
import { connect, type Socket } from 'node:net';
import { type ServerAnswer, ServerAnswerReader } from './server-answer.ts';
import type { StartTls } from './starttls.ts';

/** How a connection ended without a TLS answer. */
export type ConnectionFailure =
  | 'refused'
  | 'unreachable'
  | 'name-not-found'
  | 'timeout-connect'
  | 'timeout-answer'
  | 'reset'
  | 'closed'
  | 'starttls'
  | 'other';

export type ExchangeResult =
  | { ok: true; answer: ServerAnswer; milliseconds: number }
  | { ok: false; failure: ConnectionFailure; detail: string; answer?: ServerAnswer; milliseconds: number };

export interface ExchangeOptions {
  host: string;
  port: number;
  timeoutMs: number;
  /** Stop reading at the ServerHello. */
  helloOnly?: boolean;
  starttls?: StartTls;
  signal?: AbortSignal;
}

/** Opens a connection, sends `bytes` and reads until the answer is complete, the peer closes or time is up. Never throws. */
export function exchange(bytes: Buffer, options: ExchangeOptions): Promise<ExchangeResult> {
  const started = performance.now();
  return new Promise((resolve) => {
    const reader = new ServerAnswerReader(options.helloOnly === true);
    let connected = false;
    let settled = false;
    let prelude: ReturnType<StartTls['begin']> | undefined;
    const socket: Socket = connect({ host: options.host, port: options.port, noDelay: true });
    const timer = setTimeout(() => {
      end(
        connected ? 'timeout-answer' : 'timeout-connect',
        connected
          ? `no complete answer within ${options.timeoutMs} ms`
          : `no connection within ${options.timeoutMs} ms`,
      );
    }, options.timeoutMs);
    const abort = (): void => end('other', 'interrupted');
    options.signal?.addEventListener('abort', abort, { once: true });

    const finish = (result: ExchangeResult): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      socket.destroy();
      resolve(result);
    };
    const end = (failure: ConnectionFailure, detail: string): void => {
      const answer = reader.answer;
      const milliseconds = performance.now() - started;
      if (hasContent(answer)) finish({ ok: true, answer, milliseconds });
      else finish({ ok: false, failure, detail, answer, milliseconds });
    };

    socket.on('connect', () => {
      connected = true;
      if (options.starttls) prelude = options.starttls.begin((out) => socket.write(out));
      else socket.write(bytes);
    });
    socket.on('data', (chunk: Buffer) => {
      if (prelude) {
        const step = prelude.feed(chunk);
        if (step === 'failed') return end('starttls', prelude.complaint ?? 'the server did not agree to STARTTLS');
        if (step === 'more') return;
        prelude = undefined;
        socket.write(bytes);
        return;
      }
      reader.push(chunk);
      if (reader.finished) finish({ ok: true, answer: reader.answer, milliseconds: performance.now() - started });
    });
    socket.on('end', () => end('closed', 'the server closed the connection without an answer'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(classify(error), error.message));
  });
}

function hasContent(answer: ServerAnswer): boolean {
  return (
    answer.serverHello !== undefined ||
    answer.alert !== undefined ||
    answer.ssl2 !== undefined ||
    answer.plaintext !== undefined ||
    answer.malformed !== undefined
  );
}

/** Names a socket error the way people speak of it. */
export function classify(error: NodeJS.ErrnoException): ConnectionFailure {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return 'reset';
    case 'ETIMEDOUT':
      return 'timeout-connect';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return 'unreachable';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return 'name-not-found';
    default:
      return 'other';
  }
}
