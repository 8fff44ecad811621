import { headerMeanings } from '../columns.ts';
import type { FileFact, HashFact } from '../small-facts.ts';
import { sniffTable, tableRows } from '../tabular.ts';
import { type FactContext, type FactText, factTime } from './context.ts';
import { symbolic } from './modes.ts';
import { printed, readPrintedListing } from './printf-listings.ts';
import { readWindowsListing } from './windows-listings.ts';

const MODE = /^(?: *\d+ +\d+ +)?([-dlbcps][rwxsStT-]{9})[.+@]? +/;

interface Parsed {
  mode: string;
  owner: string;
  size: number;
  modified: number;
  path: string;
}

/** A file with an octal mode, owner, size, and a time as a date or in seconds since 1970. */
export const OCTAL_LISTING =
  /^([0-7]{3,4}) +([\w.$-]+)(?:[ :]+([\w.$-]+))? +(\d+) +(?=\d{4}-\d\d-\d\d[ T+]\d\d:\d\d|[12]\d{9}(?:\.\d{1,12})? +\S)/;

/** `find -printf '%m %u %g %s %TY-%Tm-%Td %TH:%TM:%TS %p'` and `stat -c '%a %U %G %s %y %n'`; also with `%T@` and `%Y`. */
function parseOctal(text: string, context: FactContext): Parsed | undefined {
  const match = OCTAL_LISTING.exec(text);
  if (!match) return undefined;
  const rest = text.slice(match[0].length);
  const stamp = /^(\d{4}-\d\d-\d\d)[ T+](\d\d:\d\d(?::\d\d)?)(?:\.\d{1,12})?(?: ?(Z|[+-]\d\d:?\d\d))? /.exec(rest);
  const seconds = stamp ? undefined : /^(\d{10})(?:\.\d{1,12})? +/.exec(rest);
  const time = seconds
    ? Number(seconds[1]) * 1000
    : stamp
      ? (factTime(`${stamp[1]}T${stamp[2]}${stamp[3] ?? ''}`, context)?.time ?? Number.NaN)
      : undefined;
  if (time === undefined) return undefined;
  const path = rest.slice((stamp ?? seconds)![0].length).trim();
  const owner = match[3] === undefined ? match[2]! : `${match[2]}:${match[3]}`;
  return path === '' ? undefined : { mode: symbolic(match[1]!), owner, size: Number(match[4]), modified: time, path };
}

/** `ls -l` in every time style, `find -ls`, and `mode owner:group size time path` lists. */
function parseListing(text: string, context: FactContext): Parsed | undefined {
  const mode = MODE.exec(text);
  if (!mode) return undefined;
  let rest = text.slice(mode[0].length);
  // `tar -tv` writes owner/group.
  const colon = /^([\w.$-]+[:/][\w.$-]+) +(\d+) +/.exec(rest);
  const classic = /^(?:\d+ +)?([\w.$-]+) +(?:([\w.$-]+) +)?(\d+) +/.exec(rest);
  const match = colon ?? classic;
  if (!match) return undefined;
  rest = rest.slice(match[0].length);
  const owner = colon ? colon[1]!.replace('/', ':') : classic?.[2] ? `${classic[1]}:${classic[2]}` : classic![1]!;
  const size = Number(colon ? colon[2] : classic![3]);
  const { time, length } = listingTime(rest, context);
  const path = rest
    .slice(length)
    .trim()
    .replace(/ -> .*$/, '');
  return path === '' ? undefined : { mode: mode[1]!, owner, size, modified: time, path };
}

/** Times of `ls`: ISO, full-iso with nanoseconds and zone, `May 13 18:40`, `May 13  2025`. */
function listingTime(text: string, context: FactContext): { time: number; length: number } {
  const full = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})\.\d{1,10} ([+-]\d{2})(\d{2}) /.exec(text);
  if (full)
    return {
      time: factTime(`${full[1]}T${full[2]}${full[3]}:${full[4]}`, context)?.time ?? Number.NaN,
      length: full[0].length,
    };
  const old = /^([A-Z][a-z]{2}) +(\d{1,2}) +(\d{4}) /.exec(text);
  if (old)
    return {
      time: factTime(`${old[1]} ${old[2]} 00:00:00 ${old[3]}`, context)?.time ?? Number.NaN,
      length: old[0].length,
    };
  const recent = /^([A-Z][a-z]{2}) +(\d{1,2}) +(\d{2}:\d{2}) /.exec(text);
  if (recent)
    return {
      time: factTime(`${recent[1]} ${recent[2]!.padStart(2)} ${recent[3]}:00`, context)?.time ?? Number.NaN,
      length: recent[0].length,
    };
  const short = /^(\d{2}-\d{2}) (\d{2}:\d{2}) /.exec(text);
  if (short)
    return {
      time: factTime(`${new Date(context.now).getUTCFullYear()}-${short[1]} ${short[2]}`, context)?.time ?? Number.NaN,
      length: short[0].length,
    };
  const local = localised(text, context);
  if (local) return local;
  const read = factTime(text, context);
  return read ? { time: read.time, length: Math.min(read.length, text.length) } : { time: Number.NaN, length: 0 };
}

