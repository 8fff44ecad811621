import { MINUTE } from '../../graph/bursts.ts';
import type { Symptom } from '../../graph/types.ts';
import type { EventClass } from '../../logs/event-classes.ts';
import { symptomHits } from '../_symptom-rule.ts';
import { changeReference, changesNear, symptomsOf } from '../support.ts';
import { defineCheck } from '../types.ts';

const EVENTS: EventClass[] = ['db.read-only', 'db.timeout', 'db.deadlock', 'db.unavailable', 'mq.unavailable'];

/** Products by the beginning of their entries' names in the lexicon, and whose steps repair them. */
const PRODUCTS: { entry: RegExp; name: string; steps?: string }[] = [
  { entry: /^database\.redis/, name: 'Redis', steps: 'redis' },
  { entry: /^database\.pg/, name: 'PostgreSQL', steps: 'postgresql' },
  { entry: /^database\.(?:mysql|mariadb)/, name: 'MySQL', steps: 'mysql' },
  { entry: /^database\.mongo/, name: 'MongoDB' },
  { entry: /^(?:database\.oracle|oracle\.)/, name: 'Oracle' },
  { entry: /^database\.mssql/, name: 'SQL Server' },
  { entry: /^database\.db2/, name: 'Db2' },
  { entry: /^database\.sqlite/, name: 'SQLite' },
  { entry: /^queue\.rabbit/, name: 'RabbitMQ', steps: 'rabbitmq' },
  { entry: /^queue\.kafka/, name: 'Kafka' },
];

const LOCK = /\block\b|\blocked\b|lock wait|ORA-00054/i;
const SCHEMA = /migrat|alter table|schema|index|vacuum|reindex|表结构|索引/i;

export default defineCheck({
  meta: {
    id: 'capacity/data-store-failing',
    title: 'The database, cache or broker refuses or stalls',
    description:
      'A store of ours takes no writes, holds statements back until a lock or statement time-out, ends transactions that block each other, or blocks publishers, and requests fail with it. Left to others where the disk is full.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ops',
    proof: 'textual',
    needs: ['logs'],
    remedy:
      'See in the store itself what holds it (lock, role, memory, alarm), and end that; then the application recovers.',
    verification: {
      command: 'grep -cE "lock timeout|Lock wait timeout|read only|maxmemory|alarm set" app.log',
      expect: 'no new line in the last ten minutes',
    },
    references: ['PostgreSQL documentation, explicit locking', 'RabbitMQ documentation, memory and disk alarms'],
  },
  *run(context) {
    const heaviest = heaviestOf(symptomsOf(context, EVENTS));
    if (!heaviest) return;
    const product = productOf(heaviest);
    for (const hit of symptomHits(context, {
      cause: 'data-store-failing',
      events: EVENTS,
      confidence: 0.7,
      *join(c, symptoms, _handshakes, onset) {
        const full = symptomsOf(c, 'cap.disk-full').some((s) => s.onset <= onset + 2 * MINUTE);
        if (full) yield { against: 'the disk was full', confidence: 0.4 };
        const change = changesNear(c, onset, 60 * MINUTE).find(({ text }) => SCHEMA.test(text));
        if (change && symptoms.some((s) => s.event === 'db.timeout' || s.event === 'db.deadlock'))
          yield {
            confidence: 0.85,
            evidence: [changeReference(change)],
            says: `before it: "${change.text}"`,
            owner: 'app',
          };
      },
      title: () => titleOf(heaviest, product?.name),
    }))
      yield product?.steps ? { ...hit, data: { ...hit.data, software: [product.steps] } } : hit;
  },
});

const heaviestOf = (symptoms: readonly Symptom[]): Symptom | undefined =>
  [...symptoms].sort((a, b) => b.burstCount - a.burstCount)[0];

const productOf = ({ events }: Symptom): (typeof PRODUCTS)[number] | undefined =>
  PRODUCTS.find(({ entry: name }) => events.some(({ entry }) => name.test(entry)));

/** What a complaint says, with the product where its texts tell it. */
function titleOf({ event, events }: Symptom, product: string | undefined): string {
  switch (event) {
    case 'db.read-only':
      return events.some(({ entry }) => entry.endsWith('redis-oom'))
        ? 'Redis has reached its memory limit and takes no writes'
        : `${product ?? 'The database'} takes no writes: it is read-only`;
    case 'db.timeout':
      return events.some(({ hits }) => hits.some(({ text }) => LOCK.test(text)))
        ? `Statements in ${product ?? 'the database'} wait for a lock until they time out`
        : `Statements in ${product ?? 'the database'} run into their time limit`;
    case 'db.deadlock':
      return `Transactions in ${product ?? 'the database'} block each other (deadlock)`;
    case 'mq.unavailable':
      return `${product ?? 'The message broker'} takes no messages`;
    default:
      return `${product ?? 'The database or cache'} is not available`;
  }
}
