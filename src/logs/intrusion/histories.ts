/** Commands of shells' histories with the time at which they were typed, as far as the shell keeps it. */
import { linesOf } from './host-lines.ts';
import type { HostFile } from './types.ts';

export interface HistoryEntry {
  line: number;
  command: string;
  /** ms UTC; NaN where the shell kept none. */
  time: number;
}

/** Seconds since 1970 as histories keep them. */
const instant = (digits: string): number => Number(digits) * 1000;

/**
 * bash keeps `#SECONDS` before a command (HISTTIMEFORMAT), zsh `: SECONDS:DURATION;COMMAND` (EXTENDED_HISTORY), fish
 * `- cmd: COMMAND` followed by `  when: SECONDS`.
 */
export function historyEntries(file: HostFile): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  let next = Number.NaN;
  for (const [line, text] of linesOf(file)) {
    const stamped = /^#(\d{9,10})$/.exec(text);
    if (stamped) {
      next = instant(stamped[1]!);
      continue;
    }
    const when = /^ {2}when: (\d{9,10})$/.exec(text);
    if (when) {
      const last = entries.at(-1);
      if (last) last.time = instant(when[1]!);
      continue;
    }
    const extended = /^: {1,2}(\d{9,10}):\d{1,7};(.*)$/.exec(text);
    const command = (extended ? extended[2]! : text.replace(/^- cmd: /, '')).trim();
    if (command !== '' && !command.startsWith('#'))
      entries.push({ line, command, time: extended ? instant(extended[1]!) : next });
    next = Number.NaN;
  }
  return entries;
}
