/** Payment rates by any dimension of the transaction tables: how bad, for whom, since when. */
import type { EvidenceRef, Impact } from '../finding.ts';
import { isoTime } from '../instant.ts';
import { fileOf, OUTCOMES, type TransactionTable } from '../transactions/types.ts';
import type { Observations } from './observations.ts';

export type Dimension = 'route' | 'node' | 'merchant' | 'bin' | 'client';

export interface Slice {
  table: TransactionTable;
  rows: number[];
}

export interface RateChange {
  attempts: number;
  failed: number;
  share: number;
  attemptsBefore: number;
  shareBefore: number;
}

export interface PaymentRates {
  tables: TransactionTable[];
  /** Rows whose dimension equals a value. */
  rows(filter?: Partial<Record<Dimension, string>>): Slice[];
  /** Share of attempts that failed technically in [from, to) and before `from`. */
  change(from: number, to: number, filter?: Partial<Record<Dimension, string>>): RateChange;
  /** Values of a dimension hit in the window (share at least 0.3 above before), and those that went on working. */
  slices(
    dimension: Dimension,
    from: number,
    to: number,
  ): { hit: { value: string; change: RateChange }[]; working: { value: string; change: RateChange }[] };
  /** First failed row at or after `from` in the filter. */
  firstFailure(
    from: number,
    to: number,
    filter?: Partial<Record<Dimension, string>>,
  ): { time: number; reference: EvidenceRef } | undefined;
}

const FAILED = new Set([OUTCOMES.indexOf('error')]);
const PENDING = OUTCOMES.indexOf('pending');

/** Values of a dimension that are told apart. */
const MOST_SLICES = 2000;

/** Attempts and technical failures of some rows, within a stretch and before it. */
class Tally {
  #attempts = 0;
  #failed = 0;
  #attemptsBefore = 0;
  #failedBefore = 0;

  add(table: TransactionTable, row: number, from: number, to: number): void {
    const time = table.time[row]!;
    const outcome = table.outcome[row]!;
    const failed = FAILED.has(outcome) || outcome === PENDING ? 1 : 0;
    if (time >= from && time < to) {
      this.#attempts++;
      this.#failed += failed;
    } else if (time < from) {
      this.#attemptsBefore++;
      this.#failedBefore += failed;
    }
  }

  change(): RateChange {
    return {
      attempts: this.#attempts,
      failed: this.#failed,
      share: this.#attempts ? this.#failed / this.#attempts : 0,
      attemptsBefore: this.#attemptsBefore,
      shareBefore: this.#attemptsBefore ? this.#failedBefore / this.#attemptsBefore : 0,
    };
  }
}

