import { BR, BR_2_0_0 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/purposes-tls',
  title: 'A certificate must be for servers or clients',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.3',
  scope: 'web',
  effective: BR,
  ends: BR_2_0_0,
  zlint: 'e_sub_cert_eku_server_auth_client_auth_missing',
  applies: (c) => c.purposes.length > 0,
  breach: (c) =>
    !c.purposes.some((p) => p === OID.serverAuth || p === OID.clientAuth) &&
    'it is neither for servers nor for clients',
});
