import type { EvidenceRef, Impact } from '../../finding.ts';
import { bursts, MINUTE, sumBetween } from '../../graph/bursts.ts';
import { MinuteCounts } from '../../graph/minute-counts.ts';
import type { RequestTable } from '../../logs/types.ts';
import type { LogStanding, LogWindow } from '../../logs/windows/log-windows.ts';
import { MUCH_WORSE, NEARLY_ALL } from '../../logs/windows/places.ts';
import { refusalWindows } from '../../logs/windows/refusals.ts';
import { REFUSALS } from '../../logs/windows/series.ts';
import { askedBySomebody } from '../../logs/windows/standing.ts';
import type { RateChange } from '../../transactions/analytics/index.ts';
import { fileOf, OUTCOMES } from '../../transactions/types.ts';
import { counted } from '../../wording.ts';
import { reasonGiven } from '../_answers.ts';
import { citeLines } from '../payments/_lines.ts';
import { iso, line } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { isOfOperations, operationLines } from './_operations.ts';
import { citeRequests, failedRequests, type OneClient, oneClientOf, requestsIn } from './_rows.ts';
import { isPart, ofWhat, scopeOf, windowsIn } from './_windows.ts';

export default defineCheck({
  meta: {
    id: 'capacity/unexplained-failures',
    title: 'Much fails, and nothing here says why',
    description:
      'Payments that fail technically, requests answered with a server error or turned away, or error lines, as a large share of all for several minutes and hardly any before, or from the beginning of the log to its end. Names no cause: it is left out where another check names one, and stands so that an interruption is never passed over in silence.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ops',
    proof: 'observed',
    needs: [],
    remedy:
      'Get what the failing side wrote in the minute it began: the error log of the server and of the application behind it, its configuration, and a packet capture of the leg.',
    verification: {
      command: 'paymedic triage ./evidence-of-the-same-path-after-the-fix',
      expect: 'no such finding',
    },
    references: [],
  },
  *run(context): Iterable<Hit> {
    const found =
      failing(payments(context)) ??
      failing(requests(context)) ??
      errorLines(context) ??
      paymentWindow(context) ??
      requestWindow(context) ??
      refused(context) ??
      standing(context);
    if (!found) return;
    const { from, to, failed, attempts } = found;
    const part = partOf(context, found);
    const ofPart = part ? failuresIn(context, part) : [];
    const evidence = ofPart.length > 0 ? ofPart : found.evidence;
    const alone = found.ofRequests ? oneClientIn(context, found) : undefined;
    const of = `${part ? ofWhat(part) : ''}${alone ? ` for the client ${alone.address} alone` : ''}`;
    const what = of === '' ? found.what : `${found.what}, nearly all${of},`;
    const scope = part ? scopeOf(part) : (found.scope ?? (alone ? 'client-group' : 'all'));
    if (announced(context, from)) return;
    const ongoing = !found.ended && context.graph.span.to - to <= 5 * MINUTE;
    const impact = {
      // Lines are no attempts: without a better time, how many payments are behind them is not known.
      ...(found.always && found.ofLines
        ? {}
        : alone && scope === 'client-group'
          ? ofClients(alone)
          : { failingShare: found.shareOfAll ?? failed / attempts, attempts }),
      minutes: ((ongoing ? context.graph.span.to : to + MINUTE) - from) / MINUTE,
      ongoing,
      scope,
    };
    const first = found.evidence[0]?.time ? Date.parse(found.evidence[0].time) : from;
    const reason = found.always || found.ofLines ? undefined : reasonGiven(context, from, to);
    yield {
      subject: { kind: 'flow', id: what },
      title: `${failed} of ${attempts} ${what} ${span(found, ongoing, first)}, and no cause is proven${reason ? `; our own log says: ${reason.text}` : ''}`,
      detail: `${Math.round((failed / attempts) * 100)} % of them in ${counted(Math.max(1, Math.round(impact.minutes)), 'minute')}, ${found.always ? 'and the evidence begins with it: the log of the time before would show when it began' : 'hardly any before'}.`,
      evidence: reason ? [...evidence, reason.evidence] : evidence,
      impact,
      count: failed,
      first,
      last: to,
    };
  },
});

