import { EXT } from '../../oids.ts';
import { EN319412_2 } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { naturalPerson } from '../special.ts';

export default defineRule({
  id: 'etsi/natural-person-key-usage-preferred',
  title: 'The key usage of a person should be of type A, C or E',
  severity: 'warning',
  source: 'ETSI EN 319 412-2',
  section: '4.3.2',
  scope: 'any',
  effective: EN319412_2,
  zlint: 'w_etsi_natural_person_key_usage_preferred_values',
  needs: EXT.keyUsage,
  applies: (c) => naturalPerson(c) && c.has(EXT.keyUsage) && c.subscriber,
  breach: (c) =>
    ![KU.nonRepudiation, KU.digitalSignature, KU.keyEncipherment, KU.keyAgreement].some((u) => u === c.usage) &&
    'the key usage is of type B, D or F',
});
