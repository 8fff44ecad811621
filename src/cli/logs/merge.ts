/** Adds up what several runs of `paymedic logs --partial` wrote. */
import { readFileSync, writeFileSync } from 'node:fs';
import { mergePartials, PartialError, partialOf, readPartial } from '../../logs/partial.ts';
import { type LogSummary, summarise } from '../../logs/summary.ts';
import type { LogObservations } from '../../logs/types.ts';
import { safeText } from '../../report/safe-text.ts';
import { emptyLogs } from '../../triage/empty.ts';
import { UserError } from '../exit.ts';

/** @throws UserError when the file cannot be written. */
export function writePartial(logs: LogObservations, file: string): void {
  try {
    // It travels: no card number, secret or control character leaves in a sample of text.
    const masked = (_: string, value: unknown): unknown => (typeof value === 'string' ? safeText(value) : value);
    writeFileSync(file, `${JSON.stringify(partialOf(logs), masked)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new UserError(`--partial ${file}: ${(error as NodeJS.ErrnoException).code}`, {
      next: 'name a file that can be written',
    });
  }
}

/** @throws UserError for a file that cannot be read or is no partial. */
export function mergeFiles(files: readonly string[]): LogSummary {
  const parts = files.map((file) => {
    try {
      return readPartial(readFileSync(file, 'utf8'));
    } catch (error) {
      const why =
        error instanceof PartialError ? error.message : ((error as NodeJS.ErrnoException).code ?? 'cannot be read');
      throw new UserError(`${file} ${why}`, { next: 'write it with: paymedic logs FILES --partial FILE' });
    }
  });
  return summarise(mergePartials(parts, emptyLogs()));
}
