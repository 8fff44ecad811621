import { DAYS_825 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { shifted } from '../support.ts';

export default defineRule({
  id: 'web/ev-validity',
  title: 'Extended validation must not be valid for more than 27 months',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: '9.4',
  scope: 'any',
  zlint: 'e_ev_valid_time_too_long',
  applies: (c) => c.subscriber && c.extendedValidation && c.notBefore < DAYS_825,
  breach: (c) => shifted(c.notBefore, 27) < c.notAfter && 'it is valid for more than 27 months',
});
