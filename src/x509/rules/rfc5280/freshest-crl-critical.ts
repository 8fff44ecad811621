import { EXT } from '../../oids.ts';
import { RFC3280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/freshest-crl-critical',
  title: 'The freshest CRL pointer must not be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.15',
  scope: 'any',
  effective: RFC3280,
  zlint: 'e_ext_freshest_crl_marked_critical',
  needs: EXT.freshestCrl,
  applies: (c) => c.has(EXT.freshestCrl),
  breach: (c) => c.critical(EXT.freshestCrl) && 'the freshest CRL pointer is critical',
});
