/** What goes to standard error: names of files and words of evidence are made safe there as in every report. */
import { safeText } from '../report/safe-text.ts';

/** @param text lines, each ended by a line feed. */
export function tell(text: string): void {
  const safe = text.split('\n').map((line) => safeText(line));
  process.stderr.write(safe.join('\n'));
}
