/** What was taken: answers to an intruder that are far larger than any other visitor got, and copies to where one came from. */
import type { LogObservations } from '../types.ts';
import type { Attackers } from './attackers.ts';
import type { Persistence, Proof } from './types.ts';
import { proofOf, SUDO } from './ways-in.ts';

/** Bytes from which an answer is no page, and how much larger than the largest of all others it is. */
const LARGE = 10_000_000;
const LARGER = 10;

/** @returns the largest answer to each intruder, where nobody else got anything of the kind. @param intruders addresses that got in. */
export function largeAnswers(
  { requests, sources }: LogObservations,
  intruders: ReadonlySet<string>,
  attackers: Attackers,
): { time: number; what: string; proof: Proof }[] {
  const largest = new Map<string, number>();
  let usual = 0;
  for (let row = 0; row < requests.length; row++) {
    const bytes = requests.bytes[row]!;
    if (Number.isNaN(bytes) || requests.status[row]! >= 400) continue;
    const client = requests.strings[requests.client[row]!]!;
    if (!intruders.has(client)) usual = Math.max(usual, bytes);
    else if (bytes > (requests.bytes[largest.get(client) ?? -1] ?? 0)) largest.set(client, row);
  }
  return [...largest].flatMap(([client, row]) => {
    const bytes = requests.bytes[row]!;
    if (bytes < LARGE || bytes < usual * LARGER) return [];
    const name = (ids: Uint32Array): string => requests.strings[ids[row]!]!;
    const text = `${name(requests.method)} ${name(requests.path)}`.slice(0, 300);
    const what = `took ${Math.round(bytes / 1e6)} MB in one answer (${text})`;
    const [time, file] = [requests.time[row]!, sources[requests.source[row]!]!.file];
    const proof = { file, line: requests.line[row]!, text: `${text} ${requests.status[row]} ${bytes}`, time };
    attackers.note(client, what, 6, time, proof);
    return [{ time, what: `${client} ${what}`, proof }];
  });
}

const COPIES = /(?:^|\/)(?:scp|sftp|rsync|curl|wget|ncat|nc|ftp|lftp|rclone|socat)\s/;

/** @returns copies that sudo made to or from an address that an intruder has. */
export function copiesToIntruders(logs: LogObservations, intruders: ReadonlySet<string>): Persistence[] {
  if (intruders.size === 0) return [];
  return logs.records.flatMap((record): Persistence[] => {
    const command = SUDO.exec(record.message)?.[1];
    if (command === undefined || !COPIES.test(command)) return [];
    const address = command.match(/(?:\d{1,3}\.){3}\d{1,3}/g)?.find((one) => intruders.has(one));
    return address === undefined
      ? []
      : [
          {
            kind: 'history',
            why: `copies files to or from ${address}, where an intruder came from`,
            proof: proofOf(logs, record),
          },
        ];
  });
}
