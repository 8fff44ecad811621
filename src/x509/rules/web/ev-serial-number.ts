import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ev-serial-number',
  title: 'Extended validation needs a serial number',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: '9.2',
  scope: 'any',
  zlint: 'e_ev_serial_number_missing',
  applies: (c) => c.extendedValidation && c.subscriber,
  breach: (c) => !c.attributes(AT.serialNumber).some((a) => a.text !== '') && 'the subject has no serial number',
});
