import { TS119495 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { paymentServices } from '../special.ts';

export default defineRule({
  id: 'psd2/authority-id',
  title: 'The identifier of the competent authority must be country and letters',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: '5.2.3-2',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    !paymentServices(c)!.unreadable &&
    !/^[A-Z]{2}-[A-Z]{2,8}$/.test(paymentServices(c)!.authorityId) &&
    `the identifier ${paymentServices(c)!.authorityId} is not of the form CC-AUTHORITY`,
});
