/** One TCP connection that got past its first packets: what each side sent, saw and how it ended. */
import type { TlsSession } from '../stream/tls-session.ts';

/** A segment that arrived before the bytes in front of it. */
export interface PendingSegment {
  sequence: number;
  bytes: Buffer;
  frame: number;
  time: number;
}

/** What one side did. Sequence numbers are raw; differences are taken modulo 2^32. */
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
  firstDataTime = 0;
  lastDataFrame = 0;
  lastDataTime = 0;
  synCount = 0;
  synFrame = 0;
  synTime = 0;
  lastSynTime = 0;
  ttl = -1;
  mss = 0;
  timestamps = false;
  windowScale = -1;
  finFrame = 0;
  finTime = 0;
  rstFrame = 0;
  rstTime = 0;
  rstTtl = -1;
  rstIdentification = -1;
  rstBare = false;
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
  firstAckOfDataTime = 0;
  /** Zero window: when it closed, when it opened again, how often it was repeated. */
  zeroWindowFrame = 0;
  zeroWindowTime = 0;
  zeroWindowCount = 0;
  zeroWindowOpen = true;
  pending: PendingSegment[] | undefined;
  pendingBytes = 0;
  lostBytes = 0;
}

export class Flow {
  readonly number: number;
  readonly addresses: readonly [number, number];
  readonly ports: readonly [number, number];
  readonly v6: boolean;
  readonly sides: readonly [FlowSide, FlowSide] = [new FlowSide(), new FlowSide()];
  /** Index of the side that opened the connection, as far as known. */
  opener: 0 | 1 = 0;
  openerKnown = false;
  firstFrame = 0;
  firstTime = 0;
  lastTime = 0;
  closed = false;
  session: TlsSession | undefined;
  /** Set for flows over UDP; the TCP facts of the sides are then empty but for packets, bytes and frames. */
  datagram: 'dtls' | 'quic' | undefined;
  icmp: { what: string; frame: number; from: string } | undefined;

  constructor(number: number, addresses: readonly [number, number], ports: readonly [number, number], v6: boolean) {
    this.number = number;
    this.addresses = addresses;
    this.ports = ports;
    this.v6 = v6;
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
