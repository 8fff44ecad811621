import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'capacity/pool-exhausted',
    title: 'Connection pool exhausted',
    description: 'Requests wait for a connection or worker of our own pool until they time out.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy:
      'Find what holds the connections (slow peer, leak, retries) and cap retries; raise the pool only after that.',
    verification: { command: 'grep -c "Connection is not available" app.log', expect: '0 in the last ten minutes' },
    references: ['HikariCP documentation, connectionTimeout'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'pool-exhausted',
      events: ['cap.pool-exhausted', 'cap.queue-timeout'],
      confidence: 0.75,
      title: ({ nodes }) => `The connection pool of ${nodes.slice(0, 3).join(', ') || 'our service'} is exhausted`,
    }),
});
