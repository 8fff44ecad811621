/** TCP: finds the connection of every segment, keeps what verdicts need and delivers payload in order. */
import type { PacketDecoder } from '../packet/decoder.ts';
import { MODE } from '../stream/tls-half.ts';
import { type SessionTools, TlsSession } from '../stream/tls-session.ts';
import { Flow, type FlowSide, sequenceDifference } from './flow.ts';
import { FIELD, FLAG, FlowTable } from './flow-table.ts';
import { hasSack, readOptions } from './options.ts';
import { countFromTls, drainSegments, flushPending, holdSegment } from './reassembly.ts';

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** Closed connections kept a while for what comes late: repeats, resets, packets behind a forged reset. */
const MAX_CLOSED = 64;
/** No stack repeats a SYN sooner (RFC 6298 section 2: a second, some take a fifth); a copy of it comes at once. */
const SHORTEST_REPEAT_MS = 50;
/** Flows and sessions kept for use by later connections. */
const MAX_SPARE = 256;

export interface TrackerEvents {
  /**
   * A flow leaves the table: the capture ended, its 4-tuple is used again or the table is full. Whoever is done with it
   * may hand it to `recycle`.
   */
  flowEnded(flow: Flow): void;
  /** A half-open or refused connection leaves the table. */
  recordEnded(table: FlowTable<Flow>, slot: number): void;
}

export class TcpTracker {
  readonly table: FlowTable<Flow>;
  private readonly events: TrackerEvents;
  private readonly tools: SessionTools;
  /** Slot and flow number of closed connections, in turn; read from `closedAt`. */
  private readonly closed: number[] = [];
  private closedAt = 0;
  private readonly spareFlows: Flow[] = [];
  private readonly spareSessions: TlsSession[] = [];
  flowCount = 0;
  segments = 0;
  /** Flows whose half-open record had to make room. */
  evicted = 0;

  constructor(capacity: number, tools: SessionTools, events: TrackerEvents) {
    this.table = new FlowTable<Flow>(capacity);
    this.tools = tools;
    this.events = events;
  }

  segment(bytes: Buffer, start: number, end: number, packet: PacketDecoder): boolean {
    if (end - start < 20) return false;
    const view = packet.viewOf(bytes);
    const lengthAndFlags = view.getUint16(start + 12);
    const headerLength = (lengthAndFlags >>> 12) * 4;
    if (headerLength < 20 || headerLength > end - start) return false;
    this.segments++;
    const bothPorts = view.getInt32(start);
    const sourcePort = bothPorts >>> 16;
    const destinationPort = bothPorts & 0xffff;
    const { source, destination } = packet;
    const swapped = source > destination || (source === destination && sourcePort > destinationPort);
    const addressA = swapped ? destination : source;
    const addressB = swapped ? source : destination;
    const ports = swapped ? (destinationPort << 16) | sourcePort : bothPorts;
    const v6 = packet.v6 ? 1 : 0;
    const flags = lengthAndFlags & 0xff;
    const payload = end - start - headerLength;
    let slot = this.table.find(addressA, addressB, ports, v6);
    const sequence = view.getInt32(start + 4);
    if (slot >= 0 && (flags & (SYN | ACK)) === SYN && this.isNewConnection(slot, sequence, swapped ? 1 : 0)) {
      this.end(slot);
      this.table.release(slot);
      slot = -1;
    }
    if (slot < 0) {
      // A lone RST or a bare ACK of something that ended before the capture says nothing.
      slot = this.table.insert(addressA, addressB, ports, v6, this.evict);
      this.table.setTimes(slot, packet.time, packet.time);
      const base = this.table.base(slot);
      this.table.words[base + FIELD.number] = ++this.flowCount;
      this.table.words[base + FIELD.firstFrame] = packet.frame;
      const openerIsB =
        (flags & (SYN | ACK)) === (SYN | ACK)
          ? !swapped
          : (flags & SYN) !== 0
            ? swapped
            : sourcePort < destinationPort
              ? !swapped
              : swapped;
      if (openerIsB) this.table.words[base + FIELD.flags] = this.table.words[base + FIELD.flags]! | FLAG.openerIsB;
    }
    let flow = this.table.flow(slot);
    if (!flow) {
      if (payload === 0 && this.recordOnly(slot, bytes, start, headerLength, flags, sequence, swapped, packet))
        return true;
      flow = this.promote(slot);
    }
    flow.lastTime = packet.time;
    this.update(flow, swapped ? 1 : 0, bytes, start, headerLength, end, flags, sequence, packet);
    if (flags & (FIN | RST) && !flow.closed && isClosed(flow)) {
      flow.closed = true;
      this.closed.push(slot, flow.number);
      if (this.closed.length - this.closedAt > 2 * MAX_CLOSED) this.releaseOldestClosed();
    }
    return true;
  }