/** First letters of months as `ls` abbreviates them in its locale (German, French, Spanish, Portuguese, Italian, Dutch). */
const MONTHS: readonly RegExp[] = [
  /^(?:jan|ene|gen|1月)/,
  /^(?:feb|fév|fev|2月)/,
  /^(?:mar|mär|maa|mrt|3月)/,
  /^(?:apr|avr|abr|4月)/,
  /^(?:mai|may|mag|mei|5月)/,
  /^(?:jun|juin|giu|6月)/,
  /^(?:jul|juil|lug|7月)/,
  /^(?:aug|aoû|ago|8月)/,
  /^(?:sep|set|9月)/,
  /^(?:okt|oct|ott|out|10月)/,
  /^(?:nov|11月)/,
  /^(?:dez|déc|dic|dec|12月)/,
];
const ENGLISH = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `22. Nov 08:05`, `22 nov.  08:05`, `11月 22 08:05`, `ene  1  2025`: the times of `ls` in other locales. */
function localised(text: string, context: FactContext): { time: number; length: number } | undefined {
  const match =
    /^(?<day>\d{1,2})\.? +(?<month>[\p{L}]{3,5})\.? +(?<rest>\d{4}|\d{2}:\d{2}) /u.exec(text) ??
    /^(?<month>[\p{L}]{3,5}\.?|\d{1,2}月) +(?<day>\d{1,2}) +(?<rest>\d{4}|\d{2}:\d{2}) /u.exec(text);
  if (!match?.groups) return undefined;
  const { day, month, rest } = match.groups as { day: string; month: string; rest: string };
  // Longer numbers first: 11月 is not 1月.
  const index = MONTHS.findIndex((pattern) => pattern.test(month.toLowerCase()));
  if (index === -1) return undefined;
  const name = ENGLISH[index]!;
  const words = rest.includes(':') ? `${name} ${day.padStart(2)} ${rest}:00` : `${name} ${day} 00:00:00 ${rest}`;
  return { time: factTime(words, context)?.time ?? Number.NaN, length: match[0].length };
}

/** The line of `stat` with mode and owners; every language keeps its shape, not its words. */
export const STAT_MODE =
  /^\s*\S.{0,30}?[:：] ?\(\d{4}\/([-dlbcps][rwxsStT-]{9})\) +Uid ?[:：] ?\( *\d+\/ *(\S+)\) +Gid ?[:：] ?\( *\d+\/ *(\S+)\)/i;

const SIZE = /^[^:：]{1,32}[:：] ?(\d+)(?:\s|$)/;

