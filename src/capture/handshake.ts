/**
 * What was observed of one connection, in as little memory as it takes: a capture holds hundreds of thousands of them.
 * Numbers lie in a row of a page (see handshake-page.ts), yes-or-no facts share a word, addresses stay numbers until
 * somebody reads them, and what few connections have lies in an object of its own. While a connection is judged, its
 * hellos, alerts and verdict are objects; `pack` turns them into numbers, and reading them makes them anew.
 */
import { type HelloShape, SharedHello } from '../tls/client-hello.ts';
import { serverHelloOf } from '../tls/server-hello.ts';
import type {
  ClientHelloInfo,
  Endpoint,
  HandshakeObservation,
  HandshakeVerdict,
  ServerHelloInfo,
  TlsAlert,
} from '../tls/types.ts';
import { type HandshakePage, INT, INTS, REAL, REALS } from './handshake-page.ts';
import { type Ruling, Verdict } from './verdict/ruling.ts';
import type { SilentLeave } from './verdict/silent-leave.ts';

/** Every field there, absent ones undefined. */
type Slots<T> = { [K in keyof T]-?: T[K] | undefined };
type Protocol = HandshakeObservation['protocol'];
type EarlyData = NonNullable<HandshakeObservation['earlyData']>;
type Tcp = HandshakeObservation['tcp'];
type Timing = NonNullable<HandshakeObservation['timing']>;

/** Yes-or-no facts of a connection. */
export const FACT = {
  v6: 1,
  synSeen: 2,
  synAckSeen: 4,
  completed: 8,
  resumed: 16,
  certificateRequested: 32,
  clientCertificateEmpty: 64,
  ocspStapled: 128,
  helloRetry: 256,
  finByServer: 512,
  largeHello: 1024,
  serverSpokeTls: 2048,
} as const;

/** Beside FACT in the same word: which protocol it was, and what `pack` has turned into numbers. */
const PROTOCOL_SHIFT = 12;
const PACKED_HELLO = 1 << 15;
const PACKED_ANSWER = 1 << 16;
const PACKED_ALERT = 1 << 17;
const PACKED_VERDICT = 1 << 18;
const ANSWER_IS_RETRY = 1 << 19;
const ANSWER_HAS_GROUP = 1 << 20;
const DOWNGRADE_SHIFT = 21;
const DOWNGRADES: readonly ServerHelloInfo['downgrade'][] = [undefined, 'TLS1.1', 'TLS1.2'];

const PROTOCOLS: readonly Protocol[] = ['tcp', 'plaintext', 'tls', 'dtls', 'quic'];
/** No time was measured. */
const NO_TIME = Number.NEGATIVE_INFINITY;
const NO_TTL = -1;
/** Shared by the many without one; whoever adds an alert makes a new list. */
const NO_ALERTS: TlsAlert[] = [];

const PENDING: HandshakeVerdict = {
  id: 'not_judged',
  side: 'unknown',
  layer: 'tcp',
  confidence: 0,
  frames: [],
  says: '',
};

/** What a client offers, which hellos of one shape share. */
export type Offer = Pick<ClientHelloInfo, 'legacyVersion' | 'versions' | 'suites' | 'groups' | 'ja4'>;

/** What few connections have. */
interface Rare {
  starttls: string | undefined;
  retriedHello: ClientHelloInfo | undefined;
  clientCertificates: string[] | undefined;
  acceptableCas: string[] | undefined;
  earlyData: EarlyData | undefined;
  icmp: string | undefined;
  reset: Tcp['reset'];
  ifTlsPort: HandshakeVerdict | undefined;
  silentLeave: SilentLeave | undefined;
}

