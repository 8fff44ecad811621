import { REASONS } from '../../transactions/response-codes.ts';
import { OUTCOMES } from '../../transactions/types.ts';
import { citeLines, hostLines } from '../payments/_lines.ts';
import { impactBetween, iso, quote, scopeData, symptomsOf, together } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';
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
    const rows: { file: string; line: number; time: number }[] = [];
    const codes = new Set<string>();
    for (const t of context.observations.transactions.tables) {
      for (let i = 0; i < t.length; i++) {
        if (t.reason?.[i] !== mac || t.outcome[i] === OUTCOMES.indexOf('approved')) continue;
        rows.push({ file: t.file, line: t.line[i]!, time: t.time[i]! });
        codes.add(t.strings[t.code[i]!]!);
      }
    }
    rows.sort((a, b) => a.time - b.time);
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
