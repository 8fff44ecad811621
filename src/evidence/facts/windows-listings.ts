/** Listings of Windows: `dir` of cmd and `Get-ChildItem` of PowerShell. */
import type { FileFact } from '../small-facts.ts';
import { type FactContext, type FactText, factTime } from './context.ts';

const DATE = String.raw`(\d{1,2}\/\d{1,2}\/\d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}[-/]\d{1,2}[-/]\d{1,2})`;
const CLOCK = String.raw`(\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?)`;
/** `-a----        11/22/2026   8:05 AM           1822 gateway.pem` */
export const POWERSHELL = new RegExp(String.raw`^([-dlarhs]{5,6}) +${DATE} +${CLOCK} +(\d*) +(\S.*)$`);
/** `11/22/2026  08:05 AM             1,822 gateway.pem` */
export const CMD = new RegExp(String.raw`^${DATE} +${CLOCK} +(<DIR>|<JUNCTION>|[\d.,]+) +(\S.*)$`);
/** The folder of what follows, in the languages of Windows. */
export const FOLDER =
  /^\s*(?:Directory|Verzeichnis|Répertoire|Directorio|Diretório|目录|ディレクトリ)(?: (?:of|von|de))?:? ([A-Za-z]:\\.*?|\\\\.*?)(?: 的目录| のディレクトリ)?\s*$/;

/** Files of a listing; folders are left out of `dir`, whose dots name no file. */
export function readWindowsListing(file: FactText, context: FactContext): FileFact[] {
  const facts: FileFact[] = [];
  let folder = '';
  for (const { line, text } of file.lines) {
    const heading = FOLDER.exec(text);
    if (heading) folder = heading[1]!.replace(/\\$/, '');
    const shell = POWERSHELL.exec(text);
    const cmd = shell ? null : CMD.exec(text);
    const [mode, date, clock, size, name] = shell
      ? [shell[1]!, shell[2]!, shell[3]!, shell[4]!, shell[5]!]
      : ['', cmd?.[1] ?? '', cmd?.[2] ?? '', cmd?.[3] ?? '', cmd?.[4] ?? ''];
    if (name === '' || size.startsWith('<')) continue;
    facts.push({
      file: file.file,
      line,
      mode,
      owner: '',
      size: size === '' ? Number.NaN : Number(size.replace(/[.,]/g, '')),
      modified: factTime(`${date} ${clock}`, context)?.time ?? Number.NaN,
      path: folder === '' ? name.trim() : `${folder}\\${name.trim()}`,
    });
  }
  return facts;
}
