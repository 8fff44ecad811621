/**
 * Sessions that HAProxy could not connect to a server, where nothing was written but its traffic log.
 * Termination states: HAProxy management guide, "Session state at disconnection".
 */
import { bursts, MINUTE, sumBetween } from '../../graph/bursts.ts';
import { changesNear, impactBetween, iso, line, scopeData, symptomsOf } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

const FEWEST = 8;
const LEAST_SHARE = 0.2;

/** Words that already say why a connection was not made. */
const TOLD = ['net.refused', 'net.connect-timeout', 'net.no-route', 'lb.server-down', 'upstream.no-live'] as const;

interface Rule {
  cause: 'connection-refused' | 'connection-dropped';
  /** First two letters of the state: who ended it, and in which phase. */
  state: 'SC' | 'sC';
  says: string;
  title(peer: string): string;
}

/** @returns one hit where a share of the sessions ended so, and no text says more. */
export function* unconnected(context: CheckContext, rule: Rule): Iterable<Hit> {
  const r = context.observations.logs.requests;
  const ended = new Set<number>();
  for (let id = 1; id < r.strings.length; id++) if (r.strings[id]!.startsWith(rule.state)) ended.add(id);
  if (ended.size === 0 || symptomsOf(context, [...TOLD]).length > 0) return;
  const all = new Map<number, number>();
  const bad = new Map<number, number>();
  const rows: number[] = [];
  const add = (series: Map<number, number>, i: number): void => {
    const minute = Math.floor(r.time[i]! / MINUTE) * MINUTE;
    series.set(minute, (series.get(minute) ?? 0) + 1);
  };
  for (let i = 0; i < r.length; i++) {
    if (r.termination[i] === 0) continue;
    add(all, i);
    // Where no server was left to connect to, none refused.
    if (!ended.has(r.termination[i]!) || r.strings[r.upstream[i]!]!.endsWith('<NOSRV>')) continue;
    add(bad, i);
    rows.push(i);
  }
  const burst = bursts(bad)[0];
  if (!burst || burst.count < FEWEST) return;
  const attempts = sumBetween(all, burst.from, burst.to);
  if (burst.count < attempts * LEAST_SHARE) return;
  const inside = rows.filter((i) => r.time[i]! >= burst.from && r.time[i]! < burst.to + MINUTE);
  const onset = inside.reduce((t, i) => Math.min(t, r.time[i]!), Number.POSITIVE_INFINITY);
  const end = inside.reduce((t, i) => Math.max(t, r.time[i]!), onset);
  const ongoing = context.graph.span.to - end < 5 * MINUTE;
  const peers = new Map<string, number>();
  for (const i of inside) {
    const peer = r.strings[r.upstream[i]!]!;
    peers.set(peer, (peers.get(peer) ?? 0) + 1);
  }
  const named = [...peers].sort((a, b) => b[1] - a[1])[0]![0];
  // A handshake that fails ends in the same state; where the server is spoken to in plain text there is none.
  const configured = context.observations.configurations.filter((c) => c.software === 'haproxy');
  const servers = configured.flatMap((c) => c.upstreams);
  const plain = servers.length > 0 && servers.every((u) => !u.tls);
  const felt = impactBetween(context, onset, end, ongoing);
  const impact =
    felt.failingShare === undefined
      ? {
          ...felt,
          failingShare: burst.count / attempts,
          attempts,
          minutes: (end - onset) / MINUTE,
          ongoing,
          scope: peers.size < 2 && burst.count < attempts * 0.9 ? ('one-route' as const) : ('all' as const),
        }
      : felt;
  const change = changesNear(context, onset)[0];
  yield {
    cause: rule.cause,
    confidence: rule.state === 'sC' || plain ? 0.7 : 0.45,
    proof: 'observed',
    subject: { kind: 'host', id: named || 'the server' },
    title: rule.title(named || 'the server'),
    detail: `${burst.count} of ${attempts} sessions since ${iso(onset)} ended in state ${rule.state}: ${rule.says}${plain ? '; HAProxy speaks plain text to its servers, so no handshake is involved' : ''}${change ? `; just before: "${change.text}"` : ''}.`,
    evidence: inside
      .slice(0, 6)
      .map((i) =>
        line(
          context,
          r.source[i]!,
          r.line[i]!,
          `${r.status[i]}, termination state ${r.strings[r.termination[i]!]}`,
          r.time[i]!,
        ),
      ),
    impact,
    count: burst.count,
    first: onset,
    last: end,
    side: 'server',
    ...(named ? { leg: named } : {}),
    ...(configured.length > 0 ? { owner: 'ops' as const } : {}),
    data: { host: named, software: ['haproxy'], ...scopeData(impact) },
  };
}
