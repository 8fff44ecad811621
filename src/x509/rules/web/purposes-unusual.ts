import { BR, BR_2_0_0 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/purposes-unusual',
  title: 'A server certificate should hold server, client and mail purposes only',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.3',
  scope: 'web',
  effective: BR,
  ends: BR_2_0_0,
  zlint: 'w_sub_cert_eku_extra_values',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.purposes.length > 0,
  breach: (c) =>
    firstOf(
      c.purposes,
      (p) => p !== OID.serverAuth && p !== OID.clientAuth && p !== OID.emailProtection,
      (p) => `the purpose ${p} is unusual`,
    ),
});
