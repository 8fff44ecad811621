import { pssParameters } from '../../certificate.ts';
import { SIGNATURES } from '../../oids.ts';
import type { Facts } from '../facts.ts';
import { type Breach, defineRule } from '../rule.ts';

function algorithm(c: Facts): Breach | string | false {
  const scheme = SIGNATURES[c.form.outerAlgorithm.oid];
  if (scheme?.family === 'rsa-pss') {
    const hash = pssParameters(c.form.reader, c.form.outerAlgorithm.parameters)?.hash;
    const known = hash === 'sha256' || hash === 'sha384' || hash === 'sha512';
    return { says: 'it is signed with RSASSA-PSS', severity: known ? 'warning' : 'error' };
  }
  const allowed =
    /^(?:rsa|ecdsa)$/.test(scheme?.family ?? '') && /^(?:sha1|sha256|sha384|sha512)$/.test(scheme?.hash ?? '');
  const dsa = scheme?.family === 'dsa' && /^(?:sha1|sha256)$/.test(scheme.hash ?? '');
  return !allowed && !dsa && `it is signed with ${scheme?.name ?? c.form.outerAlgorithm.oid}`;
}

export default defineRule({
  id: 'web/signature-algorithm',
  title: 'The signature algorithm must be one of the allowed ones',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.3.2',
  scope: 'web',
  zlint: 'e_signature_algorithm_not_supported',
  applies: () => true,
  breach: (c) => algorithm(c),
});
