/** Lists drawn as trees and lists of archives: `tree -pug`, `unzip -l`, `pstree -ap`, `npm ls`. */
import type { FileFact, ProcessFact, VersionFact } from '../small-facts.ts';
import { type FactContext, type FactText, factTime } from './context.ts';

/** What tree(1) and its kin draw before an entry, in UTF-8 and in ASCII; four columns a level. */
const BRANCH = /^((?:[\u2502|][\u00a0 ]{2} | {4})*)[\u251c\u2514|`+\\](?:\u2500\u2500|--|\u2500) ?/;

/** How deep an entry stands and what it says; the root has no branch. */
function entryOf(text: string): { depth: number; said: string } {
  const branch = BRANCH.exec(text);
  return branch ? { depth: branch[1]!.length / 4 + 1, said: text.slice(branch[0].length) } : { depth: 0, said: text };
}

/** `[drwxr-xr-x root     root     4096 2026-11-10 09:00]  name`: mode, user, group, and with -s and -D size and time. */
const TREE_ENTRY =
  /^\[([-dlbcps][rwxsStT-]{9})(?: +([\w.$-]{1,64}))?(?: +([\w.$-]{1,64}))?(?: +(\d{1,15}))?(?: +([A-Z][a-z]{2} +\d{1,2} +(?:\d\d:\d\d|\d{4})|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?))?\s*\]\s+(\S.{0,400})$/;

export const isTreeListing = (lines: readonly string[]): boolean => {
  const entries = lines.filter((line) => BRANCH.test(line));
  return (
    entries.length > 0 && entries.filter((line) => TREE_ENTRY.test(entryOf(line).said)).length > entries.length * 0.9
  );
};

/** `tree -p`, with -u, -g, -s and -D as they were given. */
export function readTree(file: FactText, context: FactContext): FileFact[] {
  const facts: FileFact[] = [];
  const folders: string[] = [];
  for (const { line, text } of file.lines) {
    const { depth, said } = entryOf(text.trimEnd());
    const match = TREE_ENTRY.exec(said);
    if (!match) {
      // The root as it was asked for, without a mode.
      if (depth === 0 && /^(?:\.{0,2}\/|\.$)/.test(said)) folders[0] = said.replace(/\/$/, '').replace(/^\.$/, '');
      continue;
    }
    const [, mode, user, group, size, when, shown] = match;
    const name = shown!.replace(/ -> .*$/, '').replace(/[*/=|]$/, '');
    const above = folders
      .slice(0, depth)
      .filter((folder) => folder !== '')
      .join('/');
    const path = depth === 0 ? name.replace(/^\.$/, '') : above === '' ? name : `${above}/${name}`;
    folders.length = depth;
    folders[depth] = depth === 0 ? path : name;
    if (depth === 0) continue;
    facts.push({
      file: file.file,
      line,
      mode: mode!,
      owner: group === undefined ? (user ?? '') : `${user}:${group}`,
      size: size === undefined ? Number.NaN : Number(size),
      modified: when === undefined ? Number.NaN : (factTime(when, context)?.time ?? Number.NaN),
      path,
    });
  }
  return facts;
}

/** `  1704  2026-11-11 09:00   tls/pay.key` of `unzip -l`, older ones with the month first; `-v` has more before the date. */
const ARCHIVED =
  /^\s*(\d{1,15})\s+(?:\S+\s+\d{1,15}\s+-?\d{1,3}%\s+)?(\d{4}-\d\d-\d\d|\d\d-\d\d-\d{4}) (\d\d:\d\d)\s+(?:[0-9a-f]{8}\s+)?(\S.{0,400})$/;
export const isArchiveListing = (lines: readonly string[]): boolean =>
  /^Archive:\s+\S/.test(lines[0] ?? '') && lines.some((line) => ARCHIVED.test(line));

/** Members stand under the name of their archive, as those that are unpacked do: nothing of it lies on a disk. */
export function readArchiveListing(file: FactText, context: FactContext): FileFact[] {
  const archive = /^Archive:\s+(\S.{0,200}?)\s*$/m.exec(file.text)?.[1] ?? file.file;
  return file.lines.flatMap(({ line, text }) => {
    const match = ARCHIVED.exec(text.trimEnd());
    if (!match) return [];
    const [, size, day, clock, path] = match;
    const date = /^(\d\d)-(\d\d)-(\d{4})$/.exec(day!);
    const iso = date ? `${date[3]}-${date[1]}-${date[2]}` : day!;
    const modified = factTime(`${iso} ${clock}`, context)?.time ?? Number.NaN;
    return [{ file: file.file, line, mode: '', owner: '', size: Number(size), modified, path: `${archive}!${path}` }];
  });
}

/** `  |-sshd,812 -D` of `pstree -ap`; a process that changed its user says so in brackets with -u. */
const PROCESS =
  /^([ |`\u2502\u251c\u2514\u2500+-]*)([^\s,()|`\u2502\u251c\u2514\u2500][^,\n]{0,100}?),(\d{1,8})(?:,([a-z_][\w.-]{0,31}))?(?: (.{1,2000}))?$/;

export const isProcessTree = (lines: readonly string[]): boolean => {
  const kept = lines.filter((line) => line.trim() !== '' && !/^[#$]/.test(line));
  return (
    kept.length > 1 &&
    /^\S{1,60},\d{1,8}(?: |$)/.test(kept[0]!) &&
    kept.slice(1).filter((line) => /[|`\u251c\u2514]/.test(line) && (PROCESS.test(line) || /\{\S+\},\d+$/.test(line)))
      .length >
      (kept.length - 1) * 0.8
  );
};

