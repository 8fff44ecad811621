/** Segments that arrive before the bytes in front of them: held, joined, and given up when memory or the flow ends. */
import type { TlsHalf } from '../stream/tls-half.ts';
import { type Flow, sequenceDifference } from './flow.ts';

const MAX_PENDING_SEGMENTS = 512;
const MAX_PENDING_BYTES = 256 * 1024;

/** Keeps a copy of an early segment. */
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
  if (
    mine.pending &&
    (mine.pending.length >= MAX_PENDING_SEGMENTS || mine.pendingBytes + end - start > MAX_PENDING_BYTES)
  )
    flushSide(flow, side);
  mine.pending ??= [];
  mine.pending.push({ sequence, bytes: Buffer.from(bytes.subarray(start, end)), frame, time });
  mine.pendingBytes += end - start;
}

function halfOf(flow: Flow, side: 0 | 1): TlsHalf {
  return side === flow.opener ? flow.session!.client : flow.session!.server;
}

/** Delivers held segments that have become contiguous. */
export function drainSegments(flow: Flow, side: 0 | 1): void {
  const mine = flow.sides[side];
  const half = halfOf(flow, side);
  let progress = true;
  while (progress && mine.pending && mine.pending.length > 0) {
    progress = false;
    for (let index = 0; index < mine.pending.length; index++) {
      const segment = mine.pending[index]!;
      const ahead = sequenceDifference(segment.sequence, mine.next);
      if (ahead > 0) continue;
      mine.pending.splice(index, 1);
      mine.pendingBytes -= segment.bytes.length;
      if (ahead + segment.bytes.length > 0) {
        half.feed(segment.bytes, -ahead, segment.bytes.length, segment.frame, segment.time);
        mine.bytes += segment.bytes.length + ahead;
        mine.next = (segment.sequence + segment.bytes.length) >>> 0;
      }
      progress = true;
      break;
    }
  }
  if (mine.pending?.length === 0) mine.pending = undefined;
}

/** Gives up waiting for lost bytes: the parser is told how many are missing and reads on behind them. */
function flushSide(flow: Flow, side: 0 | 1): void {
  const mine = flow.sides[side];
  while (mine.pending && mine.pending.length > 0) {
    let nearest = mine.pending[0]!;
    for (const segment of mine.pending)
      if (sequenceDifference(segment.sequence, nearest.sequence) < 0) nearest = segment;
    const gap = sequenceDifference(nearest.sequence, mine.next);
    if (gap > 0) {
      halfOf(flow, side).skip(gap);
      mine.lostBytes += gap;
      mine.next = nearest.sequence;
    }
    drainSegments(flow, side);
  }
  mine.pending = undefined;
  mine.pendingBytes = 0;
}

/** At the end of a connection: nothing more will fill the gaps. */
export function flushPending(flow: Flow): void {
  if (!flow.session) return;
  if (flow.sides[0].pending) flushSide(flow, 0);
  if (flow.sides[1].pending) flushSide(flow, 1);
}
