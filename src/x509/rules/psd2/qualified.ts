import { TS119495 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { paymentServices, statements } from '../special.ts';

export default defineRule({
  id: 'psd2/qualified',
  title: 'A payment services certificate must say that it is qualified',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: '5.1',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) => !statements(c).has('0.4.0.1862.1.1') && 'the statement of compliance (QcCompliance) is missing',
});
