import { TS119495 } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { paymentServices } from '../special.ts';

export default defineRule({
  id: 'psd2/organization-identifier',
  title: 'The organisation identifier must be PSD, country, authority and number',
  severity: 'error',
  source: 'ETSI TS 119 495',
  section: 'GEN-5.2.1-3',
  scope: 'any',
  effective: TS119495,
  applies: (c) => paymentServices(c) !== undefined,
  breach: (c) =>
    !c
      .attributes(AT.organizationIdentifier)
      .some((a) => /^(?:PSD[A-Z]{2}-[A-Z]{2,8}-.{1,60}|(?:VAT|NTR|LEI)[A-Z]{2}-.{1,60})$/.test(a.text)) &&
    'the subject has no organisation identifier of the prescribed form',
});
