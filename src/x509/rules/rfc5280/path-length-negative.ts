import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/path-length-negative',
  title: 'The path length must not be negative',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.9',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_path_len_constraint_zero_or_less',
  applies: (c) => c.form.basicConstraints !== undefined,
  breach: (c) => c.form.basicConstraints?.pathLengthNegative === true && 'the path length is negative',
});
