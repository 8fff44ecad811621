/**
 * One whole TLS 1.3 handshake over own records: what stands encrypted behind the ServerHello (ALPN, certificate request, chain,
 * signature algorithm) and in the tickets after it. Nothing is sent but the handshake and a close_notify.
 */
import { ByteReader } from '../../tls/byte-reader.ts';
import {
  certificateRanges,
  encryptedExtensionsAlpn,
  HANDSHAKE,
  parseCertificateRequest,
} from '../../tls/handshake-messages.ts';
import type { HelloPlan } from '../../tls/hello-writer.ts';
import { type KeyShare, makeKeyShare } from '../../tls/key-share.ts';
import { type RecordDecrypter, tls13Decrypter, tls13Sealer } from '../../tls/record-cipher.ts';
import { EXTENSION } from '../../tls/registries/extensions.ts';
import { isTls13 } from '../../tls/registries/index.ts';
import { parseServerHello } from '../../tls/server-hello.ts';
import { type Tls13Schedule, type TrafficSecrets, tls13Schedule } from '../../tls/tls13-schedule.ts';
import type { Dialer } from './dialer.ts';
import { converse, type Driver } from './exchange.ts';
import { tls13Hello } from './hellos.ts';
import { startTls } from './starttls.ts';

export interface Tls13Session {
  /** The server's Finished was read: everything up to it is known. */
  established: boolean;
  suite?: number;
  group?: number;
  alpn?: string;
  /** DER, base64, in the order served. */
  certificates: string[];
  stapled: boolean;
  certificateRequest?: { authorities: string[]; signatureAlgorithms: number[] };
  signatureAlgorithm?: number;
  /** NewSessionTicket messages that came before the server closed; undefined when they were not waited for. */
  tickets?: { lifetimeSeconds: number; maxEarlyData: number }[];
  alert?: number;
}

export interface Tls13SessionPlan {
  suites: readonly number[];
  /** Group of the key share; it must be one the server takes. */
  group: number;
  signatures?: readonly number[];
  alpn?: readonly string[];
  /** Finish the handshake and read what the server sends until it closes. */
  tickets?: boolean;
  /** Ask for less, so that the hello stays below 256 bytes. */
  small?: boolean;
}

const MAX_BYTES = 256 * 1024;
const ATTEMPTS = 3;

/**
 * Makes the connection, again when it is lost; undefined when the budget is spent or the group cannot be computed here.
 * A session that is neither established nor refused with an alert tells nothing.
 */
export async function openTls13Session(dialer: Dialer, plan: Tls13SessionPlan): Promise<Tls13Session | undefined> {
  let session: Tls13Session | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    session = await openOnce(dialer, plan);
    if (!session || session.suite !== undefined || session.alert !== undefined) break;
  }
  return session;
}

async function openOnce(dialer: Dialer, plan: Tls13SessionPlan): Promise<Tls13Session | undefined> {
  const share = makeKeyShare(plan.group);
  if (!share) return undefined;
  const { host, port, serverName, starttls, open } = dialer.target;
  return dialer.lend(async () => {
    const options: Parameters<typeof tls13Hello>[2] = {
      serverName,
      keyShares: [share] as NonNullable<HelloPlan['keyShares']>,
    };
    if (plan.small) options.small = true;
    if (plan.signatures) options.signatures = plan.signatures;
    if (plan.alpn) options.alpn = plan.alpn;
    const hello = tls13Hello(plan.suites, [plan.group], options);
    const session = new SessionDriver(hello, share, plan.tickets === true);
    await converse(session, {
      host,
      port,
      // The tickets follow at once, so a server that keeps the connection open is not waited for.
      timeoutMs: Math.min(dialer.gentleness.timeoutMs, plan.tickets ? 1500 : 4000),
      ...(starttls ? { starttls: startTls(starttls, serverName ?? host) } : {}),
      ...(open ? { open } : {}),
    });
    return session.result;
  });
}

