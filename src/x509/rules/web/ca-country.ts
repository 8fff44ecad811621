import { BR } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ca-country',
  title: 'A CA must name its country',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_ca_country_name_missing',
  concerns: 'ca',
  applies: (c) => c.ca,
  breach: (c) => !c.attributes(AT.country).some((a) => a.text !== '') && 'the CA names no country',
});
