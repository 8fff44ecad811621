import { EXT } from '../../oids.ts';
import { BR_2_0_0 } from '../dates.ts';
import { type Facts, OID } from '../facts.ts';
import { type Breach, defineRule } from '../rule.ts';

const forbidden: readonly string[] = [
  OID.anyPurpose,
  OID.codeSigning,
  OID.timeStamping,
  OID.ocspSigning,
  OID.emailProtection,
  OID.precertificateSigning,
];

function wrongPurposes(c: Facts): Breach | string | false {
  const bad = c.purposes.find((p) => forbidden.includes(p));
  if (bad) return `the purpose ${bad} is not allowed in a server certificate`;
  if (!c.purposes.includes(OID.serverAuth)) return 'it is not for servers';
  const more = c.purposes.find((p) => p !== OID.serverAuth && p !== OID.clientAuth);
  return more !== undefined && { says: `the purpose ${more} is unusual in a server certificate`, severity: 'warning' };
}

export default defineRule({
  id: 'web/purposes-allowed',
  title: 'A server certificate must be for servers, and for clients at most',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.10',
  scope: 'web',
  effective: BR_2_0_0,
  zlint: 'e_sub_cert_eku_check',
  needs: EXT.extendedKeyUsage,
  applies: (c) => c.subscriber && c.has(EXT.extendedKeyUsage),
  breach: (c) => wrongPurposes(c),
});
