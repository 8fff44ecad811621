/** What Visa's Acquirer Monitoring Program (VAMP) counts by month; its limits are in knowledge/thresholds.yaml, with their sources. */
import { kindOf, type TransactionTable } from '../types.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { attemptsInOrder, cite, isVisa, type LineReference, outcomeOf, textOf } from './view.ts';

/** Disputes and fraud reports of one merchant in one calendar month (UTC). */
export interface DisputedMonth {
  /** '' where the table names none. */
  merchant: string;
  /** As `2026-09`. */
  month: string;
  from: number;
  to: number;
  disputes: number;
  fraudReports: number;
  /** Approved payments of the same month: what was settled, as far as the table tells. */
  sales: number;
  /** (disputes + fraud reports) / sales; NaN without sales. */
  ratio: number;
  /** Only Visa's cards were counted; else the rows name no scheme. */
  visaOnly: boolean;
  /** Both limits of VAMP are reached. */
  excessive: boolean;
  lines: LineReference[];
}

/** Tries that look like enumeration, of all attempts of a calendar month (UTC). */
export interface EnumeratedMonth {
  month: string;
  tries: number;
  attempts: number;
  share: number;
  excessive: boolean;
}

/** Visa lowered the limit of the ratio on this day. */
const LOWERED = Date.UTC(2026, 3, 1);
/** Merchants and months told. */
const MOST = 50;

const monthOf = (time: number): string => new Date(time).toISOString().slice(0, 7);

/**
 * Disputes and fraud reports by merchant and month, most items first; none where the table has neither. Visa counts payments
 * without the card present only, which a table seldom says: the ratio is a lower bound where it holds others.
 */
export function disputedMonths(table: TransactionTable, limits: TransactionLimits): DisputedMonth[] {
  const disputed: number[] = [];
  for (let row = 0; row < table.length; row++) {
    const kind = kindOf(table, row);
    if ((kind === 'dispute' || kind === 'fraud-report') && Number.isFinite(table.time[row]!)) disputed.push(row);
  }
  if (disputed.length === 0) return [];
  const visaOnly = disputed.some((row) => isVisa(table, row));
  const key = (row: number): string => `${monthOf(table.time[row]!)} ${textOf(table, 'merchant', row)}`;
  const counts = (row: number): boolean => !visaOnly || isVisa(table, row);
  const groups = new Map<string, number[]>();
  for (const row of disputed) if (counts(row)) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  const sales = new Map<string, number>();
  for (const row of attemptsInOrder(table))
    if (outcomeOf(table, row) === 'approved' && counts(row)) sales.set(key(row), (sales.get(key(row)) ?? 0) + 1);
  return [...groups]
    .sort((a, b) => b[1].length - a[1].length)
    .slice(0, MOST)
    .map(([name, rows]): DisputedMonth => {
      const times = rows.map((row) => table.time[row]!).sort((a, b) => a - b);
      const sold = sales.get(name) ?? 0;
      const ratio = sold === 0 ? Number.NaN : rows.length / sold;
      const bound = limit(limits, times.at(-1)! < LOWERED ? 'vamp.ratioBeforeApril2026' : 'vamp.ratioExcessive');
      return {
        merchant: textOf(table, 'merchant', rows[0]!),
        month: name.slice(0, 7),
        from: times[0]!,
        to: times.at(-1)!,
        disputes: rows.filter((row) => kindOf(table, row) === 'dispute').length,
        fraudReports: rows.filter((row) => kindOf(table, row) === 'fraud-report').length,
        sales: sold,
        ratio,
        visaOnly,
        excessive: rows.length >= limit(limits, 'vamp.incidents') && ratio >= bound,
        lines: cite(table, rows),
      };
    });
}

/** Tries of the runs that were found, by month. @param runs of card testing and enumeration; overlapping ones count once. */
export function enumeratedMonths(
  table: TransactionTable,
  limits: TransactionLimits,
  runs: readonly { from: number; to: number; attempts: number }[],
): EnumeratedMonth[] {
  const tries = new Map<string, number>();
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to, attempts } of [...runs].sort((a, b) => a.from - b.from || b.attempts - a.attempts)) {
    if (from < end) continue;
    end = to;
    tries.set(monthOf(from), (tries.get(monthOf(from)) ?? 0) + attempts);
  }
  if (tries.size === 0) return [];
  const all = new Map<string, number>();
  for (const row of attemptsInOrder(table)) {
    const month = monthOf(table.time[row]!);
    if (tries.has(month)) all.set(month, (all.get(month) ?? 0) + 1);
  }
  return [...tries].map(([month, count]): EnumeratedMonth => {
    const attempts = all.get(month) ?? 0;
    const share = attempts === 0 ? Number.NaN : count / attempts;
    const excessive = count >= limit(limits, 'vamp.enumerated') && share >= limit(limits, 'vamp.enumeratedRatio');
    return { month, tries: count, attempts, share, excessive };
  });
}