export function readProcessTree(file: FactText): ProcessFact[] {
  const facts: ProcessFact[] = [];
  const parents: { indent: number; pid: number }[] = [];
  for (const { line, text } of file.lines) {
    const match = PROCESS.exec(text.trimEnd());
    // Threads stand in braces.
    if (!match || match[2]!.startsWith('{')) continue;
    const [, drawn, name, number, user, rest] = match;
    const indent = drawn!.length;
    while (parents.length > 0 && parents.at(-1)!.indent >= indent) parents.pop();
    const parent = parents.at(-1)?.pid;
    const pid = Number(number);
    parents.push({ indent, pid });
    facts.push({
      file: file.file,
      line,
      user: user ?? '',
      pid,
      ...(parent === undefined ? {} : { parent }),
      started: '',
      command: rest === undefined ? name! : `${name} ${rest}`,
    });
  }
  return facts;
}

/** `├── express@4.19.2` of `npm ls`, with `deduped` behind it where it stands elsewhere, too; `pnpm ls` and `yarn list` alike. */
const PACKAGE =
  /^[\u2502|`+\\\u251c\u2514\u2500\u252c -]*((?:@[\w.-]{1,100}\/)?[\w.-]{1,100})@(\d[\w.+-]{0,60})(?: (?:deduped|overridden|extraneous|invalid).{0,100})?$/;

export const isPackageTree = (lines: readonly string[]): boolean => {
  const kept = lines.filter((line) => line.trim() !== '').slice(1);
  return (
    kept.length > 1 &&
    /^\S+@\d[\w.+-]* \S*[/\\]/.test(lines[0] ?? '') &&
    kept.filter((line) => PACKAGE.test(line.trimEnd())).length > kept.length * 0.8
  );
};

export function readPackageTree(file: FactText): VersionFact[] {
  return file.lines.slice(1).flatMap(({ line, text }) => {
    const match = / deduped/.test(text) ? null : PACKAGE.exec(text.trimEnd());
    return match ? [{ file: file.file, line, software: match[1]!.toLowerCase(), version: match[2]!, text }] : [];
  });
}