export class CapturedHandshake implements Slots<HandshakeObservation> {
  private readonly page: HandshakePage;
  /** Offsets of its row in the page. */
  private readonly int: number;
  private readonly real: number;
  /** The hello, or its shape once packed. */
  private hello: ClientHelloInfo | HelloShape | undefined = undefined;
  private sni: string | undefined = undefined;
  /** The answer, or the types of its extensions once packed. */
  private answer: ServerHelloInfo | number[] | undefined = undefined;
  private answerAlpn: string | undefined = undefined;
  private ja3s: string | undefined = undefined;
  serverCertificates: string[] | undefined = undefined;
  private alertList: TlsAlert[] = NO_ALERTS;
  /** The verdict, or what it shares with others once packed. */
  private ruled: HandshakeVerdict | Ruling = PENDING;
  private rare: Rare | undefined = undefined;

  /** @param row of the page, which is this connection's from now on */
  constructor(
    page: HandshakePage,
    row: number,
    flow: number,
    firstFrame: number,
    time: number,
    end: number,
    v6: boolean,
    client: number,
    clientPort: number,
    server: number,
    serverPort: number,
    protocol: Protocol,
    clientTtl: number,
    serverTtl: number,
  ) {
    this.page = page;
    const int = row * INTS;
    const real = row * REALS;
    this.int = int;
    this.real = real;
    const { ints, reals } = page;
    ints[int + INT.flow] = flow;
    ints[int + INT.firstFrame] = firstFrame;
    ints[int + INT.client] = client;
    ints[int + INT.server] = server;
    ints[int + INT.ports] = (clientPort << 16) | serverPort;
    ints[int + INT.bits] = (v6 ? FACT.v6 : 0) | (PROTOCOLS.indexOf(protocol) << PROTOCOL_SHIFT);
    ints[int + INT.ttls] = ((clientTtl + 1) << 9) | (serverTtl + 1);
    reals[real + REAL.time] = time;
    reals[real + REAL.end] = end;
    reals[real + REAL.connectMicros] = NO_TIME;
    reals[real + REAL.handshakeMicros] = NO_TIME;
  }

  get file(): string {
    return this.page.file;
  }
  get flow(): number {
    return this.page.ints[this.int + INT.flow]! >>> 0;
  }
  get firstFrame(): number {
    return this.page.ints[this.int + INT.firstFrame]! >>> 0;
  }
  /** ms UTC of the first packet. */
  get time(): number {
    return this.page.reals[this.real + REAL.time]!;
  }
  /** ms UTC of the last packet. */
  get end(): number {
    return this.page.reals[this.real + REAL.end]!;
  }
  get synRetransmits(): number {
    return this.page.ints[this.int + INT.synRetransmits]!;
  }
  set synRetransmits(count: number) {
    this.page.ints[this.int + INT.synRetransmits] = count;
  }
  get finFrame(): number {
    return this.page.ints[this.int + INT.finFrame]! >>> 0;
  }
  set finFrame(frame: number) {
    this.page.ints[this.int + INT.finFrame] = frame;
  }
  get clientBytes(): number {
    return this.page.reals[this.real + REAL.clientBytes]!;
  }
  get serverBytes(): number {
    return this.page.reals[this.real + REAL.serverBytes]!;
  }
  /** Bytes of application data each side sent. */
  setApplicationBytes(client: number, server: number): void {
    this.page.reals[this.real + REAL.clientBytes] = client;
    this.page.reals[this.real + REAL.serverBytes] = server;
  }

  get clientHello(): ClientHelloInfo | undefined {
    if (!this.has(PACKED_HELLO)) return this.hello as ClientHelloInfo | undefined;
    const { int, page } = this;
    const { ints } = page;
    const hello = new SharedHello(
      this.hello as HelloShape,
      ints[int + INT.helloRecordVersion]!,
      ints[int + INT.helloSize]!,
      this.sni,
    );
    hello.frame = ints[int + INT.helloFrame]! >>> 0;
    hello.time = page.reals[this.real + REAL.helloTime]!;
    return hello;
  }
  set clientHello(hello: ClientHelloInfo | undefined) {
    this.put(PACKED_HELLO, false);
    this.hello = hello;
  }

