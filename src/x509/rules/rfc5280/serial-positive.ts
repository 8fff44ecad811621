import { RFC3280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/serial-positive',
  title: 'The serial number must be positive',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.2',
  scope: 'any',
  effective: RFC3280,
  zlint: 'e_serial_number_not_positive',
  applies: () => true,
  breach: (c) =>
    c.oddSerial &&
    (c.form.serial.every((o) => o === 0) || c.form.serial[0]! >= 0x80) && {
      says: c.form.serial[0]! >= 0x80 ? 'the serial number is negative' : 'the serial number is zero',
      offset: c.form.serialOffset,
    },
});
