import {
  type ExcessiveRetries,
  enumeration,
  excessiveRetries,
  transactionLimits,
} from '../../transactions/analytics/index.ts';
import { counted } from '../../wording.ts';
import { iso, some } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';
import { citeLines } from './_lines.ts';

/** Cards beyond the limits that speak of a program which retries; one or two are customers, or a monitor's own card. */
const FEWEST_CARDS = 3;
/** Attempts of one card over a longer time than this are made by a program. */
const PROGRAM_MS = 30 * 60_000;
/** Share of the attempts beyond the limits that one merchant must hold to be named. */
const MOSTLY = 0.8;

const RULES: { [rule in ExcessiveRetries['rule']]: string } = {
  'declines-per-day': 'ten declines of one card in 24 hours',
  'same-amount-per-month': '35 declines of one card for one amount in 30 days',
  'visa-reattempts': '15 further attempts of one Visa card for one amount in 30 days',
  'after-final-decline': 'another attempt after an answer that forbids one',
};

export default defineCheck({
  meta: {
    id: 'payments/excessive-retries',
    title: 'Cards retried beyond the schemes’ limits',
    description:
      'Several cards are tried again and again after declines: more than ten declines of one Mastercard card at one merchant in 24 hours, more than 35 for one amount in 30 days (Transaction Processing Excellence), more than 15 attempts after the first decline of a Visa card for one amount in 30 days, or again after an answer that says never (merchant advice 03 and 21; Visa category 1). Each further attempt costs a fee. One or two cards are told as routine. Searches for expiry dates and security codes are told by their own check.',
    class: 'technical',
    basePriority: 'important',
    owner: 'app',
    proof: 'observed',
    needs: ['transactions'],
    remedy:
      'Stop the program that retries, let it read the answer (never again after lost, stolen or invalid; later and seldom after lack of funds), cap attempts per card and day, and ask these customers for another card.',
    verification: {
      command: 'paymedic triage payments.csv',
      expect: 'at most ten declines of one card at one merchant in 24 hours',
    },
    references: [
      'Mastercard TPE, excessive authorisations',
      'Visa, authorisation reattempts: none after category 1, 15 in 30 days after categories 2 to 4',
    ],
  },
  *run(context): Iterable<Hit> {
    const limits = transactionLimits(context.thresholds);
    for (const table of context.observations.transactions.tables) {
      const searches = enumeration(table, limits).filter(({ mode }) => mode !== 'number');
      const found = excessiveRetries(table, limits).filter(
        (r) =>
          !searches.some((s) => s.from <= r.to && s.to >= r.from) &&
          // A customer at the form gives up within minutes.
          r.to - r.from >= PROGRAM_MS,
      );
      if (found.length === 0) continue;
      const cards = new Set(found.map(({ card }) => card));
      const first = Math.min(...found.map(({ from }) => from));
      const last = Math.max(...found.map(({ to }) => to));
      const beyond = found.reduce((sum, r) => sum + r.beyond, 0);
      const merchants = new Map<string, number>();
      for (const { merchant, beyond: more } of found) merchants.set(merchant, (merchants.get(merchant) ?? 0) + more);
      const [top] = [...merchants].sort((a, b) => b[1] - a[1]);
      const where = top && top[0] !== '' && top[1] >= beyond * MOSTLY ? top[0] : undefined;
      yield {
        subject: where ? { kind: 'merchant', id: where } : { kind: 'route', id: 'retries' },
        title: `${counted(cards.size, 'card')} ${cards.size === 1 ? 'was' : 'were'} retried beyond the schemes’ limits${where ? ` at ${where}` : ''}: ${counted(beyond, 'attempt')} too many`,
        detail: `Since ${iso(first)}; limits passed: ${some([...new Set(found.map(({ rule }) => RULES[rule]))])}. Cards ${some([...cards])}. Each attempt beyond costs a fee and lowers the approval rate of the merchant.`,
        evidence: citeLines(
          found.slice(0, 3).flatMap(({ lines }) => lines.slice(-3)),
          6,
        ),
        impact: {
          attempts: table.length,
          ongoing: context.graph.span.to - last < 3_600_000,
          // One or two cards are nobody's outage.
          ...(cards.size < FEWEST_CARDS ? { scope: 'none' as const } : {}),
        },
        count: beyond,
        first,
        last,
        data: { cards: cards.size, beyond },
      };
    }
  },
});
