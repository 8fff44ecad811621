import { EV_1_7_0 } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ev-organization-identifier',
  title: 'The registration scheme must be NTR, VAT or PSD',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: '9.2.8',
  scope: 'any',
  effective: EV_1_7_0,
  zlint: 'e_ev_invalid_orgid_reg_scheme',
  applies: (c) => c.extendedValidation && c.subscriber && c.hasAttribute(AT.organizationIdentifier),
  breach: (c) =>
    !/^(?:NTR|VAT|PSD)/.test(c.attributes(AT.organizationIdentifier)[0]!.text) &&
    'the organisation identifier uses another registration scheme',
});
