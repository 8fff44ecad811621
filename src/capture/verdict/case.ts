/** What the judges look at: one flow, what was observed of it, and when its capture began and ended. */
import type { HandshakeVerdict } from '../../tls/types.ts';
import type { CapturedHandshake } from '../handshake.ts';
import type { Flow, FlowSide } from '../tcp/flow.ts';
import { sequenceDifference } from '../tcp/flow.ts';

export interface FlowCase {
  flow: Flow;
  observation: CapturedHandshake;
  /** ms UTC of the last packet of the capture the flow stands in. */
  captureEnd: number;
  /** No connection of the capture shows packets of both directions. */
  oneSided: boolean;
}

export type Side = HandshakeVerdict['side'];

const MAX_TEXTS = 4096;
const texts = new Map<string, string>();

/** Verdicts repeat their words: equal texts are kept once. */
function shared(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= MAX_TEXTS) texts.clear();
  texts.set(text, text);
  return text;
}

/** Builds a verdict; frames that are 0 (not seen) are left out, the rest sorted and made unique. */
export function verdict(
  id: string,
  side: Side,
  layer: HandshakeVerdict['layer'],
  confidence: number,
  frames: readonly (number | undefined)[],
  says: string,
  inferred = false,
): HandshakeVerdict {
  const found: HandshakeVerdict = { id, side, layer, confidence, frames: inOrder(frames), says: shared(says) };
  if (inferred) found.inferred = true;
  return found;
}

/** Distinct frames that were seen, ascending. The few there are need no general sort. */
function inOrder(frames: readonly (number | undefined)[]): number[] {
  const seen: number[] = [];
  for (const frame of frames) {
    if (frame === undefined || frame <= 0) continue;
    let at = seen.length;
    while (at > 0 && seen[at - 1]! > frame) at--;
    if (at > 0 && seen[at - 1] === frame) continue;
    if (at === seen.length) seen.push(frame);
    else seen.splice(at, 0, frame);
  }
  // A copy has the room it needs and no more; an array that was pushed to keeps room for seventeen.
  return seen.slice();
}

/** Bytes of `side`'s payload that the other side acknowledged (RST packets do not count). */
export function acknowledgedBytes(side: FlowSide): number {
  if (!side.started || !side.acknowledgedKnown) return 0;
  return Math.max(0, sequenceDifference(side.acknowledged, side.firstSequence));
}

/** Payload bytes `side` sent, by the highest sequence number seen. */
export function sentBytes(side: FlowSide): number {
  return side.started ? Math.max(0, sequenceDifference(side.highest, side.firstSequence)) : 0;
}

/** ms from SYN to SYN-ACK, undefined when either was not captured. */
export function connectTime(flow: Flow): number | undefined {
  const { client, server } = flow;
  return client.synFrame && server.synFrame ? server.synTime - client.synTime : undefined;
}

export function milliseconds(value: number): string {
  return value < 10
    ? `${value.toFixed(1)} ms`
    : value < 10_000
      ? `${Math.round(value)} ms`
      : `${(value / 1000).toFixed(1)} s`;
}

/**
 * Bytes that a peer acknowledged but the capture does not hold: the capture itself is incomplete, so silence proves
 * nothing. One sequence number is the FIN's.
 */
export function captureHole(flow: Flow): boolean {
  return flow.sides.some((side) => {
    if (!side.acknowledgedKnown || (!side.started && !side.isnKnown)) return false;
    const captured = side.started && sequenceDifference(side.highest, side.next) > 0 ? side.highest : side.next;
    if (sequenceDifference(side.acknowledged, captured) > 1) return true;
    return side.lostBytes > 0 && side.started && sequenceDifference(side.acknowledged, side.highest) >= 0;
  });
}

/** A capture that was filtered to hellos: neither the opening of the connection nor a single bare ACK or close. */
export function captureFiltered(flow: Flow): boolean {
  return flow.sides.every(
    (side) => side.synFrame === 0 && side.pureAcks === 0 && side.finFrame === 0 && side.rstFrame === 0,
  );
}
