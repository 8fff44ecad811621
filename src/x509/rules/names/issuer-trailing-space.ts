import { defineRule } from '../rule.ts';
import { paddedAttribute } from '../support.ts';

export default defineRule({
  id: 'names/issuer-trailing-space',
  title: 'Attributes of the issuer should not end in a space',
  severity: 'warning',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'w_issuer_dn_trailing_whitespace',
  applies: () => true,
  breach: (c) =>
    paddedAttribute(c.form.issuer.attributes, 'end') !== undefined && 'an attribute of the issuer ends in white space',
});
