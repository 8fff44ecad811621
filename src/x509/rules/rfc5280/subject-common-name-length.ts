import { RFC2459 } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/subject-common-name-length',
  title: 'The common name must fit into 64 characters',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_subject_common_name_max_length',
  applies: (c) => c.hasCommonName,
  breach: (c) =>
    c.oddAttributes.length > 0 &&
    [...c.commonName].length > 64 && {
      says: `the common name has ${[...c.commonName].length} characters`,
      offset: c.attributes(AT.commonName).at(-1)!.offset,
    },
});
