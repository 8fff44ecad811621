/** What both directions of one connection say about its TLS handshake. */
import { type ClientHelloParser, type HelloTransport, sessionIdHash } from '../../tls/client-hello.ts';
import {
  acceptsEarlyData,
  certificateRanges,
  encryptedExtensionsAlpn,
  HANDSHAKE,
  parseCertificateRequest,
  serverKeyExchangeGroup,
} from '../../tls/handshake-messages.ts';
import type { KeyLog } from '../../tls/key-log.ts';
import { isTls13 } from '../../tls/registries/versions.ts';
import { type ParsedServerHello, parseServerHello } from '../../tls/server-hello.ts';
import type { ClientHelloInfo, ServerHelloInfo, TlsAlert } from '../../tls/types.ts';
import type { CertificateStore } from './certificate-store.ts';
import { type DecryptedEvents, SessionDecryption } from './decryption.ts';
import { type HalfEvents, MODE, TlsHalf } from './tls-half.ts';

export interface SessionTools {
  hellos: ClientHelloParser;
  certificates: CertificateStore;
  /** Secrets from key log files and from Decryption Secrets Blocks. */
  keyLog: KeyLog;
}

/** Records of each direction that are walked before a running session is left alone. */
const RECORDS_WATCHED = 40;
const MAX_ALERTS = 16;
const NO_ALERTS: TlsAlert[] = [];
/** First value of a field that holds a time later; see flow.ts. */
const WIDE = 0.5;

export class TlsSession implements HalfEvents, DecryptedEvents {
  private readonly tools: SessionTools;
  readonly transport: HelloTransport;
  readonly client: TlsHalf;
  readonly server: TlsHalf;

  clientHello: ClientHelloInfo | undefined = undefined;
  /** Second hello after a HelloRetryRequest. */
  retriedHello: ClientHelloInfo | undefined = undefined;
  private clientRandom: Buffer | undefined = undefined;
  private serverRandom: Buffer | undefined = undefined;
  private decryption: SessionDecryption | 'none' | undefined = undefined;
  private clientSessionId = 0;
  private clientRandomHash = 0;
  clientHelloDone = 0;
  serverHello: ServerHelloInfo | undefined = undefined;
  helloRetry: ServerHelloInfo | undefined = undefined;
  serverCertificates: string[] | undefined = undefined;
  clientCertificates: string[] | undefined = undefined;
  clientCertificateEmpty = false;
  certificateRequested = false;
  acceptableCas: string[] | undefined = undefined;
  serverHelloDone = false;
  clientKeyExchange = false;
  clientChangedCipher = 0;
  serverChangedCipher = 0;
  /** Encrypted handshake record after ChangeCipherSpec: the Finished message (up to TLS 1.2). */
  clientFinished = 0;
  serverFinished = 0;
  handshakeEnd = WIDE;
  newSessionTicket = false;
  ocspStapled = false;
  resumed = false;
  earlyDataAccepted = false;
  renegotiations = 0;
  alerts: TlsAlert[] = NO_ALERTS;
  clientApplicationBytes = 0;
  serverApplicationBytes = 0;
  ssl2Seen = false;

  constructor(tools: SessionTools, transport: HelloTransport = 'tcp') {
    this.tools = tools;
    this.transport = transport;
    this.client = new TlsHalf(true, this);
    this.server = new TlsHalf(false, this);
    this.reset();
  }

  /** As new: sessions are used again for later connections. */
  reset(): void {
    this.clientHello = undefined;
    this.retriedHello = undefined;
    this.clientRandom = undefined;
    this.serverRandom = undefined;
    this.decryption = undefined;
    this.clientSessionId = 0;
    this.clientRandomHash = 0;
    this.clientHelloDone = 0;
    this.serverHello = undefined;
    this.helloRetry = undefined;
    this.serverCertificates = undefined;
    this.clientCertificates = undefined;
    this.clientCertificateEmpty = false;
    this.certificateRequested = false;
    this.acceptableCas = undefined;
    this.serverHelloDone = false;
    this.clientKeyExchange = false;
    this.clientChangedCipher = 0;
    this.serverChangedCipher = 0;
    this.clientFinished = 0;
    this.serverFinished = 0;
    this.handshakeEnd = 0;
    this.newSessionTicket = false;
    this.ocspStapled = false;
    this.resumed = false;
    this.earlyDataAccepted = false;
    this.renegotiations = 0;
    this.alerts = NO_ALERTS;
    this.clientApplicationBytes = 0;
    this.serverApplicationBytes = 0;
    this.ssl2Seen = false;
    this.client.reset();
    this.server.reset();
    if (this.tools.keyLog.size > 0) {
      this.client.keepCipherText = true;
      this.server.keepCipherText = true;
    }
  }