/** `stat`: name, size, device, mode and owners; then the times of access, modification, change and birth, in any language. */
function readStat(file: FactText, context: FactContext): FileFact[] {
  const facts: FileFact[] = [];
  let times = 0;
  for (const [index, { text }] of file.lines.entries()) {
    const mode = STAT_MODE.exec(text);
    if (!mode) {
      const stamp = /^\s*\S.{0,30}?[:：] ?(\d{4}-\d\d-\d\d \d\d:.*)$/.exec(text);
      const fact = facts.at(-1);
      if (stamp && fact && ++times === 2) fact.modified = listingTime(`${stamp[1]} `, context).time;
      continue;
    }
    // The line of the device, whose number is followed by a letter or comma, may be missing.
    const above = [index - 1, index - 2].find((at) => SIZE.test(file.lines[at]?.text ?? ''));
    const name = file.lines[(above ?? 0) - 1];
    const path = /^\s*\S.{0,30}?[:：] ?['‘"«]?(.+?)['’"»]?(?: -> .*)?$/.exec(name?.text ?? '');
    if (above === undefined || !name || !path) continue;
    times = 0;
    facts.push({
      file: file.file,
      line: name.line,
      mode: mode[1]!,
      owner: `${mode[2]}:${mode[3]}`,
      size: Number(SIZE.exec(file.lines[above]!.text)![1]),
      modified: Number.NaN,
      path: path[1]!,
    });
  }
  return facts;
}

function readTable(file: FactText, context: FactContext): FileFact[] {
  const shape = sniffTable(file.text);
  if (!shape) return [];
  const column = (meaning: string): number => shape.header.findIndex((cell) => headerMeanings(cell).includes(meaning));
  const [mode, owner, size, modified, path] = ['mode', 'team', 'size', 'modified', 'path'].map(column) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const time = modified === -1 ? column('time') : modified;
  return [...tableRows(file.text, shape.separator, shape.bodyOffset, shape.headerLine + 1)].map(({ line, cells }) => ({
    file: file.file,
    line,
    mode: /^[0-7]{3,6}$/.test(cells[mode]?.trim() ?? '')
      ? symbolic(cells[mode]!.trim().slice(-4))
      : (cells[mode]?.trim() ?? ''),
    owner: cells[owner]?.trim() ?? '',
    size: Number(cells[size] ?? Number.NaN),
    modified: factTime(cells[time]?.trim() ?? '', context)?.time ?? Number.NaN,
    path: cells[path]?.trim() ?? '',
  }));
}

/** Files with modes and modification times. */
export function readListing(file: FactText, context: FactContext): FileFact[] {
  if (file.format === 'stat') return readStat(file, context);
  if (file.format === 'table') return readTable(file, context);
  if (file.format === 'dir') return readWindowsListing(file, context);
  if (file.format === 'printf') return readPrintedListing(file, context);
  const facts: FileFact[] = [];
  let folder = '';
  for (const { line, text } of file.lines) {
    const parsed = parseListing(text, context) ?? parseOctal(text, context);
    if (parsed) {
      const path = folder && !parsed.path.startsWith('/') ? `${folder}/${parsed.path}` : parsed.path;
      facts.push({ file: file.file, line, ...parsed, path });
      continue;
    }
    const other = /\d{4}-\d\d-\d\d/.test(text) ? printed(text) : undefined;
    if (other) {
      const { stamp, ...rest } = other;
      facts.push({ file: file.file, line, ...rest, modified: factTime(stamp, context)?.time ?? Number.NaN });
      continue;
    }
    // `ls -lR` and `ls -l DIR` name the folder of what follows.
    const heading = /^(\.?\/[^ :]*|\.):$/.exec(text) ?? /^[$#] ?ls(?: -\S+)* (\/\S*)$/.exec(text);
    if (heading) folder = heading[1]!.replace(/\/$/, '').replace(/^\.$/, '');
  }
  return facts;
}

/** Windows PowerShell writes `/Date(1777950669000)/` into JSON. */
const writtenAt = (text: string, context: FactContext): number => {
  const epoch = /^\\?\/Date\((\d{10,15})\)\\?\/$/.exec(text)?.[1];
  return epoch === undefined ? (factTime(text, context)?.time ?? Number.NaN) : Number(epoch);
};

/** A listing kept as JSON or YAML: an array of records with a path and a mode. */
export function filesOfData(
  file: string,
  data: unknown,
  context: FactContext,
  lineOf: (index: number) => number,
): FileFact[] {
  if (!Array.isArray(data)) return [];
  return data.slice(0, 100_000).flatMap((record: unknown, index) => {
    if (typeof record !== 'object' || record === null) return [];
    const of = (meaning: string): string => {
      const value = Object.entries(record).find(([name]) => headerMeanings(name).includes(meaning))?.[1];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    };
    const [path, mode] = [of('path'), of('mode')];
    // What PowerShell hands to ConvertTo-Json has a time of writing, and a mode of its own or none.
    const written = 'LastWriteTime' in record || 'LastWriteTimeUtc' in record;
    if (path === '' || !(written || /^(?:[0-7]{3,6}|[-dlbcps]?[rwxsStT-]{9})$/.test(mode))) return [];
    return [
      {
        file,
        line: lineOf(index),
        mode: /^[0-7]+$/.test(mode) ? symbolic(mode.slice(-4)) : mode,
        owner: of('team'),
        size: Number(of('size') || Number.NaN),
        modified: writtenAt(of('modified') || of('time'), context),
        path,
      },
    ];
  });
}

/** `sha256sum`, `sha1sum` and `md5sum` lists. */
export function readHashes(file: FactText): HashFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const match = /^([0-9a-f]{32,128}) [ *](\S.*)$/i.exec(text);
    return match ? [{ file: file.file, line, hash: match[1]!.toLowerCase(), path: match[2]!.trim() }] : [];
  });
}
