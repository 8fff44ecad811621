import { TS119495 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { paymentServices } from '../special.ts';

export default defineRule({
  id: 'psd2/roles-present',
  title: 'The payment services statement must name a role',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: 'GEN-5.2.2-1',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    !paymentServices(c)!.unreadable &&
    paymentServices(c)!.roles.length === 0 &&
    'no role of a payment service provider is named',
});
