import { BR_2_0_0 } from '../dates.ts';
import { AT, type Facts } from '../facts.ts';
import { defineRule } from '../rule.ts';

const ORDER: readonly string[] = [
  AT.domainComponent,
  AT.country,
  AT.state,
  AT.locality,
  AT.postalCode,
  AT.street,
  AT.organization,
  AT.surname,
  AT.givenName,
  AT.unit,
  AT.commonName,
];

function disordered(c: Facts): boolean {
  const places = c.form.subject.attributes.map((a) => ORDER.indexOf(a.oid)).filter((p) => p >= 0);
  return places.some((p, i) => i > 0 && p < places[i - 1]!);
}

export default defineRule({
  id: 'web/subject-order',
  title: 'Attributes must follow the prescribed order',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.1',
  scope: 'web',
  effective: BR_2_0_0,
  zlint: 'e_invalid_subject_rdn_order',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) => disordered(c) && 'the attributes of the subject are not in the prescribed order',
});
