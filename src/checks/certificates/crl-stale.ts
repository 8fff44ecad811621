import { defineCheck } from '../types.ts';
import { crlHits } from './_crl.ts';

export default defineCheck({
  meta: {
    id: 'certificates/crl-stale',
    title: 'Revocation list out of date',
    description:
      'The revocation list that a server checks clients against passed its nextUpdate, so the server rejects every client although all certificates are valid.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Publish and install a fresh list for every level, reload, and watch nextUpdate like an expiry.',
    verification: { command: 'openssl crl -in ca.crl -noout -nextupdate', expect: 'a date in the future' },
    references: ['RFC 5280 section 5.1.2.5'],
  },
  run: (context) => crlHits(context),
});
