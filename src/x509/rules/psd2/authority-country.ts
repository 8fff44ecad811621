import { TS119495 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { paymentServices } from '../special.ts';
import { COUNTRIES } from '../support.ts';

export default defineRule({
  id: 'psd2/authority-country',
  title: 'The identifier of the competent authority must start with a country code',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: '5.2.3-2',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    /^[A-Z]{2}-/.test(paymentServices(c)!.authorityId) &&
    !COUNTRIES.has(paymentServices(c)!.authorityId.slice(0, 2)) &&
    `${paymentServices(c)!.authorityId.slice(0, 2)} is no country code`,
});
