import { SC16 } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

const allowed: ReadonlySet<string> = new Set([
  AT.commonName,
  AT.serialNumber,
  AT.country,
  AT.locality,
  AT.state,
  AT.street,
  AT.organization,
  AT.unit,
  AT.businessCategory,
  AT.postalCode,
  AT.organizationIdentifier,
  '1.3.6.1.4.1.311.60.2.1.1',
  '1.3.6.1.4.1.311.60.2.1.2',
  '1.3.6.1.4.1.311.60.2.1.3',
]);

export default defineRule({
  id: 'web/ev-subject',
  title: 'Extended validation allows no other attributes',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: '9.2.9',
  scope: 'any',
  effective: SC16,
  zlint: 'e_ev_extra_subject_attribs',
  applies: (c) => c.extendedValidation && c.subscriber,
  breach: (c) =>
    firstOf(
      c.form.subject.attributes,
      (a) => !allowed.has(a.oid),
      (a) => `attribute ${a.oid} is not allowed`,
    ),
});
