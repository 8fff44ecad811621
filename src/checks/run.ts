/** Runs checks over the observations and turns hits into findings. Pure. */
import { createHash } from 'node:crypto';
import type { Finding, NotChecked, Subject } from '../finding.ts';
import type { Observations } from '../graph/observations.ts';
import type { EvidenceGraph } from '../graph/types.ts';
import { isInstant, isoTime } from '../instant.ts';
import { DEFAULT_THRESHOLDS, decidePriority } from './priority.ts';
import type { Check, Hit, Thresholds } from './types.ts';

export interface CheckResult {
  findings: Finding[];
  notChecked: NotChecked[];
  /** Check ids that ran, for the report's counts. */
  ran: string[];
}

/** Stable over runs: the check and its subject; never a date, a line number or a message. */
export function fingerprint(checkId: string, subject: Subject): string {
  return createHash('sha256').update(`${checkId}\n${subject.kind}\n${subject.id}`).digest('hex').slice(0, 32);
}

const EMPTY: { [K in keyof Observations]?: (o: Observations) => boolean } = {
  logs: (o) => o.logs.sources.length === 0,
  transactions: (o) => o.transactions.tables.length === 0,
  certificates: (o) => o.certificates.length === 0 && !o.handshakes.some((h) => h.serverCertificates?.length),
  configurations: (o) => o.configurations.length === 0,
  handshakes: (o) => o.handshakes.length === 0,
  messages: (o) => o.messages.length === 0,
};

const SHOWN_BY: { [name: string]: string } = {
  logs: 'server, proxy or application logs of the incident window',
  transactions: 'the transaction table (time, route, merchant, response code)',
  certificates: 'the certificate files as served, or openssl s_client -showcerts output',
  configurations: 'the server configuration (nginx -T, haproxy.cfg)',
  handshakes: 'a packet capture of the failing leg (tcpdump -w, full packets)',
  messages: 'the signed message as received, byte for byte',
};

/** Runs every check whose inputs are there; a check that throws is reported, never lost. */
export function runChecks(
  checks: readonly Check[],
  observations: Observations,
  graph: EvidenceGraph,
  thresholds: Thresholds = {},
): CheckResult {
  const findings: Finding[] = [];
  const notChecked: NotChecked[] = [];
  const missing = new Map<string, number>();
  const ran: string[] = [];
  const limits = { ...DEFAULT_THRESHOLDS, ...thresholds };
  for (const check of checks) {
    const lacking = check.meta.needs.filter((n) => EMPTY[n]?.(observations));
    if (lacking.length) {
      for (const n of lacking) missing.set(n, (missing.get(n) ?? 0) + 1);
      continue;
    }
    ran.push(check.meta.id);
    try {
      const context = {
        observations,
        graph,
        thresholds: limits,
        notChecked: (entry: NotChecked): void => void notChecked.push(entry),
      };
      for (const hit of check.run(context)) findings.push(toFinding(check, hit, limits));
    } catch (error) {
      notChecked.push({
        what: check.meta.title,
        why: `the check ${check.meta.id} failed: ${error instanceof Error ? error.message : String(error)}`,
        wouldShow: 'a bug report with this evidence',
      });
    }
  }
  for (const [name, count] of missing) {
    notChecked.push({
      what: `${count} ${count === 1 ? 'check that needs' : 'checks that need'} ${name}`,
      why: `the evidence holds no ${name}`,
      wouldShow: SHOWN_BY[name] ?? name,
    });
  }
  return { findings: merge(findings), notChecked, ran };
}

const iso = (t: number | undefined): string | undefined => (isInstant(t) ? isoTime(t) : undefined);

function toFinding(check: Check, hit: Hit, limits: Thresholds): Finding {
  const { meta } = check;
  const decision = decidePriority(hit.impact, meta.basePriority, limits);
  const first = iso(hit.first);
  const last = iso(hit.last);
  return {
    id: meta.id,
    fingerprint: fingerprint(meta.id, hit.subject),
    priority: decision.priority,
    class: meta.class,
    ...(hit.leg ? { leg: hit.leg } : {}),
    ...(hit.side ? { side: hit.side } : {}),
    subject: hit.subject,
    title: hit.title,
    detail: hit.detail,
    evidence: hit.evidence.slice(0, 40),
    ...(first ? { firstSeen: first } : {}),
    ...(last ? { lastSeen: last } : {}),
    count: hit.count ?? hit.evidence.length,
    ...(hit.impact.failingShare !== undefined ? { affectedShare: hit.impact.failingShare } : {}),
    impact: hit.impact,
    proof: hit.proof ?? meta.proof,
    ...(hit.cause ? { cause: hit.cause } : {}),
    // What no payment felt is worth knowing, but it is not the cause of an incident.
    ...(hit.confidence !== undefined
      ? { confidence: hit.impact.unfelt ? Math.min(0.3, hit.confidence) : hit.confidence }
      : {}),
    ...(hit.against?.length ? { against: hit.against } : {}),
    owner: hit.owner ?? meta.owner,
    remedy: hit.remedy ?? meta.remedy,
    verification: hit.verification ?? meta.verification,
    references: meta.references,
    data: { ...(hit.data ?? {}), priorityBecause: decision.because },
  };
}

/** Hits of one check about one subject become one finding. */
function merge(findings: Finding[]): Finding[] {
  const byPrint = new Map<string, Finding>();
  for (const f of findings) {
    const known = byPrint.get(f.fingerprint);
    if (!known) {
      byPrint.set(f.fingerprint, f);
      continue;
    }
    known.count += f.count;
    known.evidence = [...known.evidence, ...f.evidence].slice(0, 40);
    if (f.firstSeen && (!known.firstSeen || f.firstSeen < known.firstSeen)) known.firstSeen = f.firstSeen;
    if (f.lastSeen && (!known.lastSeen || f.lastSeen > known.lastSeen)) known.lastSeen = f.lastSeen;
  }
  return [...byPrint.values()];
}
