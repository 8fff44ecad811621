import { symptomHits } from '../_symptom-rule.ts';
import { orElse } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { crowdedSummaries, type UsedPorts, usedUpTowards } from './_source-ports.ts';

export default defineCheck({
  meta: {
    id: 'network/port-exhaustion',
    title: 'Source ports used up',
    description: 'Connects fail locally because no source port is left towards one destination.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy:
      'Reuse connections (keep-alive), widen ip_local_port_range, add source addresses; find what opens so many connections.',
    verification: {
      command: 'ss -tan dst $HOST | wc -l; sysctl net.ipv4.ip_local_port_range',
      expect: 'well below the size of the range',
    },
    references: ['RFC 6056'],
  },
  *run(context) {
    const said = symptomHits(context, {
      cause: 'port-exhaustion',
      events: ['net.address-exhausted'],
      confidence: 0.9,
      *join(c) {
        for (const used of usedUpTowards(c).slice(0, 1))
          yield { confidence: 0.96, proof: 'observed', evidence: [used.evidence], says: saysUsed(used) };
        for (const { waiting, evidence } of crowdedSummaries(c).slice(0, 1))
          yield { confidence: 0.93, evidence: [evidence], says: `${waiting} sockets were in TIME-WAIT` };
      },
      title: ({ host }) => `Our source ports towards ${host} are used up`,
      side: 'client',
    });
    yield* orElse(said, () => nearlyUsedUp(context));
  },
});

/** Ports of which few are left, though nothing complains. */
function* nearlyUsedUp(context: CheckContext): Iterable<Hit> {
  for (const used of usedUpTowards(context).slice(0, 5))
    yield {
      cause: 'port-exhaustion',
      // Without a complaint it may have been just short of running out.
      confidence: 0.45,
      proof: 'observed',
      subject: { kind: 'host', id: used.peer },
      title: `Our source ports towards ${used.peer} are nearly used up`,
      detail: `${saysUsed(used)}; no log of this evidence complains about it.`,
      against: ['nothing in this evidence failed to open a connection for lack of a port'],
      evidence: [used.evidence],
      impact: {},
      count: used.used,
      leg: used.peer,
      side: 'client',
      data: { host: used.peer, used: used.used, of: used.of },
    };
}

const saysUsed = ({ peer, used, of, stated }: UsedPorts): string =>
  `${used} of ${of} source ports (${stated ? 'the range of this host' : "Linux' usual range"}) are taken towards ${peer}`;
