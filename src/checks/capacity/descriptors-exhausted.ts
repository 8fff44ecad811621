import { symptomHits } from '../_symptom-rule.ts';
import { orElse } from '../support.ts';
import { defineCheck, type Hit } from '../types.ts';
import { usedUpDescriptors } from './_host-state.ts';
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
  *run(context) {
    const used = usedUpDescriptors(context);
    const said = symptomHits(context, {
      cause: 'descriptor-exhausted',
      events: ['cap.descriptors', 'cap.worker-connections'],
      confidence: 0.88,
      *join(c) {
        yield* directive(c, /^worker_(connections|rlimit_nofile)$/);
        for (const { says, evidence } of used.slice(0, 1))
          yield { confidence: 0.95, proof: 'observed', evidence: [evidence], says };
      },
      title: ({ nodes }) =>
        `${nodes.slice(0, 2).join(', ') || 'The proxy'} has no free connections or descriptors left`,
    });
    yield* orElse(said, () => silentlyUsedUp(used));
  },
});

/** No descriptor was left at one moment, which the output does not name, and nothing complained. */
function* silentlyUsedUp(used: ReturnType<typeof usedUpDescriptors>): Iterable<Hit> {
  const [first] = used;
  if (!first) return;
  yield {
    cause: 'descriptor-exhausted',
    confidence: 0.45,
    proof: 'observed',
    subject: { kind: 'file', id: first.evidence.file },
    title: first.says[0]!.toUpperCase() + first.says.slice(1),
    detail: 'No log of this evidence complains about it, and the output does not say since when it is so.',
    against: ['nothing in this evidence failed for want of a descriptor'],
    evidence: used.slice(0, 3).map(({ evidence }) => evidence),
    impact: {},
    count: used.length,
  };
}
