import { TS119495 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { paymentServices, qualifiedTypes } from '../special.ts';

export default defineRule({
  id: 'psd2/policy-kind',
  title: 'The policy must fit the kind of certificate',
  severity: 'warning',
  source: 'ETSI TS 119 495',
  section: 'OVR-6.1-3',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    c.policies.includes(OID.psd2WebPolicy) &&
    qualifiedTypes(c)?.includes('0.4.0.1862.1.6.3') === false &&
    'the web policy of the standard stands in a certificate that is not of the web type',
});
