import { headerMeanings } from '../columns.ts';
import type { FileFact, HashFact } from '../small-facts.ts';
import { sniffTable, tableRows } from '../tabular.ts';
import { type FactContext, type FactText, factTime } from './context.ts';

const MODE = /^(?: *\d+ +\d+ +)?([-dlbcps][rwxsStT-]{9})[.+@]? +/;

interface Parsed {
  mode: string;
  owner: string;
  size: number;
  modified: number;
  path: string;
}

/** `ls -l` in every time style, `find -ls`, and `mode owner:group size time path` lists. */
function parseListing(text: string, context: FactContext): Parsed | undefined {
  const mode = MODE.exec(text);
  if (!mode) return undefined;
  let rest = text.slice(mode[0].length);
  const colon = /^([\w.$-]+:[\w.$-]+) +(\d+) +/.exec(rest);
  const classic = /^(?:\d+ +)?([\w.$-]+) +(?:([\w.$-]+) +)?(\d+) +/.exec(rest);
  const match = colon ?? classic;
  if (!match) return undefined;
  rest = rest.slice(match[0].length);
  const owner = colon ? colon[1]! : classic?.[2] ? `${classic[1]}:${classic[2]}` : classic![1]!;
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
  const short = /^(\d{2}-\d{2}) (\d{2}:\d{2}) /.exec(text);
  if (short)
    return {
      time: factTime(`${new Date(context.now).getUTCFullYear()}-${short[1]} ${short[2]}`, context)?.time ?? Number.NaN,
      length: short[0].length,
    };
  const read = factTime(text, context);
  return read ? { time: read.time, length: Math.min(read.length, text.length) } : { time: Number.NaN, length: 0 };
}

function readStat(file: FactText, context: FactContext): FileFact[] {
  const facts: FileFact[] = [];
  for (const { line, text } of file.lines) {
    const name = /^\s*File: ['‘"]?(.+?)['’"]?(?: -> .*)?$/.exec(text);
    if (name)
      facts.push({
        file: file.file,
        line,
        mode: '',
        owner: '',
        size: Number.NaN,
        modified: Number.NaN,
        path: name[1]!,
      });
    const fact = facts.at(-1);
    if (!fact) continue;
    const size = /^\s*Size: (\d+)/.exec(text);
    if (size) fact.size = Number(size[1]);
    const access = /^Access: \(\d+\/([-dlbcps][rwxsStT-]{9})\) +Uid: \( *\d+\/ *(\S+)\) +Gid: \( *\d+\/ *(\S+)\)/.exec(
      text,
    );
    if (access) {
      fact.mode = access[1]!;
      fact.owner = `${access[2]}:${access[3]}`;
    }
    const modify = /^Modify: (.+)$/.exec(text);
    if (modify) fact.modified = listingTime(`${modify[1]} `, context).time;
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
    mode: cells[mode]?.trim() ?? '',
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
  const facts: FileFact[] = [];
  let folder = '';
  for (const { line, text } of file.lines) {
    const parsed = parseListing(text, context);
    if (parsed) {
      const path = folder && !parsed.path.startsWith('/') ? `${folder}/${parsed.path}` : parsed.path;
      facts.push({ file: file.file, line, ...parsed, path });
      continue;
    }
    // `ls -lR` and `ls -l DIR` name the folder of what follows.
    const heading = /^(\.?\/[^ :]*|\.):$/.exec(text) ?? /^[$#] ?ls(?: -\S+)* (\/\S*)$/.exec(text);
    if (heading) folder = heading[1]!.replace(/\/$/, '').replace(/^\.$/, '');
  }
  return facts;
}

/** `sha256sum`, `sha1sum` and `md5sum` lists. */
export function readHashes(file: FactText): HashFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const match = /^([0-9a-f]{32,128}) [ *](\S.*)$/i.exec(text);
    return match ? [{ file: file.file, line, hash: match[1]!.toLowerCase(), path: match[2]!.trim() }] : [];
  });
}
