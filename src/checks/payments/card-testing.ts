import { cardTesting, enumeration, transactionLimits } from '../../transactions/analytics/index.ts';
import { counted } from '../../wording.ts';
import { iso, some } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';
import { citeLines, paymentRequests } from './_lines.ts';
import { moreThanUsual } from './_pace.ts';

export default defineCheck({
  meta: {
    id: 'payments/card-testing',
    title: 'Card testing',
    description:
      'One address, device, amount or similar tries many cards in a short time, most of them declined; or, among the customers of a merchant or behind a shared address or device, far more attempts than usual are declined for wrong or unknown card data, for several reasons and with cards that never paid, while customers go on being approved. A failing acquirer, a broken form, a batch of renewals or a sale does not look like that.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'risk',
    proof: 'observed',
    needs: ['transactions'],
    remedy:
      'Block what the attempts have in common, demand a challenge, cap tries per card and address, refund what succeeded, tell the acquirer.',
    verification: {
      command: 'paymedic triage payments.csv',
      expect: 'no run of attempts; decline share at its usual level for an hour',
    },
    references: ['OWASP OAT-001', 'Visa VAMP'],
  },
  *run(context): Iterable<Hit> {
    const limits = transactionLimits(context.thresholds);
    for (const table of context.observations.transactions.tables) {
      const searches = enumeration(table, limits);
      for (const run of cardTesting(table, limits)) {
        // A walk through one range or through expiry dates is enumeration, said by its own check.
        if (searches.some((s) => s.from <= run.to && s.to >= run.from && s.attempts >= run.attempts * 0.6)) continue;
        // Every payment of a range failing at its usual pace is an issuer in trouble.
        if (run.by === 'bin' && !moreThanUsual(table, { ...run, bin: run.key })) continue;
        const among = run.amongCustomers;
        const who = run.by === 'amount' ? `the amount ${run.medianAmount}` : `${run.by} ${run.key}`;
        const where = run.by === 'all' ? '' : ` of ${run.by} ${run.key}`;
        yield {
          cause: 'card-testing',
          confidence: among
            ? among.moreThanUsual
              ? 0.78
              : 0.6
            : run.declineShare >= 0.85 && run.distinctCards >= 20
              ? 0.94
              : 0.86,
          ...(among && !among.moreThanUsual
            ? { against: ['the number of attempts hardly rose: a fault that hits some customers is not ruled out'] }
            : {}),
          subject: { kind: 'client-group', id: `${run.by}:${run.key}`, label: run.key },
          title: among
            ? `Cards are being tested among the customers${where}: ${counted(run.attempts, 'declined try', 'declined tries')} with ${counted(run.distinctCards, 'card')}`
            : `Cards are being tested: ${counted(run.attempts, 'attempt')} with ${counted(run.distinctCards, 'card')} by ${who}`,
          detail: among
            ? `${among.attempts} attempts since ${iso(run.from)}, where about ${Math.round(among.expectedAttempts)} with ${Math.round(among.expectedTries)} such declines are usual; customers go on being approved, so what was added are tries, from ${counted(run.distinctClients, 'address', 'addresses')}. Which approvals of these minutes were tries cannot be told from the table. Codes ${some(run.codes.map((c) => `${c.value} x${c.count}`))}.`
            : `${Math.round(run.declineShare * 100)} % declined (usual: ${Math.round(run.usualDeclineShare * 100)} %), ${run.approved} approved, from ${counted(run.distinctClients, 'address', 'addresses')} since ${iso(run.from)}; codes ${some(run.codes.map((c) => `${c.value} x${c.count}`))}.`,
          evidence: [
            ...citeLines(run.lines),
            ...paymentRequests(
              context,
              run.clients.map((c) => c.value),
              run.from,
              run.to,
            ),
          ],
          impact: { exposure: 'card-data', ongoing: run.ongoing },
          count: run.attempts,
          first: run.from,
          last: run.to,
          data: {
            by: run.by,
            key: run.key,
            cards: run.distinctCards,
            approved: run.approved,
            attackers: run.clients.slice(0, 20).map((c) => c.value),
          },
        };
      }
    }
  },
});
