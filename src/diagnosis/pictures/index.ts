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
  const from = millis(lead?.onset);
  const to = Number.isFinite(millis(lead?.ended)) ? millis(lead?.ended) : o.clock.now;
  const inventory = inventoryOf(o);
  const ladders = laddersOf(o.handshakes);
  const slices = Number.isFinite(from) ? slicesOf(o, from, to) : [];
  return {
    ...report,
    ...(inventory.certificates.length || inventory.protocols.length ? { inventory } : {}),
    ...(ladders.length ? { ladders } : {}),
    ...(slices.length ? { slices } : {}),
  };
}

export { inventoryOf, laddersOf, slicesOf };
