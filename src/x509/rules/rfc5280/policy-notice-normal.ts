import { TAG } from '../../der.ts';
import { RFC6818 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { notices } from '../support.ts';

export default defineRule({
  id: 'rfc5280/policy-notice-normal',
  title: 'A notice should be in normal form C',
  severity: 'warning',
  source: 'RFC 6818',
  section: '3',
  scope: 'any',
  effective: RFC6818,
  zlint: 'w_ext_cert_policy_explicit_text_not_nfc',
  deviates: 'the lint reads the octets of a BMPString as UTF-8; a BMPString is UTF-16',
  applies: (c) => notices(c).length > 0,
  breach: (c) =>
    notices(c).some(
      (n) => (n.tag === TAG.utf8String || n.tag === TAG.bmpString) && n.text !== n.text.normalize('NFC'),
    ) && 'the text of a notice is not in normal form C',
});