/** Wraps the tables; pure. */
export function buildPayments(o: Observations): PaymentRates {
  const tables = o.transactions.tables;
  const column = (t: TransactionTable, d: Dimension): Uint32Array =>
    ({ route: t.route, node: t.node, merchant: t.merchant, bin: t.bin, client: t.client })[d];
  /** Rows that a filter takes; undefined where the table lacks a value. A text may have an id in each column. */
  const matcher = (
    t: TransactionTable,
    filter: Partial<Record<Dimension, string>>,
  ): ((i: number) => boolean) | undefined => {
    const tests: [Uint32Array, Set<number>][] = [];
    for (const [d, value] of Object.entries(filter) as [Dimension, string][]) {
      const ids = new Set<number>();
      for (let id = t.strings.indexOf(value); id >= 0; id = t.strings.indexOf(value, id + 1)) ids.add(id);
      if (ids.size === 0) return undefined;
      tests.push([column(t, d), ids]);
    }
    return (i) => tests.every(([col, ids]) => ids.has(col[i]!));
  };
  const rows = (filter: Partial<Record<Dimension, string>> = {}): Slice[] =>
    tables.flatMap((table) => {
      const test = matcher(table, filter);
      if (!test) return [];
      const out: number[] = [];
      for (let i = 0; i < table.length; i++) if (test(i)) out.push(i);
      return out.length ? [{ table, rows: out }] : [];
    });
  const change: PaymentRates['change'] = (from, to, filter = {}) => {
    const tally = new Tally();
    for (const table of tables) {
      const test = matcher(table, filter);
      if (!test) continue;
      for (let i = 0; i < table.length; i++) if (test(i)) tally.add(table, i, from, to);
    }
    return tally.change();
  };
  const slices: PaymentRates['slices'] = (dimension, from, to) => {
    const tallies = new Map<string, Tally>();
    for (const t of tables) {
      const col = column(t, dimension);
      for (let i = 0; i < t.length; i++) {
        if (!(t.time[i]! >= from && t.time[i]! < to) || tallies.size >= MOST_SLICES) continue;
        const value = t.strings[col[i]!] ?? '';
        if (!tallies.has(value)) tallies.set(value, new Tally());
      }
    }
    tallies.delete('');
    for (const t of tables) {
      const col = column(t, dimension);
      const ofId = t.strings.map((value) => tallies.get(value));
      for (let i = 0; i < t.length; i++) ofId[col[i]!]?.add(t, i, from, to);
    }
    const hit: { value: string; change: RateChange }[] = [];
    const working: { value: string; change: RateChange }[] = [];
    for (const value of [...tallies.keys()].sort()) {
      const c = tallies.get(value)!.change();
      if (c.attempts < 3) continue;
      if (c.share - c.shareBefore >= 0.3) hit.push({ value, change: c });
      else if (c.share - c.shareBefore < 0.1) working.push({ value, change: c });
    }
    hit.sort((a, b) => b.change.failed - a.change.failed);
    return { hit, working };
  };
  // Many checks ask about the same stretch: tables are walked once for each.
  const memo = <A extends unknown[], R>(compute: (...args: A) => R): ((...args: A) => R) => {
    const known = new Map<string, R>();
    return (...args) => {
      const key = JSON.stringify(args);
      const before = known.get(key);
      if (before !== undefined) return before;
      const value = compute(...args);
      if (known.size < 500) known.set(key, value);
      return value;
    };
  };
  const firstFailure: PaymentRates['firstFailure'] = (from, to, filter = {}) => {
    let best: { time: number; reference: EvidenceRef } | undefined;
    for (const { table, rows: list } of rows(filter)) {
      for (const i of list) {
        const time = table.time[i]!;
        if (time < from || time >= to || !FAILED.has(table.outcome[i]!)) continue;
        if (!best || time < best.time)
          best = { time, reference: { file: fileOf(table, i), line: table.line[i]!, time: isoTime(time) } };
      }
    }
    return best;
  };
  return { tables, rows, change: memo(change), slices: memo(slices), firstFailure };
}

/**
 * Measures how bad a fault was from the payments made while it was on.
 *
 * @param from onset, ms UTC
 * @param to end or incident clock, ms UTC
 */
export function paymentImpact(
  p: PaymentRates,
  from: number,
  to: number,
  ongoing: boolean,
): Impact & { scopeSays?: string } {
  const minutes = Math.max(0, (to - from) / 60_000);
  const base: Impact = { ongoing, minutes };
  const all = p.change(from, to + 1);
  if (all.attempts < 5) return base;
  const byRoute = p.slices('route', from, to + 1);
  const byNode = p.slices('node', from, to + 1);
  const byMerchant = p.slices('merchant', from, to + 1);
  const only = (s: ReturnType<PaymentRates['slices']>): string | undefined =>
    s.hit.length === 1 && s.working.length > 0 ? s.hit[0]!.value : undefined;
  const merchant = only(byMerchant);
  const route = only(byRoute);
  const node = only(byNode);
  const wholeRoute = byRoute.hit.find((h) => h.change.share >= 0.9 && h.change.attempts >= 5);
  const whollyDown = minutes >= 5 && ((all.share >= 0.9 && all.attempts >= 10) || !!wholeRoute);
  const scope: Impact['scope'] = merchant
    ? 'one-merchant'
    : route
      ? 'one-route'
      : node
        ? 'one-node'
        : byNode.hit.length > 1 && byNode.working.length > 0
          ? 'client-group'
          : all.share - all.shareBefore >= 0.2
            ? 'all'
            : 'sporadic';
  const says = merchant
    ? `only merchant ${merchant}`
    : route
      ? `only route ${route}`
      : node
        ? `only node ${node}`
        : scope === 'client-group'
          ? `only nodes ${byNode.hit
              .map((h) => h.value)
              .slice(0, 4)
              .join(', ')}`
          : undefined;
  return {
    ...base,
    failingShare: all.share,
    attempts: all.attempts,
    ...(whollyDown ? { whollyDown } : {}),
    scope,
    ...(says ? { scopeSays: says } : {}),
  };
}
