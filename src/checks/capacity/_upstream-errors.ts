/** Server errors that came from behind a proxy, read from the status that the upstream itself gave. */
import { isLoopback } from '../../address.ts';
import type { EvidenceRef, Impact } from '../../finding.ts';
import { bursts, MINUTE } from '../../graph/bursts.ts';
import { stripPort } from '../../graph/endpoints.ts';
import { least, most } from '../../lists.ts';
import { impactBetween, line } from '../support.ts';
import type { CheckContext } from '../types.ts';

export interface UpstreamErrors {
  /** The upstream with most of them, as the proxy writes it, and by the one name used for it. */
  peer: string;
  host: string;
  /** ms UTC. */
  onset: number;
  end: number;
  count: number;
  impact: Impact & { scopeSays?: string };
  evidence: EvidenceRef[];
}

/** Fewer answers, or a smaller share of all, are those of any day. */
const FEWEST = 8;
const LEAST_SHARE = 0.02;

/** A time that was measured, in words. */
const seconds = (what: string, value: number): string[] =>
  Number.isNaN(value) ? [] : [`${what} ${value.toFixed(3)} s`];

/**
 * The main burst of 5xx answers that upstreams gave themselves: never a 502 or 504 that our proxy made for lack of an answer.
 * @returns undefined where there are few.
 */
export function upstreamErrors(context: CheckContext): UpstreamErrors | undefined {
  const r = context.observations.logs.requests;
  const perMinute = new Map<number, number>();
  const peers = new Map<number, number>();
  const rows: number[] = [];
  let upstreamTotal = 0;
  for (let i = 0; i < r.length; i++) {
    const status = r.upstreamStatus[i]!;
    if (status === 0) continue;
    upstreamTotal++;
    const own = (status === 502 || status === 504) && (Number.isNaN(r.upstreamHeader[i]!) || r.upstreamHeader[i] === 0);
    if (status < 500 || own) continue;
    const minute = Math.floor(r.time[i]! / MINUTE) * MINUTE;
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
    peers.set(r.upstream[i]!, (peers.get(r.upstream[i]!) ?? 0) + 1);
    rows.push(i);
  }
  const burst = bursts(perMinute)[0];
  if (!burst || burst.count < FEWEST || burst.count < upstreamTotal * LEAST_SHARE) return undefined;
  const inside = rows.filter((i) => r.time[i]! >= burst.from && r.time[i]! < burst.to + MINUTE);
  const onset = least(inside.map((i) => r.time[i]!));
  const end = most(inside.map((i) => r.time[i]!));
  const felt = impactBetween(context, onset, end, context.graph.span.to - end < 5 * MINUTE);
  const peer = r.strings[[...peers.entries()].sort((a, b) => b[1] - a[1])[0]![0]] ?? '';
  return {
    peer,
    host: peer ? context.graph.endpoints.canonical(peer) : 'the upstream',
    onset,
    end,
    count: burst.count,
    impact:
      felt.failingShare === undefined
        ? {
            ...felt,
            failingShare: burst.count / Math.max(1, upstreamTotal),
            attempts: upstreamTotal,
            scope: 'one-route',
          }
        : felt,
    evidence: inside
      .slice(0, 4)
      .map((i) =>
        line(
          context,
          r.source[i]!,
          r.line[i]!,
          [
            `upstream status ${r.upstreamStatus[i]}`,
            ...seconds('connect', r.upstreamConnect[i]!),
            ...seconds('header', r.upstreamHeader[i]!),
          ].join(', '),
          r.time[i]!,
        ),
      ),
  };
}

/**
 * Whether a proxy's upstream is a program beside it: a Unix socket, or an address of the host itself that no configuration of
 * the evidence shows to be the entry of a tunnel or of another proxy.
 */
export function isOwnService(context: CheckContext, upstream: string): boolean {
  if (/^unix(?::|$)/.test(upstream)) return true;
  if (!isLoopback(stripPort(upstream))) return false;
  const port = Number(/:(\d{1,5})$/.exec(upstream)?.[1]);
  return !context.observations.configurations.some(
    ({ listeners, upstreams }) =>
      listeners.some((l) => l.port === port) &&
      upstreams.some((u) => u.targets.some((t) => !isLoopback(stripPort(t.value)) && !t.value.startsWith('unix:'))),
  );
}
