import { symptomHits } from '../_symptom-rule.ts';
import { orElse } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { diskReference, fullDisks, saysFull } from './_host-state.ts';

export default defineCheck({
  meta: {
    id: 'capacity/disk-full',
    title: 'Disk full',
    description: 'Writes fail because no space or no inode is left.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'Free space (rotated logs first, nothing of the incident), then find what filled it.',
    verification: { command: 'df -h; df -i', expect: 'below 80 % on every filesystem' },
    references: ['errno ENOSPC, POSIX.1-2017'],
  },
  *run(context) {
    const said = symptomHits(context, {
      cause: 'disk-full',
      events: ['cap.disk-full'],
      confidence: 0.85,
      *join(c) {
        const full = fullDisks(c);
        if (full.length > 0)
          yield {
            confidence: 0.95,
            proof: 'observed',
            evidence: full.slice(0, 3).map(diskReference),
            says: `df shows ${saysFull(full)}`,
          };
      },
      title: ({ nodes }) => `No disk space left on ${nodes.slice(0, 2).join(', ') || 'a host'}`,
    });
    yield* orElse(said, () => silentlyFull(context));
  },
});

/** A full file system that nothing complained about: when it filled up is unknown, and so is what it did. */
function* silentlyFull(context: CheckContext): Iterable<Hit> {
  const full = fullDisks(context);
  const [first] = full;
  if (!first) return;
  yield {
    cause: 'disk-full',
    confidence: 0.45,
    proof: 'observed',
    subject: { kind: 'file', id: first.mount },
    title: `df shows ${saysFull(full)}`,
    detail: 'No log of this evidence complains about it, and df does not say since when it is so.',
    against: ['nothing in this evidence failed to write'],
    evidence: full.slice(0, 5).map(diskReference),
    impact: {},
    count: full.length,
    data: { mounts: full.map(({ mount }) => mount).slice(0, 20) },
  };
}
