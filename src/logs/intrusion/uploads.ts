/** Scripts that came onto the web server by PUT (RFC 9110, section 9.3.4) and were then called by whoever brought them. */
import type { LogObservations } from '../types.ts';
import { isWebScript } from './shells.ts';
import type { Proof } from './types.ts';

/** Pages have visitors; what an intruder leaves is called by himself, perhaps from a second address. */
const MOST_CALLERS = 2;
const MOST_UPLOADS = 1000;
/** Ends that servers cut off only after they looked at the extension (CVE-2017-12615 and its like). */
const BAIT = /(?:\/|%20|%00|\.|::\$DATA)+$/i;

export interface Upload {
  /** As it is called afterwards. */
  path: string;
  client: string;
  time: number;
  proof: Proof;
}

/** In order of time. A PUT to a script that was there before, as interfaces answer them, is none. */
export function uploadedScripts({ requests: table, sources }: LogObservations): Upload[] {
  const { strings } = table;
  const puts: { row: number; path: string }[] = [];
  for (let row = 0; row < table.length && puts.length < MOST_UPLOADS; row++) {
    if (strings[table.method[row]!] !== 'PUT' || ![200, 201, 204].includes(table.status[row]!)) continue;
    const path = strings[table.path[row]!]!.replace(BAIT, '');
    if (isWebScript(path)) puts.push({ row, path });
  }
  if (puts.length === 0) return [];
  puts.sort((a, b) => table.time[a.row]! - table.time[b.row]!);
  const first = new Map<string, number>();
  for (const { row, path } of puts) if (!first.has(path)) first.set(path, row);
  const callers = new Map<string, Set<number>>();
  const there = new Set<string>();
  for (let row = 0; row < table.length; row++) {
    const path = strings[table.path[row]!]!;
    const put = first.get(path);
    if (put === undefined || table.status[row]! >= 400 || strings[table.method[row]!] === 'PUT') continue;
    if (table.time[row]! < table.time[put]!) there.add(path);
    else {
      const known = callers.get(path) ?? new Set();
      if (known.size <= MOST_CALLERS) callers.set(path, known.add(table.client[row]!));
    }
  }
  return [...first].flatMap(([path, row]) => {
    const called = callers.get(path)?.size ?? 0;
    if (called === 0 || called > MOST_CALLERS || there.has(path)) return [];
    const asked = strings[table.path[row]!]!;
    const time = table.time[row]!;
    return [
      {
        path,
        client: strings[table.client[row]!]!,
        time,
        proof: {
          file: sources[table.source[row]!]!.file,
          line: table.line[row]!,
          text: `PUT ${asked} ${table.status[row]}`.slice(0, 300),
          time,
        },
      },
    ];
  });
}