  get tls13(): boolean {
    return this.serverHello !== undefined && isTls13(this.serverHello.version);
  }

  /** Any sign of TLS in either direction. */
  get seen(): boolean {
    return (
      this.clientHello !== undefined ||
      this.serverHello !== undefined ||
      this.ssl2Seen ||
      this.client.records.count > 0 ||
      this.server.records.count > 0
    );
  }

  message(half: TlsHalf, type: number, bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    switch (type) {
      case HANDSHAKE.clientHello:
        this.readClientHello(half, bytes, start, end, frame, time);
        return;
      case HANDSHAKE.serverHello: {
        const parsed = parseServerHello(bytes, start, end, frame, time);
        if (!parsed) return;
        if (half.keepCipherText && !parsed.hello.helloRetryRequest)
          this.serverRandom = Buffer.from(bytes.subarray(start + 2, start + 34));
        this.takeServerHello(half, parsed);
        return;
      }
      case HANDSHAKE.certificate:
        this.takeCertificates(half.fromClient, bytes, certificateRanges(bytes, start, end, false));
        return;
      case HANDSHAKE.certificateRequest: {
        this.certificateRequested = true;
        const request = parseCertificateRequest(bytes, start, end, this.serverHello?.version ?? 0x0303, false);
        this.acceptableCas = request.authorities;
        return;
      }
      case HANDSHAKE.serverKeyExchange: {
        const group = serverKeyExchangeGroup(bytes, start, end);
        if (this.serverHello && group !== undefined) this.serverHello.group = group;
        return;
      }
      case HANDSHAKE.serverHelloDone:
        this.serverHelloDone = true;
        return;
      case HANDSHAKE.clientKeyExchange:
        this.clientKeyExchange = true;
        return;
      case HANDSHAKE.certificateStatus:
        this.ocspStapled = true;
        return;
      case HANDSHAKE.newSessionTicket:
        this.newSessionTicket = true;
        return;
    }
  }

  private readClientHello(half: TlsHalf, bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    const parsed = this.tools.hellos.parse(bytes, start, end, half.recordVersion, this.transport);
    if (!parsed) return;
    const { hello: info, sessionId } = parsed;
    info.frame = frame;
    info.time = time;
    this.clientHelloDone = frame;
    if (!this.clientHello) {
      this.clientHello = info;
      this.server.expectTls(this.client.preamble !== undefined);
      if (this.client.keepCipherText) this.clientRandom = Buffer.from(bytes.subarray(start + 2, start + 34));
      this.clientSessionId = sessionId;
      this.clientRandomHash = sessionIdHash(bytes, start + 2, start + 34);
    } else if (!this.retriedHello && (this.helloRetry || this.isSameRandom(bytes, start))) this.retriedHello = info;
    else this.renegotiations++;
  }

  /** RFC 8446 section 4.1.2: the hello after a HelloRetryRequest keeps its random, also where the request was not captured. */
  private isSameRandom(bytes: Buffer, start: number): boolean {
    return !this.client.encrypted && sessionIdHash(bytes, start + 2, start + 34) === this.clientRandomHash;
  }

  private takeServerHello(half: TlsHalf, { hello, sessionId, preSharedKey }: ParsedServerHello): void {
    if (hello.helloRetryRequest) {
      this.helloRetry = hello;
      return;
    }
    if (this.serverHello) return;
    this.serverHello = hello;
    if (isTls13(hello.version)) {
      half.encrypted = true;
      this.resumed = preSharedKey;
    } else if (sessionId !== 0 && this.clientSessionId === sessionId) {
      this.resumed = true;
    }
  }

  private takeCertificates(fromClient: boolean, bytes: Buffer, ranges: { start: number; end: number }[]): void {
    const found = ranges.map((range) => this.tools.certificates.add(bytes, range.start, range.end));
    if (fromClient) {
      this.clientCertificateEmpty = found.length === 0;
      if (found.length > 0) this.clientCertificates = found;
    } else {
      this.serverCertificates ??= found;
      this.resumed = false;
    }
  }

  alert(half: TlsHalf, level: number, description: number, frame: number, time: number): void {
    if (this.alerts.length >= MAX_ALERTS) return;
    const alert: TlsAlert = { from: half.fromClient ? 'client' : 'server', level, description, frame, time };
    // A new list each time: there is hardly ever a second alert, and a list that was pushed to keeps room for seventeen.
    this.alerts = this.alerts.length === 0 ? [alert] : [...this.alerts, alert];
  }

