import { EN319411_2_2_5 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { qualifiedTypes, wrongTypes } from '../special.ts';

export default defineRule({
  id: 'etsi/type-single',
  title: 'There must be exactly one qualified type',
  severity: 'error',
  source: 'ETSI EN 319 411-2',
  section: '6.6.1',
  scope: 'any',
  effective: EN319411_2_2_5,
  zlint: 'e_qcstatem_qctype_oneonly',
  applies: (c) => qualifiedTypes(c) !== undefined,
  breach: (c) =>
    qualifiedTypes(c)!.length > 1 ? 'more than one qualified type is listed' : wrongTypes(qualifiedTypes(c)!),
});
