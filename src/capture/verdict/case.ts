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
}

export type Side = HandshakeVerdict['side'];

/** What verdicts in the same words share. */
interface Ruling {
  id: string;
  side: Side;
  layer: HandshakeVerdict['layer'];
  confidence: number;
  says: string;
  inferred: boolean;
}

const MAX_RULINGS = 4096;
/** By their words, which verdicts repeat over and over. */
const rulings = new Map<string, Ruling[]>();
let kept = 0;

function ruling(
  id: string,
  side: Side,
  layer: HandshakeVerdict['layer'],
  confidence: number,
  says: string,
  inferred: boolean,
): Ruling {
  const same = rulings.get(says);
  if (same)
    for (const one of same)
      if (
        one.id === id &&
        one.side === side &&
        one.layer === layer &&
        one.confidence === confidence &&
        one.inferred === inferred
      )
        return one;
  const made: Ruling = { id, side, layer, confidence, says, inferred };
  if (kept++ >= MAX_RULINGS) {
    rulings.clear();
    kept = 1;
  }
  const others = rulings.get(says);
  if (others) others.push(made);
  else rulings.set(says, [made]);
  return made;
}

/** One of hundreds of thousands: the shared words, and up to four frames without a list of their own. */
class Verdict implements HandshakeVerdict {
  readonly ruling: Ruling;
  private readonly first: number;
  private readonly second: number;
  private readonly third: number;
  private readonly fourth: number;
  private readonly more: number[] | undefined;

  constructor(shared: Ruling, frames: readonly (number | undefined)[]) {
    this.ruling = shared;
    const seen = inOrder(frames);
    this.first = seen.length > 0 ? seen[0]! : 0;
    this.second = seen.length > 1 ? seen[1]! : 0;
    this.third = seen.length > 2 ? seen[2]! : 0;
    this.fourth = seen.length > 3 ? seen[3]! : 0;
    this.more = seen.length > 4 ? seen.slice(4) : undefined;
  }

  get id(): string {
    return this.ruling.id;
  }
  get side(): Side {
    return this.ruling.side;
  }
  get layer(): HandshakeVerdict['layer'] {
    return this.ruling.layer;
  }
  get confidence(): number {
    return this.ruling.confidence;
  }
  get says(): string {
    return this.ruling.says;
  }
  /** Undefined rather than false, as where it is absent. */
  get inferred(): boolean {
    return (this.ruling.inferred || undefined) as boolean;
  }
  get frames(): number[] {
    if (this.more) return [this.first, this.second, this.third, this.fourth, ...this.more];
    if (this.fourth > 0) return [this.first, this.second, this.third, this.fourth];
    if (this.third > 0) return [this.first, this.second, this.third];
    if (this.second > 0) return [this.first, this.second];
    return this.first > 0 ? [this.first] : [];
  }
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
  return new Verdict(ruling(id, side, layer, confidence, says, inferred), frames);
}

/** The same verdict on another connection. */
export function sameVerdict(other: HandshakeVerdict, frames: readonly (number | undefined)[]): HandshakeVerdict {
  return other instanceof Verdict
    ? new Verdict(other.ruling, frames)
    : verdict(other.id, other.side, other.layer, other.confidence, frames, other.says, other.inferred);
}

const ordered: number[] = [];

/** Distinct frames that were seen, ascending. The few there are need no general sort. The result is reused. */
function inOrder(frames: readonly (number | undefined)[]): readonly number[] {
  ordered.length = 0;
  for (const frame of frames) {
    if (frame === undefined || frame <= 0) continue;
    let at = ordered.length;
    while (at > 0 && ordered[at - 1]! > frame) at--;
    if (at > 0 && ordered[at - 1] === frame) continue;
    if (at === ordered.length) ordered.push(frame);
    else ordered.splice(at, 0, frame);
  }
  return ordered;
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
