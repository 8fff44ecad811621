/** What the judges look at: one flow, what was observed of it, and when its capture began and ended. */
import type { CapturedHandshake } from '../handshake.ts';
import type { Flow, FlowSide } from '../tcp/flow.ts';
import { sequenceDifference } from '../tcp/flow.ts';

export { type Side, sameVerdict, verdict } from './ruling.ts';

export interface FlowCase {
  flow: Flow;
  observation: CapturedHandshake;
  /** ms UTC of the last packet of the capture the flow stands in. */
  captureEnd: number;
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
 * nothing. One sequence number is the FIN's, where it was captured.
 */
export function captureHole(flow: Flow): boolean {
  return flow.sides.some((side) => {
    if (!side.acknowledgedKnown || (!side.started && !side.isnKnown)) return false;
    const captured = side.started && sequenceDifference(side.highest, side.next) > 0 ? side.highest : side.next;
    if (sequenceDifference(side.acknowledged, captured) > (side.finFrame > 0 ? 1 : 0)) return true;
    return side.lostBytes > 0 && side.started && sequenceDifference(side.acknowledged, side.lostUntil) >= 0;
  });
}

/** Further than this no number of a close is a count: some stacks send resets with numbers of their own. */
const MAX_UNSEEN = 0x40000;

/** Bytes that `side` sent by the number of its FIN or RST and that were not captured; 0 where it did not close. */
export function unseenBytes(side: FlowSide): number {
  const close = side.finFrame > 0 ? side.finSequence : side.rstSequence;
  if ((side.finFrame === 0 && side.rstFrame === 0) || (!side.started && !side.isnKnown)) return 0;
  const missing = sequenceDifference(close, side.next);
  return missing > 0 && missing < MAX_UNSEEN ? missing : 0;
}

/**
 * Packets of one side only, although the other must have sent some: asymmetric routing, or a mirror port that shows one
 * direction. A hello that is repeated was not answered, whatever the capture shows.
 */
export function oneDirection({ client, server }: Flow): boolean {
  if (server.packets === 0)
    return client.firstRepeats === 0 && (client.pureAcks > 0 || client.dataSegments > 0 || client.finFrame > 0);
  return client.packets === 0 && (server.synFrame > 0 || server.dataSegments > 0);
}

/** A capture that was filtered to hellos: neither the opening of the connection nor a single bare ACK or close. */
export function captureFiltered(flow: Flow): boolean {
  return flow.sides.every(
    (side) => side.synFrame === 0 && side.pureAcks === 0 && side.finFrame === 0 && side.rstFrame === 0,
  );
}
