import { isPrivate } from '../../address.ts';
import { bursts, MINUTE } from '../../graph/bursts.ts';
import { MinuteCounts } from '../../graph/minute-counts.ts';
import { firstAtLeast } from '../../lists.ts';
import { IdSet } from '../../logs/id-set.ts';
import { counted } from '../../wording.ts';
import { impactBetween, iso, scopeData } from '../support.ts';
import { type Check, defineCheck, type Hit } from '../types.ts';
import { requestReference } from './_requests.ts';

/** Requests a minute over the usual level that make a wave, and the share of one target in it. */
const FACTOR = 5;
const ONE_TARGET = 0.55;
/** Share of failed payments that makes an interruption a wide one. */
const WIDE = 0.2;
const LOGIN = /log-?in|sign-?in|auth|session|token|password/i;

/** The value a quarter of the list lies below. */
const lowerQuartile = (list: readonly number[] | Uint32Array): number =>
  Float64Array.from(list).sort()[Math.floor(list.length / 4)] ?? 0;

/** Minutes before and after in which a minute's usual level is looked for: half a day follows the swing of the day. */
const ABOUT = 360;

/** The lower quartile of the half day around a minute, by the hour; 0 for short logs, where one level stands for all. */
function usualAbout(perMinute: ReadonlyMap<number, number>): (minute: number) => number {
  const minutes = Float64Array.from(perMinute.keys()).sort();
  const span = (minutes.at(-1)! - minutes[0]!) / MINUTE;
  if (span < 2 * ABOUT) return () => 0;
  const known = new Map<number, number>();
  return (minute) => {
    const hour = Math.floor(minute / (60 * MINUTE));
    let usual = known.get(hour);
    if (usual === undefined) {
      const middle = (hour + 0.5) * 60 * MINUTE;
      const from = firstAtLeast(minutes, middle - ABOUT * MINUTE);
      const to = firstAtLeast(minutes, middle + ABOUT * MINUTE + 1);
      usual = lowerQuartile(Array.from(minutes.subarray(from, to), (m) => perMinute.get(m)!));
      known.set(hour, usual);
    }
    return usual;
  };
}

const check: Check = defineCheck({
  meta: {
    id: 'attacks/request-flood',
    title: 'Flood of requests',
    description:
      'Many times the usual number of requests a minute, concentrated on one target or one kind of client. A sale spreads over pages, sessions and payments instead.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'net',
    proof: 'observed',
    needs: ['logs'],
    remedy:
      'Put scrubbing or rate rules in front (per path and client), keep the payment paths open, protect the origin.',
    verification: {
      command: 'awk "{print \\$4}" access.log | cut -c2-18 | sort | uniq -c | tail',
      expect: 'requests a minute back at the usual level',
    },
    references: ['OWASP OAT-015', 'RFC 4732'],
  },
  *run(context): Iterable<Hit> {
    const r = context.observations.logs.requests;
    if (r.length < 200) return;
    const perMinute = MinuteCounts.of(r.time);
    // A flood may fill most of the evidence: the usual level is that of the quieter minutes.
    const usual = Math.max(1, lowerQuartile(Uint32Array.from(perMinute.values())));
    const about = usualAbout(perMinute);
    const heavy = new Map<number, number>();
    for (const [m, n] of perMinute) if (n >= 30 && n >= Math.max(usual, about(m)) * FACTOR) heavy.set(m, n);
    if (heavy.size < 2) return;
    const waves = bursts(heavy, 3).filter((w) => heavy.size < 4 || w.count > usual * FACTOR);
    // What the waves consist of, beside an ordinary minute.
    const inWave = new Uint32Array(r.strings.length);
    const outside = new Uint32Array(r.strings.length);
    const agents = new Uint32Array(r.strings.length);
    const clients = new IdSet(r.strings.length);
    const agentsOutside = new Uint32Array(r.strings.length);
    let waveTotal = 0;
    let outsideTotal = 0;
    for (let i = 0; i < r.length; i++) {
      const m = Math.floor(r.time[i]! / MINUTE) * MINUTE;
      if (heavy.has(m)) {
        waveTotal++;
        inWave[r.path[i]!]!++;
        // A log without agents says nothing about the kind of client.
        const agent = r.strings[r.userAgent[i]!];
        if (agent && agent !== '-') agents[r.userAgent[i]!]!++;
        clients.add(r.client[i]!);
      } else {
        outsideTotal++;
        outside[r.path[i]!]!++;
        agentsOutside[r.userAgent[i]!]!++;
      }
    }
    const hits = inWave.reduce((a, b) => Math.max(a, b), 0);
    const path = inWave.indexOf(hits);
    const share = hits / waveTotal;
    const before = outside[path]! / Math.max(1, outsideTotal);
    const agentHits = agents.reduce((a, b) => Math.max(a, b), 0);
    const topAgent = agentHits / waveTotal;
    // The one app of all customers is as much of a quiet minute.
    const agentBefore = agentsOutside[agents.indexOf(agentHits)]! / Math.max(1, outsideTotal);
    const concentrated = share >= ONE_TARGET && before < share / 2;
    if (!concentrated && !(topAgent >= 0.9 && agentBefore < topAgent / 2 && share >= 0.3)) return;
    const target = r.strings[path]!;
    const rows: number[] = [];
    for (let i = 0; i < r.length; i++)
      if (r.path[i] === path && heavy.has(Math.floor(r.time[i]! / MINUTE) * MINUTE)) rows.push(i);
    rows.sort((a, b) => r.time[a]! - r.time[b]!);
    // The first requests of a wave come in the minute in which it starts, before it is heavy.
    const onset = r.time[rows[0]!]!;
    const last = r.time[rows.at(-1)!]!;
    const { failingShare, ...measured } = impactBetween(
      context,
      onset,
      last,
      context.graph.span.to - last < 5 * MINUTE,
    );
    // A wave that hardly fails payments is as urgent as one that does, but nobody may read of failures that were none.
    const impact = (failingShare ?? 0) >= WIDE ? { ...measured, failingShare: failingShare! } : measured;
    // Refused logins at a pace that hurts nobody are an attack on accounts, judged by its own check.
    const refused = rows.filter((i) => r.status[i]! >= 400 && r.status[i]! < 500).length;
    if (LOGIN.test(target) && refused >= rows.length * 0.6 && (failingShare ?? 0) < 0.05) return;
    if (bornWithEase(context, heavy, failingShare)) return;
    if (isOneAtEase(context, rows, heavy)) return;
    // One machine of our own network that works through its job is not a flood, whatever else it is.
    const askers = new Set(rows.map((i) => r.client[i]!));
    if (askers.size <= 2 && clients.size > 10 && [...askers].every((c) => isPrivate(r.strings[c] ?? ''))) return;
    // Payments that are refused one after the other try cards; how fast they come is not the point.
    if (rows.filter((i) => r.status[i] === 402).length >= rows.length * 0.6) return;
    const times = waves.sort((a, b) => a.from - b.from);
    yield {
      cause: 'request-flood',
      confidence: concentrated && share >= 0.7 ? 0.93 : 0.8,
      subject: { kind: 'route', id: target },
      title: `A flood of requests hits ${target}`,
      detail: `${counted(waveTotal, 'request')} in ${counted(heavy.size, 'minute')} (usual: ${usual} a minute), ${Math.round(share * 100)} % of them for ${target} from ${counted(askers.size, 'address', 'addresses')}, in ${times.length} wave${times.length === 1 ? '' : 's'} since ${iso(onset)}.`,
      evidence: [...rows.slice(0, 4), ...rows.slice(Math.floor(rows.length / 2), Math.floor(rows.length / 2) + 2)].map(
        (i) => requestReference(context, i),
      ),
      impact: {
        ...impact,
        attempts: Math.max(impact.attempts ?? 0, waveTotal),
        scope: 'all',
        minutes: Math.max(5, (last - onset) / MINUTE),
      },
      count: waveTotal,
      first: onset,
      last,
      data: {
        path: target,
        waves: times.map((w) => `${iso(w.from)}/${iso(w.to + MINUTE)}`),
        addresses: askers.size,
        ...scopeData(impact),
      },
    };
  },
});

