import { EXT } from '../../oids.ts';
import { RFC6962 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'ct/precertificate-with-timestamps',
  title: 'A precertificate must not hold timestamps',
  severity: 'error',
  source: 'RFC 6962',
  section: '3.1',
  scope: 'any',
  effective: RFC6962,
  zlint: 'e_precert_with_sct_list',
  applies: (c) => c.precertificate,
  breach: (c) => c.has(EXT.sctList) && 'the precertificate holds signed certificate timestamps',
});
