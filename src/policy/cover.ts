/** What a waiver is and which findings it speaks of. Apart from the reader, so that a run without waivers loads no YAML. */
import type { Finding } from '../finding.ts';

/** The five elements of a Risk Mitigation and Migration Plan (PCI DSS 4.0.1, Appendix A2, requirement A2.1.2). */
export const PCI_A2_FIELDS = ['usage', 'risk', 'monitoring', 'change_control', 'migration'] as const;
export type PciA2 = { [field in (typeof PCI_A2_FIELDS)[number]]: string };

export interface WaiverEntry {
  /** Check id, `*` allowed at the end. */
  finding: string;
  /** Subject id as the finding has it, `*` allowed at the end. */
  subject: string;
  /** Values the finding's data must hold. */
  match: { [name: string]: string };
  owner: string;
  approvedBy: string;
  reason: string;
  ticket?: string;
  /** ms UTC: the end of the day named. */
  expires: number;
  expiresText: string;
  pciA2?: PciA2;
  line: number;
}

export interface WaiverProblem {
  line: number;
  column: number;
  says: string;
}

export interface WaiverFile {
  file: string;
  entries: WaiverEntry[];
  /** Entries that are not valid waivers; they waive nothing. */
  problems: WaiverProblem[];
}

/** Whether an entry speaks of a finding, whatever its dates say. */
export function waiverCovers(entry: WaiverEntry, finding: Finding): boolean {
  if (!fits(entry.finding, finding.id) || !fits(entry.subject, finding.subject.id)) return false;
  return Object.entries(entry.match).every(([name, value]) => String(finding.data?.[name] ?? '') === value);
}

/** Equality, or a prefix when the pattern ends in `*`. A lone `*` is refused for findings by the reader of gates. */
function fits(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
}
