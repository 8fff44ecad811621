import { BR } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/common-name-single',
  title: 'There should be one common name at most',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.3',
  scope: 'web',
  effective: BR,
  zlint: 'w_extra_subject_common_names',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) => c.attributes(AT.commonName).length > 1 && 'it has several common names',
});
