/** From an audit to the report model. */
import type { EvidenceItem } from '../../evidence/types.ts';
import type { Finding, Json, NotChecked, Priority } from '../../finding.ts';
import { isoTime } from '../../instant.ts';
import type { InventoryCertificate, Report, TimelineEntry, Waiver } from '../../report/types.ts';
import type { AuditResult } from '../../x509/audit/index.ts';
import { inventoryEntry } from '../../x509/inventory-entry.ts';
import { VERSION } from '../version.ts';
import type { LiveAnswer } from './live.ts';

export interface ReportInput {
  clock: number;
  clockSource: string;
  inputs: string[];
  audit: AuditResult;
  findings: Finding[];
  gating: Finding[];
  waivers: Waiver[];
  notChecked: NotChecked[];
  evidence: EvidenceItem[];
  answers: LiveAnswer[];
  timeline: TimelineEntry[];
  known: number;
  skipped: number;
  incomplete: number;
}

const RANK: { readonly [p in Priority]: number } = { urgent: 3, important: 2, routine: 1 };
const iso = (time: number): string => isoTime(time, '');

export function buildReport(input: ReportInput): Report {
  const ranked = [...input.findings].sort(
    (a, b) =>
      RANK[b.priority] - RANK[a.priority] ||
      (a.impact.daysLeft ?? 1e9) - (b.impact.daysLeft ?? 1e9) ||
      (a.fingerprint < b.fingerprint ? -1 : 1),
  );
  const gates = new Set(input.gating);
  const gating = ranked.filter((f) => gates.has(f));
  const worst = gating[0];
  const count = input.audit.certificates.length;
  return {
    schemaVersion: 1,
    tool: { name: 'paymedic', version: VERSION },
    generated: iso(input.clock),
    incident: { clock: iso(input.clock), clockSource: input.clockSource, legs: [], inputs: input.inputs },
    summary: {
      verdict: verdict(worst, gating.length, count, input.incomplete),
      priority: worst?.priority ?? 'none',
      ...(!worst && count === 0 && input.incomplete > 0 ? { judged: false } : {}),
      because: worst ? `${worst.priority} because ${worst.title}` : 'nothing to do',
      ...(worst ? { owner: worst.owner } : {}),
      nextStep: worst ? worst.remedy : input.incomplete ? 'make the named inputs readable and run again' : 'nothing',
      counts: {
        certificates: count,
        keys: input.audit.certificates.length
          ? new Set(input.audit.certificates.map((c) => c.certificate.spkiSha256)).size
          : 0,
        files: input.evidence.filter((e) => e.kind !== 'endpoint').length,
        endpoints: input.answers.length,
        findings: input.findings.length,
        known: input.known,
        skippedFiles: input.skipped,
        unjudged: input.incomplete,
      },
    },
    diagnosis: [],
    findings: ranked,
    timeline: input.timeline,
    notChecked: input.notChecked,
    evidence: input.evidence,
    clocks: [],
    series: [],
    waivers: input.waivers,
    inventory: { certificates: input.audit.certificates.map(entryOf), protocols: [] },
    certificates: input.audit.certificates.map((c): Json => ({ ...inventoryJson(c), leaf: c.leaf })),
    endpoints: input.answers.map(endpointJson),
  };
}

function verdict(worst: Finding | undefined, gating: number, certificates: number, incomplete: number): string {
  const missing = incomplete > 0 ? ` ${incomplete} input${incomplete === 1 ? '' : 's'} could not be judged.` : '';
  if (!worst) return `${certificates} certificate${certificates === 1 ? '' : 's'} checked, nothing to do.${missing}`;
  const more = gating > 1 ? ` and ${gating - 1} more finding${gating === 2 ? '' : 's'}` : '';
  return `${worst.title}${more}; ${certificates} certificate${certificates === 1 ? '' : 's'} checked.${missing}`;
}

const entryOf = ({ certificate, places, issuedBy }: AuditResult['certificates'][number]): InventoryCertificate =>
  inventoryEntry(certificate, places, issuedBy);

function inventoryJson(entry: AuditResult['certificates'][number]): { [key: string]: Json } {
  const { usage, issuedBy, ...rest } = entryOf(entry);
  return {
    ...rest,
    ...(usage ? { extendedKeyUsage: usage } : {}),
    ...(issuedBy ? { issuedBy } : {}),
    ...(entry.certificate.keyUsage ? { keyUsage: entry.certificate.keyUsage } : {}),
    defects: entry.certificate.defects.map((d) => ({ offset: d.offset, rule: d.rule, says: d.says })),
  };
}

function endpointJson(answer: LiveAnswer): Json {
  return {
    place: answer.place,
    host: answer.target.host,
    port: answer.target.port,
    ok: answer.sighting !== undefined,
    ...(answer.target.owner ? { owner: answer.target.owner } : {}),
    ...(answer.target.link ? { link: answer.target.link } : {}),
    ...(answer.failure ? { failure: answer.failure.kind, says: answer.failure.says } : {}),
    ...(answer.version ? { version: answer.version } : {}),
    clientCertificateRequested: answer.clientCertificateRequested === true,
    ...(answer.clientAccepted ? { clientCertificateAccepted: answer.clientAccepted.ok } : {}),
    stapled: answer.stapled === true,
    chain: answer.sighting?.observation.certificates.map((c) => c.sha256) ?? [],
  };
}
