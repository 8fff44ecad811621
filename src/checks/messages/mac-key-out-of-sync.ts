import { bursts, MINUTE } from '../../graph/bursts.ts';
import { REASONS } from '../../transactions/response-codes.ts';
import { fileOf, OUTCOMES } from '../../transactions/types.ts';
import { citeLines, hostLines } from '../payments/_lines.ts';
import { impactBetween, iso, quote, scopeData, symptomsOf, together } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { kcvJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/mac-key-out-of-sync',
    title: 'MAC or PIN key out of step',
    description:
      'The host rejects every message for its authentication code: the working keys of the two sides differ.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy: 'Start a new key exchange (0800) and compare the key check values before going on.',
    verification: { command: 'grep kcv pay.log | tail -1', expect: 'two equal check values, then approvals' },
    references: ['ISO 8583 field 64', 'ANSI X9.24'],
  },
  *run(context): Iterable<Hit> {
    const said = symptomsOf(context, ['pay.mac-error']);
    const mac = REASONS.indexOf('mac');
    const rejected: Row[] = [];
    const codes = new Set<string>();
    for (const t of context.observations.transactions.tables) {
      for (let i = 0; i < t.length; i++) {
        if (t.reason?.[i] !== mac || t.outcome[i] === OUTCOMES.indexOf('approved')) continue;
        rejected.push({ file: fileOf(t, i), line: t.line[i]!, time: t.time[i]! });
        codes.add(t.strings[t.code[i]!]!);
      }
    }
    rejected.sort((a, b) => a.time - b.time);
    const rows = mainRows(context, rejected);
    if (said.length === 0 && rows.length < 5) return;
    const t = said.length ? together(said) : undefined;
    const onset = Math.min(t?.onset ?? Number.POSITIVE_INFINITY, rows[0]?.time ?? Number.POSITIVE_INFINITY);
    const end = Math.max(t?.end ?? 0, rows.at(-1)?.time ?? 0);
    const kcv = [...kcvJoin(context)][0];
    const impact = impactBetween(context, onset, end, context.graph.span.to - end < 600_000, said);
    yield {
      cause: 'mac-key-out-of-sync',
      confidence: kcv ? 0.96 : rows.length >= 10 ? 0.84 : 0.72,
      proof: kcv ? 'structural' : 'observed',
      subject: { kind: 'route', id: 'host-link' },
      title: 'The host rejects our messages for their authentication code: the working keys differ',
      detail: `${rows.length + (t?.count ?? 0)} rejections since ${iso(onset)}${kcv?.says ? `; ${kcv.says}` : ''}.`,
      evidence: [
        ...(kcv?.evidence ?? []),
        ...quote(context, said, 3),
        ...hostLines(context, [...codes], [], onset, end, 3),
        ...citeLines(rows, 3),
      ],
      impact,
      count: rows.length + (t?.count ?? 0),
      first: onset,
      last: end,
      data: scopeData(impact),
    };
  },
});

interface Row {
  file: string;
  line: number;
  time: number;
}

/** Keys that differ fail a good part of what goes over a link; a message in a hundred is damaged or asked too late. */
const LEAST_SHARE = 0.05;

/** The rejections of the main burst, or none where they are a trickle among what is accepted. */
function mainRows(context: CheckContext, rejected: Row[]): Row[] {
  const timed = rejected.filter(({ time }) => Number.isFinite(time));
  if (timed.length === 0) return rejected;
  const perMinute = new Map<number, number>();
  for (const { time } of timed) {
    const minute = Math.floor(time / MINUTE) * MINUTE;
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  }
  const { from, to } = bursts(perMinute)[0]!;
  const inside = timed.filter(({ time }) => time >= from && time < to + MINUTE);
  let attempts = 0;
  for (const { time } of context.observations.transactions.tables)
    for (const at of time) if (at >= from && at < to + MINUTE) attempts++;
  return inside.length >= attempts * LEAST_SHARE ? inside : [];
}
