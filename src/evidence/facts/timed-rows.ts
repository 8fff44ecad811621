/** What happened when, as the readers of changes find it. */
import type { FactContext, FactText } from './context.ts';
import { factTime } from './context.ts';

export interface TimedRow {
  line: number;
  /** ms UTC; NaN when unreadable. */
  time: number;
  text: string;
  team?: string;
}

const MINUTE = 60_000;
/** Names told of one run. */
const MOST_NAMED = 5;

/** Rows of one deed in one minute as one row: an upgrade of two hundred packages is one change. */
export function joinedByMinute(rows: readonly (TimedRow & { deed: string })[]): TimedRow[] {
  const joined: TimedRow[] = [];
  let names: string[] = [];
  let deed = '';
  const close = (): void => {
    const last = joined.at(-1);
    if (last)
      last.text = `${deed} ${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''}`;
  };
  for (const row of rows) {
    const last = joined.at(-1);
    if (last && deed === row.deed && Math.abs(row.time - last.time) < MINUTE) {
      names.push(row.text);
      continue;
    }
    close();
    deed = row.deed;
    names = [row.text];
    joined.push({ line: row.line, time: row.time, text: '' });
  }
  close();
  return joined;
}

/** `$ date` in a transcript, the title that watch(1) prints, or a comment of whoever saved the output. */
const STATED: RegExp[] = [
  /^[$#>] ?date(?: .{0,60})?\r?\n(.{10,60})$/m,
  /^Every \d+[.,]\d+s: .{1,200}[:\s] ((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) .{10,40})$/m,
  /^(?:#|\/\/|;) ?[^\n]{0,80}?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z| ?[+-]\d\d:?\d\d| UTC)?)/m,
];

/**
 * When a command's output was taken, as far as its beginning says so; ages in it count from then. The clock of the incident is no
 * substitute: outputs are taken while people look for the cause, not at its end.
 * @returns what `read` makes of it.
 */
export function statedTime(beginning: string, read: (said: string) => number | undefined): number | undefined {
  for (const pattern of STATED) {
    const said = pattern.exec(beginning)?.[1];
    const time = said === undefined ? undefined : read(plainDate(said.trim()));
    if (time !== undefined) return time;
  }
  return undefined;
}

/** {@link statedTime} of a file with the zone of its bundle, ms UTC. */
export const takenAt = (file: FactText, context: FactContext): number | undefined =>
  statedTime(file.text.slice(0, 4096), (said) => factTime(said, context)?.time);

/** `Tue Nov 10 12:02:09 UTC 2026` of date(1) and `Tue Nov 10 12:02:09 2026` of watch(1) in the order that times are read. */
export function plainDate(text: string): string {
  const match =
    /^(?:\w{3},? )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)(?: ([A-Z]{2,5}))? (\d{4})(?: ([+-]\d\d:?\d\d))?$/.exec(
      text,
    ) ?? undefined;
  if (!match) return text.replace(/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? /, '');
  const zone = match[6] ?? (/^(?:UTC|GMT)$/.test(match[4] ?? '') ? '+0000' : '');
  return `${match[2]} ${match[1]} ${match[5]} ${match[3]}${zone === '' ? '' : ` ${zone}`}`;
}

const SECONDS: { [unit: string]: number } = { s: 1, second: 1, m: 60, minute: 60, h: 3600, hour: 3600 };

/**
 * An age as Docker and Kubernetes write it (`52 minutes ago`, `Up 3 hours`, `3h2m`, `45s`) in ms. Ages that are rounded so far that they
 * could lie before or after anything (`About an hour`, `5 weeks`, `2d`) are none.
 */
export function age(text: string): number | undefined {
  const words = /^(?:Up )?(\d{1,3}) (second|minute)s?(?: ago)?(?: \([a-z: ]{1,40}\))?$/.exec(text.trim());
  if (words) return Number(words[1]) * SECONDS[words[2]!]! * 1000;
  const short = /^(?:(\d{1,3})h)?(?:(\d{1,3})m)?(?:(\d{1,3})s)?$/.exec(text.trim());
  // Kubernetes leaves the minutes out from eight hours on.
  if (!short || (short[2] === undefined && short[3] === undefined)) return undefined;
  return (Number(short[1] ?? 0) * 3600 + Number(short[2] ?? 0) * 60 + Number(short[3] ?? 0)) * 1000;
}
