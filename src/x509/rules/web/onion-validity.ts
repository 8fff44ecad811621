import { ONION_EV_ONLY } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { isOnion } from '../special.ts';
import { shifted } from '../support.ts';

export default defineRule({
  id: 'web/onion-validity',
  title: 'A certificate for an onion name must not be valid for more than 15 months',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: 'Appendix F',
  scope: 'any',
  effective: ONION_EV_ONLY,
  zlint: 'e_onion_subject_validity_time_too_large',
  concerns: 'leaf',
  applies: (c) => c.subscriber && isOnion(c),
  breach: (c) => shifted(c.notBefore, 15) < c.notAfter && 'it is valid for more than 15 months',
});
