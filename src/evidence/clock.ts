import { epochTime, readTime } from './time.ts';
import type { EvidenceItem, EvidenceSource, IncidentClock } from './types.ts';

/** Evidence is judged at the time it speaks of. One second more than the newest record keeps that record in the past. */
const AFTER_NEWEST = 1000;

function parseInstant(text: string): number | undefined {
  const trimmed = text.trim();
  const epoch = epochTime(trimmed);
  if (epoch !== undefined) return epoch;
  return readTime(trimmed)?.time;
}

/** The file `meta/now` of the bundle, the outermost if there are several; its first line is the time. */
function clockFile(sources: EvidenceSource[]): { time: number; path: string; text: string } | undefined {
  const candidates = sources
    .filter(({ item }) => item.kind === 'clock' && /(?:^|[/!])meta\/now(?:\.txt)?$/.test(item.path))
    .sort((a, b) => a.item.path.length - b.item.path.length);
  for (const source of candidates) {
    const text =
      source.head
        .toString('utf8')
        .split(/\r?\n/)
        .find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
    const time = parseInstant(text);
    if (time !== undefined) return { time, path: source.item.path, text: text.trim() };
  }
  return undefined;
}

/** Newest time that the readers noted in the manifest, ms UTC; undefined when no reader found a time. */
export function newestEvidenceTime(items: EvidenceItem[]): number | undefined {
  let newest: number | undefined;
  for (const { span } of items) {
    const to = span ? Date.parse(span.to) : Number.NaN;
    if (!Number.isNaN(to) && (newest === undefined || to > newest)) newest = to;
  }
  return newest;
}

/**
 * The time at which validity is judged: `--now`, else `meta/now`, else the newest time found in the evidence, else the
 * newest file modification time, else the machine's clock.
 * @param options.nowOption the text of `--now`: ISO-8601 or epoch seconds or ms.
 * @param options.newest newest record time that the readers found, ms UTC.
 * @param options.system the machine's clock, for when nothing else tells.
 * @throws RangeError when `nowOption` is not a time.
 */
export function incidentClock(
  sources: EvidenceSource[],
  options: { nowOption?: string; newest?: number; system: number },
): IncidentClock {
  if (options.nowOption !== undefined) {
    const now = parseInstant(options.nowOption);
    if (now === undefined)
      throw new RangeError(`"${options.nowOption}" is not a time; write 2026-11-21T09:30:00Z or epoch seconds`);
    return { now, source: 'option', says: `${new Date(now).toISOString()} (given with --now)` };
  }
  const file = clockFile(sources);
  if (file)
    return { now: file.time, source: 'meta/now', says: `${new Date(file.time).toISOString()} (from ${file.path})` };
  if (options.newest !== undefined && Number.isFinite(options.newest)) {
    const now = options.newest + AFTER_NEWEST;
    return {
      now,
      source: 'newest-evidence',
      says: `${new Date(now).toISOString()} (newest record of the evidence; no meta/now)`,
    };
  }
  return {
    now: options.system,
    source: 'system',
    says: `${new Date(options.system).toISOString()} (this machine's clock: the evidence carries no time)`,
  };
}
