import { type RefundBurst, refundBursts, transactionLimits } from '../../transactions/analytics/index.ts';
import { kindOf } from '../../transactions/types.ts';
import { counted } from '../../wording.ts';
import { iso, some } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { citeLines } from './_lines.ts';

const DAY = 86_400_000;
/** Bursts that begin within this time of the day of each other are the same job of every day. */
const SAME_HOUR_MS = 3_600_000;
/** Refunds outside the burst that show how this table usually refunds. */
const FEWEST_USUAL = 5;

/** Whether two moments lie at about the same time of the day. */
function sameTimeOfDay(a: number, b: number): boolean {
  const apart = Math.abs(a - b) % DAY;
  return Math.min(apart, DAY - apart) <= SAME_HOUR_MS;
}

/** Share of a burst that one merchant or desk must hold to be named. */
const MOSTLY = 0.8;

function shopOf({ merchants: [shop], refunds }: RefundBurst): string | undefined {
  return shop && shop.count >= refunds * MOSTLY ? shop.value : undefined;
}

const minutesOf = ({ from, to }: RefundBurst): string =>
  counted(Math.max(1, Math.round((to - from) / 60_000)), 'minute');

/** Says that nobody can tell whether these refunds are a job of the shop's own. */
function withoutUsual(context: CheckContext, burst: RefundBurst): void {
  const where = shopOf(burst);
  context.notChecked({
    what: `whether ${counted(burst.refunds, 'refund')} within ${minutesOf(burst)} since ${iso(burst.from)}${where ? ` at ${where}` : ''} are a job of the shop`,
    why: 'the table has hardly any other refunds, so that nothing usual can be told',
    wouldShow: "the payments of the days before, and the back office's log of who started them",
  });
}

export default defineCheck({
  meta: {
    id: 'payments/refund-burst',
    title: 'Many refunds within an hour',
    description:
      'Far more refunds than this table has in any other hour: a back-office account in foreign hands, cashing out through refunds, or a refund job gone wrong. A job that refunds at the same hour of every day, and a table that has no refunds at any other time, from which nothing usual can be told (which is said), are left alone.',
    class: 'attack',
    basePriority: 'important',
    owner: 'risk',
    proof: 'observed',
    needs: ['transactions'],
    remedy:
      'Hold refunds that are not settled yet, ask who started them, compare each with its sale (order, card, amount), lock the account that made them until that is clear.',
    verification: {
      command: 'paymedic triage payments.csv',
      expect: 'refunds an hour back at the usual number',
    },
    references: ['PCI DSS v4.0.1 requirement 10.2.1.2'],
  },
  *run(context): Iterable<Hit> {
    const limits = transactionLimits(context.thresholds);
    for (const table of context.observations.transactions.tables) {
      const bursts = refundBursts(table, limits);
      let all = 0;
      for (let row = 0; row < table.length; row++) if (kindOf(table, row) === 'refund') all++;
      for (const burst of bursts) {
        if (all - burst.refunds < FEWEST_USUAL) {
          withoutUsual(context, burst);
          continue;
        }
        if (bursts.some((other) => other !== burst && sameTimeOfDay(other.from, burst.from))) continue;
        const by = burst.users[0] ?? burst.clients[0];
        const who = by && by.count >= burst.refunds * MOSTLY ? by.value : undefined;
        const where = shopOf(burst);
        yield {
          subject: where ? { kind: 'merchant', id: where } : { kind: 'route', id: 'refunds' },
          title: `${counted(burst.refunds, 'refund')} within ${minutesOf(burst)}${where ? ` at ${where}` : ''}${who ? `, ${by!.count === burst.refunds ? 'all' : 'nearly all'} by ${who}` : ''}: usual are ${burst.usual < 10 ? burst.usual.toFixed(1) : Math.round(burst.usual)} an hour`,
          detail: `${burst.refunds} refunds of ${Math.round(burst.amount)} in the units of the table since ${iso(burst.from)}; merchants ${some(burst.merchants.map((m) => m.value))}. ${burst.withoutSale} of them have no sale of the same card or order in this table. Theft or a job gone wrong: the log of the back office tells which.`,
          evidence: citeLines(burst.lines),
          impact: { attempts: table.length, ongoing: context.graph.span.to - burst.to < 3_600_000 },
          count: burst.refunds,
          first: burst.from,
          last: burst.to,
          data: { refunds: burst.refunds, usual: burst.usual, amount: burst.amount, withoutSale: burst.withoutSale },
        };
      }
    }
  },
});