  /** Everything still open is handed out, oldest first. */
  finish(): void {
    for (let slot = 0; slot < this.table.count; slot++) this.end(slot);
  }

  /** Finds the flow of a datagram quoted in an ICMP error. */
  quoted(
    source: number,
    destination: number,
    sourcePort: number,
    destinationPort: number,
    v6: number,
  ): { flow: Flow; fromSide: 0 | 1 } | undefined {
    const swapped = source > destination || (source === destination && sourcePort > destinationPort);
    const ports = swapped ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
    const slot = this.table.find(swapped ? destination : source, swapped ? source : destination, ports, v6);
    if (slot < 0) return undefined;
    return { flow: this.table.flow(slot) ?? this.promote(slot), fromSide: swapped ? 1 : 0 };
  }

  /** Hands out the connection that closed first and forgets it. */
  private releaseOldestClosed(): void {
    const slot = this.closed[this.closedAt]!;
    const number = this.closed[this.closedAt + 1]!;
    this.closedAt += 2;
    if (this.closedAt > 65_536) {
      this.closed.splice(0, this.closedAt);
      this.closedAt = 0;
    }
    // The slot may have gone to another connection meanwhile.
    if (this.table.words[this.table.base(slot) + FIELD.number] !== number || !this.table.flow(slot)) return;
    this.end(slot);
    this.table.release(slot);
  }

  private readonly evict = (slot: number): void => {
    this.evicted++;
    this.end(slot);
  };

  private end(slot: number): void {
    const base = this.table.base(slot);
    if ((this.table.words[base + FIELD.flags]! & FLAG.used) === 0) return;
    const flow = this.table.flow(slot);
    if (flow) {
      flushPending(flow);
      this.events.flowEnded(flow);
      this.table.drop(slot);
    } else this.events.recordEnded(this.table, slot);
    this.table.words[base + FIELD.flags] = this.table.words[base + FIELD.flags]! & ~FLAG.used;
  }

  /** A SYN with another initial sequence number opens a new connection on the same 4-tuple. */
  private isNewConnection(slot: number, sequence: number, side: 0 | 1): boolean {
    const flow = this.table.flow(slot);
    if (flow) return flow.sides[side].isnKnown ? flow.sides[side].isn !== sequence : flow.sides[side].started;
    const base = this.table.base(slot);
    const flags = this.table.words[base + FIELD.flags]!;
    if ((flags & FLAG.syn) === 0) return false;
    const openerSide = flags & FLAG.openerIsB ? 1 : 0;
    return openerSide === side && this.table.words[base + FIELD.clientIsn] !== sequence;
  }

