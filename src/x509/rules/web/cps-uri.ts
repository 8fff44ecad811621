import { EXT } from '../../oids.ts';
import { BR_2_0_0 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { uriParts } from '../support.ts';

export default defineRule({
  id: 'web/cps-uri',
  title: 'A CPS must be an http or https address',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.9',
  scope: 'web',
  effective: BR_2_0_0,
  zlint: 'e_invalid_cps_uri',
  needs: EXT.certificatePolicies,
  applies: (c) => c.has(EXT.certificatePolicies),
  breach: (c) =>
    c.form.policies?.some((p) =>
      p.qualifiers.some((q) => q.cps !== undefined && !/^https?$/.test(uriParts(q.cps)?.scheme ?? '')),
    ) === true && 'a CPS is not an http or https address',
});
