/** Waivers of the working folder, for every command that gates. */
import { existsSync, readFileSync } from 'node:fs';
import { applyWaivers } from '../policy/apply.ts';
import type { WaiverFile } from '../policy/cover.ts';
import type { Report } from '../report/types.ts';
import { UserError } from './exit.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The waiver file: the one that was named, or paymedic.waivers.yaml where it exists.
 * @throws UserError when it cannot be read or holds a faulty entry: a waiver that is misread would hide a finding
 */
export async function waiversOf(named: string | undefined): Promise<WaiverFile | undefined> {
  const file = named ?? (existsSync('paymedic.waivers.yaml') ? 'paymedic.waivers.yaml' : undefined);
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`--waivers ${file}: ${(error as NodeJS.ErrnoException).code ?? 'cannot be read'}`, {
      next: 'name a file that paymedic waive wrote',
    });
  }
  if (text.length > MAX_BYTES) throw new UserError(`--waivers ${file}: larger than 4 MiB`);
  // The YAML reader is large and most runs have no waivers.
  const { readWaivers } = await import('../policy/waivers.ts');
  const read = readWaivers(text, file);
  const first = read.problems[0];
  if (first)
    throw new UserError(`${file}:${first.line}:${first.column}: ${first.says}`, {
      next: 'correct the waiver file; nothing is waived by an entry that is not valid',
    });
  return read;
}

/** The report with what is waived marked, and with findings about the waivers themselves (expired, expiring, unused). */
export function withWaivers(report: Report, file: WaiverFile | undefined): Report {
  if (!file) return report;
  const applied = applyWaivers(report.findings, file, Date.parse(report.incident.clock), 'triage');
  return { ...report, findings: applied.findings, ...(applied.waivers.length ? { waivers: applied.waivers } : {}) };
}
