import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'certificates/pin-mismatch',
    title: 'Pinned key no longer matches',
    description: 'A client pins a key or certificate that the server no longer presents.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy: 'Check the new certificate out of band, then ship the new pin (and a backup pin).',
    verification: {
      command:
        'openssl s_client -connect $HOST:443 </dev/null | openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64',
      expect: 'the pin of the client configuration',
    },
    references: ['RFC 7469 section 2.6'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'pin-mismatch',
      events: ['tls.pin-mismatch'],
      confidence: 0.78,
      title: ({ host }) => `A client pins a key that ${host} no longer presents`,
      side: 'client',
    }),
});