  /** Keeps a packet without payload in the record alone; false when a full flow is needed. */
  private recordOnly(
    slot: number,
    bytes: Buffer,
    start: number,
    headerLength: number,
    flags: number,
    sequence: number,
    swapped: boolean,
    packet: PacketDecoder,
  ): boolean {
    const { table } = this;
    const { words } = table;
    const base = table.base(slot);
    let state = words[base + FIELD.flags]!;
    const fromOpener = ((state & FLAG.openerIsB) !== 0) === swapped;
    if (flags & SYN) {
      const options = readOptions(bytes, start, headerLength);
      const counts = words[base + FIELD.synCounts]!;
      if (flags & ACK) {
        // A SYN-ACK repeated after the final ACK, or with another number, needs the full flow.
        if (fromOpener || state & FLAG.finalAck) return false;
        if (counts >>> 16 === 0) {
          words[base + FIELD.serverIsn] = sequence;
          words[base + FIELD.synAckFrame] = packet.frame;
          words[base + FIELD.ttls] = (words[base + FIELD.ttls]! & 0xff00ffff) | (packet.ttl << 16);
          table.floats[base + FIELD.synAckDelay] = packet.time - table.firstTime(slot);
        } else if (words[base + FIELD.serverIsn] !== sequence) return false;
        if (counts >>> 16 < 0xffff) words[base + FIELD.synCounts] = counts + 0x10000;
        state |= FLAG.synAck | (options.timestamps ? FLAG.timestampsServer : 0);
      } else {
        if (!fromOpener || state & FLAG.finalAck) return false;
        // Seen twice on its way (both sides of a router): no repeat.
        if ((counts & 0xffff) > 0 && isCopy(packet.time, table.lastTime(slot))) return true;
        if ((counts & 0xffff) === 0) {
          words[base + FIELD.clientIsn] = sequence;
          words[base + FIELD.ttls] = (words[base + FIELD.ttls]! & 0xffffff00) | packet.ttl;
        }
        if ((counts & 0xffff) < 0xffff) words[base + FIELD.synCounts] = counts + 1;
        state |= FLAG.syn | (options.timestamps ? FLAG.timestampsClient : 0);
      }
      words[base + FIELD.flags] = state;
      table.touch(slot, packet.time);
      return true;
    }
    // Repeated FINs and resets of something that ended before add nothing.
    if (flags & (FIN | RST) && (state & (FLAG.syn | FLAG.synAck)) === 0) {
      table.touch(slot, packet.time);
      return true;
    }
    if (flags & FIN) return false;
    if (flags & RST) {
      if (state & FLAG.synAck || (state & FLAG.syn) === 0) return false;
      words[base + FIELD.flags] = state | (fromOpener ? FLAG.rstFromClient : FLAG.rstFromServer);
      words[base + FIELD.synAckFrame] = packet.frame;
      words[base + FIELD.ttls] = (words[base + FIELD.ttls]! & 0xff00ffff) | (packet.ttl << 16);
      table.touch(slot, packet.time);
      return true;
    }
    if ((state & FLAG.syn) === 0) {
      // Middle of a connection: the first payload will say more.
      table.touch(slot, packet.time);
      return true;
    }
    // The final ACK and its repeats; what acknowledges more, or comes from the server, needs the full flow.
    if (
      fromOpener &&
      state & FLAG.synAck &&
      packet.viewOf(bytes).getInt32(start + 8) === ((words[base + FIELD.serverIsn]! + 1) | 0)
    ) {
      words[base + FIELD.flags] = state | FLAG.finalAck;
      table.touch(slot, packet.time);
      return true;
    }
    return false;
  }

  private promote(slot: number): Flow {
    const flow = this.flowOfRecord(slot);
    this.table.promote(slot, flow);
    return flow;
  }

