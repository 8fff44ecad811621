/** Verdicts: one ruling for all in the same words, and the frames that show it. */
import type { HandshakeVerdict } from '../../tls/types.ts';

export type Side = HandshakeVerdict['side'];

/** What verdicts in the same words share. */
export interface Ruling {
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
export class Verdict implements HandshakeVerdict {
  readonly ruling: Ruling;
  /** 0 where there are fewer. */
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
  readonly more: number[] | undefined;

  constructor(
    shared: Ruling,
    first: number,
    second: number,
    third: number,
    fourth: number,
    more: number[] | undefined,
  ) {
    this.ruling = shared;
    this.first = first;
    this.second = second;
    this.third = third;
    this.fourth = fourth;
    this.more = more;
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

/** More frames than any verdict names. */
const MAX_FRAMES = 256;
const ordered = new Uint32Array(MAX_FRAMES);

/** Puts the distinct frames that were seen into `ordered`, ascending, and returns their count. The few there are need no general sort. */
function putInOrder(frames: readonly (number | undefined)[]): number {
  let count = 0;
  for (let index = 0; index < frames.length && count < MAX_FRAMES; index++) {
    const frame = frames[index];
    if (frame === undefined || frame <= 0) continue;
    let at = count;
    while (at > 0 && ordered[at - 1]! > frame) at--;
    if (at > 0 && ordered[at - 1] === frame) continue;
    for (let moved = count; moved > at; moved--) ordered[moved] = ordered[moved - 1]!;
    ordered[at] = frame;
    count++;
  }
  return count;
}

function ruled(shared: Ruling, frames: readonly (number | undefined)[]): Verdict {
  const count = putInOrder(frames);
  return new Verdict(
    shared,
    count > 0 ? ordered[0]! : 0,
    count > 1 ? ordered[1]! : 0,
    count > 2 ? ordered[2]! : 0,
    count > 3 ? ordered[3]! : 0,
    count > 4 ? Array.from(ordered.subarray(4, count)) : undefined,
  );
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
  return ruled(ruling(id, side, layer, confidence, says, inferred), frames);
}

/** The same verdict on another connection. */
export function sameVerdict(other: HandshakeVerdict, frames: readonly (number | undefined)[]): HandshakeVerdict {
  return other instanceof Verdict
    ? ruled(other.ruling, frames)
    : verdict(other.id, other.side, other.layer, other.confidence, frames, other.says, other.inferred);
}
