import { defineRule } from '../rule.ts';
import { paddedAttribute } from '../support.ts';

export default defineRule({
  id: 'names/issuer-leading-space',
  title: 'Attributes of the issuer should not start with a space',
  severity: 'warning',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'w_issuer_dn_leading_whitespace',
  applies: () => true,
  breach: (c) =>
    paddedAttribute(c.form.issuer.attributes, 'start') !== undefined &&
    'an attribute of the issuer starts with white space',
});
