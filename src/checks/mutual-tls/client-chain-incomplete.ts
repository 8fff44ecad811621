import { trustHits, trustWordsOnly } from '../certificates/_trust-hits.ts';
import { defineCheck } from '../types.ts';
import { rejectedWithoutReason } from './_rejected.ts';

export default defineCheck({
  meta: {
    id: 'mutual-tls/client-chain-incomplete',
    title: 'Client sends only its leaf certificate',
    description:
      'The client certificate chain stops at the leaf; the peer knows the root but not the authority in between.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy:
      'Give the client the file with leaf and intermediates (curl --cert chain.pem, nginx proxy_ssl_certificate with the chain).',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -cert client.pem -key client.key -cert_chain chain.pem </dev/null',
      expect: 'a completed handshake',
    },
    references: ['RFC 8446 section 4.4.2'],
  },
  *run(context) {
    yield* trustHits(context, {
      role: 'client',
      kind: 'incomplete',
      cause: 'client-chain-incomplete',
      title: () => 'Our client sends only its leaf certificate; the peer cannot build the chain',
    });
    yield* trustWordsOnly(
      context,
      'client',
      'client-chain-incomplete',
      0.42,
      () => 'The chain of our client certificate may be incomplete',
    );
    yield* rejectedWithoutReason(
      context,
      'client-chain-incomplete',
      0.25,
      'The chain of the refused client certificate may be incomplete',
    );
  },
});