  /** What the hello offers, without making the hello. */
  get offer(): Offer | undefined {
    return this.hello;
  }
  /** Of the hello, without making it; 0 where there is none. */
  get helloSize(): number {
    return this.has(PACKED_HELLO) ? this.page.ints[this.int + INT.helloSize]! : (this.clientHello?.size ?? 0);
  }
  /** The name the hello asks for, without making the hello. */
  get serverName(): string | undefined {
    return this.has(PACKED_HELLO) ? this.sni : this.clientHello?.sni;
  }
  /** The server answered the hello in TLS: with its own, a request for another one or an alert. */
  get answeredInTls(): boolean {
    if (this.answer || this.has(FACT.helloRetry)) return true;
    if (this.has(PACKED_ALERT)) return (this.page.ints[this.int + INT.alert]! & 0x10000) === 0;
    return this.alertList.some((alert) => alert.from === 'server');
  }

  get serverHello(): ServerHelloInfo | undefined {
    if (!this.has(PACKED_ANSWER)) return this.answer as ServerHelloInfo | undefined;
    const { int, page } = this;
    const { ints } = page;
    const choice = ints[int + INT.answerChoice]!;
    const bits = ints[int + INT.bits]!;
    return serverHelloOf(
      choice >>> 16,
      choice & 0xffff,
      bits & ANSWER_HAS_GROUP ? ints[int + INT.answerGroup]! : undefined,
      this.answerAlpn,
      this.answer as number[],
      bits & ANSWER_IS_RETRY ? true : undefined,
      DOWNGRADES[(bits >>> DOWNGRADE_SHIFT) & 3],
      ints[int + INT.answerFrame]! >>> 0,
      page.reals[this.real + REAL.answerTime]!,
      this.ja3s,
    );
  }
  set serverHello(answer: ServerHelloInfo | undefined) {
    this.put(PACKED_ANSWER, false);
    this.answer = answer;
  }

  get alerts(): TlsAlert[] {
    if (!this.has(PACKED_ALERT)) return this.alertList;
    const { int, page } = this;
    const alert = page.ints[int + INT.alert]!;
    return [
      {
        from: alert & 0x10000 ? 'client' : 'server',
        level: (alert >>> 8) & 255,
        description: alert & 255,
        frame: page.ints[int + INT.alertFrame]! >>> 0,
        time: page.reals[this.real + REAL.alertTime]!,
      },
    ];
  }
  set alerts(alerts: TlsAlert[]) {
    this.put(PACKED_ALERT, false);
    this.alertList = alerts;
  }

  get verdict(): HandshakeVerdict {
    if (!this.has(PACKED_VERDICT)) return this.ruled as HandshakeVerdict;
    const { ints } = this.page;
    const at = this.int + INT.verdictFrames;
    return new Verdict(
      this.ruled as Ruling,
      ints[at]! >>> 0,
      ints[at + 1]! >>> 0,
      ints[at + 2]! >>> 0,
      ints[at + 3]! >>> 0,
      undefined,
    );
  }
  set verdict(verdict: HandshakeVerdict) {
    this.put(PACKED_VERDICT, false);
    this.ruled = verdict;
  }
  /** Of the verdict, without making it. */
  get verdictId(): string {
    return this.ruled.id;
  }

