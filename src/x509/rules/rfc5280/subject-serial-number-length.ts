import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstAttribute } from '../support.ts';

export default defineRule({
  id: 'rfc5280/subject-serial-number-length',
  title: 'The serial number in the subject must fit into 64 characters',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  zlint: 'e_subject_dn_serial_number_max_length',
  applies: (c) => c.hasAttribute(AT.serialNumber),
  breach: (c) =>
    firstAttribute(
      c.attributes(AT.serialNumber),
      (a) => [...a.text].length > 64,
      (a) => `the serial number has ${[...a.text].length} characters`,
    ),
});
