import type { NetworkFlowFact } from '../../evidence/small-facts.ts';
import { least, most } from '../../lists.ts';
import { counted } from '../../wording.ts';
import { iso } from '../support.ts';
import { type Check, type CheckContext, defineCheck, type Hit } from '../types.ts';

/** Flows that were let through before, so that the service is one that was in use. */
const ACCEPTED_BEFORE = 20;
/** Flows that were not, and over how long: a rule was changed, no packet came late. */
const REJECTED = 10;
const MINUTES = 5;
/** Share of the flows meanwhile that were rejected. */
const SHARE = 0.9;
/** As many are let through meanwhile at most, of those before: else somebody is kept out, and the others pass. */
const STILL_PASS = 0.2;
/** Accepted flows in a row that end it. */
const BACK = 3;

const NOT_LET_THROUGH = /^(?:reject|den|drop|block)/i;
const LET_THROUGH = /^(?:accept|allow|permit|pass)/i;

interface Run {
  rejected: NetworkFlowFact[];
  /** Accepted while it lasted. */
  accepted: number;
  before: number;
  over: boolean;
}

/** The longest run of rejections after accepted flows to one service. @param flows in order of time. */
function longestRun(flows: readonly NetworkFlowFact[]): Run | undefined {
  let best: Run | undefined;
  let open: Run | undefined;
  let accepted = 0;
  let row = 0;
  const close = (over: boolean): void => {
    if (open && open.rejected.length > (best?.rejected.length ?? 0)) {
      // What was accepted at the end is no part of it.
      open.accepted -= Math.min(row, open.accepted);
      best = { ...open, over };
    }
    open = undefined;
  };
  for (const flow of flows) {
    if (NOT_LET_THROUGH.test(flow.action)) {
      open ??= { rejected: [], accepted: 0, before: accepted, over: false };
      open.rejected.push(flow);
      row = 0;
    } else {
      accepted++;
      row++;
      if (open) open.accepted++;
      if (row === BACK) close(true);
    }
  }
  close(false);
  return best;
}

const check: Check = defineCheck({
  meta: {
    id: 'network/flow-rejected',
    title: 'Flows rejected by a rule of the network',
    description:
      'Flow records show that the network let connections to a service through and then rejects nearly all of them for five minutes and more. Rejected flows to what never was in use (scanners), single ones (packets that come after the end of a connection) and sources blocked while others pass say nothing.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'net',
    proof: 'observed',
    needs: [],
    remedy:
      'Find the change of the security group, network access list or firewall at that time and take it back, or allow source, destination and port.',
    verification: { command: 'grep "$ADDRESS" flow.log | tail', expect: 'ACCEPT for all of them' },
    references: ['Amazon VPC user guide, flow log records (action)'],
  },
  *run(context: CheckContext): Iterable<Hit> {
    const services = new Map<string, NetworkFlowFact[]>();
    for (const flow of context.observations.facts.flows) {
      if (!Number.isFinite(flow.time) || !(NOT_LET_THROUGH.test(flow.action) || LET_THROUGH.test(flow.action)))
        continue;
      const service = `${flow.destination}:${flow.port}`;
      const known = services.get(service);
      if (known) known.push(flow);
      else services.set(service, [flow]);
    }
    for (const [service, flows] of services) {
      if (flows.length < ACCEPTED_BEFORE + REJECTED) continue;
      flows.sort((a, b) => a.time - b.time);
      const run = longestRun(flows);
      if (!run || run.before < ACCEPTED_BEFORE || run.rejected.length < REJECTED) continue;
      const share = run.rejected.length / (run.rejected.length + run.accepted);
      const first = least(run.rejected.map(({ time }) => time));
      const last = most(run.rejected.map(({ time }) => time));
      const minutes = (last - first) / 60_000;
      const minutesBefore = (first - flows[0]!.time) / 60_000;
      const passed = run.accepted / minutes / (run.before / minutesBefore);
      if (share < SHARE || minutes < MINUTES || passed > STILL_PASS) continue;
      const { destination, port } = run.rejected[0]!;
      const outward = !context.graph.endpoints.isInternal(destination);
      yield {
        cause: 'connection-dropped',
        confidence: 0.8,
        subject: { kind: 'address', id: destination, label: service },
        title: `The network rejects the connections to ${service}`,
        detail: `${counted(run.before, 'flow')} to it ${run.before === 1 ? 'was' : 'were'} accepted before ${iso(first)}; from then on ${run.rejected.length} of ${run.rejected.length + run.accepted} were rejected${run.over ? `, until ${iso(last)}` : ' to the end of the record'}. A rule of ${outward ? 'the way out' : 'the network before it'} does so: the packets do not arrive.`,
        evidence: [...run.rejected.slice(0, 3), ...run.rejected.slice(-1)].map((flow) => ({
          file: flow.file,
          line: flow.line,
          text: `${flow.source} ${flow.destination}:${flow.port} ${flow.action}`,
          time: iso(flow.time),
        })),
        impact: {
          failingShare: share,
          attempts: run.rejected.length + run.accepted,
          ongoing: !run.over,
          minutes: Math.round(minutes),
        },
        count: run.rejected.length,
        first,
        last,
        side: 'between',
        owner: 'net',
        data: { destination, port, sources: new Set(run.rejected.map(({ source }) => source)).size },
      };
    }
  },
});

export default check;
