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
  for (const clock of off) {
    const name = clock.host.toLowerCase();
    const own = words.filter((s) =>
      s.nodes.some((n) => n.toLowerCase().includes(name) || name.includes(n.toLowerCase())),
    );
    const t = own.length ? together(own) : undefined;
    const elsewhere = t?.nodes.filter((n) => !n.toLowerCase().includes(name) && !name.includes(n.toLowerCase())) ?? [];
    const only = t !== undefined && elsewhere.length === 0;
    // Times in the logs of a host with a wrong clock are wrong themselves; they are set right by the measured offset.
    const correction = -clock.offsetSeconds * 1000;
    const onset = t ? t.onset + (only ? correction : 0) : Number.NaN;
    const impact = t
      ? impactBetween(context, onset, t.end + (only ? correction : 0), t.ongoing || only, own)
      : { scope: 'none' as const };
    const ahead = clock.offsetSeconds > 0;
    const amount =
      Math.abs(clock.offsetSeconds) >= 120
        ? `${Math.round(Math.abs(clock.offsetSeconds) / 60)} minutes`
        : `${Math.abs(clock.offsetSeconds).toFixed(1)} seconds`;
    yield {
      ...(t ? { cause: 'clock-skew', confidence: only ? 0.95 : 0.6 } : {}),
      proof: t ? 'structural' : 'circumstantial',
      subject: { kind: 'host', id: clock.host },
      title: `The clock of ${clock.host} is ${amount} ${ahead ? 'ahead' : 'behind'}`,
      detail: `${clock.text.trim()}${t ? `; ${t.count} complaints about validity or timestamps${only ? ` from ${clock.host} alone` : ` from ${some(t.nodes)}`} since ${iso(onset)}` : '; nothing in this evidence failed because of it'}.`,
      evidence: [{ file: clock.file, line: clock.line, text: clock.text }, ...quote(context, own)],
      impact,
      count: t?.count ?? 1,
      ...(t ? { first: onset, last: t.end } : {}),
      data: { host: clock.host, offsetSeconds: clock.offsetSeconds, ...scopeData(impact) },
    };
  }
}
