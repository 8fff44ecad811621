import { defineCheck } from '../types.ts';
import { trustHits, trustWordsOnly } from './_trust-hits.ts';

export default defineCheck({
  meta: {
    id: 'certificates/intermediate-missing',
    title: 'Intermediate certificate not sent',
    description:
      'The presented chain stops below a certificate whose issuer exists but is not sent, while its root is trusted; clients that do not fetch issuers fail.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Serve leaf and intermediates in order (leaf first) and reload.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST -showcerts </dev/null | grep -c "BEGIN CERT"',
      expect: '2 or more',
    },
    references: ['RFC 8446 section 4.4.2'],
  },
  *run(context) {
    yield* trustHits(context, {
      role: 'server',
      kind: 'incomplete',
      cause: 'intermediate-missing',
      title: (v) => `${v.chain.host ?? 'The server'} does not send its intermediate certificate`,
    });
    yield* trustWordsOnly(
      context,
      'server',
      'intermediate-missing',
      0.42,
      (host) => `The chain of ${host} may be incomplete`,
    );
  },
});
