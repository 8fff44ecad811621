import { RFC3280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/serial-length',
  title: 'The serial number must fit into 20 octets',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.2',
  scope: 'any',
  effective: RFC3280,
  applies: () => true,
  breach: (c) =>
    c.oddSerial &&
    c.form.serial.length > 20 && {
      says: `the serial number has ${c.form.serial.length} octets`,
      offset: c.form.serialOffset,
    },
});
