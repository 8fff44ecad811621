import { EXT } from '../../oids.ts';
import { EN319412_2 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { naturalPerson } from '../special.ts';

export default defineRule({
  id: 'etsi/natural-person-key-usage',
  title: 'A qualified certificate of a person must have a key usage',
  severity: 'error',
  source: 'ETSI EN 319 412-2',
  section: '4.3.2',
  scope: 'any',
  effective: EN319412_2,
  zlint: 'e_etsi_natural_person_key_usage_mandatory',
  applies: (c) => naturalPerson(c) && c.subscriber,
  breach: (c) => !c.has(EXT.keyUsage) && 'it has no key usage',
});
