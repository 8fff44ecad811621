import { type AmountFactor, transactionLimits, unknownOutcomes } from '../../transactions/analytics/index.ts';
import { counted } from '../../wording.ts';
import { iso } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';
import { citeLines } from './_lines.ts';

/** How the statement's amounts compare to ours. */
const apart = ({ factor }: AmountFactor): string =>
  factor > 1 ? `${factor} times as high` : `${Math.round(1 / factor)} times as low`;

export default defineCheck({
  meta: {
    id: 'payments/amount-exponent',
    title: 'Amounts of a currency are a power of ten apart from the statement',
    description:
      'The provider took ten, a hundred or a thousand times as much as the table has booked, or as little, for most payments of one currency whose amounts differ: the two sides count its minor units differently (JPY has none, KWD has three). A whole table in minor units is read as such and is no finding; neither are fees, tips and partial captures, which differ by other factors.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'app',
    proof: 'observed',
    needs: ['transactions'],
    remedy:
      'Stop payments in this currency, take the number of minor units from ISO 4217 (or from the list of the provider, which may differ) instead of multiplying by 100, then refund or collect the difference for each order.',
    verification: {
      command: 'paymedic payments payments.csv statement.csv',
      expect: 'no other amount in the statement',
    },
    references: ['ISO 4217, minor units of currencies'],
  },
  *run(context): Iterable<Hit> {
    const { transactions, clock } = context.observations;
    const limits = transactionLimits(context.thresholds);
    if (transactions.statements.length === 0) return;
    for (const table of transactions.tables)
      for (const one of unknownOutcomes(table, transactions.statements, clock.now, limits).amountFactors) {
        const { currency, count, of, from, to, factor } = one;
        const name = currency === '' ? '' : ` of ${currency}`;
        yield {
          subject: { kind: 'route', id: `amounts:${currency}` },
          title: `${counted(count, 'amount')}${name} ${count === 1 ? 'is' : 'are'} ${apart(one)} in the statement as in ${table.file}`,
          detail: `Of ${counted(of, 'payment')}${name} that both have, since ${iso(from)}; the last at ${iso(to)}. The two sides count the minor units of the currency differently.`,
          evidence: [...citeLines(one.lines.slice(0, 3)), ...citeLines(one.statementLines.slice(0, 3))],
          impact: { attempts: table.length, ongoing: context.graph.span.to - to < 3_600_000 },
          count,
          first: from,
          last: to,
          data: { currency, factor, count },
        };
      }
  },
});
