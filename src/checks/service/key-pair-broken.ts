import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { felt, refusedAfter, startFailureMatters } from './_start.ts';

export default defineCheck({
  meta: {
    id: 'service/key-pair-broken',
    title: 'Service cannot load its key or certificate',
    description:
      'The server cannot start or reload because certificate, key or chain file do not fit, are missing or damaged.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'Put the matching pair and the chain in the right order in place, test the configuration, start.',
    verification: {
      command: 'openssl x509 -noout -pubkey -in cert.pem | sha256sum; openssl pkey -pubout -in key.pem | sha256sum',
      expect: 'two equal sums, and nginx -t succeeds',
    },
    references: ['nginx documentation, ssl_certificate'],
  },
  *run(context) {
    for (const hit of symptomHits(context, {
      cause: 'key-pair-broken',
      events: ['start.key-mismatch', 'start.file-missing', 'start.bad-pem'],
      filter: { any: true },
      confidence: 0.85,
      keep: (s, c) => startFailureMatters(s, c),
      *join(c, symptoms, _h, onset) {
        yield* refusedAfter(c, symptoms, onset);
      },
      title: ({ nodes }) => `${nodes[0] ?? 'The server'} cannot load its certificate and key`,
      side: 'server',
    }))
      yield felt(context, hit);
  },
});
