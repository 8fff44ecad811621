import type { Impact } from '../../finding.ts';
import { MINUTE } from '../../graph/bursts.ts';
import type { LogGap } from '../../logs/windows/log-gaps.ts';
import type { LogWindow, UnclearSilences } from '../../logs/windows/log-windows.ts';
import { spanOf } from '../../logs/windows/window.ts';
import type { VolumeChange } from '../../transactions/analytics/index.ts';
import { UNREAD } from '../../transactions/budget.ts';
import { citeLines } from '../payments/_lines.ts';
import { iso, line } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { isOfOperations, operationLines } from './_operations.ts';
import { rowsOf } from './_rows.ts';
import { isPart, minutesText, ofWhat, scopeOf, windowsIn } from './_windows.ts';

/** Minutes of silence that are worth a person's time, and how many stops are told. */
const LEAST_MINUTES = 5;
const MOST = 3;
/** A log of which it matters that silences cannot be judged. */
const LONG = 60 * MINUTE;
/** Share of its usual payments that a table must have kept showing for the silence to be one of the log alone. */
const WENT_ON = 0.5;

interface Stop {
  what: string;
  part: Impact['scope'];
  from: number;
  to: number;
  /** How many stops, where requests came and went. */
  times: number;
  /** Minutes without them. */
  minutes: number;
  open: boolean;
  missing: number;
  expected: number;
  evidence: Hit['evidence'];
}

export default defineCheck({
  meta: {
    id: 'capacity/traffic-stopped',
    title: 'Requests or payments stop coming',
    description:
      'For some minutes hardly any request, operation or payment came where many were to be expected, of everything or of one endpoint, route or merchant. Judged against the traffic just before and, in longer logs, against the same time of other days. A hole in one log while another shows that the service went on, and a hole between two files of one log, are no interruption; payments that are missing where an export may have been cut are told as not checked. Names no cause.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ops',
    proof: 'observed',
    needs: [],
    remedy:
      'Find the last hop that saw traffic in that minute: balancer, firewall, name server, certificate, deployment, and the merchant or partner who sends it.',
    verification: {
      command: 'paymedic logs access.log',
      expect: 'no interruption',
    },
    references: [],
  },
  *run(context): Iterable<Hit> {
    const { logs, gaps, unclear, thin, volume } = windowsIn(context);
    for (const gap of gaps) logAlone(context, gap);
    if (unclear.count > 0) mayBeNights(context, unclear);
    for (const one of thin) tooFew(context, one);
    for (const change of volume) if (change.kind === 'unclear') exportAlone(context, change);
    for (const { gaps: missing = [] } of context.observations.transactions.tables)
      for (const gap of missing)
        if (gap.unread)
          context.notChecked({
            what: `payments between ${iso(gap.from)} and ${iso(gap.to)}`,
            why: UNREAD,
            wouldShow: 'a table of that time alone',
          });
        else if (gap.named) exportAlone(context, { ...gap, why: 'no export has the day by its name' });
    const stops = [
      ...logs.filter(({ kind }) => kind === 'interruption').flatMap((window) => logStop(context, window)),
      ...volume.filter(({ kind }) => kind === 'drop').map(paymentStop),
    ]
      .filter(({ minutes }) => minutes >= LEAST_MINUTES)
      .sort((a, b) => Number(a.part !== undefined) - Number(b.part !== undefined) || b.missing - a.missing);
    const told: Stop[] = [];
    for (const stop of stops) {
      // The same silence shows in every part and in every kind of evidence.
      if (told.length >= MOST || told.some((t) => t.from <= stop.to && t.to >= stop.from)) continue;
      told.push(stop);
      const ongoing = stop.open && context.graph.span.to - stop.to <= 5 * MINUTE;
      const { minutes } = stop;
      // What one part misses is measured against everything that came meanwhile; a merchant is judged by itself.
      const whole =
        stop.part === 'one-route' ? stop.expected + arrivedBetween(context, stop.from, stop.to) : stop.expected;
      const came = Math.max(0, Math.round(stop.expected - stop.missing));
      yield {
        subject: { kind: 'flow', id: stop.what },
        title: `${came === 0 ? 'No' : 'Hardly any'} ${stop.what} came for ${minutesText(minutes)} since ${iso(stop.from)}, and nothing in this evidence says why`,
        detail: `${came} came where about ${Math.round(stop.expected)} were to be expected; ${ongoing ? 'it lasts to the end of the evidence' : `they came again at ${iso(stop.to)}`}.${stop.times > 1 ? ` They stopped ${stop.times} times in between.` : ''}`,
        evidence: stop.evidence,
        impact: {
          failingShare: stop.missing / whole,
          attempts: Math.round(whole),
          minutes,
          ongoing,
          scope: stop.part ?? 'all',
        },
        count: Math.round(stop.missing),
        first: stop.from,
        last: stop.to,
      };
    }
  },
});

/** Requests and payments of a stretch of time. */
function arrivedBetween(context: CheckContext, from: number, to: number): number {
  const { logs, transactions } = context.observations;
  let count = 0;
  for (let i = 0; i < logs.requests.length; i++)
    if (logs.requests.time[i]! >= from && logs.requests.time[i]! < to) count++;
  for (const table of transactions.tables)
    for (let i = 0; i < table.length; i++) if (table.time[i]! >= from && table.time[i]! < to) count++;
  return count;
}

