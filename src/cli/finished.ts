/** The last step before anything finished is written: see report/last-scan.ts. What it finds is told on standard error. */
import { lastScan, type Scanned } from '../report/last-scan.ts';
import { counted } from '../wording.ts';
import { tell } from './tell.ts';

/** What the last step says: nothing for a clean document. */
export function scanNotice({ masked, dropped }: Scanned, what: string): string {
  const fault =
    masked === 0
      ? ''
      : `paymedic: ${counted(masked, 'card number or secret', 'card numbers or secrets')} masked in the finished ${what}; this is a fault of paymedic, please report it\n`;
  return dropped === 0
    ? fault
    : `${fault}paymedic: the last ${counted(dropped, 'character')} of the ${what} left out: too much to be searched for card numbers\n`;
}

/** @param what the document is, as a person would call it. @returns what may be written. */
export function finished(text: string, what: string, isJson = false): string {
  const scanned = lastScan(text, isJson);
  const notice = scanNotice(scanned, what);
  if (notice !== '') tell(notice);
  return scanned.text;
}
