/** Puts waivers and a baseline over the findings of a run: what counts for the gate, what is waived, what the waivers themselves are worth. */
import type { Finding, Priority } from '../finding.ts';
import type { Waiver } from '../report/types.ts';
import { type WaiverEntry, type WaiverFile, waiverCovers } from './cover.ts';

/** Waivers that end within this are announced. */
const EXPIRING_DAYS = 30;
const DAY = 86_400_000;

/** The commands whose findings can be waived. */
export type Audit = 'certs' | 'ciphers' | 'triage';

/** Which command has findings of this id. */
function auditOf(finding: string): Audit {
  if (finding.startsWith('ciphers/')) return 'ciphers';
  return /^(?:certificate|key|revocation-list)\//.test(finding) ? 'certs' : 'triage';
}

export interface Applied {
  /** Everything, waived findings and findings about waivers included. */
  findings: Finding[];
  /** For the report: one per waived finding. */
  waivers: Waiver[];
  /** What the gate looks at: neither waived nor known from the baseline. */
  gating: Finding[];
}

/**
 * Applies waivers at the given clock (ms UTC).
 * With `audit`, waivers for findings of other audits are left alone.
 * A finding whose data says `pciA2: true` is waived only by an entry with the five elements of PCI DSS A2.1.2.
 */
export function applyWaivers(
  findings: readonly Finding[],
  file: WaiverFile | undefined,
  clock: number,
  audit?: Audit,
): Applied {
  if (!file) return { findings: [...findings], waivers: [], gating: [...findings] };
  const used = new Set<WaiverEntry>();
  const waivers: Waiver[] = [];
  const gating: Finding[] = [];
  const about: Finding[] = [];
  for (const finding of findings) {
    const covering = file.entries.filter((e) => waiverCovers(e, finding));
    for (const entry of covering) used.add(entry);
    const sufficient = covering.filter((e) => finding.data?.pciA2 !== true || e.pciA2 !== undefined);
    const valid = sufficient.find((e) => e.expires >= clock);
    if (valid) {
      waivers.push({
        fingerprint: finding.fingerprint,
        reason: valid.reason,
        owner: valid.owner,
        expires: new Date(valid.expires).toISOString(),
      });
      continue;
    }
    gating.push(finding);
    const poor = covering.find((e) => e.expires >= clock);
    if (poor)
      about.push(
        waiverFinding(
          'policy/waiver-insufficient',
          file,
          poor,
          'important',
          `The waiver for ${poor.finding} lacks the plan that PCI DSS asks for`,
          `SSL and early TLS may only stay with the five elements of requirement A2.1.2; the waiver has no pci_a2 group, so ${finding.id} on ${finding.subject.id} is not waived.`,
          'add pci_a2 with usage, risk, monitoring, change_control and migration',
          ['PCI DSS 4.0.1 A2.1.2'],
        ),
      );
  }
  for (const entry of file.entries) {
    // One file serves every command: what this one does not judge, it cannot call unused.
    if (audit && !used.has(entry) && auditOf(entry.finding) !== audit) continue;
    if (entry.expires < clock) {
      about.push(
        waiverFinding(
          'policy/waiver-expired',
          file,
          entry,
          'important',
          `The waiver for ${entry.finding} on ${entry.subject} expired on ${entry.expiresText}`,
          `It was given by ${entry.approvedBy}: ${entry.reason}`,
          'fix what it covers, or have it approved again with a new date',
        ),
      );
    } else if (!used.has(entry)) {
      about.push(
        waiverFinding(
          'policy/waiver-unused',
          file,
          entry,
          'routine',
          `The waiver for ${entry.finding} on ${entry.subject} matches nothing`,
          'What it covered is gone or named otherwise.',
          'remove it',
        ),
      );
    } else if (entry.expires - clock < EXPIRING_DAYS * DAY) {
      about.push(
        waiverFinding(
          'policy/waiver-expiring',
          file,
          entry,
          'routine',
          `The waiver for ${entry.finding} on ${entry.subject} ends on ${entry.expiresText}`,
          `${Math.ceil((entry.expires - clock) / DAY)} days are left.`,
          'plan the fix, or have it approved again',
        ),
      );
    }
  }
  return { findings: [...findings, ...about], waivers, gating: [...gating, ...about] };
}

function waiverFinding(
  id: string,
  file: WaiverFile,
  entry: WaiverEntry,
  priority: Priority,
  title: string,
  detail: string,
  remedy: string,
  references: string[] = [],
): Finding {
  const subject = `${entry.finding}@${entry.subject}`;
  return {
    id,
    fingerprint: `${id}:${subject}`,
    priority,
    class: 'configuration',
    subject: { kind: 'configuration', id: subject, label: `waiver ${subject}` },
    title,
    detail,
    evidence: [{ file: file.file, line: entry.line, text: `expires: ${entry.expiresText}` }],
    count: 1,
    impact: {},
    proof: 'structural',
    owner: 'sec',
    remedy,
    verification: {
      command: `grep -n "${entry.finding}" ${file.file}`,
      expect: 'the entry is gone or carries a date in the future',
    },
    references,
  };
}

/** Fingerprints of an earlier run; with the items (`data.items`) a finding listed then, so that one more item counts as new. */
export type Baseline = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/**
 * Reads a baseline: an earlier `--format json` report.
 * @returns a sentence when it is none
 */
export function readBaseline(text: string): Baseline | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  const findings = (value as { findings?: unknown } | null)?.findings;
  if (!Array.isArray(findings)) return 'no "findings" in it; a baseline is a report written with --format json=FILE';
  const baseline = new Map<string, ReadonlySet<string> | undefined>();
  for (const entry of findings as { fingerprint?: unknown; data?: { items?: unknown } }[]) {
    if (typeof entry?.fingerprint === 'string') baseline.set(entry.fingerprint, itemsOf(entry.data?.items));
  }
  return baseline;
}

function itemsOf(value: unknown): ReadonlySet<string> | undefined {
  return Array.isArray(value) ? new Set(value.map(String)) : undefined;
}

/** Splits findings by whether the baseline knew them; `gone` are fingerprints it had and this run has not. */
export function compareWithBaseline(
  findings: readonly Finding[],
  baseline: Baseline,
): { fresh: Finding[]; known: Finding[]; gone: string[] } {
  const now = new Set(findings.map((f) => f.fingerprint));
  const isKnown = (f: Finding): boolean => {
    if (!baseline.has(f.fingerprint)) return false;
    const before = baseline.get(f.fingerprint);
    const items = itemsOf(f.data?.items);
    return before === undefined || items === undefined || [...items].every((i) => before.has(i));
  };
  return {
    fresh: findings.filter((f) => !isKnown(f)),
    known: findings.filter(isKnown),
    gone: [...baseline.keys()].filter((f) => !now.has(f)),
  };
}

const RANK: Readonly<Record<Priority, number>> = { routine: 1, important: 2, urgent: 3 };

/** Whether any finding stands at or above the threshold. */
export function gateFails(gating: readonly Finding[], failOn: Priority | 'never'): boolean {
  return failOn !== 'never' && gating.some((f) => RANK[f.priority] >= RANK[failOn]);
}
