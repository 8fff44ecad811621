import { RFC6962 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { timestampLogs } from '../special.ts';

export default defineRule({
  id: 'ct/timestamps-empty',
  title: 'The list of timestamps must not be empty',
  severity: 'error',
  source: 'RFC 6962',
  section: '3.3',
  scope: 'any',
  effective: RFC6962,
  zlint: 'e_empty_sct_list',
  concerns: 'leaf',
  applies: (c) => c.subscriber && !c.precertificate,
  breach: (c) => timestampLogs(c)?.length === 0 && 'the list of signed certificate timestamps is empty',
});