/** The client that nearly all of it was about, while customers beside it were served. */
const oneClientIn = ({ observations: { logs } }: CheckContext, { from, to }: Failing): OneClient | undefined =>
  oneClientOf(logs.requests, from, to + MINUTE, askedByCustomers(logs.requests));

/** A client that repeats what fails is one voice, however often it asks. */
const ofClients = ({ others }: OneClient): Pick<Impact, 'failingShare' | 'attempts'> => ({
  failingShare: (others.failures + 1) / (others.requests + 1),
  attempts: others.requests + 1,
});

/** When it was: what the evidence begins with may have begun long before. */
function span({ always }: Failing, ongoing: boolean, first: number): string {
  if (!always) return `since ${iso(first)}`;
  return ongoing ? 'from the beginning of the log to its end' : `from the beginning of the log on (${iso(first)})`;
}

/** The endpoint or upstream that most of the failures belong to, where the others work. */
function partOf(context: CheckContext, found: Failing): LogWindow | undefined {
  if (found.what.startsWith('payments') || found.scope) return undefined;
  return windowsIn(context)
    .logs.filter((w) => w.kind === 'failures' && isPart(w) && w.from <= found.to && w.to >= found.from)
    .filter(
      (w) =>
        w.failures >= found.failed * NEARLY_ALL &&
        w.failures / w.requests >= (found.failed / found.attempts) * MUCH_WORSE,
    )
    .sort((a, b) => b.failures / b.requests - a.failures / a.requests)[0];
}

/** Fewer failures, a smaller share or a shorter time is what happens on any day. */
const FEWEST = 20;
const LEAST_SHARE = 0.3;
const LEAST_MINUTES = 3;
/** Share of what the burst fails at, below which its first minute is not its beginning. */
const STRAY = 0.25;

const MAINTENANCE =
  /maintenance|planned (?:work|outage|downtime)|wartung|mantenimiento|manutenção|维护|維護|メンテナンス/i;
const MONTHS = [
  'jan',
  'feb',
  'm[aä]r',
  'a[pbv]r',
  'ma[yi]',
  'jun|juin',
  'jul|juil',
  'aug|ago|août',
  'sep|set',
  'oct|okt|out',
  'nov',
  'de[cz]|dic|déc',
];

/** Whether a notice or change told of maintenance on that day: a service that is switched off as announced is no riddle. */
function announced(context: CheckContext, time: number): boolean {
  const at = new Date(time);
  const day = `0?${at.getUTCDate()}`;
  const month = `0?${at.getUTCMonth() + 1}`;
  const names = `(?:${MONTHS[at.getUTCMonth()]})`;
  const date = new RegExp(
    `\\b${day}\\b[^\\d\\n]{0,8}${names}|${names}\\p{L}{0,8}\\.? ${day}\\b|\\b${at.getUTCFullYear()}[-/.]${month}[-/.]${day}\\b|\\b${day}[./]${month}[./]|\\b${month}/${day}/|${month}月${day}日`,
    'iu',
  );
  return (
    context.graph.notices.some((n) => MAINTENANCE.test(n.text) && date.test(n.text)) ||
    context.graph.changes.some((c) => MAINTENANCE.test(c.text) && Math.abs(c.time - time) <= 30 * MINUTE)
  );
}

interface Counted {
  /** Of what there are so many, as in "12 of 20 requests ...". */
  what: string;
  all: ReadonlyMap<number, number>;
  bad: ReadonlyMap<number, number>;
  /** The first that failed at or after a time. */
  first(from: number): EvidenceRef[];
  ofRequests?: boolean;
}

