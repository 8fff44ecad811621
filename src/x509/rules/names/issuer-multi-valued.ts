import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'names/issuer-multi-valued',
  title: 'The issuer should have one attribute in each RDN',
  severity: 'warning',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'w_multiple_issuer_rdn',
  applies: () => true,
  breach: (c) =>
    c.form.issuer.attributes.length > c.form.issuer.rdnCount && 'an RDN of the issuer holds several attributes',
});