  /** Turns what is an object only while it is judged into numbers. Reading and changing go on as before. */
  pack(): void {
    const { int, real, page, hello, alertList, ruled } = this;
    const { ints, reals } = page;
    let bits = ints[int + INT.bits]!;
    if (hello instanceof SharedHello) {
      ints[int + INT.helloRecordVersion] = hello.recordVersion;
      ints[int + INT.helloSize] = hello.size;
      ints[int + INT.helloFrame] = hello.frame;
      reals[real + REAL.helloTime] = hello.time;
      this.sni = hello.sni;
      this.hello = hello.shape;
      bits |= PACKED_HELLO;
    }
    if (this.answer && (bits & PACKED_ANSWER) === 0) {
      const answer = this.answer as ServerHelloInfo;
      if (answer.frame !== undefined && answer.time !== undefined) {
        ints[int + INT.answerChoice] = (answer.version << 16) | answer.suite;
        ints[int + INT.answerFrame] = answer.frame;
        reals[real + REAL.answerTime] = answer.time;
        if (answer.group !== undefined) {
          ints[int + INT.answerGroup] = answer.group;
          bits |= ANSWER_HAS_GROUP;
        }
        if (answer.helloRetryRequest) bits |= ANSWER_IS_RETRY;
        this.answerAlpn = answer.alpn;
        this.ja3s = answer.ja3s;
        this.answer = answer.extensions;
        bits |= PACKED_ANSWER | (DOWNGRADES.indexOf(answer.downgrade) << DOWNGRADE_SHIFT);
      }
    }
    const alert = alertList.length === 1 ? alertList[0]! : undefined;
    if (
      alert?.frame !== undefined &&
      alert.time !== undefined &&
      alert.description >= 0 &&
      !alert.inferred &&
      !alert.encrypted
    ) {
      ints[int + INT.alert] = (alert.from === 'client' ? 0x10000 : 0) | (alert.level << 8) | alert.description;
      ints[int + INT.alertFrame] = alert.frame;
      reals[real + REAL.alertTime] = alert.time;
      this.alertList = NO_ALERTS;
      bits |= PACKED_ALERT;
    }
    if (ruled instanceof Verdict && !ruled.more) {
      const at = int + INT.verdictFrames;
      ints[at] = ruled.first;
      ints[at + 1] = ruled.second;
      ints[at + 2] = ruled.third;
      ints[at + 3] = ruled.fourth;
      this.ruled = ruled.ruling;
      bits |= PACKED_VERDICT;
    }
    ints[int + INT.bits] = bits;
  }

  get client(): Endpoint {
    return { address: this.clientAddress, port: this.page.ints[this.int + INT.ports]! >>> 16 };
  }
  get server(): Endpoint {
    return { address: this.page.addresses.text(this.serverId, this.v6), port: this.serverPort };
  }
  get clientAddress(): string {
    return this.page.addresses.text(this.page.ints[this.int + INT.client]!, this.v6);
  }
  get serverPort(): number {
    return this.page.ints[this.int + INT.ports]! & 0xffff;
  }
  private get serverId(): number {
    return this.page.ints[this.int + INT.server]!;
  }
  get v6(): boolean {
    return this.has(FACT.v6);
  }
  /** The server's address and port as one number; equal only within IPv4 or within IPv6. */
  get serverKey(): number {
    return this.serverId * 65_536 + this.serverPort;
  }

  get protocol(): Protocol {
    return PROTOCOLS[(this.page.ints[this.int + INT.bits]! >>> PROTOCOL_SHIFT) & 7]!;
  }

  get tcp(): Tcp {
    const ttls = this.page.ints[this.int + INT.ttls]!;
    const fin: Tcp['fin'] =
      this.finFrame > 0 ? { from: this.has(FACT.finByServer) ? 'server' : 'client', frame: this.finFrame } : undefined;
    const tcp: Slots<Tcp> = {
      synSeen: this.has(FACT.synSeen),
      synAckSeen: this.has(FACT.synAckSeen),
      synRetransmits: this.synRetransmits,
      reset: this.rare?.reset,
      fin,
      clientTtl: hops(ttls >>> 9),
      serverTtl: hops(ttls & 511),
      icmp: this.rare?.icmp,
    };
    return tcp as Tcp;
  }
  get synAckSeen(): boolean {
    return this.has(FACT.synAckSeen);
  }

  get timing(): Timing | undefined {
    const { reals } = this.page;
    const connect = reals[this.real + REAL.connectMicros]!;
    const handshake = reals[this.real + REAL.handshakeMicros]!;
    const helloTime = this.has(PACKED_HELLO) ? reals[this.real + REAL.helloTime] : this.clientHello?.time;
    const answerTime = this.has(PACKED_ANSWER) ? reals[this.real + REAL.answerTime] : this.serverHello?.time;
    const answered = helloTime !== undefined && answerTime !== undefined;
    if (!answered && connect === NO_TIME && handshake === NO_TIME) return undefined;
    const timing: Slots<Timing> = {
      connectMs: milliseconds(connect),
      helloMs: answered ? Math.round((answerTime - helloTime) * 1000) / 1000 : undefined,
      handshakeMs: milliseconds(handshake),
    };
    return timing as Timing;
  }
  setConnectTime(ms: number): void {
    this.page.reals[this.real + REAL.connectMicros] = micros(ms);
  }
  setHandshakeTime(ms: number): void {
    this.page.reals[this.real + REAL.handshakeMicros] = micros(ms);
  }