interface Failing {
  what: string;
  from: number;
  to: number;
  failed: number;
  attempts: number;
  evidence: EvidenceRef[];
  /** Of everything in that time, where the failing part is less than all. */
  shareOfAll?: number;
  /** The evidence shows no time before it. */
  always?: boolean;
  /** So many went well afterwards that it is over. */
  ended?: boolean;
  /** Counted in lines of a log. */
  ofLines?: boolean;
  /** Counted in requests that were answered with a server error. */
  ofRequests?: boolean;
  /** Everything, unless said. */
  scope?: Impact['scope'];
}

const add = (series: Map<number, number>, time: number): void => {
  const minute = Math.floor(time / MINUTE) * MINUTE;
  if (Number.isFinite(minute)) series.set(minute, (series.get(minute) ?? 0) + 1);
};

/** The main burst of what failed, where it is a large share of all and was not there before. */
function failing(counted: Counted | undefined): Failing | undefined {
  if (!counted) return undefined;
  const { what, all, bad } = counted;
  const burst = bursts(bad)[0];
  if (!burst) return undefined;
  // A stray failure some minutes before is none of it.
  const ofBurst = burst.count / sumBetween(all, burst.from, burst.to);
  while (
    burst.from < burst.to &&
    !((bad.get(burst.from) ?? 0) >= (all.get(burst.from) ?? 0) * ofBurst * STRAY && bad.has(burst.from))
  ) {
    burst.count -= bad.get(burst.from) ?? 0;
    burst.from += MINUTE;
  }
  if (burst.count < FEWEST || burst.to - burst.from < (LEAST_MINUTES - 1) * MINUTE) return undefined;
  const attempts = sumBetween(all, burst.from, burst.to);
  const share = burst.count / attempts;
  const before = sumBetween(all, Number.NEGATIVE_INFINITY, burst.from - MINUTE);
  const badBefore = sumBetween(bad, Number.NEGATIVE_INFINITY, burst.from - MINUTE);
  if (share < LEAST_SHARE || badBefore > before * share * 0.25) return undefined;
  const { from, to, count: failed } = burst;
  const after = sumBetween(all, to + MINUTE, Number.POSITIVE_INFINITY);
  const badAfter = sumBetween(bad, to + MINUTE, Number.POSITIVE_INFINITY);
  return {
    what,
    from,
    to,
    failed,
    attempts,
    evidence: counted.first(from),
    ...(before < FEWEST ? { always: true } : {}),
    ...(after >= FEWEST && badAfter < after * share * STRAY ? { ended: true } : {}),
    ...(counted.ofRequests ? { ofRequests: true } : {}),
  };
}

function requests(context: CheckContext): Counted | undefined {
  const r = context.observations.logs.requests;
  const asked = askedByCustomers(r);
  const statuses = new Map<number, number>();
  for (let i = 0; i < r.length; i++)
    if (r.status[i]! >= 500 && asked(i)) statuses.set(r.status[i]!, (statuses.get(r.status[i]!) ?? 0) + 1);
  const often = [...statuses].sort((a, b) => b[1] - a[1])[0]?.[0];
  return {
    what: `requests were answered with a server error (${often})`,
    all: MinuteCounts.of(r.time, (i) => r.status[i] !== 0 && asked(i)),
    bad: MinuteCounts.of(r.time, (i) => r.status[i]! >= 500 && asked(i)),
    first: (from) => citeRequests(context, earliest(r, from, 5, asked)),
    ofRequests: true,
  };
}

/** Rows of what customers ask for: a monitor that fails all its life is no interruption. All rows where there is little else. */
function askedByCustomers(table: RequestTable): (row: number) => boolean {
  const asked = askedBySomebody(table);
  let customers = 0;
  for (let row = 0; row < table.length && customers < FEWEST; row++) if (asked(row)) customers++;
  return customers < FEWEST ? () => true : asked;
}

