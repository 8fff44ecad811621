import { symptomHits } from '../_symptom-rule.ts';
import { orElse } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { datedByRequests, probedHits } from './_probes.ts';

export default defineCheck({
  meta: {
    id: 'capacity/health-check-wrong',
    title: 'The balancer takes working servers out',
    description:
      'The balancer marks servers down by a failing check (TLS against plain, wrong host, wrong status) although requests that reach them are answered.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'textual',
    needs: ['logs'],
    remedy:
      'Make the check speak what the server speaks (ssl, sni, Host header, expected status) and reload the balancer.',
    verification: {
      command: 'echo "show servers state" | socat stdio /run/haproxy/admin.sock',
      expect: 'servers UP, and a manual request answers 200',
    },
    references: ['HAProxy configuration manual, option httpchk'],
  },
  *run(context) {
    const said = [...fromWords(context)].map((hit) => datedByRequests(context, hit));
    yield* orElse(said, () => probedHits(context));
  },
});

/** What balancers, servers and applications say of it. */
const fromWords = (context: CheckContext): Iterable<Hit> =>
  symptomHits(context, {
    cause: 'health-check-wrong',
    events: ['lb.server-down', 'upstream.unavailable'],
    filter: { any: true },
    // A wrong status of a check tells of the check as much as of the server.
    keep: (s) => s.event === 'lb.server-down' || s.events.some((e) => e.also.includes('lb.server-down')),
    confidence: 0.45,
    *join(c, symptoms, _h, onset) {
      const layer = symptoms
        .flatMap((s) => s.events.flatMap((e) => e.hits))
        .map((h) => h.text)
        .join('\n');
      if (
        /Layer4 (connection problem|timeout)|probe failed: Get .{0,300}(?:connection refused|i\/o timeout|no route|deadline)/.test(
          layer,
        )
      ) {
        yield { veto: 'the server cannot be reached at all, so the check is right' };
        return;
      }
      // The server is there and answers: it does not know the path, or wants to know who asks.
      const status = /(?:probe failed: HTTP probe failed with statuscode:|Layer7 wrong status, code:) (40[1345])/.exec(
        layer,
      )?.[1];
      if (status !== undefined)
        yield {
          confidence: 0.7,
          proof: 'observed',
          says: `the check is answered, with ${status}: the server works, and the check asks for what it does not give`,
        };
      const answered = c.graph.payments.change(onset, c.graph.span.to + 1);
      const paths = c.graph.payments.slices('node', onset, c.graph.span.to + 1);
      const direct = paths.hit.length > 0 && paths.working.length > 0;
      if (direct)
        yield {
          confidence: 0.66,
          says: `payments of ${paths.working
            .map((w) => w.value)
            .slice(0, 2)
            .join(', ')} that take another way still pass`,
        };
      const upstreamWorks =
        c.observations.handshakes.some((h) => h.time >= onset && h.completed) ||
        c.graph.changes.some(
          (x) =>
            x.time <= onset + 60_000 &&
            x.time > onset - 3_600_000 &&
            /health|check|probe|balancer|haproxy|lb\b|探测|健康/i.test(x.text),
        );
      if (upstreamWorks)
        yield { confidence: 0.82, proof: 'observed', says: 'direct connections to the same server complete' };
      else if (answered.attempts >= 5 && answered.share - answered.shareBefore < 0.05)
        yield { veto: 'payments went on as before' };
    },
    title: ({ nodes }) => `The balancer ${nodes[0] ?? ''} takes working servers out of service`.replace('  ', ' '),
  });
