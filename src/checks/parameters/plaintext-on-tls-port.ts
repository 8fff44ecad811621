import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { plainListeners } from './_plain.ts';

export default defineCheck({
  meta: {
    id: 'parameters/plaintext-on-tls-port',
    title: 'Plain text where TLS is expected',
    description: 'One side speaks plain HTTP on a port where the other speaks TLS.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'Put the ssl flag back on the listener (or correct scheme and port of the client) and reload.',
    verification: {
      command: 'curl -sS -o /dev/null -w "%{http_code} %{ssl_verify_result}" https://$HOST/',
      expect: 'a status and 0',
    },
    references: ['RFC 8446 section 5.1'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'plaintext-on-tls-port',
      events: ['tls.not-tls', 'tls.plain-http-on-tls', 'tls.hello-on-plain-port'],
      verdicts: ['plaintext_server_on_tls_port', 'plaintext_client_on_tls_port'],
      confidence: 0.72,
      captureConfidence: 0.93,
      *join(c, symptoms, handshakes, onset) {
        yield* plainListeners(c, symptoms, handshakes, onset);
      },
      title: ({ host }) => `Plain text is spoken on the TLS port of ${host}`,
      side: 'server',
    }),
});
