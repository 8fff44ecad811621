/** Redis that a stranger made his replica in order to have it load his module or write his files. */
import { isPrivate } from '../../address.ts';
import type { LogObservations } from '../types.ts';
import type { Attackers } from './attackers.ts';
import type { IntrusionSheet, Proof } from './types.ts';

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
