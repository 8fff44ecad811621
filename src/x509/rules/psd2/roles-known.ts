import { TS119495 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { paymentServices, ROLE_NAMES } from '../special.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'psd2/roles-known',
  title: 'Roles must be those of the standard',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: 'GEN-5.2.2-2',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    firstOf(
      paymentServices(c)!.roles,
      (r) => ROLE_NAMES[r.oid] === undefined,
      (r) => `role ${r.oid} is not known`,
    ),
});
