import { TS119495 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { paymentServices, qualifiedTypes } from '../special.ts';

export default defineRule({
  id: 'psd2/website-purposes',
  title: 'A qualified website certificate must be for servers; banks also expect clients',
  severity: 'warning',
  source: 'ETSI TS 119 495',
  section: '5.3',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    qualifiedTypes(c)?.includes('0.4.0.1862.1.6.3') === true &&
    !c.purposes.includes(OID.serverAuth) &&
    'a website certificate without serverAuth',
});
