/** What a made-up host is: its evidence and the questions that a responder asks of it, with their answers. */
import type { IntrusionSheet } from '../../../../src/logs/intrusion/types.ts';
import type { Files } from '../../../files.ts';

export interface Question {
  ask: string;
  answered(sheet: IntrusionSheet): boolean;
}

export interface Host {
  name: string;
  files: Files;
  questions: Question[];
}

const q = (ask: string, answered: Question['answered']): Question => ({ ask, answered });
const at = (time: number, iso: string): boolean => Math.abs(time - Date.parse(iso)) < 1500;

/** The address is among the first so many of those that are named. */
export const attacker = (address: string, among = 1): Question =>
  q(`attacker ${address}`, ({ attackers }) => attackers.slice(0, among).some((one) => one.address === address));

export const firstSeen = (address: string, iso: string): Question =>
  q(`first seen of ${address}`, ({ attackers }) =>
    attackers.some((one) => one.address === address && at(one.first, iso)),
  );

export const entered = (how: RegExp, iso?: string): Question =>
  q(`entry ${how}`, ({ entry }) => entry !== undefined && how.test(entry.how) && (!iso || at(entry.time, iso)));

export const guessing = (address: string, tries: number, users: string[], success?: [string, string]): Question[] => [
  q(`tries of ${address}`, ({ bruteForce }) =>
    bruteForce.some((one) => one.address === address && one.tries === tries),
  ),
  q(`dictionary of ${address}`, ({ bruteForce }) =>
    bruteForce.some(
      (one) =>
        one.address === address &&
        one.dictionary
          .map(({ user }) => user)
          .sort()
          .join() === [...users].sort().join(),
    ),
  ),
  ...(success
    ? [
        q(`success of ${address}`, ({ bruteForce }) =>
          bruteForce.some(
            (one) =>
              one.address === address && one.success?.user === success[0] && at(one.success.proof.time, success[1]),
          ),
        ),
      ]
    : []),
];

export const shell = (file: string, { key, first }: { key?: string; first?: string } = {}): Question[] => [
  q(`web shell ${file}`, ({ webShells }) => webShells.some((one) => one.file.endsWith(file))),
  ...(key
    ? [
        q(`key of ${file}`, ({ webShells }) =>
          webShells.some((one) => one.file.endsWith(file) && (one.key ?? one.opensWith) === key),
        ),
      ]
    : []),
  ...(first
    ? [
        q(`first use of ${file}`, ({ webShells }) =>
          webShells.some((one) => one.file.endsWith(file) && at(one.firstUse, first)),
        ),
      ]
    : []),
];

export const account = (name: string, why = /./): Question =>
  q(`account ${name}`, ({ accounts }) => accounts.some((one) => one.name === name && why.test(one.why.join('; '))));

/** Something of this file whose text has these words stays behind. */
export const stays = (file: string, words: string): Question =>
  q(`persistence ${file}`, ({ persistence }) =>
    persistence.some(({ why, proof }) => proof.file.endsWith(file) && `${why} ${proof.text}`.includes(words)),
  );

export const tampered = (path: string): Question =>
  q(`tampered ${path}`, (sheet) => sheet.tampered.some((one) => one.path.endsWith(path)));

export const outbound = (value: string): Question =>
  q(`outbound ${value}`, ({ indicators }) => indicators.some((one) => one.value.includes(value)));

export const inTimeline = (what: RegExp, iso: string): Question =>
  q(`timeline ${what}`, ({ timeline }) => timeline.some((one) => what.test(one.what) && at(one.time, iso)));

/** What a sheet of a host that nobody broke into must not say. */
export const clean = (scanners: string[] = []): Question[] => [
  q('no entry', ({ entry }) => entry === undefined),
  q('no web shell', ({ webShells }) => webShells.length === 0),
  q('no account that hides or is a second root', ({ accounts }) =>
    accounts.every(({ why }) => why.join() === 'it was created while the logs ran'),
  ),
  q('nothing that stays behind', ({ persistence }) => persistence.every(({ unjudged }) => unjudged)),
  q('nothing tampered', (sheet) => sheet.tampered.length === 0),
  q('no attacker', ({ attackers }) => attackers.every(({ address }) => scanners.includes(address))),
  q('no guessing that got in', ({ bruteForce }) => bruteForce.every(({ success }) => !success)),
];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-11-18T02:03:04Z` as syslog has it. */
export function syslog(iso: string): string {
  const d = new Date(iso);
  return `${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)} ${iso.slice(11, 19)}`;
}

/** A request in combined format. */
export function combined(
  iso: string,
  client: string,
  what: string,
  status: number,
  bytes = 1200,
  agent = 'Mozilla/5.0 (X11; Linux x86_64)',
): string {
  const d = new Date(iso);
  return `${client} - - [${two(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${iso.slice(11, 19)} +0000] "${what} HTTP/1.1" ${status} ${bytes} "-" "${agent}"\n`;
}

/** ISO time so many seconds after another. */
export const later = (iso: string, seconds: number): string =>
  `${new Date(Date.parse(iso) + seconds * 1000).toISOString().slice(0, 19)}Z`;

/** Ordinary visitors of a site. */
export const visitors = (iso: string, paths: string[], requests = 120): string =>
  Array.from({ length: requests }, (_, i) =>
    combined(
      later(iso, i * 37),
      `198.51.100.${20 + (i % 60)}`,
      `GET ${paths[i % paths.length]}`,
      i % 29 === 7 ? 404 : 200,
      1000 + ((i * 97) % 4000),
    ),
  ).join('');
