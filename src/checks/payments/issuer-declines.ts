import type { Impact } from '../../finding.ts';
import { issuerRefusals, issuerStorm, type RateChange, transactionLimits } from '../../transactions/analytics/index.ts';
import { iso, some } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';
import { citeLines, hostLines } from './_lines.ts';

/** What of all payments the declines of one issuer are; an issuer that decides against its customers is nobody's outage. */
function impactOf({ volumeShare, during, ongoing, from, to }: RateChange, decided: boolean): Impact {
  const failingShare = volumeShare * during.share;
  return {
    failingShare,
    attempts: during.attempts,
    scope: failingShare >= 0.2 && !decided ? 'all' : 'client-group',
    ongoing,
    minutes: (to - from) / 60_000,
  };
}

export default defineCheck({
  meta: {
    id: 'payments/issuer-declines',
    title: 'Issuer or switch unavailable',
    description:
      'The cards of one issuer are answered with "issuer or switch inoperative" and its like, while all others are served; or, with less confidence, one issuer says a plain no to customers whose cards it approves at other times.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'bank',
    proof: 'observed',
    needs: ['transactions'],
    remedy:
      'Tell the acquirer and the issuer range, times and codes; tell merchants; route around or stand in where contracts allow; do not retry in a loop.',
    verification: {
      command: 'paymedic triage payments.csv',
      expect: 'approvals of the range back at the level of before',
    },
    references: ['ISO 8583:1987 field 39, codes 91, 96, 68'],
  },
  *run(context): Iterable<Hit> {
    const { transactions } = context.observations;
    const limits = transactionLimits(context.thresholds);
    for (const table of transactions.tables) {
      for (const storm of issuerStorm(table, transactions.issuers, limits)) {
        const name = storm.issuer ?? `range ${some(storm.bins)}`;
        yield {
          cause: 'issuer-decline-storm',
          confidence: storm.othersSuccessShare >= 0.7 && storm.during.share >= 0.5 ? 0.94 : 0.82,
          subject: { kind: 'card-range', id: storm.issuer ?? storm.bins.join(','), label: name },
          title: `${name} does not answer: its cards are declined, all others work`,
          detail: `${storm.during.failing} of ${storm.during.attempts} attempts with cards of ${name} (${some(storm.bins)}) failed since ${iso(storm.from)} with codes ${some(storm.codes.map((c) => `${c.value} x${c.count}`))}; before: ${Math.round(storm.before.successShare * 100)} % approved, others meanwhile: ${Math.round(storm.othersSuccessShare * 100)} %.`,
          evidence: [
            ...citeLines(storm.lines),
            ...hostLines(
              context,
              storm.codes.map((c) => c.value),
              storm.bins,
              storm.from,
              storm.to,
            ),
          ],
          impact: impactOf(storm, false),
          count: storm.during.failing,
          first: storm.from,
          last: storm.to,
          data: {
            issuer: storm.issuer ?? '',
            bins: storm.bins,
            successBefore: storm.before.successShare,
            successDuring: storm.during.successShare,
            scope: `only cards of ${name}`,
          },
        };
      }
      for (const refusals of issuerRefusals(table, transactions.issuers, limits)) {
        const name = refusals.dimension === 'issuer' ? refusals.key : `range ${some(refusals.bins)}`;
        yield {
          cause: 'issuer-decline-storm',
          confidence: 0.6,
          against: ['the answers are the issuer’s plain no, not "unavailable": its own rules may mean them'],
          subject: { kind: 'card-range', id: refusals.key, label: name },
          title: `${name} declines its usual customers, all others work`,
          detail: `${refusals.during.failing} of ${refusals.during.attempts} payments with cards of ${name} were declined since ${iso(refusals.from)} with codes ${some(refusals.codes.map((c) => `${c.value} x${c.count}`))}; before: ${Math.round(refusals.before.successShare * 100)} % approved. ${Math.round(refusals.knownCards * 100)} % of these cards are approved at other times, from addresses of their own: customers, not somebody who tries cards.`,
          evidence: citeLines(refusals.lines),
          impact: impactOf(refusals, true),
          count: refusals.during.failing,
          first: refusals.from,
          last: refusals.to,
          data: { bins: refusals.bins, knownCards: refusals.knownCards, scope: `only cards of ${name}` },
        };
      }
    }
  },
});
