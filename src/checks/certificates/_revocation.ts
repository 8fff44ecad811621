import { isoTime } from '../../instant.ts';
import type { Join } from '../_symptom-rule.ts';
import type { CheckContext } from '../types.ts';

/** A presented certificate whose serial stands in a revocation list of its issuer. */
export function* revokedSerial(context: CheckContext): Iterable<Join> {
  for (const chain of context.graph.chains) {
    for (const c of chain.certificates) {
      for (const { file, list } of context.graph.revocationLists) {
        if (list.issuer.der !== c.issuer.der) continue;
        const entry = list.revoked.get(c.serial);
        if (!entry) continue;
        yield {
          confidence: 0.95,
          proof: 'structural',
          evidence: [
            {
              file,
              text: `serial ${c.serial} revoked at ${isoTime(entry.time)}${entry.reason ? ` (${entry.reason})` : ''}`,
            },
            ...chain.evidence,
          ],
          says: `the revocation list of ${list.issuer.text} names serial ${c.serial}`,
        };
      }
    }
  }
}
