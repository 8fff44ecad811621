import { BR_2_0_0 } from '../dates.ts';
import { AT, type Facts } from '../facts.ts';
import { defineRule } from '../rule.ts';

/** Attribute types of which one instance is allowed. */
const single: ReadonlySet<string> = new Set([
  AT.commonName,
  AT.surname,
  AT.serialNumber,
  AT.country,
  AT.locality,
  AT.state,
  AT.organization,
  AT.businessCategory,
  AT.givenName,
  AT.organizationIdentifier,
  '1.3.6.1.4.1.311.60.2.1.1',
  '1.3.6.1.4.1.311.60.2.1.2',
  '1.3.6.1.4.1.311.60.2.1.3',
]);

function repeated(c: Facts): string | false {
  const seen = new Set<string>();
  for (const { oid } of c.form.subject.attributes) {
    if (single.has(oid) && seen.has(oid)) return `attribute ${oid} is repeated in the subject`;
    seen.add(oid);
  }
  return false;
}

export default defineRule({
  id: 'web/subject-duplicate-attributes',
  title: 'An attribute must not be repeated in the subject',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.1',
  scope: 'web',
  effective: BR_2_0_0,
  zlint: 'e_duplicate_subject_attribs',
  applies: () => true,
  breach: (c) => repeated(c),
});
