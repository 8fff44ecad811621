/** Reading report files for the commands that work on saved reports. */
import { readFileSync, statSync } from 'node:fs';
import { MAX_REPORT_BYTES, readReport } from '../../report/read.ts';
import { sanitizeReport } from '../../report/sanitize.ts';
import type { Report } from '../../report/types.ts';
import { EXIT, UserError } from '../exit.ts';

/** `-` is standard input. @throws UserError saying what is wrong and where. */
export function loadReport(file: string): Report {
  let text: string;
  try {
    if (file !== '-' && statSync(file).size > MAX_REPORT_BYTES)
      throw new UserError(`${file}: larger than 256 MiB`, { exitCode: EXIT.incomplete });
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      exitCode: EXIT.incomplete,
      next: 'name a file that paymedic wrote with --format json',
    });
  }
  const result = readReport(text);
  if ('report' in result) return sanitizeReport(result.report);
  throw new UserError(
    `${file} is no paymedic report (schemaVersion 1):\n  ${result.problems.slice(0, 5).join('\n  ')}`,
    { exitCode: EXIT.incomplete, next: 'write one with: paymedic triage EVIDENCE --format json=report.json' },
  );
}
