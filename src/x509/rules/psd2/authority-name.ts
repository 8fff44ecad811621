import { TS119495 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { paymentServices } from '../special.ts';

export default defineRule({
  id: 'psd2/authority-name',
  title: 'The competent authority must be named in Latin letters',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: '5.2.3-1',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    !paymentServices(c)!.unreadable &&
    !/^[\x20-\x7e\u00a0-\u024f]{1,256}$/.test(paymentServices(c)!.authorityName) &&
    'the name of the competent authority is missing or not in Latin letters',
});
