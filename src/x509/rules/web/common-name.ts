import { BR, SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/common-name',
  title: 'The common name should be left away',
  severity: 'notice',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: BR,
  ends: SC62,
  zlint: 'n_subject_common_name_included',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) => c.hasCommonName && 'it has a common name',
});
