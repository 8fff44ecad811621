import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { type Facts, KU, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

/** Key usage combinations that RFC 5280 4.2.1.12 lists as consistent with each purpose: any of these, and only these bits. */
const consistent: { readonly [purpose: string]: number } = {
  [OID.serverAuth]: KU.digitalSignature | KU.keyEncipherment | KU.keyAgreement,
  [OID.clientAuth]: KU.digitalSignature | KU.keyAgreement,
  [OID.codeSigning]: KU.digitalSignature,
  [OID.emailProtection]: KU.digitalSignature | KU.nonRepudiation | KU.keyEncipherment | KU.keyAgreement,
  [OID.timeStamping]: KU.digitalSignature | KU.nonRepudiation,
  [OID.ocspSigning]: KU.digitalSignature | KU.nonRepudiation,
};

function disagreement(c: Facts): string | false {
  let allowed = 0;
  for (const purpose of c.purposes) {
    const bits = consistent[purpose];
    if (bits === undefined) return false;
    allowed |= bits;
  }
  const both = KU.keyEncipherment | KU.keyAgreement;
  const contradictory = c.purposes.length === 1 && (c.usage & both) === both;
  return (
    (c.usage === 0 || (c.usage & ~allowed) !== 0 || contradictory) &&
    'the key usage allows what no purpose of the certificate needs'
  );
}

export default defineRule({
  id: 'rfc5280/key-usage-purpose-agree',
  title: 'The key usage must fit the extended key usage',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.12',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_key_usage_and_extended_key_usage_inconsistent',
  needs: EXT.extendedKeyUsage,
  applies: (c) => c.subscriber && c.has(EXT.extendedKeyUsage) && c.has(EXT.keyUsage),
  breach: (c) => disagreement(c),
});
