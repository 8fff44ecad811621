/** Redis that a stranger made his replica in order to have it load his module or write his files. */
import { isPrivate } from '../../address.ts';
import type { LogObservations } from '../types.ts';
import type { Attackers } from './attackers.ts';
import { linesOf } from './host-lines.ts';
import type { HostFile, IntrusionSheet, Proof } from './types.ts';

const MASTER = /Connecting to MASTER (?:\[?)([0-9a-fA-F.:]{3,45}?)\]?:\d{1,5}$/;
const MODULE = /Module '([^']{1,64})' loaded from (\S{1,200})/;
/** A module comes right after the replication that brought it. */
const SOON = 600_000;

type Entry = NonNullable<IntrusionSheet['entry']>;

/** @returns the entries that the logs of Redis tell. */
export function redisEntries(logs: LogObservations, attackers: Attackers): Entry[] {
  const masters: { address: string; time: number; proof: Proof }[] = [];
  const entries: Entry[] = [];
  for (const record of logs.records) {
    const { message, time } = record;
    const master = MASTER.exec(message)?.[1];
    const loaded = master === undefined ? MODULE.exec(message) : null;
    if (master === undefined && !loaded) continue;
    const proof = { file: logs.sources[record.source]!.file, line: record.line, text: message.slice(0, 300), time };
    if (master !== undefined) {
      if (!isPrivate(master)) masters.push({ address: master, time, proof });
      continue;
    }
    const from = masters.findLast(({ time: began }) => time >= began && time - began <= SOON);
    if (!from) continue;
    attackers.note(from.address, 'made Redis its replica, which then loaded a module', 10, from.time, from.proof);
    entries.push({ how: `module ${loaded![2]} loaded into Redis as a replica of ${from.address}`, time, proof });
  }
  return entries;
}

/** A command as MONITOR shows it: time, database and client, then the words in quotes. */
const COMMAND = /^(\d{9,11}\.\d{1,6}) \[\d{1,5} \[?([0-9a-fA-F.:]{3,45}?)\]?:\d{1,5}\] "/;
const SET_PLACE = /^[^"]{0,120}"CONFIG" "SET" "(?:dir|dbfilename)" "([^"]{1,300})"/i;
/** Folders of which a file that Redis writes is run, or lets somebody in. */
const RUN_FROM =
  /\/cron(?:\.d|tabs?)?(?:\/|$)|\/\.ssh(?:\/|$)|\/profile\.d(?:\/|$)|\/(?:htdocs|public_html|wwwroot|www\/html)(?:\/|$)/;

/** Whether a text is a transcript of MONITOR; a log reader takes the client for the name of a thread. */
export function isMonitored(head: string): boolean {
  const lines = head.split('\n', 4).filter((line) => line.trim() !== '' && line.trim() !== 'OK');
  return lines.length > 0 && lines.every((line) => COMMAND.test(line));
}

/** @returns where somebody had Redis write its data as a crontab, a key or a page, as transcripts of MONITOR show. */
export function monitoredRedis(files: readonly HostFile[], attackers: Attackers): Entry[] {
  const entries: Entry[] = [];
  for (const file of files) {
    if (!isMonitored(file.text.slice(0, 4096))) continue;
    for (const [line, text] of linesOf(file)) {
      const [, at, address] = COMMAND.exec(text) ?? [];
      const value = SET_PLACE.exec(text)?.[1];
      if (address === undefined || value === undefined || !RUN_FROM.test(value) || entries.length >= 100) continue;
      const time = Number(at) * 1000;
      const proof = { file: file.file, line, text: text.slice(0, 300), time };
      if (!isPrivate(address)) attackers.note(address, `had Redis write into ${value}`, 10, time, proof);
      entries.push({ how: `${address} had Redis write its data into ${value}`, time, proof });
    }
  }
  return entries;
}
