import { EN319411_2_2_5, EN319412_5_2_2 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { qualifiedTypes, wrongTypes } from '../special.ts';

export default defineRule({
  id: 'etsi/type-valid',
  title: 'The qualified type must be signature, seal or web',
  severity: 'error',
  source: 'ETSI EN 319 412-5',
  section: '4.2.3',
  scope: 'any',
  effective: EN319412_5_2_2,
  ends: EN319411_2_2_5,
  zlint: 'e_qcstatem_qctype_valid',
  deviates: "the lint's own source ends it on 1 July 2023, one of its tests expects it to bind in 2024",
  applies: (c) => qualifiedTypes(c) !== undefined,
  breach: (c) => wrongTypes(qualifiedTypes(c)!),
});
