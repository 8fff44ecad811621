/**
 * What goes to standard output beside finished reports. Everything that a command says passes here or through `writeReports`, so
 * that no word of evidence, of a file's name or of an argument shows a card number or a secret (test/architecture.test.ts).
 */
import { lastScan } from '../report/last-scan.ts';
import { maskCardNumbers } from '../report/mask-cards.ts';
import { inertLines } from '../report/safe-text.ts';
import { counted } from '../wording.ts';
import { tell } from './tell.ts';

/**
 * Masks what must not be shown, makes visible what would act on a terminal, and writes the rest; what was masked is told on standard error.
 * @param isJson whether it must stay JSON.
 */
export function say(text: string, isJson = false): void {
  const scanned = lastScan(text, isJson);
  // Names of files and tables are words with digits, which no search of logs takes for a card.
  const masked = isJson ? scanned.text : scanned.text.split('\n').map(maskCardNumbers).join('\n');
  process.stdout.write(inertLines(masked, isJson));
  if (scanned.masked > 0)
    tell(
      `paymedic: ${counted(scanned.masked, 'card number or secret', 'card numbers or secrets')} masked in the output\n`,
    );
  if (scanned.dropped > 0)
    tell(
      `paymedic: the last ${counted(scanned.dropped, 'character')} left out: too much to be searched for card numbers\n`,
    );
}
