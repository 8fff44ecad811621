import { BR_1_3_0 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/version-3',
  title: 'The version must be 3',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.1',
  scope: 'web',
  effective: BR_1_3_0,
  zlint: 'e_invalid_certificate_version',
  applies: () => true,
  breach: (c) => c.form.version !== 3 && `the version is ${c.form.version}`,
});
