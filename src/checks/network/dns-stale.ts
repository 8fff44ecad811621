import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { movedAddress } from './_dns.ts';

export default defineCheck({
  meta: {
    id: 'network/dns-stale',
    title: 'Name resolves wrongly or to a former address',
    description:
      'Names do not resolve, or connects go to an address that the name no longer has according to another answer in the evidence.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'net',
    proof: 'textual',
    needs: [],
    remedy:
      'Flush the cached answer on the resolver and restart what caches for ever (JVM networkaddress.cache.ttl, nginx without resolver).',
    verification: { command: 'dig +short $HOST', expect: 'the address that the owner of the name publishes' },
    references: ['RFC 1035 section 7', 'RFC 2308'],
  },
  run: function* (context) {
    const title = ({ host }: { host: string }): string => `${host} resolves wrongly here`;
    yield* symptomHits(context, {
      cause: 'dns-stale',
      events: ['net.dns-failure'],
      confidence: 0.75,
      title,
      side: 'client',
    });
    yield* symptomHits(context, {
      cause: 'dns-stale',
      events: ['net.refused', 'net.connect-timeout', 'net.no-route', 'tls.name-mismatch'],
      filter: { role: ['client', 'unknown'] },
      confidence: 0,
      *join(c, symptoms) {
        const moved = movedAddress(
          c,
          symptoms.flatMap((s) => [...s.peers, ...s.events.flatMap((e) => (e.peer ? [e.peer] : []))]),
        );
        if (moved) yield { confidence: 0.93, proof: 'structural', evidence: moved.evidence, says: moved.says };
        else yield { veto: 'no second answer for the name' };
      },
      title: ({ host }) => `Connections still go to a former address of ${host}`,
      side: 'client',
    });
  },
});
