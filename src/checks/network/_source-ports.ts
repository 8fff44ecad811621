/** How many source ports a list of connections uses towards one peer. */
import type { ConnectionFact } from '../../evidence/small-facts.ts';
import type { EvidenceRef } from '../../finding.ts';
import type { CheckContext } from '../types.ts';

/** Default of `net.ipv4.ip_local_port_range` (Linux kernel documentation, ip-sysctl). */
const USUAL_RANGE = { from: 32_768, to: 60_999 };
/** Part of the range from which a free port is hardly found: the kernel gives up before it has tried all. */
const USED_UP = 0.9;

/** The range of source ports that the evidence prints, or the usual one. */
function portRange({ observations: { facts } }: CheckContext): { from: number; to: number; stated: boolean } {
  const setting = facts.kernel?.find(({ key }) => key === 'net.ipv4.ip_local_port_range');
  const [, from, to] = /^(\d{1,5})\s+(\d{1,5})$/.exec(setting?.value.trim() ?? '') ?? [];
  return from && to && Number(to) > Number(from)
    ? { from: Number(from), to: Number(to), stated: true }
    : { ...USUAL_RANGE, stated: false };
}

export interface UsedPorts {
  peer: string;
  used: number;
  /** Ports of the range. */
  of: number;
  stated: boolean;
  evidence: EvidenceRef;
}

/** Peers towards which nearly every source port of the range is taken, by one list of connections and one local address. */
export function usedUpTowards(context: CheckContext): UsedPorts[] {
  const { from, to, stated } = portRange(context);
  const of = to - from + 1;
  const ports = new Map<string, { ports: Set<number>; first: ConnectionFact }>();
  for (const connection of context.observations.facts.connections ?? []) {
    const { file, local, localPort, remote, remotePort, state } = connection;
    if (state === 'LISTEN' || localPort < from || localPort > to || remotePort === 0) continue;
    const key = `${file}\0${local}\0${remote}\0${remotePort}`;
    const known = ports.get(key);
    if (known) known.ports.add(localPort);
    else ports.set(key, { ports: new Set([localPort]), first: connection });
  }
  return [...ports.values()]
    .filter((entry) => entry.ports.size >= of * USED_UP)
    .map((entry) => ({
      peer: `${entry.first.remote}:${entry.first.remotePort}`,
      used: entry.ports.size,
      of,
      stated,
      evidence: {
        file: entry.first.file,
        line: entry.first.line,
        text: `${entry.ports.size} source ports of ${entry.first.local} to ${entry.first.remote}:${entry.first.remotePort}`,
      },
    }))
    .sort((a, b) => b.used - a.used);
}

/** Summaries of sockets with as many in TIME-WAIT as the range has ports; towards whom they do not say. */
export function crowdedSummaries(context: CheckContext): { waiting: number; evidence: EvidenceRef }[] {
  const { from, to } = portRange(context);
  return (context.observations.facts.gauges ?? [])
    .filter(({ what, value }) => what === 'time-wait' && value >= (to - from + 1) * USED_UP)
    .map(({ file, line, text, value }) => ({ waiting: value, evidence: { file, line, text } }));
}