export default check;

/** Share of a wave that one or two clients must be to be the wave, and of errors in it that hurt nobody. */
const NEARLY_ALL = 0.9;
const HARDLY_ANY = 0.02;
/** Requests a second of one client that a service bears which is fast for all others. */
const BORNE = 20;

/**
 * Whether a wave is one or two clients that repeat their requests, a program in a loop or a customer's batch, at a pace that the
 * service bears: hardly an answer was its error, and answers took no longer than in quiet minutes.
 * @param rows of the wave for its target.
 */
function isOneAtEase(
  context: Parameters<Check['run']>[0],
  rows: readonly number[],
  heavy: ReadonlyMap<number, number>,
): boolean {
  const r = context.observations.logs.requests;
  const byClient = new Map<number, number>();
  for (const row of rows) byClient.set(r.client[row]!, (byClient.get(r.client[row]!) ?? 0) + 1);
  const [first = 0, second = 0] = [...byClient.values()].sort((a, b) => b - a);
  if (first + second < rows.length * NEARLY_ALL || [...heavy.values()].some((requests) => requests > BORNE * 60))
    return false;
  const { all, errors, slower } = strainIn(context, heavy);
  return errors <= all * HARDLY_ANY && slower !== true;
}

/**
 * Whether the waves hurt nobody: payments went on as before, hardly an answer was an error, and answers took no longer than
 * in quiet minutes. Many visitors who are all served are a good day, whatever page they came for.
 */
function bornWithEase(
  context: Parameters<Check['run']>[0],
  heavy: ReadonlyMap<number, number>,
  failingShare: number | undefined,
): boolean {
  if ((failingShare ?? 0) >= 0.05 || context.graph.payments.tables.length === 0) return false;
  const { all, errors, slower } = strainIn(context, heavy);
  // Without times taken it cannot be told that nobody waited.
  return errors <= all * HARDLY_ANY && slower === false;
}

/** Answers in the waves, errors of the service among them, and whether they took longer than in quiet minutes; undefined where few times are known. */
function strainIn(
  context: Parameters<Check['run']>[0],
  heavy: ReadonlyMap<number, number>,
): { all: number; errors: number; slower: boolean | undefined } {
  const r = context.observations.logs.requests;
  const quiet: number[] = [];
  const busy: number[] = [];
  let errors = 0;
  let all = 0;
  for (let i = 0; i < r.length; i++) {
    const inWave = heavy.has(Math.floor(r.time[i]! / MINUTE) * MINUTE);
    if (!Number.isNaN(r.requestTime[i]!)) (inWave ? busy : quiet).push(r.requestTime[i]!);
    if (!inWave) continue;
    all++;
    if (r.status[i]! >= 500 || r.status[i] === 429 || r.status[i] === 0) errors++;
  }
  if (quiet.length < 20 || busy.length < 20) return { all, errors, slower: undefined };
  const median = (list: number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
  return { all, errors, slower: median(busy) > Math.max(0.05, median(quiet) * 2) };
}