  /** A flow made of a record, for reporting; the record stays as it is. */
  flowOfRecord(slot: number): Flow {
    const { table } = this;
    const { words } = table;
    const base = table.base(slot);
    const state = words[base + FIELD.flags]!;
    const ports = words[base + FIELD.ports]!;
    const flow = this.newFlow(
      words[base + FIELD.number]!,
      words[base]!,
      ports >>> 16,
      words[base + 1]!,
      ports & 0xffff,
      (state & FLAG.v6) !== 0,
    );
    flow.opener = state & FLAG.openerIsB ? 1 : 0;
    flow.openerKnown = (state & (FLAG.syn | FLAG.synAck)) !== 0;
    flow.firstFrame = words[base + FIELD.firstFrame]!;
    flow.firstTime = table.firstTime(slot);
    flow.lastTime = table.lastTime(slot);
    const { client, server } = flow;
    if (state & FLAG.syn) {
      client.isn = words[base + FIELD.clientIsn]!;
      client.isnKnown = true;
      client.next = (client.isn + 1) | 0;
      client.synCount = words[base + FIELD.synCounts]! & 0xffff;
      client.packets = client.synCount;
      client.synFrame = flow.firstFrame;
      client.synTime = flow.firstTime;
      client.lastSynTime = flow.firstTime;
      client.ttl = words[base + FIELD.ttls]! & 0xff;
      client.timestamps = (state & FLAG.timestampsClient) !== 0;
    }
    if (state & FLAG.synAck) {
      server.isn = words[base + FIELD.serverIsn]!;
      server.isnKnown = true;
      server.next = (server.isn + 1) | 0;
      server.synCount = words[base + FIELD.synCounts]! >>> 16;
      server.packets = server.synCount;
      server.synFrame = words[base + FIELD.synAckFrame]!;
      server.synTime = flow.firstTime + table.floats[base + FIELD.synAckDelay]!;
      server.lastSynTime = server.synTime;
      if (state & FLAG.finalAck) {
        server.acknowledged = server.next;
        server.acknowledgedKnown = true;
        client.pureAcks = 1;
      }
      server.ttl = (words[base + FIELD.ttls]! >>> 16) & 0xff;
      server.timestamps = (state & FLAG.timestampsServer) !== 0;
    }
    if (state & (FLAG.rstFromServer | FLAG.rstFromClient)) {
      const resetter = state & FLAG.rstFromServer ? server : client;
      resetter.rstFrame = words[base + FIELD.synAckFrame]!;
      resetter.rstTime = flow.lastTime;
      resetter.rstTtl = (words[base + FIELD.ttls]! >>> 16) & 0xff;
      resetter.rstCount = 1;
    }
    return flow;
  }

  private update(
    flow: Flow,
    side: 0 | 1,
    bytes: Buffer,
    start: number,
    headerLength: number,
    end: number,
    flags: number,
    sequence: number,
    packet: PacketDecoder,
  ): void {
    const mine = flow.sides[side];
    const other = flow.sides[side === 0 ? 1 : 0];
    mine.packets++;
    if (mine.rstFrame && (flags & RST) === 0) mine.packetsAfterRst++;
    if (flags & SYN) {
      this.opening(flow, side, bytes, start, headerLength, flags, sequence, packet);
      return;
    }
    const payload = end - start - headerLength;
    const { frame, time } = packet;
    if (flags & RST) {
      mine.rstCount++;
      if (!mine.rstFrame) {
        mine.rstFrame = frame;
        mine.rstTime = time;
        mine.rstSequence = sequence;
        mine.rstTtl = packet.ttl;
        mine.rstIdentification = packet.identification;
        mine.rstBare = headerLength === 20;
        mine.rstHasAck = (flags & ACK) !== 0;
        if (mine.rstHasAck) mine.rstAcknowledges = packet.viewOf(bytes).getInt32(start + 8);
      }
      return;
    }
    if (mine.ttl < 0) mine.ttl = packet.ttl;
    if (flags & ACK) this.acknowledge(mine, other, bytes, start, headerLength, payload, packet);
    if (payload > 0) {
      this.deliver(flow, side, mine, bytes, start + headerLength, end, sequence, packet);
    } else if (mine.isnKnown || mine.started) {
      const ahead = sequenceDifference(sequence, mine.next);
      // RFC 9293 section 3.8.4: keep-alives lie one before; zero-window probes too.
      // What follows its FIN counts one number more without a byte.
      if (
        ahead > (mine.finFrame ? 1 : 0) &&
        ahead < 0x1000000 &&
        !mine.beyondFrame &&
        (!mine.started || sequenceDifference(sequence, mine.highest) > 0)
      )
        mine.beyondFrame = frame;
    }
    if (flags & FIN && !mine.finFrame) {
      mine.finFrame = frame;
      mine.finTime = time;
      mine.finSequence = (sequence + payload) | 0;
    }
  }

