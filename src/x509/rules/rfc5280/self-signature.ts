import type { Facts } from '../facts.ts';
import { type Breach, defineRule } from '../rule.ts';

/** An authority that changes its key signs the new one with the old (RFC 4210 4.4): the key identifiers then differ. */
function keyChange(c: Facts): 'yes' | 'no' | 'unknown' {
  const { authorityKeyId, subjectKeyId } = c.form;
  if (!c.ca) return 'no';
  if (!authorityKeyId?.keyId || !subjectKeyId) return 'unknown';
  return authorityKeyId.keyId.equals(subjectKeyId) ? 'no' : 'yes';
}

function wrongSignature(c: Facts): Breach | false {
  const { result, because } = c.ownSignature;
  const change = keyChange(c);
  if (result !== 'bad' || change === 'yes') return false;
  const { signature, bytes } = c.form;
  return {
    says: `it names itself as its issuer, but ${because}`,
    offset: signature.byteOffset - bytes.byteOffset,
    ...(change === 'unknown' ? { severity: 'warning' } : {}),
  };
}

export default defineRule({
  id: 'rfc5280/self-signature',
  title: 'A certificate that names itself as its issuer must be signed with its own key',
  severity: 'error',
  source: 'RFC 5280',
  section: '6.1.3',
  scope: 'any',
  applies: (c) => c.selfIssued && !c.selfSigned,
  breach: wrongSignature,
});
