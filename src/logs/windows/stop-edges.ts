/** First and last minute of a stop: the search that finds it takes a few requests of the minutes after it for its own. */

/**
 * The most likely edges of a stop within from..to: nothing or a few came between them, what was expected before and after (the maximum
 * likelihood of Poisson counts with two changes). It is only ever narrowed, each side by itself.
 * @param expected requests a minute without the stop. @returns first and last minute.
 */
export function narrowed(
  requests: Uint32Array,
  expected: Float64Array,
  from: number,
  to: number,
): { from: number; to: number } {
  const middle = (from + to) >> 1;
  let [came, wanted] = [0, 0];
  for (let i = from; i <= to; i++) {
    came += requests[i]!;
    wanted += expected[i]!;
  }
  /** Cuts minutes off one side for as long as the rest becomes likelier by more than they cost. */
  const cut = (edge: number, step: 1 | -1): number => {
    let [inside, inWanted, outside] = [came, wanted, 0];
    let [best, at] = [Number.NEGATIVE_INFINITY, edge];
    for (let i = edge; i !== middle; i += step) {
      const share = (inside + 0.5) / (inWanted + 0.5);
      const likelihood = inside * Math.log(share) - share * inWanted + outside;
      if (likelihood > best) [best, at] = [likelihood, i];
      inside -= requests[i]!;
      inWanted -= expected[i]!;
      outside -= expected[i]!;
    }
    return at;
  };
  return { from: cut(from, 1), to: cut(to, -1) };
}
