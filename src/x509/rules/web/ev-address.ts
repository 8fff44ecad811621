import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ev-address',
  title: 'Extended validation must not certify addresses',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: '9.8.1',
  scope: 'any',
  zlint: 'e_ev_san_ip_address_present',
  applies: (c) => c.extendedValidation,
  breach: (c) => c.hasNames(7) && 'an IP address is among the alternative names',
});
