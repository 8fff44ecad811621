/** Every minute of every leg in which something was asked for, as CSV: times UTC, durations in seconds. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { isoTime } from '../../instant.ts';
import { type LegSeries, PERCENTILES } from '../../logs/windows/legs.ts';
import { MINUTE } from '../../logs/windows/series.ts';
import { csvTable } from '../../report/escape.ts';
import { safeText } from '../../report/safe-text.ts';
import { UserError } from '../exit.ts';

const COLUMNS = ['minute', 'dimension', 'key', 'requests', 'failures', 'success_rate', ...PERCENTILES];

/** @throws UserError where the file cannot be written. */
export function writeMinutes(series: readonly LegSeries[], path: string): void {
  let file: number;
  try {
    file = openSync(path, 'w', 0o600);
  } catch (error) {
    throw new UserError(`${path}: cannot be written: ${(error as NodeJS.ErrnoException).code}`, {
      next: 'name another file with --minutes',
    });
  }
  try {
    writeSync(file, csvTable([COLUMNS]));
    for (const one of series) writeSync(file, csvTable(rowsOf(one)));
  } finally {
    closeSync(file);
  }
}

function rowsOf(series: LegSeries): (string | number | undefined)[][] {
  const { dimension, key, start, requests, failures } = series;
  const rows: (string | number | undefined)[][] = [];
  const name = safeText(key);
  for (let i = 0; i < requests.length; i++) {
    if (requests[i] === 0) continue;
    const percentiles = PERCENTILES.map((share) => Number(series[share][i]!.toPrecision(6)));
    const success = Number((1 - failures[i]! / requests[i]!).toFixed(6));
    rows.push([isoTime(start + i * MINUTE), dimension, name, requests[i], failures[i], success, ...percentiles]);
  }
  return rows;
}
