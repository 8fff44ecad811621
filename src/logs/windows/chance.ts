/** What evidence that a CUSUM has summed up is worth in a log whose ordinary minutes are not what the sum takes them for. */

/** Steps in which gains are counted, each rounded up: what evidence is worth is never overestimated for it. */
const STEPS_OF_ONE = 8;
/** Halvings of the interval in which the coefficient lies. */
const HALVINGS = 20;

/** A stretch that may be a spell: first and last minute, and the evidence that was summed up in it. */
export interface Stretch {
  from: number;
  to: number;
  evidence: number;
}

/** How often each gain occurs, by its number of steps. */
class Gains {
  readonly #counts: Float64Array;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
    this.#counts = new Float64Array(2 * most * STEPS_OF_ONE + 1);
  }

  /** Adds the known gains of from..to as often as said. */
  add(gains: Float64Array, from: number, to: number, times: 1 | -1): void {
    for (let i = from; i <= to; i++)
      if (!Number.isNaN(gains[i]!)) this.#counts[Math.ceil((gains[i]! + this.#most) * STEPS_OF_ONE)]! += times;
  }

  /** Mean of exp(theta * gain) less one, times the number of gains; one minute of the highest gain more than were seen. */
  #excess(theta: number): number {
    let sum = Math.exp(theta * this.#most) - 1;
    for (let i = 0; i < this.#counts.length; i++)
      if (this.#counts[i]! > 0) sum += this.#counts[i]! * (Math.exp(theta * (i / STEPS_OF_ONE - this.#most)) - 1);
    return sum;
  }

  /**
   * The adjustment coefficient of Lundberg (1909): a sum of such gains reaches h with a chance of exp(-coefficient * h) at most. It is
   * 1 where they are log-likelihood ratios of what the minutes are, and told as no more; 0 where they rise by themselves.
   */
  coefficient(): number {
    if (this.#excess(1) <= 0) return 1;
    let [low, high] = [0, 1];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (low + high) / 2;
      if (this.#excess(middle) <= 0) low = middle;
      else high = middle;
    }
    return low;
  }
}

/**
 * Stretches that chance does not explain, as the other minutes show it: a series of two kinds of answers, seconds and
 * milliseconds, gains much in single minutes again and again, and a sum that takes them for a normal swing grows by chance. The surest are
 * judged first; one that is not proven remains a part of what is usual.
 * @param gains of each minute, NaN where nothing is known. @param most that a gain may be, up or down.
 * @param wanted evidence that proves a stretch, as a log-likelihood ratio.
 */
export function beyondChance(
  stretches: readonly Stretch[],
  gains: Float64Array,
  most: number,
  wanted: number,
): Stretch[] {
  if (stretches.length === 0) return [];
  const others = new Gains(most);
  others.add(gains, 0, gains.length - 1, 1);
  const kept = new Set<Stretch>();
  for (const one of [...stretches].sort((a, b) => b.evidence - a.evidence || a.from - b.from)) {
    others.add(gains, one.from, one.to, -1);
    if (one.evidence * others.coefficient() >= wanted) kept.add(one);
    else others.add(gains, one.from, one.to, 1);
  }
  return stretches.filter((one) => kept.has(one));
}
