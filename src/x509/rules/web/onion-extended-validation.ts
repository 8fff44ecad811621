import { BR_1_6_9, ONION_EV_ONLY } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { isOnion } from '../special.ts';

export default defineRule({
  id: 'web/onion-extended-validation',
  title: 'An onion name needs extended validation',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: 'Appendix B',
  scope: 'web',
  effective: ONION_EV_ONLY,
  zlint: 'e_san_dns_name_onion_not_ev_cert',
  applies: (c) => c.subscriber && isOnion(c) && c.notBefore < BR_1_6_9,
  breach: (c) => !c.extendedValidation && 'an onion name without extended validation',
});
