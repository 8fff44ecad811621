import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/key-usage-critical',
  title: 'The key usage should be critical',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.3',
  scope: 'any',
  effective: RFC2459,
  zlint: 'w_ext_key_usage_not_critical',
  needs: EXT.keyUsage,
  applies: (c) => c.has(EXT.keyUsage),
  breach: (c) => !c.critical(EXT.keyUsage) && 'the key usage is not critical',
});
