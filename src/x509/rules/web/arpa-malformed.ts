import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { isReverseName, reverseAddress } from '../special.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/arpa-malformed',
  title: 'Reverse names should be whole addresses',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.1',
  scope: 'web',
  effective: BR,
  zlint: 'w_subject_contains_malformed_arpa_ip',
  applies: (c) => c.oddNames.some(isReverseName),
  breach: (c) =>
    firstOf(
      c.oddDns,
      (d) => isReverseName(d) && reverseAddress(d) === undefined,
      (d) => `${d} is not the reverse name of an address`,
    ),
});
