import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { missingClientCertificate } from './_client.ts';

export default defineCheck({
  meta: {
    id: 'mutual-tls/client-certificate-missing',
    title: 'No client certificate sent',
    description:
      'A server that demands a client certificate gets none. Told apart from a client that holds one whose issuer the server no longer lists.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'Configure certificate and key on the client again and restart it.',
    verification: {
      command: 'openssl s_client -connect $HOST:$PORT -cert client.pem -key client.key </dev/null',
      expect: 'a completed handshake and HTTP 200',
    },
    references: ['RFC 8446 section 4.4.2.4'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'client-cert-not-sent',
      events: ['tls.client-cert-missing', 'tls.client-cert-not-configured'],
      verdicts: ['client_cert_missing'],
      confidence: 0.75,
      captureConfidence: 0.86,
      *join(c, symptoms, handshakes, onset) {
        yield* missingClientCertificate(c, symptoms, handshakes, onset);
      },
      title: ({ host }) => `Our client sends no certificate to ${host}`,
      side: 'client',
    }),
});
