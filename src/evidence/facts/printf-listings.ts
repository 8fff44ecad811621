/** Listings in a layout that somebody wrote for `find -printf` or `stat -c`: mode, owner, size, time and path in any order. */
import type { FileFact } from '../small-facts.ts';
import { type FactContext, type FactText, factTime } from './context.ts';
import { symbolic } from './modes.ts';

const STAMP =
  /(?<![\d-])(\d{4}-\d\d-\d\d)[ T+](\d\d:\d\d(?::\d\d)?)(?:\.\d{1,12})?(?: ?(Z|[+-]\d\d:?\d\d)(?![\d:]))?(?=[\s|,;]|$)/;
const LETTERS = /^[-dlbcps][rwxsStT-]{9}$/;
/** Where a path begins, and it with what may follow. */
const PATH_AT = /(?:^|[\s|,;])\.?\//;
const PATH = /^(\.?\/[^|;,\n]{0,400}?)(?=[|;,]|\s(?:\d|[-dlbcps][rwxsStT-]{9})|$)/;
const OWNER = /(?:^|[\s|,;])([a-z_][\w.-]{0,31}(?::[a-z_][\w.-]{0,31})?)(?=[\s|,;]|$)/i;
const NUMBER = /(?:^|[\s|,;])(\d{1,15})(?=[\s|,;]|$)/;

/** Whether digits are a mode and no status of HTTP: the owner may read, the group no more than he, the others no more than it. */
function isUsual(mode: string): boolean {
  const [owner, group, others] = [...mode.slice(-3)].map(Number) as [number, number, number];
  return (owner & 4) === 4 && (owner | group) === owner && (group | others) === group;
}

interface Printed {
  mode: string;
  owner: string;
  size: number;
  stamp: string;
  path: string;
}

/** `find -printf '%T+ %s %p\\n'`: nothing but time, size and path, which needs no mode to be told from anything else. */
const WITHOUT_MODE = /^(\d{4}-\d\d-\d\d)[ T+](\d\d:\d\d:\d\d)\.\d{9,10}[ \t](\d{1,15})[ \t](\.?\/\S.{0,1000})$/;

/** @returns undefined for a line that lacks a path, a time, or a mode where anything else stands beside them. */
export function printed(line: string): Printed | undefined {
  if (line.length > 2000) return undefined;
  const bare = WITHOUT_MODE.exec(line);
  if (bare)
    return { mode: '', owner: '', size: Number(bare[3]), stamp: `${bare[1]}T${bare[2]}`, path: bare[4]!.trim() };
  const at = line.search(PATH_AT);
  const path =
    at === -1 ? undefined : PATH.exec(line.slice(at === 0 && /^[./]/.test(line) ? 0 : at + 1).trimEnd())?.[1];
  const time = STAMP.exec(line);
  if (path === undefined || !time) return undefined;
  let rest = line.replace(path, () => ' ').replace(time[0], ' ');
  const words = rest.split(/[\s|,;]+/);
  // Sizes may look like modes, but hardly where there is a mode in letters.
  const mode =
    words.find((word) => LETTERS.test(word)) ?? words.find((word) => /^0?[0-7]{3,4}$/.test(word) && isUsual(word));
  if (mode === undefined) return undefined;
  rest = rest.replace(mode, ' ');
  const size = NUMBER.exec(rest)?.[1];
  const owner = OWNER.exec(rest)?.[1] ?? '';
  if (owner === '' && /^\d/.test(mode)) return undefined;
  return {
    mode: /^\d/.test(mode) ? symbolic(mode.slice(-4)) : mode,
    owner,
    size: size === undefined ? Number.NaN : Number(size),
    stamp: `${time[1]}T${time[2]}${time[3] ?? ''}`,
    path: path.trim(),
  };
}

/** Whether nearly every line is one of such a listing: a log has no modes. */
export const isPrintedListing = (lines: readonly string[]): boolean => {
  const kept = lines.filter((line) => !/^[#$]/.test(line));
  return kept.length > 0 && kept.filter((line) => printed(line) !== undefined).length >= kept.length * 0.9;
};

export function readPrintedListing(file: FactText, context: FactContext): FileFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const found = printed(text);
    if (!found) return [];
    const { stamp, ...rest } = found;
    return [{ file: file.file, line, ...rest, modified: factTime(stamp, context)?.time ?? Number.NaN }];
  });
}
