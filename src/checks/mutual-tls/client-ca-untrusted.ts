import { trustHits, trustWordsOnly } from '../certificates/_trust-hits.ts';
import { defineCheck } from '../types.ts';
import { clientCaHits } from './_client.ts';
import { rejectedWithoutReason } from './_rejected.ts';

export default defineCheck({
  meta: {
    id: 'mutual-tls/client-ca-untrusted',
    title: 'Peer does not trust the issuer of our client certificate',
    description:
      'The issuer of the client certificate is not among the authorities the server accepts; some stacks then send no certificate at all.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Get a client certificate from an authority the peer lists, or have the peer add the issuer.',
    verification: {
      command:
        'openssl s_client -connect $HOST:$PORT </dev/null | sed -n "/Acceptable client/,/Client Certificate Types/p"',
      expect: 'the list names the issuer of client.pem',
    },
    references: ['RFC 8446 section 4.2.4'],
  },
  *run(context) {
    yield* trustHits(context, {
      role: 'client',
      kind: 'untrusted',
      cause: 'client-ca-untrusted',
      title: () => 'The peer does not trust the issuer of our client certificate',
    });
    yield* clientCaHits(context);
    yield* trustWordsOnly(
      context,
      'client',
      'client-ca-untrusted',
      0.45,
      () => 'The peer may not trust the issuer of our client certificate',
    );
    yield* rejectedWithoutReason(
      context,
      'client-ca-untrusted',
      0.3,
      'The issuer of the refused client certificate may not be trusted',
    );
  },
});
