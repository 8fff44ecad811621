/** Scripts that came onto the web server by PUT (RFC 9110, section 9.3.4) and were then called by whoever brought them. */
import type { LogObservations } from '../types.ts';
import { isWebScript } from './shells.ts';
import type { Proof, WebShell } from './types.ts';

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

/** Where administrators of WordPress and Joomla upload a plugin, theme or extension. */
const INSTALLERS: [RegExp, RegExp][] = [
  [/\/wp-admin\/update\.php$/, /(?:^|&)action=upload-(?:plugin|theme)(?:&|$)/],
  [/\/administrator\/(?:index\.php)?$/, /(?:^|&)option=com_installer(?:&|$)/],
];

/** @returns what the users of a web shell had installed before its first use. */
export function installedBefore({ requests: table, sources }: LogObservations, shells: readonly WebShell[]): Upload[] {
  const first = new Map<string, number>();
  for (const { clients, firstUse } of shells)
    for (const client of clients) first.set(client, Math.min(first.get(client) ?? Number.POSITIVE_INFINITY, firstUse));
  const found: Upload[] = [];
  if (first.size === 0) return found;
  const { strings } = table;
  for (let row = 0; row < table.length && found.length < 20; row++) {
    const client = strings[table.client[row]!]!;
    const time = table.time[row]!;
    if (!(time <= (first.get(client) ?? Number.NaN)) || strings[table.method[row]!] !== 'POST') continue;
    const [path, query] = [strings[table.path[row]!]!, strings[table.query[row]!]!];
    if (table.status[row]! >= 400 || !INSTALLERS.some(([at, asked]) => at.test(path) && asked.test(query))) continue;
    const text = `POST ${path}?${query} ${table.status[row]}`.slice(0, 300);
    const proof = { file: sources[table.source[row]!]!.file, line: table.line[row]!, text, time };
    found.push({ path: `${path}?${query}`.slice(0, 200), client, time, proof });
  }
  return found;
}
