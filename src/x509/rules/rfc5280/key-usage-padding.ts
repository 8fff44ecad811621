import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/key-usage-padding',
  title: 'The key usage must not end in zero octets',
  severity: 'error',
  source: 'X.690',
  section: '11.2.2',
  scope: 'any',
  zlint: 'e_superfluous_ku_encoding',
  applies: (c) => (c.value(EXT.keyUsage)?.length ?? 0) > 0,
  breach: (c) => c.value(EXT.keyUsage)!.at(-1) === 0 && 'the key usage ends in a zero octet',
});
