import { TS119495 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { paymentServices } from '../special.ts';

export default defineRule({
  id: 'psd2/statement-readable',
  title: 'The payment services statement must be readable',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: '5.1',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) => paymentServices(c)!.unreadable === true && 'the payment services statement cannot be read',
});
