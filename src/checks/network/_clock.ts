import type { Symptom } from '../../graph/types.ts';
import { least, most } from '../../lists.ts';
import { counted } from '../../wording.ts';
import { impactBetween, iso, quote, scopeData, some, symptomsOf, together } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

/** Seconds that matter: signed requests allow minutes, certificates are cut to the second. */
const SKEW = 20;

/** Hosts whose clock is off, joined with complaints from these hosts alone. */
export function* clockHits(context: CheckContext): Iterable<Hit> {
  const off = context.observations.facts.clocks.filter((c) => Math.abs(c.offsetSeconds) >= SKEW);
  const words = symptomsOf(
    context,
    [
      'tls.cert-not-yet-valid',
      'tls.cert-expired',
      'tls.cert-expired-or-not-yet-valid',
      'pay.timestamp-window',
      'time.clock-step',
      'time.clock-unsynchronised',
    ],
    {},
  );
  for (const measured of off) {
    const clock = { ...measured, host: lonelyHost(context, measured.host, words) ?? measured.host };
    const own = words.filter((s) => s.nodes.some((n) => isHost(clock.host, n.toLowerCase())));
    const t = own.length ? together(own) : undefined;
    const elsewhere = t?.nodes.filter((n) => !isHost(clock.host, n.toLowerCase())) ?? [];
    const only = t !== undefined && (elsewhere.length === 0 || saidByWrongClocks(context, own));
    const correction = t && only ? correctionFor(context, t.onset, -clock.offsetSeconds * 1000) : 0;
    const onset = t ? t.onset + correction : Number.NaN;
    const impact = t
      ? impactBetween(context, onset, t.end + correction, t.ongoing || only, own)
      : { scope: 'none' as const };
    const ahead = clock.offsetSeconds > 0;
    const amount =
      Math.abs(clock.offsetSeconds) >= 120
        ? `${counted(Math.round(Math.abs(clock.offsetSeconds) / 60), 'minute')}`
        : `${Math.abs(clock.offsetSeconds).toFixed(1)} seconds`;
    yield {
      ...(t ? { cause: 'clock-skew', confidence: !only ? 0.6 : clock.host === measured.host ? 0.95 : 0.82 } : {}),
      proof: t ? 'structural' : 'circumstantial',
      subject: { kind: 'host', id: clock.host },
      title: `The clock of ${clock.host} is ${amount} ${ahead ? 'ahead' : 'behind'}`,
      detail: `${clock.text.trim()}${t ? `; ${counted(t.count, 'complaint')} about validity or timestamps${only ? ` from ${clock.host} alone` : ` from ${some(t.nodes)}`} since ${iso(onset)}` : '; nothing in this evidence failed because of it'}.`,
      evidence: [{ file: clock.file, line: clock.line, text: clock.text }, ...quote(context, own)],
      impact,
      count: t?.count ?? 1,
      ...(t ? { first: onset, last: t.end } : {}),
      data: { host: clock.host, offsetSeconds: clock.offsetSeconds, ...scopeData(impact) },
    };
  }
}

/**
 * Times in the logs of a host with a wrong clock are wrong themselves and are set right by the measured offset; unless a
 * collector stamped them, which shows when they fit the other evidence as they are and would not fit it set right.
 */
function correctionFor(context: CheckContext, onset: number, correction: number): number {
  // Without payments the end of the evidence may itself be a time of that host.
  const { from, to } = paymentSpan(context) ?? { from: context.graph.span.from, to: context.graph.now };
  const slack = 10 * 60_000;
  const fits = (t: number): boolean => t >= from - slack && t <= Math.min(to, context.graph.now) + slack;
  return fits(onset) && !fits(onset + correction) ? 0 : correction;
}

function paymentSpan(context: CheckContext): { from: number; to: number } | undefined {
  const times = context.graph.payments.tables.flatMap((t) => [t.time[0], t.time[t.length - 1]]).filter(Number.isFinite);
  return times.length ? { from: least(times as number[]), to: most(times as number[]) } : undefined;
}

/** Whether nearly all that was said came from hosts whose clocks were measured to be off by an hour or more. */
export function saidByWrongClocks(context: CheckContext, symptoms: readonly Symptom[]): boolean {
  const off = context.observations.facts.clocks.filter((c) => Math.abs(c.offsetSeconds) >= 3600);
  if (off.length === 0) return false;
  let wrong = 0;
  let all = 0;
  for (const e of symptoms.flatMap((s) => s.events)) {
    const node = (e.node ?? context.observations.logs.sources[e.source]?.node ?? '').toLowerCase();
    all += e.count;
    if (off.some((c) => isHost(c.host, node))) wrong += e.count;
  }
  return wrong >= all * 0.8;
}

/** What a report is called that names no host: the program that wrote it. */
const NAMELESS =
  /^(?:chrony[cd]?|tracking|sources|ntp[a-z]{0,6}|sntp|w32(?:tm|time)?|stripchart|timedatectl|timesync\w{0,10}|clocks?|times?|time-sync|date|adjtimex|host|unknown|)$/i;

/** The only host that complains of validity, where the only report of a clock does not say whose it is. */
function lonelyHost(context: CheckContext, host: string, words: readonly Symptom[]): string | undefined {
  if (!NAMELESS.test(host) || context.observations.facts.clocks.length !== 1) return undefined;
  const nodes = new Set(words.flatMap((s) => s.nodes));
  return nodes.size === 1 ? [...nodes][0] : undefined;
}

/** The same host under a short and a longer name. */
const isHost = (clock: string, node: string): boolean => {
  const name = clock.toLowerCase();
  return node !== '' && (node.includes(name) || name.includes(node));
};
