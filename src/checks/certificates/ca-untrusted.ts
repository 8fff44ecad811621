import { defineCheck } from '../types.ts';
import { trustHits, trustWordsOnly } from './_trust-hits.ts';

export default defineCheck({
  meta: {
    id: 'certificates/ca-untrusted',
    title: 'Authority not in the trust store',
    description: 'The presented chain is complete, but the store of the failing side lacks its root.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'app',
    proof: 'structural',
    needs: [],
    remedy: 'Add the announced root (checked out of band) to the trust store of the failing client, or update its SDK.',
    verification: {
      command: 'openssl verify -CAfile truststore.pem -untrusted chain.pem leaf.pem',
      expect: 'leaf.pem: OK',
    },
    references: ['RFC 5280 section 6.1.1'],
  },
  *run(context) {
    yield* trustHits(context, {
      role: 'server',
      kind: 'untrusted',
      cause: 'ca-untrusted',
      title: (v) => `A client does not trust the authority of ${v.chain.host ?? 'the server'}`,
    });
    yield* trustWordsOnly(
      context,
      'server',
      'ca-untrusted',
      0.45,
      (host) => `The authority of ${host} may be missing in a trust store`,
    );
  },
});
