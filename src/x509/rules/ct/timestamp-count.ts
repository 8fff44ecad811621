import { CT_2021 } from '../dates.ts';
import type { Facts } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { timestampLogs } from '../special.ts';
import { DAY_SECONDS } from '../support.ts';

/** Distinct logs asked for since April 2021: 2 up to 180 days of lifetime, 3 above. */
function count(c: Facts): string | false {
  const logs = new Set(timestampLogs(c) ?? []).size;
  const wanted = c.seconds <= 180 * DAY_SECONDS ? 2 : 3;
  return logs < wanted && `it holds timestamps of ${logs} logs; browsers want ${wanted}`;
}

export default defineRule({
  id: 'ct/timestamp-count',
  title: 'A public certificate needs timestamps of enough logs',
  severity: 'warning',
  source: 'Chrome and Apple Certificate Transparency policies',
  section: '2021',
  scope: 'web',
  effective: CT_2021,
  deviates: 'the table of the lint is the one of 2018 by months of validity',
  concerns: 'leaf',
  applies: (c) => c.subscriber && !c.precertificate,
  breach: (c) => count(c),
});
