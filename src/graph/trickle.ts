/** Complaints that come at one and the same low rate from the beginning to the end: nothing began, so nothing is wrong today. */

/** Share of what was written below which a complaint is a trickle. */
const FEW = 0.01;
/** Minutes with lines that show what is usual. */
const LEAST_MINUTES = 60;
/** Rates looked for, as multiples of the usual one. */
const FACTORS = [2, 3, 5, 10, 30, 100];
/** Chance with which an even trickle may look like one that began: e^-7, one log in a thousand. */
const CHANCE = 7;

/**
 * Whether hits are few and spread as evenly as what was written. A scan over all stretches of time for one in which they came
 * several times as often (log-likelihood ratio of Poisson counts); by Wald's bound (1945) a stretch of an even trickle reaches S
 * with a chance of e^-S from each minute it may begin in and for each factor, which the bound allows for.
 * @param hits minute (ms UTC, floored) to count. @param written lines of the same sources, likewise.
 */
export function isTrickle(hits: ReadonlyMap<number, number>, written: ReadonlyMap<number, number>): boolean {
  let [all, lines] = [0, 0];
  for (const count of hits.values()) all += count;
  for (const count of written.values()) lines += count;
  const minutes = [...written.keys()].filter(Number.isFinite).sort((a, b) => a - b);
  if (all === 0 || all >= lines * FEW || minutes.length < LEAST_MINUTES) return false;
  const usual = all / lines;
  const wanted = CHANCE + Math.log(FACTORS.length) + Math.log(Math.max(1, hits.size));
  for (const factor of FACTORS) {
    let evidence = 0;
    for (const minute of minutes) {
      const came = hits.get(minute) ?? 0;
      evidence = Math.max(0, evidence + came * Math.log(factor) - (factor - 1) * usual * written.get(minute)!);
      if (evidence >= wanted) return false;
    }
  }
  return true;
}
