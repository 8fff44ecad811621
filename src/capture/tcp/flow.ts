/** One TCP connection that got past its first packets: what each side sent, saw and how it ended. */
import type { TlsSession } from '../stream/tls-session.ts';

/** A segment that arrived before the bytes in front of it. */
export interface PendingSegment {
  sequence: number;
  bytes: Buffer;
  frame: number;
  time: number;
}

/** What one side did. Sequence numbers are signed words as they stood on the wire; differences are taken modulo 2^32. */
/**
 * First value of fields that come to hold times: V8 gives a field its form by what it holds first, and throws compiled
 * code away when the form has to change.
 */
const WIDE = 0.5;

export class FlowSide {
  isn = 0;
  isnKnown = false;
  /** Next sequence number expected in order. */
  next = 0;
  started = false;
  /** First sequence number of the payload. */
  firstSequence = 0;
  /** End of the payload with the highest sequence number. */
  highest = 0;
  /** Highest acknowledgement the other side sent for this side's bytes, RST packets apart. */
  acknowledged = 0;
  acknowledgedKnown = false;
  /** Payload bytes delivered in order. */
  bytes = 0;
  packets = 0;
  dataSegments = 0;
  retransmissions = 0;
  /** Repeats of the very first payload segment. */
  firstRepeats = 0;
  /** Repeats of segments behind the first. */
  laterRepeats = 0;
  firstSegmentLength = 0;
  largestSegment = 0;
  firstDataFrame = 0;
  firstDataTime = WIDE;
  lastDataFrame = 0;
  lastDataTime = WIDE;
  synCount = 0;
  synFrame = 0;
  synTime = WIDE;
  lastSynTime = WIDE;
  ttl = -1;
  mss = 0;
  timestamps = false;
  windowScale = -1;
  finFrame = 0;
  finTime = WIDE;
  /** Number of the FIN itself, behind the last byte; meaningless without `finFrame`. */
  finSequence = 0;
  rstFrame = 0;
  rstTime = WIDE;
  rstSequence = 0;
  rstTtl = -1;
  rstIdentification = -1;
  rstBare = false;
  /** What its RST acknowledges; meaningless without `rstHasAck`. */
  rstAcknowledges = 0;
  rstHasAck = false;
  rstCount = 0;
  /** Packets this side sent after its own RST: the RST was somebody else's. */
  packetsAfterRst = 0;
  /** A segment without payload whose sequence number lies beyond what was captured: bytes in between were lost. */
  beyondFrame = 0;
  /** Selective acknowledgements this side sent, and the first frame with one. */
  sackFrame = 0;
  /** ACKs without payload after the first payload of the peer. */
  pureAcks = 0;
  firstAckOfDataFrame = 0;
  firstAckOfDataTime = WIDE;
  /** Zero window: when it closed, when it opened again, how often it was repeated. */
  zeroWindowFrame = 0;
  zeroWindowTime = WIDE;
  zeroWindowCount = 0;
  zeroWindowOpen = true;
  pending: PendingSegment[] | undefined = undefined;
  pendingBytes = 0;
  lostBytes = 0;
  /** Sequence number behind the first bytes that are missing. */
  lostUntil = 0;

  constructor() {
    this.reset();
  }

  /** As new: sides are used again for later connections. */
  reset(): void {
    this.isn = 0;
    this.isnKnown = false;
    this.next = 0;
    this.started = false;
    this.firstSequence = 0;
    this.highest = 0;
    this.acknowledged = 0;
    this.acknowledgedKnown = false;
    this.bytes = 0;
    this.packets = 0;
    this.dataSegments = 0;
    this.retransmissions = 0;
    this.firstRepeats = 0;
    this.laterRepeats = 0;
    this.firstSegmentLength = 0;
    this.largestSegment = 0;
    this.firstDataFrame = 0;
    this.firstDataTime = 0;
    this.lastDataFrame = 0;
    this.lastDataTime = 0;
    this.synCount = 0;
    this.synFrame = 0;
    this.synTime = 0;
    this.lastSynTime = 0;
    this.ttl = -1;
    this.mss = 0;
    this.timestamps = false;
    this.windowScale = -1;
    this.finFrame = 0;
    this.finTime = 0;
    this.finSequence = 0;
    this.rstFrame = 0;
    this.rstTime = 0;
    this.rstSequence = 0;
    this.rstTtl = -1;
    this.rstIdentification = -1;
    this.rstBare = false;
    this.rstAcknowledges = 0;
    this.rstHasAck = false;
    this.rstCount = 0;
    this.packetsAfterRst = 0;
    this.beyondFrame = 0;
    this.sackFrame = 0;
    this.pureAcks = 0;
    this.firstAckOfDataFrame = 0;
    this.firstAckOfDataTime = 0;
    this.zeroWindowFrame = 0;
    this.zeroWindowTime = 0;
    this.zeroWindowCount = 0;
    this.zeroWindowOpen = true;
    this.pending = undefined;
    this.pendingBytes = 0;
    this.lostBytes = 0;
    this.lostUntil = 0;
  }
}

export class Flow {
  number = 0;
  readonly addresses: [number, number] = [0, 0];
  readonly ports: [number, number] = [0, 0];
  v6 = false;
  readonly sides: readonly [FlowSide, FlowSide] = [new FlowSide(), new FlowSide()];
  /** Index of the side that opened the connection, as far as known. */
  opener: 0 | 1 = 0;
  openerKnown = false;
  firstFrame = 0;
  firstTime = WIDE;
  lastTime = WIDE;
  closed = false;
  session: TlsSession | undefined = undefined;
  /** Set for flows over UDP; the TCP facts of the sides are then empty but for packets, bytes and frames. */
  datagram: 'dtls' | 'quic' | undefined = undefined;
  icmp: { what: string; frame: number; from: string } | undefined = undefined;

  constructor(number: number, addressA: number, portA: number, addressB: number, portB: number, v6: boolean) {
    this.begin(number, addressA, portA, addressB, portB, v6);
  }

  /** As new, for another connection: making and dropping flows costs more than reading them. */
  begin(number: number, addressA: number, portA: number, addressB: number, portB: number, v6: boolean): void {
    this.number = number;
    this.addresses[0] = addressA;
    this.addresses[1] = addressB;
    this.ports[0] = portA;
    this.ports[1] = portB;
    this.v6 = v6;
    this.sides[0].reset();
    this.sides[1].reset();
    this.opener = 0;
    this.openerKnown = false;
    this.firstFrame = 0;
    this.firstTime = 0;
    this.lastTime = 0;
    this.closed = false;
    this.session = undefined;
    this.datagram = undefined;
    this.icmp = undefined;
  }

  get client(): FlowSide {
    return this.sides[this.opener];
  }

  get server(): FlowSide {
    return this.sides[this.opener === 0 ? 1 : 0];
  }
}

/** Signed difference of two 32-bit sequence numbers (RFC 9293 section 3.4). */
export function sequenceDifference(a: number, b: number): number {
  return (a - b) | 0;
}
