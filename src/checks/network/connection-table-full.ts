import { symptomHits } from '../_symptom-rule.ts';
import { orElse } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';

const UNDATED = 'when it was full is not known';

export default defineCheck({
  meta: {
    id: 'network/connection-table-full',
    title: 'Connection table of a host full',
    description: 'The kernel tracks as many connections as it may and drops the packets of new ones.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy:
      'Raise net.netfilter.nf_conntrack_max and the number of buckets to the load, shorten the time-outs of closed connections, and find what opens so many.',
    verification: {
      command: 'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max',
      expect: 'the count below half of the maximum',
    },
    references: ['Linux kernel documentation, networking/nf_conntrack-sysctl'],
  },
  *run(context) {
    const said = symptomHits(context, {
      cause: 'connection-dropped',
      events: ['net.connection-table-full'],
      // The kernel says it a few times a second at most, however many packets it drops.
      filter: { any: true },
      confidence: 0.8,
      *join(_c, _symptoms, _handshakes, onset) {
        if (!Number.isFinite(onset)) yield { confidence: 0.45, against: UNDATED };
      },
      title: ({ nodes }) =>
        `The connection table of ${nodes.slice(0, 2).join(', ') || 'a host of ours'} is full, and new connections are dropped`,
      side: 'between',
    });
    yield* orElse(said, () => orElse(sinceBoot(context), () => fullAtOnce(context)));
  },
});

/** The kernel's ring buffer counts seconds since the boot: that it was full is certain, not when. */
function* sinceBoot({ observations: { facts } }: CheckContext): Iterable<Hit> {
  const said = (facts.gauges ?? []).filter(({ what }) => what === 'connection-table-full');
  const [first] = said;
  if (!first) return;
  yield {
    cause: 'connection-dropped',
    confidence: 0.45,
    subject: { kind: 'file', id: first.file },
    title: 'The connection table of a host was full at some time since its boot',
    detail: first.text.startsWith('cpu=')
      ? 'Entries had to go for new ones, as the counters of conntrack(8) say, which count since the boot.'
      : `The kernel says it ${said.length} times; its lines name seconds since the boot, which nothing ties to a time of day. Print it with dmesg -T, or journalctl -k.`,
    against: [UNDATED],
    evidence: said.slice(0, 3).map(({ file, line, text }) => ({ file, line, text })),
    impact: {},
    count: said.length,
    side: 'between',
  };
}

/** Part of the table from which new connections hardly find a place. */
const NO_ROOM = 0.99;

/** Count and maximum of one machine as sysctl printed them, at a moment that it does not name. */
function* fullAtOnce({ observations: { facts } }: CheckContext): Iterable<Hit> {
  for (const count of facts.kernel ?? []) {
    if (count.key !== 'net.netfilter.nf_conntrack_count') continue;
    const most = facts.kernel!.find(({ file, key }) => file === count.file && key === 'net.netfilter.nf_conntrack_max');
    if (!most || !(Number(most.value) > 0) || !(Number(count.value) >= Number(most.value) * NO_ROOM)) continue;
    yield {
      cause: 'connection-dropped',
      confidence: 0.45,
      proof: 'observed',
      subject: { kind: 'file', id: count.file },
      title: `The connection table of a host holds ${count.value} of ${most.value} connections`,
      detail: 'When that was, the output does not say; the kernel drops packets of new connections while it lasts.',
      against: [UNDATED],
      evidence: [count, most].map(({ file, line, key, value }) => ({ file, line, text: `${key} = ${value}` })),
      impact: {},
      count: 1,
      side: 'between',
    };
    return;
  }
}
