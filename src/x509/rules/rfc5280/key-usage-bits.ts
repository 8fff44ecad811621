import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/key-usage-bits',
  title: 'The key usage must set at least one bit',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.3',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_key_usage_without_bits',
  needs: EXT.keyUsage,
  applies: (c) => c.has(EXT.keyUsage),
  breach: (c) => c.usage === 0 && 'no bit of the key usage is set',
});
