/** Silences that may be a night, a closing time or a day off: in less than two weeks of log nothing tells them from a stop. */
import { sumOf } from './window.ts';

/** First and last minutes of what may be a stop, and its log-likelihood ratio. */
export interface Silence {
  from: number;
  to: number;
  evidence: number;
}

/** Minutes from which a silence may be a night, a closing time or a day off, unless other weeks show what is usual. */
const NIGHT = 210;
/** The same of one that lasts to the end of the log, for nobody knows how long it became, and of one in which some still come. */
const NIGHT_BEGUN = 90;
const SOME_COME = 0.05;
/** Minutes within which a service stops, and its customers may; and requests, in units of the spread, that show it. */
const AT_ONCE = 10;
const BEFORE_LONG = 30;
const BUSY = 50;
/** Share of the usual that still comes when a service has stopped at once: nearly nothing. */
const NOTHING = 0.01;
/** Minutes of traffic between two silences that may be a job which runs at night, too. */
const JOB = 30;

/**
 * Whether a long silence looks like a service that stopped rather than like customers who sleep: they do not all go within minutes.
 * @param before requests a minute until then. @param within minutes in which enough must have been to come.
 */
function atOnce(requests: Uint32Array, { from, to }: Silence, before: number, within: number): boolean {
  const came = sumOf(requests, from + 1, Math.min(to, from + within));
  return came <= before * within * NOTHING && sumOf(requests, from, to) <= before * (to - from + 1) * NOTHING;
}

/**
 * The silences that may be a night set apart: those of hours, with or without jobs in between. Each is one, from its first silence
 * to its last.
 */
export function apartFromNights(
  requests: Uint32Array,
  found: readonly Silence[],
  expected: Float64Array,
  spread: number,
): { stops: Silence[]; nights: Silence[] } {
  const silences = found.filter(({ evidence }) => evidence > 0);
  const [stops, nights]: [Silence[], Silence[]] = [[], []];
  for (let i = 0; i < silences.length; ) {
    let next = i + 1;
    while (next < silences.length && silences[next]!.from - silences[next - 1]!.to <= JOB) next++;
    const group = silences.slice(i, next);
    const [first, last] = [group[0]!, group.at(-1)!];
    const open = last.to >= requests.length - 2;
    const wanted = expected.subarray(first.from, last.to + 1).reduce((sum, rate) => sum + rate, 0);
    const someCome = sumOf(requests, first.from, last.to) > wanted * SOME_COME;
    const nightly = open && someCome ? 0 : open || someCome ? NIGHT_BEGUN : NIGHT;
    const length = last.to - first.from + 1;
    const before = expected[first.from]!;
    const within = Math.max(AT_ONCE, (BUSY * spread) / before);
    const sudden =
      within <= (length >= NIGHT ? AT_ONCE : BEFORE_LONG) &&
      atOnce(requests, { ...first, to: last.to }, before, within);
    if (sudden || length < nightly) stops.push(...group);
    else nights.push({ from: first.from, to: last.to, evidence: group.reduce((sum, one) => sum + one.evidence, 0) });
    i = next;
  }
  return { stops, nights };
}
