import { EXT } from '../../oids.ts';
import { RFC3280 } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/path-length-place',
  title: 'A path length needs a CA that may sign certificates',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.9',
  scope: 'any',
  effective: RFC3280,
  zlint: 'e_path_len_constraint_improperly_included',
  needs: EXT.basicConstraints,
  applies: (c) => c.has(EXT.basicConstraints),
  breach: (c) =>
    (c.form.basicConstraints?.pathLength !== undefined || c.form.basicConstraints?.pathLengthNegative === true) &&
    !(c.ca && c.uses(KU.keyCertSign)) &&
    'it has a path length without being a CA that signs certificates',
});
