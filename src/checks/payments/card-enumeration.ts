import { cardTesting, enumeration, transactionLimits } from '../../transactions/analytics/index.ts';
import { counted } from '../../wording.ts';
import { iso, some } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';
import { citeLines, paymentRequests } from './_lines.ts';
import { moreThanUsual } from './_pace.ts';

const MANY_RANGES = 4;
export default defineCheck({
  meta: {
    id: 'payments/card-enumeration',
    title: 'Card enumeration',
    description:
      'The numbers of one range, or the expiry dates or security codes of a few cards, are tried one after the other.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'risk',
    proof: 'observed',
    needs: ['transactions'],
    remedy: 'Cap tries per range and per card across addresses, demand a challenge, tell the acquirer and the issuer.',
    verification: {
      command: 'paymedic triage payments.csv',
      expect: 'fewer than ten declines of one card in 24 hours',
    },
    references: ['OWASP OAT-010', 'Visa VAMP, enumeration'],
  },
  *run(context): Iterable<Hit> {
    const limits = transactionLimits(context.thresholds);
    for (const table of context.observations.transactions.tables) {
      const runs = enumeration(table, limits);
      // Numbers are guessed within a range or two; bought cards are tried over many at once.
      const bought = cardTesting(table, limits).filter((r) => r.bins.length >= MANY_RANGES);
      const guessed = runs.filter((r) => r.mode === 'number').length < MANY_RANGES;
      let doubted = false;
      for (const run of runs) {
        const byTesters =
          bought.filter((b) => b.from <= run.to && b.to >= run.from).reduce((n, b) => n + b.attempts, 0) >=
          run.attempts * 1.5;
        const doubtful =
          run.mode === 'number' &&
          (!guessed || byTesters || (run.unknownNumbers < run.attempts / 2 && !moreThanUsual(table, run)));
        // Bought cards come in the ranges that customers have, too; testing is said once, by its own check.
        if (run.mode === 'number' && byTesters) continue;
        // Doubts of the same kind about further ranges add nothing.
        if (doubtful && doubted) continue;
        doubted ||= doubtful;
        const what =
          run.mode === 'number'
            ? `${counted(run.distinctCards, 'number')}`
            : run.mode === 'expiry'
              ? `expiry dates of ${run.distinctCards} cards (up to ${run.variants} each)`
              : `security codes of ${run.distinctCards} cards`;
        yield {
          cause: 'card-enumeration',
          confidence: doubtful ? 0.35 : 0.93,
          subject: { kind: 'card-range', id: run.bin },
          title: `Cards of range ${run.bin} are being enumerated: ${what}`,
          detail: `${counted(run.attempts, 'attempt')} from ${counted(run.distinctClients, 'address', 'addresses')} since ${iso(run.from)}, ${Math.round(run.declineShare * 100)} % declined, ${run.approved} approved; merchants ${some(run.merchants.map((m) => m.value))}.`,
          evidence: [...citeLines(run.lines), ...paymentRequests(context, [], run.from, run.to)],
          impact: { exposure: 'card-data', ongoing: run.ongoing },
          count: run.attempts,
          first: run.from,
          last: run.to,
          data: { bin: run.bin, mode: run.mode, cards: run.distinctCards, approved: run.approved },
        };
      }
    }
  },
});
