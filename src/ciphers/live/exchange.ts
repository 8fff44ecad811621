/** One TCP connection: send bytes, read the server's answer, tell apart every way it can fail. */
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
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
  | { ok: true; answer: ServerAnswer; milliseconds: number; connectedMs: number }
  | { ok: false; failure: ConnectionFailure; detail: string; answer?: ServerAnswer; milliseconds: number };

export interface ExchangeOptions {
  host: string;
  port: number;
  timeoutMs: number;
  /** Stop reading at the ServerHello. */
  helloOnly?: boolean;
  starttls?: StartTls;
  signal?: AbortSignal;
  /** Opens the connection some other way than by TCP; it stands at once. */
  open?: () => Duplex;
}

/** One side of a conversation: what to say first, and what to answer. */
export interface Driver {
  begin(send: (bytes: Buffer) => void): void;
  /** Takes bytes of the server; true when nothing more is worth waiting for. */
  feed(chunk: Buffer, send: (bytes: Buffer) => void): boolean;
}

export type ConversationEnd =
  | { ended: 'done'; milliseconds: number; connectedMs: number }
  | { ended: ConnectionFailure; detail: string; milliseconds: number; connectedMs: number };

/** Opens a connection, speaks STARTTLS where asked, and lets the driver talk until it has enough. Never throws. */
export function converse(driver: Driver, options: ExchangeOptions): Promise<ConversationEnd> {
  const started = performance.now();
  return new Promise((resolve) => {
    let connected = false;
    let connectedMs = 0;
    let settled = false;
    let prelude: ReturnType<StartTls['begin']> | undefined;
    const socket: Duplex = options.open?.() ?? connect({ host: options.host, port: options.port, noDelay: true });
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

    const settle = (result: ConversationEnd): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      socket.destroy();
      resolve(result);
    };
    const end = (ended: ConnectionFailure, detail: string): void =>
      settle({ ended, detail, milliseconds: performance.now() - started, connectedMs });
    const send = (bytes: Buffer | string): void => {
      if (!socket.destroyed) socket.write(bytes);
    };

    const begin = (): void => {
      connected = true;
      connectedMs = performance.now() - started;
      if (options.starttls) prelude = options.starttls.begin(send);
      else driver.begin(send);
    };
    if (options.open) setImmediate(begin);
    else socket.on('connect', begin);
    socket.on('data', (chunk: Buffer) => {
      if (prelude) {
        const step = prelude.feed(chunk);
        if (step === 'failed') return end('starttls', prelude.complaint ?? 'the server did not agree to STARTTLS');
        if (step === 'more') return;
        prelude = undefined;
        driver.begin(send);
        return;
      }
      if (driver.feed(chunk, send)) settle({ ended: 'done', milliseconds: performance.now() - started, connectedMs });
    });
    socket.on('end', () => end('closed', 'the server closed the connection without an answer'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(classify(error), error.message));
  });
}

/** Sends `bytes` and reads until the answer is complete, the peer closes or time is up. Never throws. */
export async function exchange(bytes: Buffer, options: ExchangeOptions): Promise<ExchangeResult> {
  const reader = new ServerAnswerReader(options.helloOnly === true);
  const result = await converse(
    {
      begin: (send) => send(bytes),
      feed: (chunk) => {
        reader.push(chunk);
        return reader.finished;
      },
    },
    options,
  );
  const { answer } = reader;
  const { milliseconds, connectedMs } = result;
  if (result.ended === 'done' || hasContent(answer)) return { ok: true, answer, milliseconds, connectedMs };
  return { ok: false, failure: result.ended, detail: result.detail, answer, milliseconds };
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
