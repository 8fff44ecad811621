/** ActiveMQ that a peer made fetch a definition of beans (CVE-2023-46604: OpenWire names a class and its argument). */
import { isPrivate } from '../../address.ts';
import type { LogObservations } from '../types.ts';
import type { Attackers } from './attackers.ts';
import type { IntrusionSheet, Proof } from './types.ts';

const PEER = /Transport Connection to: tcp:\/\/\[?([0-9a-fA-F.:]{3,45}?)\]?:\d{1,5} failed/;
const FETCHED = /ClassPathXmlApplicationContext|FileSystemXmlApplicationContext/;
const DEFINITION = /\bhttps?:\/\/[^\s"'<>|;)]{4,200}/;

type Entry = NonNullable<IntrusionSheet['entry']>;

/** @returns entries that the logs of a broker tell: the peer and what it had the broker fetch. */
export function brokerEntries(logs: LogObservations, attackers: Attackers): Entry[] {
  const entries: Entry[] = [];
  for (const record of logs.records) {
    const { message, time } = record;
    const address = PEER.exec(message)?.[1];
    const url = address === undefined ? undefined : DEFINITION.exec(message)?.[0];
    if (address === undefined || url === undefined || isPrivate(address) || !FETCHED.test(message)) continue;
    const proof: Proof = {
      file: logs.sources[record.source]!.file,
      line: record.line,
      text: message.slice(0, 300),
      time,
    };
    attackers.note(address, `had ActiveMQ fetch ${url}`, 10, time, proof);
    entries.push({ how: `ActiveMQ fetched ${url} for ${address}`, time, proof });
  }
  return entries;
}
