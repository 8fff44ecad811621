import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { startFailureMatters } from './_start.ts';

export default defineCheck({
  meta: {
    id: 'service/key-passphrase',
    title: 'Key or keystore cannot be opened',
    description: 'The service has the wrong pass phrase or keystore password.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'Give the service the pass phrase that fits this file, and check it in the deployment before the restart.',
    verification: { command: 'keytool -list -keystore $KEYSTORE', expect: 'the entries are listed' },
    references: ['PKCS #12, RFC 7292'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'key-passphrase-unavailable',
      events: ['start.passphrase', 'start.keystore-password'],
      filter: { any: true },
      confidence: 0.88,
      keep: (s, c) => startFailureMatters(s, c),
      title: ({ nodes }) => `${nodes[0] ?? 'A service'} cannot open its key: wrong pass phrase or keystore password`,
      side: 'client',
    }),
});
