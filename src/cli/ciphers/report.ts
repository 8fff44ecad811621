/** The report of `paymedic ciphers`: findings, endpoints and the inventory that PCI DSS 12.3.3 asks for. */

import type { Finding, Json, NotChecked, Priority } from '../../finding.ts';
import type { InventoryProtocol, Report, Waiver } from '../../report/types.ts';
import { counted } from '../../wording.ts';
import { VERSION } from '../version.ts';

const RANK: Readonly<Record<Priority, number>> = { urgent: 3, important: 2, routine: 1 };

export interface ReportInput {
  clock: number;
  clockSource: string;
  inputs: string[];
  findings: Finding[];
  waivers: Waiver[];
  gating: Finding[];
  notChecked: NotChecked[];
  endpoints: Json[];
  known: number;
  incomplete: boolean;
  policies: string[];
}

/** Builds the report; findings are sorted by priority, then by id and subject, so that two runs give the same document. */
export function buildReport(input: ReportInput): Report {
  const findings = [...input.findings].sort(
    (a, b) => RANK[b.priority] - RANK[a.priority] || compare(a.fingerprint, b.fingerprint),
  );
  const worst = [...input.gating].sort((a, b) => RANK[b.priority] - RANK[a.priority])[0];
  const clock = new Date(input.clock).toISOString();
  const connections = input.endpoints.reduce<number>(
    (sum, e) => sum + (((e as { connections?: number }).connections as number) ?? 0),
    0,
  );
  return {
    schemaVersion: 1,
    tool: { name: 'paymedic', version: VERSION },
    generated: clock,
    incident: { clock, clockSource: input.clockSource, legs: [], inputs: input.inputs },
    summary: {
      verdict: verdict(input, worst),
      priority: worst?.priority ?? 'none',
      ...(!worst &&
      (input.endpoints.length > 0 || input.incomplete) &&
      input.endpoints.every((e) => (e as { error?: string }).error !== undefined)
        ? { judged: false }
        : {}),
      because: worst
        ? `${worst.priority} because ${worst.title}`
        : input.incomplete
          ? 'nothing was found, but not everything could be checked'
          : `everything that was checked meets ${input.policies.join(', ')}`,
      ...(worst ? { owner: worst.owner } : {}),
      nextStep: worst?.remedy ?? input.notChecked[0]?.wouldShow ?? 'none',
      counts: {
        endpoints: input.endpoints.length,
        connections,
        urgent: input.gating.filter((f) => f.priority === 'urgent').length,
        important: input.gating.filter((f) => f.priority === 'important').length,
        routine: input.gating.filter((f) => f.priority === 'routine').length,
        waived: input.waivers.length,
        known: input.known,
      },
    },
    diagnosis: [],
    findings,
    timeline: [],
    notChecked: input.notChecked,
    evidence: [],
    clocks: [],
    series: [],
    ...(input.waivers.length > 0 ? { waivers: input.waivers } : {}),
    inventory: { certificates: [], protocols: inventory(input.endpoints) },
    endpoints: input.endpoints,
  };
}

function verdict(input: ReportInput, worst: Finding | undefined): string {
  const where = input.endpoints.length === 1 ? 'one endpoint' : `${counted(input.endpoints.length, 'endpoint')}`;
  const part = input.incomplete ? ' Not everything could be checked.' : '';
  const unreachable = (input.endpoints as { error?: string; target?: string }[]).filter((e) => e.error !== undefined);
  if (!worst && unreachable.length > 0)
    return `Not judged: ${unreachable.map((e) => `${e.target} (${e.error})`).join(', ')}.`;
  if (!worst && input.endpoints.length === 0 && input.incomplete)
    return 'Not judged: nothing that was named is a server configuration that could be read.';
  if (!worst) return `No finding against ${input.policies.join(', ')} on ${where}.${part}`;
  const more = input.gating.length > 1 ? ` and ${input.gating.length - 1} more` : '';
  return `${worst.title}${more} (${input.policies.join(', ')}).${part}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface EndpointRow {
  target: string;
  state: 'offered' | 'configured';
  protocols: string[];
  suites: { name: string; code: string; protocol: string }[];
  groups: { name: string; protocol: string }[];
}

function inventory(endpoints: Json[]): InventoryProtocol[] {
  return (endpoints as unknown as EndpointRow[]).flatMap((e) =>
    e.protocols.map((protocol) => ({
      location: e.target,
      state: e.state,
      protocol,
      suites: e.suites.filter((s) => s.protocol === protocol).map((s) => ({ name: s.name, code: Number(s.code) })),
      groups: e.groups.filter((g) => g.protocol === protocol).map((g) => g.name),
    })),
  );
}
