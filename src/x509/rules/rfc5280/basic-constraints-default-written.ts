import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/basic-constraints-default-written',
  title: 'CA FALSE must be left away',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.9',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_basic_constr_invalid_der',
  needs: EXT.basicConstraints,
  applies: (c) => c.has(EXT.basicConstraints),
  breach: (c) => c.form.basicConstraints?.falseWritten === true && 'the basic constraints write cA FALSE out',
});