  get applicationData(): HandshakeObservation['applicationData'] {
    const { clientBytes, serverBytes } = this;
    return clientBytes + serverBytes > 0 ? { client: clientBytes, server: serverBytes } : undefined;
  }

  get completed(): boolean {
    return this.has(FACT.completed);
  }
  set completed(yes: boolean) {
    this.put(FACT.completed, yes);
  }
  get resumed(): true | undefined {
    return this.has(FACT.resumed) || undefined;
  }
  get certificateRequested(): true | undefined {
    return this.has(FACT.certificateRequested) || undefined;
  }
  get clientCertificateEmpty(): true | undefined {
    return this.has(FACT.clientCertificateEmpty) || undefined;
  }
  get ocspStapled(): true | undefined {
    return this.has(FACT.ocspStapled) || undefined;
  }
  get helloRetryRequest(): true | undefined {
    return this.has(FACT.helloRetry) || undefined;
  }
  /** The first flight of the client needed several segments. */
  get largeHello(): boolean {
    return this.has(FACT.largeHello);
  }
  get serverSpokeTls(): boolean {
    return this.has(FACT.serverSpokeTls);
  }

  get starttls(): string | undefined {
    return this.rare?.starttls;
  }
  get retriedHello(): ClientHelloInfo | undefined {
    return this.rare?.retriedHello;
  }
  get clientCertificates(): string[] | undefined {
    return this.rare?.clientCertificates;
  }
  get acceptableCas(): string[] | undefined {
    return this.rare?.acceptableCas;
  }
  get earlyData(): EarlyData | undefined {
    return this.rare?.earlyData;
  }
  /** The verdict that holds if the server turns out to speak TLS on this port. */
  get ifTlsPort(): HandshakeVerdict | undefined {
    return this.rare?.ifTlsPort;
  }
  /** The handshake completed and the client left at once without a request: neighbours tell whether that is a refusal. */
  get silentLeave(): SilentLeave | undefined {
    return this.rare?.silentLeave;
  }

  /** Notes one or several of FACT. */
  mark(facts: number): void {
    const at = this.int + INT.bits;
    this.page.ints[at] = this.page.ints[at]! | facts;
  }
  /** Keeps facts that few connections have; undefined ones are left as they are. */
  keep(facts: Partial<Rare>): void {
    this.rare ??= {
      starttls: undefined,
      retriedHello: undefined,
      clientCertificates: undefined,
      acceptableCas: undefined,
      earlyData: undefined,
      icmp: undefined,
      reset: undefined,
      ifTlsPort: undefined,
      silentLeave: undefined,
    };
    Object.assign(this.rare, facts);
  }

  private has(bit: number): boolean {
    return (this.page.ints[this.int + INT.bits]! & bit) !== 0;
  }
  private put(bit: number, yes: boolean): void {
    const at = this.int + INT.bits;
    const bits = this.page.ints[at]!;
    this.page.ints[at] = yes ? bits | bit : bits & ~bit;
  }
}

function hops(stored: number): number | undefined {
  return stored - 1 === NO_TTL ? undefined : stored - 1;
}

/** Microseconds are what captures record; more digits are noise of the subtraction. */
function micros(ms: number): number {
  return Math.round(ms * 1000);
}

function milliseconds(value: number): number | undefined {
  return value === NO_TIME ? undefined : value / 1000;
}

/** As the plain observations that leave this room: optional fields read as undefined where the type says absent. */
export function asObservations(handshakes: CapturedHandshake[]): HandshakeObservation[] {
  return handshakes as Slots<HandshakeObservation>[] as HandshakeObservation[];
}
