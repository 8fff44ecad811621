/** Server errors that came from behind a proxy, read from the status that the upstream itself gave. */
import { isLoopback } from '../../address.ts';
import type { EvidenceRef, Impact } from '../../finding.ts';
import { bursts, MINUTE } from '../../graph/bursts.ts';
import { stripPort } from '../../graph/endpoints.ts';
import { MinuteCounts } from '../../graph/minute-counts.ts';
import { least, most } from '../../lists.ts';
import { askedBySomebody } from '../../logs/windows/standing.ts';
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

/** Customers' requests in a burst from which one can tell that they are served, and the share of them that may fail. */
const CUSTOMERS = 20;
const SERVED = 0.1;

/** Rows that an upstream answered, and which of them with an error of its own. */
interface Answered {
  rows: readonly number[];
  isError: (row: number) => boolean;
}

/** Answers of upstreams: never a 502 or 504 that our proxy made for lack of one. */
function answered({ observations }: CheckContext): Answered {
  const r = observations.logs.requests;
  const rows: number[] = [];
  for (let i = 0; i < r.length; i++) if (r.upstreamStatus[i] !== 0) rows.push(i);
  const isError = (i: number): boolean => {
    const status = r.upstreamStatus[i]!;
    const own = (status === 502 || status === 504) && (Number.isNaN(r.upstreamHeader[i]!) || r.upstreamHeader[i] === 0);
    return status >= 500 && !own;
  };
  return { rows, isError };
}

/** The main burst among the errors, and its rows; undefined where there are few. */
function mainBurst(
  context: CheckContext,
  { rows, isError }: Answered,
): { errors: number[]; inside: number[] } | undefined {
  const r = context.observations.logs.requests;
  const errors = rows.filter(isError);
  const burst = bursts(MinuteCounts.of(errors.map((i) => r.time[i]!)))[0];
  if (!burst || burst.count < FEWEST || burst.count < rows.length * LEAST_SHARE) return undefined;
  return { errors, inside: errors.filter((i) => r.time[i]! >= burst.from && r.time[i]! < burst.to + MINUTE) };
}

/** Answers to customers alone, where they are served while a monitor's own check fails: it asks for more than they need. */
function withoutMonitors(context: CheckContext, all: Answered, inside: readonly number[]): Answered {
  const r = context.observations.logs.requests;
  const isCustomer = askedBySomebody(r);
  if (inside.every(isCustomer)) return all;
  const [from, to] = [least(inside.map((i) => r.time[i]!)), most(inside.map((i) => r.time[i]!))];
  const customers = all.rows.filter(isCustomer);
  const then = customers.filter((i) => r.time[i]! >= from && r.time[i]! <= to);
  const failed = then.filter((i) => r.status[i]! >= 500).length;
  return then.length >= CUSTOMERS && failed < then.length * SERVED ? { ...all, rows: customers } : all;
}

/**
 * The main burst of 5xx answers that upstreams gave themselves.
 * @returns undefined where there are few, or none that customers got.
 */
export function upstreamErrors(context: CheckContext): UpstreamErrors | undefined {
  const r = context.observations.logs.requests;
  let all = answered(context);
  let found = mainBurst(context, all);
  if (!found) return undefined;
  const ofCustomers = withoutMonitors(context, all, found.inside);
  if (ofCustomers !== all) {
    all = ofCustomers;
    found = mainBurst(context, all);
  }
  if (!found) return undefined;
  const { errors, inside } = found;
  const peers = new Map<number, number>();
  for (const i of errors) peers.set(r.upstream[i]!, (peers.get(r.upstream[i]!) ?? 0) + 1);
  const onset = least(inside.map((i) => r.time[i]!));
  const end = most(inside.map((i) => r.time[i]!));
  const felt = impactBetween(context, onset, end, context.graph.span.to - end < 5 * MINUTE);
  const peer = r.strings[[...peers.entries()].sort((a, b) => b[1] - a[1])[0]![0]] ?? '';
  return {
    peer,
    host: peer ? context.graph.endpoints.canonical(peer) : 'the upstream',
    onset,
    end,
    count: inside.length,
    impact:
      felt.failingShare === undefined
        ? {
            ...felt,
            failingShare: inside.length / Math.max(1, all.rows.length),
            attempts: all.rows.length,
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