  changeCipherSpec(half: TlsHalf, frame: number, time: number): void {
    // In TLS 1.3 it means nothing; what follows is encrypted anyway.
    if (half.fromClient) {
      this.clientChangedCipher ||= frame;
      // The server's choice decides; a client may send its dummy before (early data) or after the ServerHello.
      if (this.serverHello ? !this.tls13 : this.clientKeyExchange) half.encrypted = true;
    } else {
      this.serverChangedCipher ||= frame;
      if (this.serverHello) {
        if (!this.tls13 && !this.serverCertificates && this.clientHello && !this.serverHelloDone) this.resumed = true;
        half.encrypted = true;
      }
    }
    if (this.resumed && !this.tls13 && half.encrypted) this.handshakeEnd = time;
  }

  encrypted(half: TlsHalf, type: number, length: number, frame: number, time: number): void {
    if (half.fromClient) {
      if (type === 22 && this.clientChangedCipher) this.clientFinished ||= frame;
      if (type === 23) this.clientApplicationBytes += length;
    } else {
      if (type === 22 && this.serverChangedCipher) this.serverFinished ||= frame;
      if (type === 23) this.serverApplicationBytes += length;
    }
    if (type === 22 && this.clientFinished && this.serverFinished && this.handshakeEnd === 0) this.handshakeEnd = time;
    if (half.records.count > RECORDS_WATCHED) half.mode = MODE.opaque;
  }

  ssl2(half: TlsHalf, bytes: Buffer, start: number, end: number, frame: number, time: number): boolean {
    if (!half.fromClient) {
      if (bytes[start] !== 4 || end - start < 11) return false;
      const version = (bytes[start + 3]! << 8) | bytes[start + 4]!;
      if (version !== 2) return false;
      this.ssl2Seen = true;
      this.serverHello ??= { version, suite: 0, extensions: [], frame, time };
      half.mode = MODE.opaque;
      return true;
    }
    const info = this.tools.hellos.parseSsl2(bytes, start, end)?.hello;
    if (!info) return false;
    info.frame = frame;
    info.time = time;
    this.clientHello ??= info;
    this.clientHelloDone = frame;
    this.ssl2Seen = true;
    return true;
  }

  cipherText(half: TlsHalf, type: number, version: number, content: Buffer, frame: number, time: number): void {
    const { serverHello } = this;
    if (!serverHello) return;
    this.decryption ??= SessionDecryption.forSession(this.tools.keyLog, this.clientRandom, this.serverRandom) ?? 'none';
    if (this.decryption === 'none') return;
    const parameters = {
      tls13: this.tls13,
      suite: serverHello.suite,
      version: serverHello.version,
      encryptThenMac: serverHello.extensions.includes(22),
    };
    this.decryption.record(half.fromClient, type, version, content, parameters, this, frame, time);
  }

  /** Records were opened with secrets: facts of the encrypted part are real, not inferred. */
  get decrypted(): boolean {
    return this.decryption !== undefined && this.decryption !== 'none' && this.decryption.opened > 0;
  }

  decryptedAlert(fromClient: boolean, level: number, description: number, frame: number, time: number): void {
    if (description === 0) return;
    this.alert(fromClient ? this.client : this.server, level, description, frame, time);
  }

  decryptedMessage(
    fromClient: boolean,
    type: number,
    bytes: Buffer,
    start: number,
    end: number,
    frame: number,
    time: number,
  ): void {
    if (type === HANDSHAKE.finished) {
      if (fromClient) this.clientFinished ||= frame;
      else this.serverFinished ||= frame;
      if (this.clientFinished && this.serverFinished && this.handshakeEnd === 0) this.handshakeEnd = time;
    } else if (type === HANDSHAKE.certificate) {
      this.takeCertificates(fromClient, bytes, certificateRanges(bytes, start, end, this.tls13));
    } else if (type === HANDSHAKE.certificateRequest) {
      this.certificateRequested = true;
      this.acceptableCas = parseCertificateRequest(bytes, start, end, 0x0304, this.tls13).authorities;
    } else if (type === HANDSHAKE.encryptedExtensions && this.serverHello) {
      this.earlyDataAccepted = acceptsEarlyData(bytes, start, end);
      const alpn = encryptedExtensionsAlpn(bytes, start, end);
      if (alpn !== undefined) this.serverHello.alpn = alpn;
    } else if (type === HANDSHAKE.newSessionTicket) this.newSessionTicket = true;
  }
}
