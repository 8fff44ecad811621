import { EXT } from '../../oids.ts';
import { EN319412_2 } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { naturalPerson } from '../special.ts';

const { digitalSignature: sign, nonRepudiation: commit, keyEncipherment: encipher, keyAgreement: agree } = KU;
const ALLOWED: readonly number[] = [
  commit,
  commit | sign,
  sign,
  sign | encipher,
  sign | agree,
  encipher,
  agree,
  commit | sign | encipher,
  commit | sign | agree,
];

export default defineRule({
  id: 'etsi/natural-person-key-usage-values',
  title: 'The key usage of a person must be of type A to F',
  severity: 'error',
  source: 'ETSI EN 319 412-2',
  section: '4.3.2',
  scope: 'any',
  effective: EN319412_2,
  zlint: 'e_etsi_natural_person_key_usage_correct_values',
  needs: EXT.keyUsage,
  applies: (c) => naturalPerson(c) && c.has(EXT.keyUsage) && c.subscriber,
  breach: (c) => !ALLOWED.includes(c.usage) && 'the key usage is of none of the types A to F',
});
