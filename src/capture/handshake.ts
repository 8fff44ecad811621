/**
 * What was observed of one connection, in as little memory as it takes: a capture holds hundreds of thousands of them.
 * Yes-or-no facts share a word, addresses stay numbers until somebody reads them, and what few connections have lies
 * in an object of its own.
 */
import type {
  ClientHelloInfo,
  Endpoint,
  HandshakeObservation,
  HandshakeVerdict,
  ServerHelloInfo,
  TlsAlert,
} from '../tls/types.ts';
import type { AddressTable } from './packet/addresses.ts';
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

const PROTOCOLS: readonly Protocol[] = ['tcp', 'plaintext', 'tls', 'dtls', 'quic'];
/** No time was measured. */
const NO_TIME = -(2 ** 30);
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
  readonly file: string;
  readonly flow: number;
  readonly firstFrame: number;
  /** ms UTC of the first and last packet. */
  readonly time: number;
  readonly end: number;
  private readonly addresses: AddressTable;
  private readonly clientId: number;
  private readonly serverId: number;
  /** Client's port in the upper half, server's in the lower. */
  private readonly ports: number;
  private bits: number;
  private readonly protocolIndex: number;
  /** See `hops`. */
  private readonly ttls: number;
  synRetransmits = 0;
  finFrame = 0;
  private connectMicros = NO_TIME;
  private handshakeMicros = NO_TIME;
  clientBytes = 0;
  serverBytes = 0;
  clientHello: ClientHelloInfo | undefined = undefined;
  serverHello: ServerHelloInfo | undefined = undefined;
  serverCertificates: string[] | undefined = undefined;
  alerts: TlsAlert[] = NO_ALERTS;
  verdict: HandshakeVerdict = PENDING;
  private rare: Rare | undefined = undefined;

  constructor(
    file: string,
    flow: number,
    firstFrame: number,
    time: number,
    end: number,
    addresses: AddressTable,
    v6: boolean,
    client: number,
    clientPort: number,
    server: number,
    serverPort: number,
    protocol: Protocol,
    clientTtl: number,
    serverTtl: number,
  ) {
    this.file = file;
    this.flow = flow;
    this.firstFrame = firstFrame;
    this.time = time;
    this.end = end;
    this.addresses = addresses;
    this.clientId = client;
    this.serverId = server;
    this.ports = (clientPort << 16) | serverPort;
    this.bits = v6 ? FACT.v6 : 0;
    this.protocolIndex = PROTOCOLS.indexOf(protocol);
    this.ttls = ((clientTtl + 1) << 9) | (serverTtl + 1);
  }

  get client(): Endpoint {
    return { address: this.clientAddress, port: this.ports >>> 16 };
  }
  get server(): Endpoint {
    return { address: this.addresses.text(this.serverId, this.v6), port: this.serverPort };
  }
  get clientAddress(): string {
    return this.addresses.text(this.clientId, this.v6);
  }
  get serverPort(): number {
    return this.ports & 0xffff;
  }
  get v6(): boolean {
    return (this.bits & FACT.v6) !== 0;
  }
  /** The server's address and port as one number; equal only within IPv4 or within IPv6. */
  get serverKey(): number {
    return this.serverId * 65_536 + this.serverPort;
  }

  get protocol(): Protocol {
    return PROTOCOLS[this.protocolIndex]!;
  }

  get tcp(): Tcp {
    const fin: Tcp['fin'] =
      this.finFrame > 0 ? { from: this.has(FACT.finByServer) ? 'server' : 'client', frame: this.finFrame } : undefined;
    const tcp: Slots<Tcp> = {
      synSeen: this.has(FACT.synSeen),
      synAckSeen: this.has(FACT.synAckSeen),
      synRetransmits: this.synRetransmits,
      reset: this.rare?.reset,
      fin,
      clientTtl: hops(this.ttls >>> 9),
      serverTtl: hops(this.ttls & 511),
      icmp: this.rare?.icmp,
    };
    return tcp as Tcp;
  }
  get synAckSeen(): boolean {
    return this.has(FACT.synAckSeen);
  }

  get timing(): Timing | undefined {
    const helloTime = this.clientHello?.time;
    const answerTime = this.serverHello?.time;
    const answered = helloTime !== undefined && answerTime !== undefined;
    if (!answered && this.connectMicros === NO_TIME && this.handshakeMicros === NO_TIME) return undefined;
    const timing: Slots<Timing> = {
      connectMs: milliseconds(this.connectMicros),
      helloMs: answered ? Math.round((answerTime - helloTime) * 1000) / 1000 : undefined,
      handshakeMs: milliseconds(this.handshakeMicros),
    };
    return timing as Timing;
  }
  setConnectTime(ms: number): void {
    this.connectMicros = micros(ms);
  }
  setHandshakeTime(ms: number): void {
    this.handshakeMicros = micros(ms);
  }

  get applicationData(): HandshakeObservation['applicationData'] {
    return this.clientBytes + this.serverBytes > 0 ? { client: this.clientBytes, server: this.serverBytes } : undefined;
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
    this.bits |= facts;
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
    return (this.bits & bit) !== 0;
  }
  private put(bit: number, yes: boolean): void {
    this.bits = yes ? this.bits | bit : this.bits & ~bit;
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
