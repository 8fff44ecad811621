import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/signature-algorithms-differ',
  title: 'The two signature algorithm fields must be the same',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.1.2',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_cert_sig_alg_not_match_tbs_sig_alg',
  applies: () => true,
  breach: (c) =>
    !c.sameAlgorithms && {
      says: 'the signature algorithm outside differs from the one inside',
      offset: c.form.outerAlgorithm.start,
    },
});
