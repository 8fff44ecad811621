/** Segments that arrive before the bytes in front of them: held, joined, and given up when memory or the flow ends. */
import type { TlsHalf } from '../stream/tls-half.ts';
import { type Flow, sequenceDifference } from './flow.ts';

/** What one side may keep waiting: enough for every byte of a large hello in a segment of its own, in any order. */
const MAX_PENDING_BYTES = 512 * 1024;
/** What holding one segment costs beside its bytes. */
const SEGMENT_OVERHEAD = 128;

/** Keeps a copy of an early segment, in the order of the stream; of two that start together the first to arrive leads. */
export function holdSegment(
  flow: Flow,
  side: 0 | 1,
  bytes: Buffer,
  start: number,
  end: number,
  sequence: number,
  frame: number,
  time: number,
): void {
  const mine = flow.sides[side];
  const cost = end - start + SEGMENT_OVERHEAD;
  if (mine.pending && mine.pendingBytes + cost > MAX_PENDING_BYTES) flushSide(flow, side);
  mine.pending ??= [];
  const { pending } = mine;
  let low = 0;
  for (let high = pending.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (sequenceDifference(pending[middle]!.sequence, sequence) > 0) high = middle;
    else low = middle + 1;
  }
  pending.splice(low, 0, { sequence, bytes: Buffer.from(bytes.subarray(start, end)), frame, time });
  mine.pendingBytes += cost;
}

function halfOf(flow: Flow, side: 0 | 1): TlsHalf {
  return side === flow.opener ? flow.session!.client : flow.session!.server;
}

/** Delivers held segments that have become contiguous. */
export function drainSegments(flow: Flow, side: 0 | 1): void {
  const mine = flow.sides[side];
  const { pending } = mine;
  if (!pending) return;
  const half = halfOf(flow, side);
  let delivered = 0;
  while (delivered < pending.length) {
    const segment = pending[delivered]!;
    const ahead = sequenceDifference(segment.sequence, mine.next);
    if (ahead > 0) break;
    delivered++;
    mine.pendingBytes -= segment.bytes.length + SEGMENT_OVERHEAD;
    if (ahead + segment.bytes.length > 0) {
      half.feed(segment.bytes, -ahead, segment.bytes.length, segment.frame, segment.time);
      mine.bytes += segment.bytes.length + ahead;
      mine.next = (segment.sequence + segment.bytes.length) | 0;
      if (half.begunBehindPreamble > 0) countFromTls(flow, side, segment.frame, segment.time);
    }
  }
  if (delivered === pending.length) mine.pending = undefined;
  else if (delivered > 0) pending.splice(0, delivered);
}

/**
 * TLS begins behind other words (STARTTLS, a proxy's): silence, repeats and lengths are counted from its first byte, as if
 * the connection began there.
 */
export function countFromTls(flow: Flow, side: 0 | 1, frame: number, time: number): void {
  const half = halfOf(flow, side);
  const length = half.begunBehindPreamble;
  half.begunBehindPreamble = 0;
  if (!half.fromClient) return;
  const client = flow.sides[side];
  client.firstSequence = (client.next - length) | 0;
  client.bytes = length;
  client.dataSegments = 1;
  client.retransmissions = 0;
  client.firstRepeats = 0;
  client.laterRepeats = 0;
  client.firstSegmentLength = length;
  client.firstDataFrame = frame;
  client.firstDataTime = time;
  const server = flow.sides[side === 0 ? 1 : 0];
  // Its next number is known from what it said before; its first payload of TLS is still to come.
  server.isnKnown ||= server.started;
  server.started = false;
  server.bytes = 0;
  server.dataSegments = 0;
  server.retransmissions = 0;
  server.firstRepeats = 0;
  server.laterRepeats = 0;
  server.sackFrame = 0;
  server.beyondFrame = 0;
  server.firstAckOfDataFrame = 0;
}

/** Gives up waiting for lost bytes: the parser is told how many are missing and reads on behind them. */
function flushSide(flow: Flow, side: 0 | 1): void {
  const mine = flow.sides[side];
  while (mine.pending) {
    const nearest = mine.pending[0]!;
    const gap = sequenceDifference(nearest.sequence, mine.next);
    if (gap > 0) {
      halfOf(flow, side).skip(gap);
      mine.next = nearest.sequence;
      if (mine.lostBytes === 0) mine.lostUntil = mine.next;
      mine.lostBytes += gap;
    }
    drainSegments(flow, side);
  }
  mine.pendingBytes = 0;
}

/** At the end of a connection: nothing more will fill the gaps. */
export function flushPending(flow: Flow): void {
  if (!flow.session) return;
  if (flow.sides[0].pending) flushSide(flow, 0);
  if (flow.sides[1].pending) flushSide(flow, 1);
}
