/** What the report shows beyond findings and diagnoses: inventories, handshake ladders, success rates by slice. */
import type { Observations } from '../../graph/observations.ts';
import { CLAIM, millis } from '../../report/text.ts';
import type { Report } from '../../report/types.ts';
import { inventoryOf } from './inventory.ts';
import { laddersOf } from './ladders.ts';
import { slicesOf } from './slices.ts';

/** Adds the optional parts that the observations allow. The report itself is not changed. */
export function withPictures(report: Report, o: Observations): Report {
  const lead = report.diagnosis.find((d) => d.confidence >= CLAIM && d.onset);
  const alone = lead ? undefined : report.findings.find((f) => f.priority !== 'routine' && f.firstSeen);
  const from = millis(lead?.onset ?? alone?.firstSeen);
  const ended = millis(lead?.ended ?? (alone?.impact.ongoing === false ? alone.lastSeen : undefined));
  const to = Number.isFinite(ended) ? ended : o.clock.now;
  const inventory = inventoryOf(o);
  const ladders = laddersOf(o.handshakes);
  const slices = Number.isFinite(from) ? slicesOf(o, from, to) : [];
  return {
    ...report,
    ...(inventory.certificates.length || inventory.protocols.length ? { inventory } : {}),
    ...(ladders.length ? { ladders } : {}),
    // Where nothing failed (abuse is declined, a stop is silent), a table of failures would say the opposite of the verdict.
    ...(slices.some(({ failed }) => failed > 0) ? { slices } : {}),
  };
}

export { inventoryOf, laddersOf, slicesOf };