class SessionDriver implements Driver {
  readonly result: Tls13Session = { established: false, certificates: [], stapled: false };
  readonly #hello: Buffer;
  readonly #share: KeyShare;
  readonly #wantTickets: boolean;
  #input: Buffer = Buffer.alloc(0);
  #messages: Buffer = Buffer.alloc(0);
  #transcript: Buffer;
  #schedule: Tls13Schedule | undefined;
  #handshake: TrafficSecrets | undefined;
  #reading: RecordDecrypter | undefined;
  #total = 0;
  #failed = false;
  #ended = false;

  constructor(hello: Buffer, share: KeyShare, wantTickets: boolean) {
    this.#hello = hello;
    this.#share = share;
    this.#wantTickets = wantTickets;
    this.#transcript = hello.subarray(5);
  }

  begin(send: (bytes: Buffer) => void): void {
    send(this.#hello);
  }

  feed(chunk: Buffer, send: (bytes: Buffer) => void): boolean {
    this.#total += chunk.length;
    this.#input = Buffer.concat([this.#input, chunk]);
    while (!this.#failed && this.#input.length >= 5) {
      const length = this.#input.readUInt16BE(3);
      if (length > 18432 || this.#total > MAX_BYTES) return true;
      if (this.#input.length < 5 + length) break;
      const type = this.#input[0]!;
      const body = this.#input.subarray(5, 5 + length);
      this.#input = this.#input.subarray(5 + length);
      this.#record(type, body, send);
      if (this.#ended || this.result.alert !== undefined || (this.result.established && !this.#wantTickets))
        return true;
    }
    return this.#failed;
  }

  #record(type: number, body: Buffer, send: (bytes: Buffer) => void): void {
    let content = { type, content: body };
    if (type === 23 && this.#reading) {
      const plain = this.#reading.decrypt(type, 0x0303, body);
      if (!plain) {
        this.#failed = true;
        return;
      }
      content = plain;
    }
    if (content.type === 21 && content.content.length === 2) {
      // close_notify is the server's answer to ours.
      if (content.content[1] === 0) this.#ended = true;
      else this.result.alert = content.content[1]!;
    }
    if (content.type !== 22) return;
    this.#messages = Buffer.concat([this.#messages, content.content]);
    while (this.#messages.length >= 4 && !this.#failed) {
      const end = 4 + this.#messages.readUIntBE(1, 3);
      if (this.#messages.length < end) return;
      const message = this.#messages.subarray(0, end);
      this.#messages = this.#messages.subarray(end);
      this.#message(message, send);
    }
  }

  #message(message: Buffer, send: (bytes: Buffer) => void): void {
    const { result } = this;
    const end = message.length;
    const before = this.#transcript;
    if (!result.established) this.#transcript = Buffer.concat([before, message]);
    switch (message[0]) {
      case HANDSHAKE.serverHello:
        this.#failed = !this.#startDecrypting(message);
        break;
      case HANDSHAKE.encryptedExtensions: {
        const alpn = encryptedExtensionsAlpn(message, 4, end);
        if (alpn !== undefined) result.alpn = alpn;
        break;
      }
      case HANDSHAKE.certificateRequest:
        result.certificateRequest = parseCertificateRequest(message, 4, end, 0x0304, true);
        break;
      case HANDSHAKE.certificate:
        result.certificates = certificateRanges(message, 4, end, true).map((r) =>
          message.subarray(r.start, r.end).toString('base64'),
        );
        result.stapled = firstEntryIsStapled(message);
        break;
      case HANDSHAKE.certificateVerify:
        result.signatureAlgorithm = message.readUInt16BE(4);
        break;
      case HANDSHAKE.finished:
        result.established = true;
        if (this.#wantTickets) this.#finish(send);
        break;
      case HANDSHAKE.newSessionTicket:
        result.tickets?.push(readTicket(message));
        break;
    }
  }

  #startDecrypting(message: Buffer): boolean {
    const hello = parseServerHello(message, 4, message.length)?.hello;
    if (!hello || !isTls13(hello.version) || hello.helloRetryRequest) return false;
    this.result.suite = hello.suite;
    if (hello.group !== undefined) this.result.group = hello.group;
    const peer = hello.group === this.#share.group ? keyShareOf(message) : undefined;
    const shared = peer && this.#share.derive(peer);
    this.#schedule = shared && tls13Schedule(hello.suite, shared);
    if (!this.#schedule) return false;
    this.#handshake = this.#schedule.handshake(this.#transcript);
    this.#reading = tls13Decrypter(hello.suite, this.#handshake.server);
    return this.#reading !== undefined;
  }

  /** Finished, and at once close_notify: the server sends its tickets and closes, so nothing has to be waited for. */
  #finish(send: (bytes: Buffer) => void): void {
    const { result } = this;
    const suite = result.suite!;
    const schedule = this.#schedule!;
    const application = schedule.application(this.#transcript);
    this.#reading = tls13Decrypter(suite, application.server);
    const seal = tls13Sealer(suite, this.#handshake!.client);
    const sealData = tls13Sealer(suite, application.client);
    if (!seal || !sealData) return;
    result.tickets = [];
    const out: Buffer[] = [Buffer.from([20, 3, 3, 0, 1, 1])];
    let transcript = this.#transcript;
    if (result.certificateRequest) {
      // No certificate: empty context and empty list (RFC 8446 section 4.4.2).
      const empty = Buffer.from([HANDSHAKE.certificate, 0, 0, 4, 0, 0, 0, 0]);
      out.push(seal(22, empty));
      transcript = Buffer.concat([transcript, empty]);
    }
    const verify = schedule.finished(this.#handshake!.client, transcript);
    out.push(seal(22, Buffer.concat([Buffer.from([HANDSHAKE.finished, 0, 0, verify.length]), verify])));
    out.push(sealData(21, Buffer.from([1, 0])));
    send(Buffer.concat(out));
  }
}

/** The server's public value in the key_share extension of a ServerHello. */
function keyShareOf(message: Buffer): Buffer | undefined {
  const reader = new ByteReader(message, 4, message.length);
  reader.skip(34);
  reader.skip(reader.u8());
  reader.skip(3);
  const extensions = reader.part(Math.min(reader.u16(), reader.left));
  while (extensions.left >= 4) {
    const type = extensions.u16();
    const body = extensions.part(Math.min(extensions.u16(), extensions.left));
    if (type !== EXTENSION.keyShare) continue;
    body.skip(2);
    return body.slice(Math.min(body.u16(), body.left));
  }
  return undefined;
}

/** status_request among the extensions of the first certificate entry (RFC 8446 section 4.4.2.1). */
function firstEntryIsStapled(message: Buffer): boolean {
  const reader = new ByteReader(message, 4, message.length);
  reader.skip(reader.u8());
  reader.skip(3);
  reader.skip(reader.u24());
  const extensions = reader.part(Math.min(reader.u16(), reader.left));
  while (extensions.left >= 4) {
    if (extensions.u16() === EXTENSION.statusRequest) return true;
    extensions.skip(extensions.u16());
  }
  return false;
}

/** NewSessionTicket (RFC 8446 section 4.6.1); max_early_data_size stands in its early_data extension (section 4.2.10). */
function readTicket(message: Buffer): { lifetimeSeconds: number; maxEarlyData: number } {
  const reader = new ByteReader(message, 4, message.length);
  const lifetimeSeconds = reader.u16() * 65_536 + reader.u16();
  reader.skip(4);
  reader.skip(reader.u8());
  reader.skip(reader.u16());
  const extensions = reader.part(Math.min(reader.u16(), reader.left));
  let maxEarlyData = 0;
  while (extensions.left >= 4) {
    const type = extensions.u16();
    const body = extensions.part(Math.min(extensions.u16(), extensions.left));
    if (type === EXTENSION.earlyData) maxEarlyData = body.u16() * 65_536 + body.u16();
  }
  return { lifetimeSeconds, maxEarlyData };
}
