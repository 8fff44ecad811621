import { SC62 } from '../dates.ts';
import { AT, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/dv-subject',
  title: 'A domain-validated certificate may name common name and country only',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.2',
  scope: 'web',
  effective: SC62,
  zlint: 'e_cab_dv_subject_invalid_values',
  applies: (c) => c.policies.includes(OID.domainValidated) && c.subscriber,
  breach: (c) =>
    firstOf(
      c.form.subject.attributes,
      (a) => a.oid !== AT.commonName && a.oid !== AT.country,
      (a) => `attribute ${a.oid} is not allowed`,
    ),
});
