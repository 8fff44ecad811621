import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { directive } from './_requests.ts';

export default defineCheck({
  meta: {
    id: 'capacity/descriptors-exhausted',
    title: 'Descriptors or worker connections used up',
    description: 'The proxy or service has no file descriptor or worker connection left.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy:
      'Raise worker_connections and worker_rlimit_nofile (or LimitNOFILE) to the load, reload, and watch for a leak.',
    verification: {
      command: 'nginx -T 2>/dev/null | grep -E "worker_connections|worker_rlimit_nofile"',
      expect: 'limits above twice the peak',
    },
    references: ['nginx documentation, worker_connections'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'descriptor-exhausted',
      events: ['cap.descriptors', 'cap.worker-connections'],
      confidence: 0.88,
      *join(c) {
        yield* directive(c, /^worker_(connections|rlimit_nofile)$/);
      },
      title: ({ nodes }) =>
        `${nodes.slice(0, 2).join(', ') || 'The proxy'} has no free connections or descriptors left`,
    }),
});
