import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'capacity/disk-full',
    title: 'Disk full',
    description: 'Writes fail because no space is left.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'Free space (rotated logs first, nothing of the incident), then find what filled it.',
    verification: { command: 'df -h', expect: 'below 80 % on every filesystem' },
    references: ['errno ENOSPC, POSIX.1-2017'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'disk-full',
      events: ['cap.disk-full'],
      confidence: 0.85,
      title: ({ nodes }) => `No disk space left on ${nodes.slice(0, 2).join(', ') || 'a host'}`,
    }),
});