/** A table that shows payments as before while the log was silent. */
function paymentsWentOn({ observations }: CheckContext, from: number, to: number): string | undefined {
  for (const table of observations.transactions.tables) {
    let [before, during] = [0, 0];
    for (let i = 0; i < table.length; i++) {
      const time = table.time[i]!;
      if (time >= from - (to - from) && time < from) before++;
      else if (time >= from && time < to) during++;
    }
    if (before >= 10 && during >= before * WENT_ON) return `${table.file} shows payments as before in that time`;
  }
  return undefined;
}

/** Says that the log of a time is missing. */
const logAlone = (context: CheckContext, { from, to, why }: LogGap): void =>
  context.notChecked({
    what: `requests between ${iso(from)} and ${iso(to)}`,
    why: `the log is silent, but ${why}`,
    wouldShow: 'the complete log of that time, rotated files included',
  });

/** Says that nobody can tell whether the service stopped or customers slept. */
function mayBeNights(context: CheckContext, { count, why, first }: UnclearSilences): void {
  const [{ from, to, open }] = first as [UnclearSilences['first'][number]];
  context.notChecked({
    what: `whether ${count === 1 ? 'a silence is a stop or a night' : `${count} silences are stops or nights`}${count === 1 ? '' : ', the first'} from ${iso(from)} to ${open ? 'the end of the log' : iso(to)}`,
    why,
    wouldShow: 'the logs of two weeks and more',
  });
}

/** Says that nobody can tell whether requests stopped; in a log of minutes nobody would ask. */
function tooFew(
  context: CheckContext,
  { dimension, unknown, why }: ReturnType<typeof windowsIn>['thin'][number],
): void {
  const { from, to } = context.graph.span;
  if (dimension !== 'all' || !unknown.includes('stops') || to - from < LONG) return;
  context.notChecked({
    what: 'whether requests stopped coming',
    why,
    wouldShow: 'the log of a busier hop on the same path: the balancer, the gateway, or the partner',
  });
}

/** Says that payments of a time are missing, or their export is: the evidence does not tell which. */
const exportAlone = (context: CheckContext, { from, to, why = '' }: Pick<VolumeChange, 'from' | 'to' | 'why'>): void =>
  context.notChecked({
    what: `payments between ${iso(from)} and ${iso(to)}`,
    why: `none or fewer are exported of that time, and ${why}`,
    wouldShow: 'the export of that time, drawn once more',
  });

function logStop(context: CheckContext, window: LogWindow): Stop[] {
  const { from, to } = window;
  // Of one merchant the payments of all others say nothing.
  const why = window.dimension.endsWith('merchant') ? undefined : paymentsWentOn(context, from, to);
  if (why) {
    if (!isPart(window)) logAlone(context, { from, to, why });
    return [];
  }
  const noun =
    window.dimension === 'lines' ? `lines of ${window.key}` : isOfOperations(window) ? 'operations' : 'requests';
  const minutes = spanOf(window.parts ?? [window]) / MINUTE;
  const expected = Math.max(1, window.requests / Math.max(0.001, 1 - window.value));
  return [
    {
      what: `${noun}${ofWhat(window)}`,
      part: isPart(window) ? scopeOf(window) : undefined,
      from: window.from,
      to: window.to,
      times: window.parts?.length ?? 1,
      minutes,
      open: window.open,
      missing: window.requests === 0 ? window.baseline * minutes : expected - window.requests,
      expected: window.requests === 0 ? window.baseline * minutes : expected,
      evidence: lastBefore(context, window),
    },
  ];
}

/** The last sign of life before a stop. */
function lastBefore(context: CheckContext, window: LogWindow): Hit['evidence'] {
  const { requests: r, sources } = context.observations.logs;
  if (isOfOperations(window)) {
    const before = { ...window, from: Number.NEGATIVE_INFINITY, to: window.from };
    const last = operationLines(context, before, () => true, Number.POSITIVE_INFINITY).slice(-1);
    if (last.length > 0) return last;
  } else {
    const belongs = rowsOf(context, window);
    let last = -1;
    for (let i = 0; i < r.length; i++)
      if (r.time[i]! < window.from && (last < 0 || r.time[i]! >= r.time[last]!) && belongs(i)) last = i;
    if (last >= 0)
      return [line(context, r.source[last]!, r.line[last]!, 'the last request before the silence', r.time[last]!)];
  }
  return sources
    .slice(0, 1)
    .map(({ file }) => ({ file, text: `silent from ${iso(window.from)} to ${iso(window.to)}` }));
}

function paymentStop(change: VolumeChange): Stop {
  const where =
    change.dimension === 'all' ? '' : change.dimension === 'route' ? ` through ${change.route}` : ` of ${change.route}`;
  return {
    what: `payments${where}`,
    part: change.dimension === 'all' ? undefined : change.dimension === 'route' ? 'one-route' : 'one-merchant',
    from: change.from,
    to: change.to,
    times: change.parts?.length ?? 1,
    minutes: spanOf(change.parts ?? [change]) / MINUTE,
    open: change.toEnd,
    missing: change.expected - change.attempts,
    expected: change.expected,
    evidence: citeLines(change.lines, 3),
  };
}
