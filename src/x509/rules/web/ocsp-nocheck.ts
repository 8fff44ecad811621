import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ocsp-nocheck',
  title: 'An OCSP responder must be exempt from revocation checks',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '4.9.9',
  scope: 'web',
  effective: BR,
  allPurposes: true,
  zlint: 'e_ocsp_id_pkix_ocsp_nocheck_ext_not_included_server_auth',
  applies: (c) => c.purposes.includes(OID.ocspSigning),
  breach: (c) => !c.has(EXT.ocspNoCheck) && 'the responder lacks id-pkix-ocsp-nocheck',
});
