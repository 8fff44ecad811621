/** How far failures reach beyond the minutes that stand out by themselves: few requests a minute, or few failures, do not show in each. */

/** Clients heard in each minute, and those that failed. */
interface Counts {
  heard: ArrayLike<number>;
  failed: ArrayLike<number>;
}

/** A stretch of minutes, both included. */
interface Stretch {
  from: number;
  to: number;
}

/** Rounds in which edges and the share between them are fitted to each other. */
const ROUNDS = 3;
/** A share of 1 would make one good answer impossible. */
const MOST_SHARE = 0.99;

/**
 * The most likely edges of a stretch that fails: where the sum of the log-likelihood ratios of its own share against the usual one is
 * highest (the maximum likelihood estimate of a change point, Hinkley 1970). It is only ever widened.
 * @param usual share that fails elsewhere, of 0..1. @param least first minute that may belong to it. @param most the last one.
 * @param calm log-likelihood ratio at which what lies beyond is another time.
 */
export function widened(
  { heard, failed }: Counts,
  stretch: Stretch,
  usual: number,
  least: number,
  most: number,
  calm: number,
): Stretch {
  let { from, to } = stretch;
  for (let round = 0; round < ROUNDS; round++) {
    let [seen, bad] = [0, 0];
    for (let i = from; i <= to; i++) {
      seen += heard[i]!;
      bad += failed[i]!;
    }
    const share = Math.min(MOST_SHARE, bad / seen);
    if (!(share > usual)) break;
    const [ofBad, ofGood] = [Math.log(share / usual), Math.log((1 - share) / (1 - usual))];
    const reach = (edge: number, step: 1 | -1): number => {
      let [sum, best, at] = [0, 0, edge];
      for (let i = edge + step; i >= least && i <= most && sum > best - calm; i += step) {
        sum += failed[i]! * ofBad + (heard[i]! - failed[i]!) * ofGood;
        if (sum > best) [best, at] = [sum, i];
      }
      return at;
    };
    const wider = { from: reach(from, -1), to: reach(to, 1) };
    if (wider.from === from && wider.to === to) break;
    ({ from, to } = wider);
  }
  return { from, to };
}
