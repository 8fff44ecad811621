import type { LogObservations } from './types.ts';

/** Moves everything that came from one source by whole minutes. @param by ms, a multiple of 60,000 */
export function shiftSource(logs: LogObservations, source: number, by: number): void {
  const moved = (series: Map<number, number>): Map<number, number> =>
    new Map([...series].map(([minute, n]) => [minute + by, n]));
  for (const record of logs.records) if (record.source === source) record.time += by;
  const { requests } = logs;
  for (let i = 0; i < requests.length; i++) if (requests.source[i] === source) requests.time[i]! += by;
  for (const event of logs.events) {
    if (event.source !== source) continue;
    event.first += by;
    event.last += by;
    event.perMinute = moved(event.perMinute);
    for (const hit of event.hits) hit.time += by;
  }
  for (const series of logs.templates) {
    if (series.source !== source) continue;
    series.first += by;
    series.last += by;
    series.perMinute = moved(series.perMinute);
  }
  const about = logs.sources[source];
  if (!about) return;
  for (const hit of logs.cards.hits) if (hit.file === about.file) hit.time += by;
  if (about.first !== undefined) about.first += by;
  if (about.last !== undefined) about.last += by;
}
