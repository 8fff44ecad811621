import { SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/common-name-not-recommended',
  title: 'The common name should be left away',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.3',
  scope: 'web',
  effective: SC62,
  zlint: 'w_subject_common_name_included',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) => c.hasCommonName && 'it has a common name',
});
