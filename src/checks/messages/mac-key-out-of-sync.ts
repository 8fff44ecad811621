import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { kcvJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/mac-key-out-of-sync',
    title: 'MAC or PIN key out of step',
    description:
      'The host rejects every message for its authentication code: the working keys of the two sides differ.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy: 'Start a new key exchange (0800) and compare the key check values before going on.',
    verification: { command: 'grep kcv pay.log | tail -1', expect: 'two equal check values, then approvals' },
    references: ['ISO 8583 field 64', 'ANSI X9.24'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'mac-key-out-of-sync',
      events: ['pay.mac-error'],
      confidence: 0.72,
      *join(c) {
        yield* kcvJoin(c);
      },
      title: () => 'The host rejects our messages for their authentication code: the working keys differ',
      side: 'client',
    }),
});
