import { least, most } from '../../lists.ts';
import { duplicateBurst, duplicates, transactionLimits } from '../../transactions/analytics/index.ts';
import { counted } from '../../wording.ts';
import { iso, quote, some, symptomsOf } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';
import { citeLines } from './_lines.ts';

export default defineCheck({
  meta: {
    id: 'payments/duplicates',
    title: 'Payments made twice',
    description:
      'The same order was charged twice within a day, or, many times in one stretch, the same card the same amount at the same merchant within two minutes under different orders. Single second purchases (two coffees), renewals, instalments and tables whose orders are charged in parts are left alone.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'observed',
    needs: ['transactions'],
    remedy:
      'Reverse the second charges, then make the call idempotent: one key per order, no blind retry after a timeout.',
    verification: { command: 'paymedic triage payments.csv', expect: 'no order with two approvals' },
    references: ['ISO 8583:1987 field 39, code 94'],
  },
  *run(context): Iterable<Hit> {
    const { transactions } = context.observations;
    const limits = transactionLimits(context.thresholds);
    for (const table of transactions.tables) {
      const all = duplicates(table, transactions.statements, limits);
      const clicks = duplicateBurst(table, all, limits);
      const found = all.filter((d) => d.kind !== 'same-card' || clicks.includes(d));
      if (found.length < 2) continue;
      const orders = found.length - clicks.length;
      const cards = new Set(clicks.map(({ card }) => card)).size;
      const first = least(found.map((d) => d.from));
      const last = most(found.map((d) => d.to));
      const sum = found.reduce((n, d) => n + d.amount * (d.count - 1), 0);
      const said = symptomsOf(context, ['pay.duplicate', 'net.read-timeout'], { any: true });
      yield {
        cause: 'duplicate-payment',
        confidence: found.length >= 4 ? 0.92 : 0.7,
        subject: { kind: 'route', id: 'duplicates' },
        title:
          orders > 0
            ? `${counted(found.length, 'order')} ${found.length === 1 ? 'was' : 'were'} charged more than once`
            : `${counted(cards, 'card')} ${cards === 1 ? 'was' : 'were'} charged the same amount twice within moments`,
        detail: `${counted(orders, 'order')} with two or more approvals and ${counted(clicks.length, 'second charge')} of one card, amount and merchant under another order, since ${iso(first)} (${sum.toFixed(2)} in the units of the table): ${some(found.map((d) => d.order))}.`,
        evidence: [...citeLines(found.flatMap((d) => d.lines)), ...quote(context, said, 3)],
        impact: {
          ongoing: context.graph.span.to - last < 3_600_000,
          failingShare: Math.min(1, found.length / Math.max(1, table.length)),
          attempts: table.length,
          scope: 'all',
          minutes: (last - first) / 60_000,
          whollyDown: found.length >= 4,
        },
        count: found.length,
        first,
        last,
        data: { orders: found.slice(0, 50).map((d) => d.order) },
      };
    }
  },
});