  private acknowledge(
    mine: FlowSide,
    other: FlowSide,
    bytes: Buffer,
    start: number,
    headerLength: number,
    payload: number,
    packet: PacketDecoder,
  ): void {
    const acknowledgement = packet.viewOf(bytes).getInt32(start + 8);
    if (!other.isnKnown && !other.started && mine.synFrame > 0 && !mine.started && !other.acknowledgedKnown) {
      // The SYN-ACK was not captured; what first acknowledges it names its number.
      other.isn = (acknowledgement - 1) | 0;
      other.isnKnown = true;
      other.next = acknowledgement;
    }
    if (!other.acknowledgedKnown || sequenceDifference(acknowledgement, other.acknowledged) > 0) {
      other.acknowledged = acknowledgement;
      other.acknowledgedKnown = true;
      if (other.started && !mine.firstAckOfDataFrame && sequenceDifference(acknowledgement, other.firstSequence) > 0) {
        mine.firstAckOfDataFrame = packet.frame;
        mine.firstAckOfDataTime = packet.time;
      }
    }
    if (payload === 0) {
      mine.pureAcks++;
      if (headerLength > 20 && !mine.sackFrame && hasSack(bytes, start, headerLength)) mine.sackFrame = packet.frame;
    }
    const window = packet.viewOf(bytes).getUint16(start + 14);
    if (window === 0) {
      if (mine.zeroWindowOpen) {
        mine.zeroWindowOpen = false;
        mine.zeroWindowFrame = packet.frame;
        mine.zeroWindowTime = packet.time;
      }
      mine.zeroWindowCount++;
    } else if (!mine.zeroWindowOpen) {
      mine.zeroWindowOpen = true;
      mine.zeroWindowCount = 0;
    }
  }

  private opening(
    flow: Flow,
    side: 0 | 1,
    bytes: Buffer,
    start: number,
    headerLength: number,
    flags: number,
    sequence: number,
    packet: PacketDecoder,
  ): void {
    const mine = flow.sides[side];
    const options = readOptions(bytes, start, headerLength);
    if (!mine.synFrame || !isCopy(packet.time, mine.lastSynTime)) mine.synCount++;
    mine.lastSynTime = packet.time;
    if (options.mss) mine.mss = options.mss;
    mine.timestamps ||= options.timestamps;
    mine.windowScale = options.windowScale;
    if (!mine.synFrame) {
      mine.synFrame = packet.frame;
      mine.synTime = packet.time;
    }
    if (!mine.started) {
      mine.isn = sequence;
      mine.isnKnown = true;
      mine.next = (sequence + 1) | 0;
      mine.ttl = packet.ttl;
    }
    if (!flow.openerKnown) {
      flow.openerKnown = true;
      const opener = flags & ACK ? (side === 0 ? 1 : 0) : side;
      if (!flow.session) flow.opener = opener;
    }
  }

