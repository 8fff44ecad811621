import { slowWindows } from '../../logs/windows/slow.ts';
import { usualProfile } from '../../logs/windows/weekly.ts';
import { DEFAULT_WINDOW_THRESHOLDS } from '../../logs/windows/windows.ts';
import type { TransactionTable } from '../types.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { minuteSeries, type Part, partsOf } from './minutes.ts';
import { cite, type LineReference } from './view.ts';

/** Attempts take longer than usual. */
export interface SlowSpell {
  dimension: Part['dimension'];
  /** Name of the route or merchant; `all` for the whole table. */
  key: string;
  /** First and last minute, ms UTC. */
  from: number;
  to: number;
  /** It reaches the end of the table. */
  toEnd: boolean;
  attempts: number;
  /** p95 in seconds, within and outside. */
  p95: number;
  usualP95: number;
  /** The slowest of them. */
  lines: LineReference[];
}

/**
 * Spells in which attempts took longer than usual, of everything or of one route or merchant, where the table has a column
 * of durations; each route is judged by what it usually takes.
 */
export function slowSpells(table: TransactionTable, limits: TransactionLimits): SlowSpell[] {
  if (!table.columns.latencyMs) return [];
  const parts = partsOf(table, limit(limits, 'volume.minimumAttempts'));
  const series = new Map(parts.map((part) => [part, minuteSeries(table, part)]));
  const routes = parts.filter(({ dimension }) => dimension === 'route').map((part) => series.get(part)!);
  const spells = parts.flatMap((part) => {
    const one = series.get(part)!;
    const strata = part.dimension === 'all' ? routes : [];
    return slowWindows(one, strata, [], DEFAULT_WINDOW_THRESHOLDS, usualProfile(one)).map(
      ({ from, to, open, requests, value, baseline }): SlowSpell => {
        const inside = part.rows
          .filter((row) => table.time[row]! >= from && table.time[row]! < to)
          .sort((a, b) => table.latencyMs[b]! - table.latencyMs[a]! || a - b);
        return {
          dimension: part.dimension,
          key: part.key,
          from,
          to,
          toEnd: open,
          attempts: requests,
          p95: value,
          usualP95: baseline,
          lines: cite(table, inside.slice(0, 5)),
        };
      },
    );
  });
  const all = spells.filter(({ dimension }) => dimension === 'all');
  return spells
    .filter(
      (spell) => spell.dimension === 'all' || !all.some((whole) => whole.from <= spell.to && whole.to >= spell.from),
    )
    .sort((a, b) => a.from - b.from);
}
