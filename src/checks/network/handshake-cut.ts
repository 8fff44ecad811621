import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { cutOrRejected } from './_cut.ts';

export default defineCheck({
  meta: {
    id: 'network/handshake-cut',
    title: 'Handshake cut after the ClientHello',
    description:
      'The connection opens, the ClientHello goes out and is answered by a reset or a close, never by a TLS alert: a device or an allow-list on the way cuts it.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'net',
    proof: 'textual',
    needs: [],
    remedy: 'Ask the peer and the network team whether this source address is allowed; undo the change that moved it.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST </dev/null',
      expect: 'a completed handshake',
    },
    references: ['RFC 8446 section 6'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'handshake-cut-by-middlebox',
      events: ['tls.handshake-reset', 'tls.handshake-eof'],
      filter: { role: ['client', 'unknown'] },
      verdicts: [
        'middlebox_reset',
        'drop_after_clienthello',
        'server_reset_after_clienthello',
        'server_closed_after_clienthello',
      ],
      confidence: 0.6,
      captureConfidence: 0.85,
      *join(c, symptoms, handshakes, onset) {
        yield* cutOrRejected(c, symptoms, handshakes, onset);
      },
      title: ({ host }) => `Handshakes with ${host} are cut right after the ClientHello`,
      side: 'between',
    }),
});
