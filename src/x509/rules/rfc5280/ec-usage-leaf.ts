import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/ec-usage-leaf',
  title: 'The key usage of an EC key should fit it',
  severity: 'notice',
  source: 'RFC 5480',
  section: '3',
  scope: 'any',
  effective: BR,
  zlint: 'n_ecdsa_ee_invalid_ku',
  needs: EXT.keyUsage,
  applies: (c) => c.subscriber && c.ec && c.has(EXT.keyUsage),
  breach: (c) =>
    (c.usage & ~(KU.digitalSignature | KU.nonRepudiation | KU.keyAgreement)) !== 0 &&
    'the key usage holds more than digitalSignature, nonRepudiation and keyAgreement',
});
