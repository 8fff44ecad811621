import { TS119495 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { paymentServices, ROLE_NAMES } from '../special.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'psd2/roles-names-fit',
  title: 'The name of a role must fit its identifier',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: '5.2.2-5',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    firstOf(
      paymentServices(c)!.roles,
      (r) => ROLE_NAMES[r.oid] !== undefined && ROLE_NAMES[r.oid] !== r.name,
      (r) => `role ${r.oid} is called ${r.name}`,
    ),
});