/** The rows of the first requests that failed at or after a time; there may be millions of them. */
function earliest(
  { length, status, time }: RequestTable,
  from: number,
  most: number,
  asked: (row: number) => boolean,
): number[] {
  const rows: number[] = [];
  for (let i = 0; i < length; i++) {
    if (!(status[i]! >= 500 && time[i]! >= from && asked(i) && (rows.length < most || time[i]! < time[rows.at(-1)!]!)))
      continue;
    rows.push(i);
    rows.sort((a, b) => time[a]! - time[b]!);
    rows.length = Math.min(rows.length, most);
  }
  return rows;
}

const FAILED = OUTCOMES.indexOf('error');

function payments(context: CheckContext): Counted {
  const all = new Map<number, number>();
  const bad = new Map<number, number>();
  const rows: { time: number; file: string; line: number }[] = [];
  for (const t of context.observations.transactions.tables)
    for (let i = 0; i < t.length; i++) {
      add(all, t.time[i]!);
      if (t.outcome[i] !== FAILED) continue;
      add(bad, t.time[i]!);
      rows.push({ time: t.time[i]!, file: fileOf(t, i), line: t.line[i]! });
    }
  return {
    what: 'payments failed technically',
    all,
    bad,
    first: (from) =>
      rows
        .filter(({ time }) => time >= from)
        .sort((a, b) => a.time - b.time)
        .slice(0, 5)
        .map(({ time, ...place }) => ({ ...place, time: iso(time) })),
  };
}

/** Least minutes and lines that show how a log usually looks. */
const USUAL_MINUTES = 10;
const USUAL_LINES = 20;

/** Lines of level error in one log, by the shapes of its messages. */
function errorLines(context: CheckContext): Failing | undefined {
  const { logs } = context.observations;
  let worst: Failing | undefined;
  for (const source of logs.sources) {
    if (source.role !== 'application') continue;
    const all = new Map<number, number>();
    const bad = new Map<number, number>();
    const shapes = logs.templates.filter((t) => t.source === source.index);
    for (const t of shapes)
      for (const [minute, n] of t.perMinute) {
        all.set(minute, (all.get(minute) ?? 0) + n);
        if (t.level === 'error' || t.level === 'critical') bad.set(minute, (bad.get(minute) ?? 0) + n);
      }
    const found = failing({
      what: `lines of ${source.node ?? source.file} are errors`,
      all,
      bad,
      first: (from) =>
        shapes
          .filter((t) => (t.level === 'error' || t.level === 'critical') && t.last >= from)
          .sort((a, b) => b.count - a.count)
          .slice(0, 3)
          .map((t) => line(context, source.index, t.sample.line, t.sample.text, Math.max(t.first, from))),
    });
    if (!found || (source.first ?? found.from) > found.from - USUAL_MINUTES * MINUTE) continue;
    if (sumBetween(all, Number.NEGATIVE_INFINITY, found.from - MINUTE) < USUAL_LINES) continue;
    if (!worst || found.failed > worst.failed) worst = found;
  }
  return worst;
}

/** Share that is told where a window is proven against the rest of the evidence, of everything or of a part. */
const PROVEN_SHARE = 0.08;
/** A rise of declines is told where most of them are refused: between that and the usual lie salary days and campaigns. */
const DECLINED_SHARE = 0.5;
/** Or many, where next to none usually is: as a share, and as a multiple of the usual. */
const RARELY_DECLINED = { share: 0.2, times: 8 };

/** Whether a stretch fails enough to be told. */
const tellable = ({ outcome, during, before }: RateChange): boolean =>
  outcome === 'error'
    ? during.share >= PROVEN_SHARE
    : during.share >= DECLINED_SHARE ||
      (during.share >= RARELY_DECLINED.share && during.share >= before.share * RARELY_DECLINED.times);

const SCOPES: { [dimension: string]: Impact['scope'] } = {
  all: 'all',
  merchant: 'one-merchant',
  route: 'one-route',
  node: 'one-node',
};

