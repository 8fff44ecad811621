import { TAG } from '../../der.ts';
import { RFC6818 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { notices } from '../support.ts';

const noticeLength = (notice: { text: string; tag: number }): number =>
  notice.tag === TAG.bmpString
    ? notice.text.length
    : Buffer.byteLength(notice.text, notice.tag === TAG.utf8String ? 'utf8' : 'latin1');

export default defineRule({
  id: 'rfc5280/policy-notice-length',
  title: 'A notice must fit into 200 characters',
  severity: 'error',
  source: 'RFC 6818',
  section: '3',
  scope: 'any',
  effective: RFC6818,
  zlint: 'e_ext_cert_policy_explicit_text_too_long',
  applies: (c) => notices(c).length > 0,
  breach: (c) => notices(c).some((n) => noticeLength(n) > 200) && 'the text of a notice is longer than 200 characters',
});
