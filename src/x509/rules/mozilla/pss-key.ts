import { MOZILLA_2_7 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'mozilla/pss-key',
  title: 'A key must not be marked RSASSA-PSS',
  severity: 'error',
  source: 'Mozilla Root Store Policy',
  section: '5.1.1',
  scope: 'any',
  effective: MOZILLA_2_7,
  zlint: 'e_mp_rsassa-pss_in_spki',
  applies: () => true,
  breach: (c) => c.form.key.algorithm === 'RSA-PSS' && 'the key is marked RSASSA-PSS',
});
