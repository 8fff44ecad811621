import { append, least, most } from '../../lists.ts';
import type { Reason } from '../response-codes.ts';
import type { TransactionTable } from '../types.ts';
import { groupBy } from './groups.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { baseRate, likelihoodRatio, rateBeforeStep, type Segment, scan } from './scan.ts';
import {
  attemptsInOrder,
  cardIds,
  cite,
  isOngoing,
  issuerLookup,
  type LineReference,
  namesTerminals,
  outcomeOf,
  reasonOf,
  tally,
  textOf,
} from './view.ts';

export const DIMENSIONS = ['all', 'route', 'merchant', 'node', 'issuer', 'bin', 'currency', 'terminal'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** A stretch in which one key (or everything) fails far more often than before. */
export interface RateChange {
  dimension: Dimension;
  key: string;
  /** What rose: technical errors, declines, or attempts left pending. */
  outcome: 'error' | 'declined' | 'pending';
  /** First and last failing attempt, ms UTC. */
  from: number;
  to: number;
  ongoing: boolean;
  /** The failures began with the file, so the true onset lies before it. */
  fromStart: boolean;
  during: { attempts: number; failing: number; share: number; successShare: number };
  /** The same key before the stretch (or outside it, when nothing precedes). */
  before: { attempts: number; share: number; successShare: number };
  /** All other keys of the dimension in the same stretch, less the attempts that another change explains. */
  others: { attempts: number; share: number };
  /** Share of all attempts in the stretch that belong to the key. */
  volumeShare: number;
  reasons: { reason: Reason; count: number }[];
  codes: { value: string; count: number }[];
  merchants: number;
  medianLatencyMs: number;
  /** Log-likelihood ratio; higher is surer. */
  score: number;
  lines: LineReference[];
}

/** Key of a row in a dimension; undefined where the row has none. */
export function keyReader(
  table: TransactionTable,
  by: Dimension | 'client',
  issuers: { bin: string; issuer: string }[],
): (row: number) => string | undefined {
  if (by === 'all') return () => 'all';
  const issuerOf = issuerLookup(issuers);
  if (by === 'issuer') return (row) => (table.bin[row] ? issuerOf(textOf(table, 'bin', row)) : undefined);
  if (by === 'terminal')
    return namesTerminals(table) ? (row) => textOf(table, 'device', row) || undefined : () => undefined;
  return (row) => textOf(table, by, row) || undefined;
}

/** Attempts of one address, most of them good, that no single customer makes: a till, a partner's server, a balancer. */
const OF_MANY = 50;

/** By id of the client, 1 where it stands for many customers. */
function sharedClients(table: TransactionTable, order: Uint32Array, flags: Uint8Array): Uint8Array {
  const attempts = new Uint32Array(table.strings.length);
  const failing = new Uint32Array(table.strings.length);
  for (const row of order) {
    attempts[table.client[row]!]!++;
    failing[table.client[row]!]! += flags[row]!;
  }
  return Uint8Array.from(attempts, (count, client) => Number(count >= OF_MANY && failing[client]! * 2 < count));
}

/** The same customer who asks for the same amount again within so many milliseconds tries again. */
const TRIES_AGAIN = 15 * 60_000;

/** One client (or card) that fails again at once is one failure, and so is one that fails with the same amount soon. */
function withoutRepeats(table: TransactionTable, order: Uint32Array, flags: Uint8Array, repeatMs: number): Uint32Array {
  const ids = cardIds(table);
  const shared = sharedClients(table, order, flags);
  const names = order.reduce((highest, row) => Math.max(highest, table.client[row]!, ids[row]!), 0) + 1;
  /** By client or card and outcome, the latest row and one; 0 for none. */
  const last = new Uint32Array(names * 4);
  return order.filter((row) => {
    // Clients and cards are told apart by the lowest bit, success and failure by the next.
    const ownClient = table.client[row]! > 0 && !shared[table.client[row]!];
    const who = ownClient ? table.client[row]! * 4 : ids[row] ? ids[row]! * 4 + 1 : 0;
    if (who === 0) return true;
    const key = who + flags[row]! * 2;
    const before = last[key]! - 1;
    last[key] = row + 1;
    if (before === -1) return true;
    const amount = table.amount[row]!;
    const again = flags[row] === 1 && amount === table.amount[before] && amount > 0;
    return table.time[row]! - table.time[before]! > (again ? Math.max(repeatMs, TRIES_AGAIN) : repeatMs);
  });
}

interface Candidate {
  dimension: Dimension;
  key: string;
  rows: number[];
  segment: Segment;
  /** Score against the common base rate, by which candidates of different keys compare. */
  worth: number;
}

/** Keys of a dimension that are worth scanning; long tails are left to the wider dimensions. */
const MOST_KEYS = 500;

export interface FailureScan {
  failing: (row: number) => boolean;
  /** Attempts that count at all; every attempt when not given. */
  considered?: (row: number) => boolean;
  outcome: RateChange['outcome'];
  floor: number;
  cap: number;
  /** Quantile of block rates that is taken for the base rate. */
  quantile: number;
  dimensions: readonly Dimension[];
}

interface Explanation {
  candidates: Candidate[];
  /** Sum of the scores, less what each further stretch costs. */
  worth: number;
}

/**
 * Failures among which the least score may begin a stretch by chance (Wald 1945: with e^-S from each): e^-14 and fifty of them,
 * for each kind of outcome and with its rate unknown, are one false window in a thousand tables. More of them ask for more.
 */
const STARTS = 50;

/** Attempts outside a stretch from which a key's own share of declines can be told. */
const FEWEST_OUTSIDE = 20;
/** Share of declines that no range, merchant or route has all the time. */
const NOBODYS_HABIT = 0.8;

/**
 * Whether a stretch of declines differs from the rest of the same key's attempts: prepaid ranges, strict merchants and late
 * retries are declined often all the time.
 * @param customers as how many the attempts of the stretch count.
 */
function isChange(
  failed: Uint8Array,
  { failures, count }: Segment,
  customers: number,
  limits: TransactionLimits,
  groups: number,
): boolean {
  const outside = failed.length - count;
  if (outside < FEWEST_OUTSIDE) return failures >= count * NOBODYS_HABIT;
  const all = failed.reduce((sum, one) => sum + one, 0);
  const usual = (all - failures + 0.5) / (outside + 1);
  // Attempts of one customer share his luck: as much evidence as there are customers (design effect).
  const evidence = (likelihoodRatio(failures, count, usual) * customers) / count;
  return evidence >= limit(limits, 'rates.minimumScore') + Math.log(groups);
}

/** Best window of a group among the attempts that are still unexplained. */
function bestWindow(
  { dimension, key, rows }: Group,
  flags: Uint8Array,
  open: number[],
  customersIn: (rows: readonly number[], segment: Segment) => number,
  base: number,
  how: FailureScan,
  limits: TransactionLimits,
  groups: number,
): Candidate | undefined {
  const failed = Uint8Array.from(open, (row) => flags[row]!);
  const starts = failed.reduce((sum, one) => sum + one, 0);
  // A key with a high base of its own (a prepaid range, a strict merchant) is measured against that.
  const own =
    dimension === 'all' ? base : Math.max(base, Math.min(how.cap, baseRate(failed, how.floor, how.cap, how.quantile)));
  const [segment] = scan(
    failed,
    {
      base: own,
      minimumScore: limit(limits, 'rates.minimumScore') + Math.log(groups) + Math.log(Math.max(1, starts / STARTS)),
      minimumFailures: limit(limits, 'rates.minimumFailures'),
      minimumShare: Math.max(limit(limits, 'rates.minimumShare'), own * 2),
    },
    1,
  );
  if (segment && how.outcome === 'declined' && !isChange(failed, segment, customersIn(open, segment), limits, groups))
    return undefined;
  return (
    segment && {
      dimension,
      key,
      rows: rows.length === open.length ? rows : open,
      segment,
      worth: likelihoodRatio(segment.failures, segment.count, base),
    }
  );
}

/**
 * As how many customers with one attempt each the attempts of a stretch count (Kish's effective sample size), by their cards,
 * else their accounts; each attempt stands for itself without either.
 */
function customerCounter(table: TransactionTable): (rows: readonly number[], segment: Segment) => number {
  const ids = cardIds(table);
  return (rows, { start, end }) => {
    const attempts = new Map<number, number>();
    for (let i = start; i <= end; i++) {
      const row = rows[i]!;
      // Cards, accounts and rows are told apart by what is left over.
      const who = ids[row] ? ids[row]! * 3 : table.user[row] ? table.user[row]! * 3 + 1 : row * 3 + 2;
      attempts.set(who, (attempts.get(who) ?? 0) + 1);
    }
    let squares = 0;
    for (const count of attempts.values()) squares += count * count;
    return (end - start + 1) ** 2 / squares;
  };
}

/** Takes the best (key, window) pair, sets its attempts aside, and looks again. */
function explainGreedily(
  table: TransactionTable,
  groups: Group[],
  flags: Uint8Array,
  base: number,
  how: FailureScan,
  limits: TransactionLimits,
): Explanation {
  const explained = new Uint8Array(flags.length);
  const customersIn = customerCounter(table);
  const fewest = limit(limits, 'rates.minimumFailures');
  const advantage = limit(limits, 'rates.advantage');
  // Windows of groups that no round has touched stay as they are.
  const windows: (Candidate | undefined)[] = [];
  const counted: number[] = [];
  const candidates: Candidate[] = [];
  let worth = 0;
  for (let round = 0; round < 6; round++) {
    let best: Candidate | undefined;
    groups.forEach((group, i) => {
      let open = 0;
      let failures = 0;
      for (const row of group.rows) {
        if (explained[row]) continue;
        open++;
        failures += flags[row]!;
      }
      if (counted[i] !== open) {
        counted[i] = open;
        windows[i] =
          failures < fewest
            ? undefined
            : bestWindow(
                group,
                flags,
                open === group.rows.length ? group.rows : group.rows.filter((row) => !explained[row]),
                customersIn,
                base,
                how,
                limits,
                groups.length,
              );
      }
      const candidate = windows[i];
      // Dimensions stand in order of width; a later one must be clearly better.
      if (candidate && candidate.worth > (best ? best.worth + advantage : 0)) best = candidate;
    });
    if (!best) break;
    candidates.push(best);
    worth += best.worth - limit(limits, 'rates.stretchCost');
    for (let i = best.segment.start; i <= best.segment.end; i++) explained[best.rows[i]!] = 1;
  }
  return { candidates, worth };
}

/**
 * Explains failures by the fewest and narrowest stretches. Two explanations compete: one that may call everything
 * failing, and one of narrower keys only; two faults at a time are told from one fault of everything by their sum.
 */
export function explainFailures(
  table: TransactionTable,
  how: FailureScan,
  limits: TransactionLimits,
  issuers: { bin: string; issuer: string }[] = [],
): RateChange[] {
  const attempts = attemptsInOrder(table);
  const counted = how.considered ? attempts.filter(how.considered) : attempts;
  const flags = new Uint8Array(table.length);
  let failures = 0;
  for (const row of counted) {
    if (!how.failing(row)) continue;
    flags[row] = 1;
    failures++;
  }
  if (failures < limit(limits, 'rates.minimumFailures')) return [];
  const order = withoutRepeats(table, counted, flags, limit(limits, 'rates.repeatSeconds') * 1000);
  const groups = groupRows(table, order, how.dimensions, issuers);
  const failed = Uint8Array.from(order, (row) => flags[row]!);
  const usual = baseRate(failed, how.floor, how.cap, how.quantile);
  const base = Math.max(how.floor, Math.min(usual, rateBeforeStep(failed) ?? usual));
  const whole = explainGreedily(table, groups, flags, base, how, limits);
  const narrow = whole.candidates.some(({ dimension }) => dimension === 'all')
    ? explainGreedily(
        table,
        groups.filter(({ dimension }) => dimension !== 'all'),
        flags,
        base,
        how,
        limits,
      )
    : whole;
  const chosen = narrow.worth > whole.worth && !coversEverything(table, order, narrow.candidates) ? narrow : whole;
  const explained = new Set(
    chosen.candidates.flatMap(({ rows, segment }) => rows.slice(segment.start, segment.end + 1)),
  );
  return chosen.candidates
    .map((candidate) => describe(table, order, candidate, explained, how, issuers))
    .sort((a, b) => a.from - b.from);
}

/** Keys that together carry (nearly) all attempts of their common stretch are one fault of everything. */
function coversEverything(table: TransactionTable, order: Uint32Array, candidates: Candidate[]): boolean {
  const dimensions = new Set(candidates.map(({ dimension }) => dimension));
  if (dimensions.size !== 1 || candidates.length < 2) return false;
  const from = most(candidates.map(({ rows, segment }) => table.time[rows[segment.start]!]!));
  const to = least(candidates.map(({ rows, segment }) => table.time[rows[segment.end]!]!));
  if (to <= from) return false;
  const inside = order.filter((row) => table.time[row]! >= from && table.time[row]! <= to);
  const covered = new Set(candidates.flatMap(({ rows, segment }) => rows.slice(segment.start, segment.end + 1)));
  return inside.filter((row) => covered.has(row)).length >= inside.length * 0.97;
}

interface Group {
  dimension: Dimension;
  key: string;
  rows: number[];
}

function groupRows(
  table: TransactionTable,
  order: Uint32Array,
  dimensions: readonly Dimension[],
  issuers: { bin: string; issuer: string }[],
): Group[] {
  const groups: Group[] = [];
  for (const dimension of dimensions) {
    const keyOf = keyReader(table, dimension, issuers);
    const byKey =
      dimension === 'all' || dimension === 'issuer' || dimension === 'terminal'
        ? groupBy<string | number>(order, keyOf)
        : groupBy<string | number>(order, (row) => table[dimension][row]);
    // A dimension with one key says nothing that `all` does not say.
    if (dimension !== 'all' && byKey.size < 2) continue;
    append(
      groups,
      byKey.largest(MOST_KEYS).map((rows) => ({ dimension, key: keyOf(rows[0]!)!, rows })),
    );
  }
  return groups;
}

function describe(
  table: TransactionTable,
  order: Uint32Array,
  { dimension, key, rows, segment }: Candidate,
  explained: Set<number>,
  how: FailureScan,
  issuers: { bin: string; issuer: string }[],
): RateChange {
  const within = rows.slice(segment.start, segment.end + 1);
  const from = table.time[within[0]!]!;
  const to = table.time[within.at(-1)!]!;
  const failingRows = within.filter((row) => how.failing(row));
  const ofKey = keyReader(table, dimension, issuers);
  const earlier = rows.slice(0, segment.start);
  const outside = earlier.length >= 20 ? earlier : [...earlier, ...rows.slice(segment.end + 1)];
  const others: number[] = [];
  let all = 0;
  for (const row of order) {
    if (table.time[row]! < from || table.time[row]! > to) continue;
    all++;
    if (ofKey(row) !== key && !explained.has(row)) others.push(row);
  }
  const shareOf = (list: number[], test: (row: number) => boolean): number =>
    list.length ? list.filter(test).length / list.length : Number.NaN;
  const approved = (row: number): boolean => outcomeOf(table, row) === 'approved';
  const reasons = new Map<Reason, number>();
  for (const row of failingRows) reasons.set(reasonOf(table, row), (reasons.get(reasonOf(table, row)) ?? 0) + 1);
  const latencies = failingRows
    .map((row) => table.latencyMs[row]!)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  return {
    dimension,
    key,
    outcome: how.outcome,
    from,
    to,
    ongoing: isOngoing(table, order, to),
    fromStart: segment.start < 3,
    during: {
      attempts: within.length,
      failing: failingRows.length,
      share: failingRows.length / within.length,
      successShare: shareOf(within, approved),
    },
    before: {
      attempts: outside.length,
      share: shareOf(outside, how.failing),
      successShare: shareOf(outside, approved),
    },
    others: { attempts: others.length, share: shareOf(others, how.failing) },
    volumeShare: all ? within.length / all : Number.NaN,
    reasons: [...reasons].sort((a, b) => b[1] - a[1]).map(([reason, count]) => ({ reason, count })),
    codes: tally(table, 'code', failingRows),
    merchants: tally(table, 'merchant', failingRows, 1000).length,
    medianLatencyMs: latencies[latencies.length >> 1] ?? Number.NaN,
    score: segment.score,
    lines: cite(table, failingRows),
  };
}
