import { symptomHits } from '../_symptom-rule.ts';
import { withoutSni } from '../certificates/_sni.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'parameters/sni-wrong',
    title: 'Server name not sent or unknown',
    description:
      'The client sends no (or a wrong) server name, so the server answers with its default certificate or refuses.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'nginx: proxy_ssl_server_name on; proxy_ssl_name $HOST; others: pass the host name to the TLS client.',
    verification: {
      command:
        'openssl s_client -connect $HOST:443 -servername $HOST </dev/null | openssl x509 -noout -ext subjectAltName',
      expect: 'the list contains the host name',
    },
    references: ['RFC 6066 section 3'],
  },
  *run(context) {
    yield* symptomHits(context, {
      cause: 'sni-wrong',
      events: ['tls.sni-unrecognized'],
      verdicts: ['sni_missing', 'sni_unknown'],
      confidence: 0.82,
      captureConfidence: 0.9,
      *join(c) {
        const off = withoutSni(c);
        if (off[0])
          yield {
            confidence: 0.94,
            proof: 'structural',
            evidence: off.map((o) => ({ file: o.file, line: o.line, text: `no server name is sent to ${o.upstream}` })),
            says: 'the configuration sends no server name',
          };
      },
      title: ({ host }) => `Our side does not send the right server name to ${host}`,
      side: 'client',
    });
    // A wrong name in the certificate, and a proxy that sends no server name: the default host answered.
    yield* symptomHits(context, {
      cause: 'sni-wrong',
      events: ['tls.name-mismatch'],
      filter: { role: ['client', 'unknown'] },
      confidence: 0,
      *join(c) {
        const off = withoutSni(c);
        if (off.length === 0) yield { veto: 'the configuration sends the name, or is not in the evidence' };
        else
          yield {
            confidence: 0.9,
            proof: 'structural',
            evidence: off.map((o) => ({ file: o.file, line: o.line, text: `no server name is sent to ${o.upstream}` })),
            says: 'the proxy verifies the name but does not send it',
          };
      },
      title: ({ host }) => `Our proxy sends no server name to ${host}, so the default certificate comes back`,
      side: 'client',
    });
  },
});