  private deliver(
    flow: Flow,
    side: 0 | 1,
    mine: FlowSide,
    bytes: Buffer,
    start: number,
    end: number,
    sequence: number,
    packet: PacketDecoder,
  ): void {
    const length = end - start;
    // With what the snap length cut off.
    const whole = length + packet.cutOff;
    const { frame, time } = packet;
    mine.dataSegments++;
    if (whole > mine.largestSegment) mine.largestSegment = whole;
    mine.lastDataFrame = frame;
    mine.lastDataTime = time;
    if (!mine.started) {
      mine.started = true;
      if (!mine.isnKnown)
        mine.next =
          mine.acknowledgedKnown &&
          Math.abs(sequenceDifference(mine.acknowledged, sequence)) < 65_536 &&
          sequenceDifference(mine.acknowledged, sequence) < 0
            ? mine.acknowledged
            : sequence;
      else if (
        mine.synCount > 1 &&
        mine.acknowledgedKnown &&
        mine.acknowledged !== mine.next &&
        sequence === mine.acknowledged
      )
        mine.next = sequence;
      mine.firstSequence = mine.next;
      mine.highest = mine.next;
      mine.firstDataFrame = frame;
      mine.firstDataTime = time;
      mine.firstSegmentLength = whole;
    } else if (sequenceDifference(sequence, mine.highest) < 0) {
      mine.retransmissions++;
      if (sequence === mine.firstSequence) mine.firstRepeats++;
      else mine.laterRepeats++;
    }
    const segmentEnd = (sequence + length) | 0;
    const wholeEnd = (sequence + whole) | 0;
    if (sequenceDifference(wholeEnd, mine.highest) > 0) mine.highest = wholeEnd;
    if (!flow.session && !flow.openerKnown) openerByHello(flow, side, bytes, start, end);
    const session = flow.session ?? this.openSession(flow);
    const half = side === flow.opener ? session.client : session.server;
    const ahead = sequenceDifference(sequence, mine.next);
    if (half.mode === MODE.opaque) {
      if (ahead + whole > 0) {
        mine.bytes += ahead + whole;
        mine.next = wholeEnd;
      }
      mine.pending = undefined;
      return;
    }
    if (ahead > 0) {
      holdSegment(flow, side, bytes, start, end, sequence, frame, time);
      return;
    }
    if (ahead + length <= 0) {
      if (mine.isnKnown || half.mode !== MODE.undecided || mine.bytes > 0) return;
    }
    const from = ahead < 0 ? start - ahead : start;
    if (from < end) {
      half.feed(bytes, from, end, frame, time);
      mine.bytes += end - from;
      mine.next = segmentEnd;
      if (half.begunBehindPreamble > 0) countFromTls(flow, side, frame, time);
    }
    // What the snap length cut off went over the wire, but cannot be read; records behind it can still be found.
    if (packet.cutOff > 0) {
      half.skip(packet.cutOff);
      mine.next = (mine.next + packet.cutOff) | 0;
    }
    if (mine.pending) drainSegments(flow, side);
  }

  private openSession(flow: Flow): TlsSession {
    const session = this.spareSessions.pop() ?? new TlsSession(this.tools);
    flow.session = session;
    return session;
  }

  private newFlow(number: number, addressA: number, portA: number, addressB: number, portB: number, v6: boolean): Flow {
    const flow = this.spareFlows.pop();
    if (!flow) return new Flow(number, addressA, portA, addressB, portB, v6);
    flow.begin(number, addressA, portA, addressB, portB, v6);
    return flow;
  }

  /** Takes back a flow that nobody looks at any more. */
  recycle(flow: Flow): void {
    const { session } = flow;
    if (session && this.spareSessions.length < MAX_SPARE) {
      session.reset();
      this.spareSessions.push(session);
    }
    flow.session = undefined;
    if (this.spareFlows.length < MAX_SPARE) this.spareFlows.push(flow);
  }
}

/** Both sides closed, or one reset the other. */
function isClosed(flow: Flow): boolean {
  const [a, b] = flow.sides;
  return (a.finFrame > 0 && b.finFrame > 0) || a.rstFrame > 0 || b.rstFrame > 0;
}

/** Of a connection whose opening was not captured, ports only suggest who is the client; a hello in its first bytes says so. */
function openerByHello(flow: Flow, side: 0 | 1, bytes: Buffer, start: number, end: number): void {
  if (end - start < 6 || bytes[start] !== 22 || bytes[start + 1] !== 3) return;
  const message = bytes[start + 5];
  if (message === 1) flow.opener = side;
  else if (message === 2) flow.opener = side === 0 ? 1 : 0;
}

/** Of captures without times nothing can be told. */
function isCopy(time: number, before: number): boolean {
  return time > 0 && time - before < SHORTEST_REPEAT_MS;
}