/** The surest stretch of payments that fail, or are declined, of one route, merchant, issuer or of all. */
function paymentWindow(context: CheckContext): Failing | undefined {
  const [worst] = windowsIn(context)
    .rates.filter((change) => {
      const { outcome, during, before, from, to } = change;
      // What never was otherwise is its usual state: a monitor's card is declined all day.
      return outcome === 'pending' || (outcome === 'declined' && !(before.attempts >= FEWEST))
        ? false
        : during.failing >= FEWEST && tellable(change) && to - from >= LEAST_MINUTES * MINUTE;
    })
    .sort((a, b) => Number(b.outcome === 'error') - Number(a.outcome === 'error') || b.score - a.score);
  if (!worst) return undefined;
  const { dimension, key, outcome, from, to, during, before, lines } = worst;
  const where = dimension === 'all' ? '' : ` of ${dimension} ${key}`;
  return {
    what: `payments${where} ${outcome === 'error' ? 'failed technically' : `were declined (usual: ${Math.round(before.share * 100)} %)`}`,
    from,
    to,
    failed: during.failing,
    attempts: during.attempts,
    evidence: citeLines(lines),
    // One merchant is judged by itself.
    ...(dimension === 'merchant' ? {} : { shareOfAll: during.share * worst.volumeShare }),
    scope: SCOPES[dimension] ?? 'client-group',
  };
}

/** The window in which most requests, operations or lines failed beyond what the log is used to. */
function requestWindow(context: CheckContext): Failing | undefined {
  const [worst] = windowsIn(context)
    .logs.filter(
      ({ kind, failures, requests: all, from, to }) =>
        kind === 'failures' &&
        failures >= FEWEST &&
        failures >= all * PROVEN_SHARE &&
        to - from >= LEAST_MINUTES * MINUTE,
    )
    .sort((a, b) => Number(isPart(a)) - Number(isPart(b)) || b.failures - a.failures);
  if (!worst) return undefined;
  return told(context, worst);
}

/** The window in which most customers were turned away. */
function refused(context: CheckContext): Failing | undefined {
  const { requests: r } = context.observations.logs;
  const [worst] = refusalWindows(r);
  if (!worst) return undefined;
  const { from, to, failures: failed, requests: attempts } = worst;
  const rows = requestsIn(context, worst, (row) => REFUSALS.fails(r.status[row]!, ''));
  const statuses = new Map<number, number>();
  for (const row of rows) statuses.set(r.status[row]!, (statuses.get(r.status[row]!) ?? 0) + 1);
  const often = [...statuses].sort((a, b) => b[1] - a[1])[0]?.[0];
  return {
    // nginx: the client closed the connection before the answer.
    what: `requests${ofWhat(worst)} were ${often === 499 ? 'given up by the client' : 'turned away'} (${often})`,
    from,
    to,
    failed,
    attempts,
    evidence: citeRequests(context, rows.slice(0, 5)),
    ...(isPart(worst) ? { scope: scopeOf(worst) } : {}),
  };
}

/** What fails most of what failed from the beginning of the log to its end. */
function standing(context: CheckContext): Failing | undefined {
  const [worst] = windowsIn(context).standing.toSorted((a, b) => b.failures - a.failures);
  return worst && { ...told(context, worst), always: true, ofLines: worst.dimension === 'lines' };
}

/** The first records that show what failed in a window. */
const failuresIn = (context: CheckContext, found: LogWindow | LogStanding): EvidenceRef[] =>
  isOfOperations(found) ? operationLines(context, found, ({ failed }) => failed) : failedRequests(context, found);

function told(context: CheckContext, found: LogWindow | LogStanding): Failing {
  const { dimension, key, from, to, failures, requests: attempts } = found;
  const what =
    dimension === 'lines'
      ? `lines of ${key} are errors`
      : `${isOfOperations(found) ? 'operations' : 'requests'}${ofWhat(found)} failed`;
  return {
    what,
    from,
    to,
    failed: failures,
    attempts,
    evidence: failuresIn(context, found),
    ...(isPart(found) ? { scope: scopeOf(found) } : {}),
    ...(dimension === 'lines' || isOfOperations(found) ? {} : { ofRequests: true }),
  };
}
