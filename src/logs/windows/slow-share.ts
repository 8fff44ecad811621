/**
 * Spells in which more of the answers than usual are slow while the typical one is not: every tenth waits for a partner. A minute of
 * ten requests shows that by chance only, so that p95 jumps up and down; what is judged is how many minutes have such a p95.
 */
import { beyondChance, type Stretch } from './chance.ts';
import { EVIDENCE, OF_ONE_MINUTE, stretchesOf } from './rise.ts';
import type { MinuteSeries } from './series.ts';

/** Share of slow answers that is looked for, and how many times the usual one. */
const SHARE = 0.1;
const TIMES = 3;
const MOST_SHARE = 0.9;
/** Halvings of the interval in which the usual share lies. */
const HALVINGS = 30;

/** Chance that p95 (nearest rank) of so many answers is slow where each is with that chance: the binomial tail. */
function chanceOfSlow(answers: number, share: number): number {
  const fewest = answers - Math.ceil(0.95 * answers) + 1;
  // Logarithms, for (1 - share) ** answers vanishes for thousands of them.
  let term = answers * Math.log1p(-share);
  let below = Math.exp(term);
  for (let k = 1; k < fewest; k++) {
    term += Math.log(((answers - k + 1) / k) * (share / (1 - share)));
    below += Math.exp(term);
  }
  return Math.min(1, Math.max(0, 1 - below));
}

/** The same by number of answers, each computed once. */
function chancesOfSlow(share: number): (answers: number) => number {
  const known = new Map<number, number>();
  return (answers) => {
    let chance = known.get(answers);
    if (chance === undefined) {
      chance = chanceOfSlow(answers, share);
      known.set(answers, chance);
    }
    return chance;
  };
}

/** Minutes by their number of answers, as there are few such numbers. */
function minutesByAnswers(requests: Uint32Array, p95: Float32Array): Map<number, number> {
  const minutes = new Map<number, number>();
  for (let i = 0; i < requests.length; i++)
    if (requests[i]! > 0 && p95[i]! >= 0) minutes.set(requests[i]!, (minutes.get(requests[i]!) ?? 0) + 1);
  return minutes;
}

/** The share of slow answers at which as many minutes as were seen have a slow p95; the spells themselves are counted in, to be safe. */
function usualShare(minutes: ReadonlyMap<number, number>, slow: number): number {
  // One more than were seen, for none among few proves little.
  const wanted = slow + 1;
  let [low, high] = [0, 0.5];
  for (let i = 0; i < HALVINGS; i++) {
    const share = (low + high) / 2;
    let expected = 0;
    for (const [answers, count] of minutes) expected += count * chanceOfSlow(answers, share);
    if (expected < wanted) low = share;
    else high = share;
  }
  return high;
}

/** Share of answers that are slower than p95. */
const ABOVE_P95 = 0.05;

/**
 * p95 of all answers of the series, from those of its minutes: of few answers p95 is the slowest, so that it is above that of all as
 * often as one of a twentieth is among so many.
 */
function p95OfAll(minutes: ReadonlyMap<number, number>, p95: Float32Array, requests: Uint32Array): number {
  let above = 0;
  for (const [answers, count] of minutes) above += count * chanceOfSlow(answers, ABOVE_P95);
  const known = p95.filter((seconds, i) => requests[i]! > 0 && seconds >= 0).sort();
  return known[Math.max(0, known.length - 1 - Math.round(above))] ?? Number.NaN;
}

/** Stretches, and from how many seconds on an answer is slow. */
interface SlowSpells {
  stretches: Stretch[];
  beyond: number;
}

/**
 * Stretches in which more answers than usual are slow: a CUSUM of log-likelihood ratios of each minute's p95 being so where a tenth
 * of the answers is, or three times the usual share, against the usual share.
 * @param factor times p95 of all answers from which one is slow. @param least seconds below which none is.
 * @param usual seconds of p95 that are usual at the time of the week, NaN where that is not known.
 */
export function moreSlowAnswers(
  { p95, requests }: Pick<MinuteSeries, 'p95' | 'requests'>,
  factor: number,
  least: number,
  usual: (minute: number) => number = () => Number.NaN,
): SlowSpells {
  const minutes = minutesByAnswers(requests, p95);
  const beyond = Math.max(least, factor * p95OfAll(minutes, p95, requests) || 0);
  let slow = 0;
  for (let i = 0; i < p95.length; i++) if (requests[i]! > 0 && p95[i]! >= beyond) slow++;
  if (slow === 0) return { stretches: [], beyond };
  const share = usualShare(minutes, slow);
  const usually = chancesOfSlow(share);
  const then = chancesOfSlow(Math.min(MOST_SHARE, Math.max(SHARE, share * TIMES)));
  const gains = new Float64Array(p95.length).fill(Number.NaN);
  for (let i = 0; i < p95.length; i++) {
    if (!(requests[i]! > 0 && p95[i]! >= 0)) continue;
    const [before, during] = [usually(requests[i]!), then(requests[i]!)];
    const gain = p95[i]! >= beyond ? Math.log(during / before) : Math.log((1 - during) / (1 - before));
    const expected = usual(i) >= beyond && gain > 0;
    gains[i] = expected ? 0 : Math.max(-OF_ONE_MINUTE, Math.min(OF_ONE_MINUTE, gain || 0));
  }
  return { stretches: beyondChance(stretchesOf(gains), gains, OF_ONE_MINUTE, EVIDENCE), beyond };
}
