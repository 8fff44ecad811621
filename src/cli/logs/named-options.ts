/** What the options of commands that read logs mean, and what is said of those that fit nothing. */

import type { Problem } from '../../evidence/index.ts';
import type { EvidenceSource } from '../../evidence/types.ts';
import { type ConfiguredFormat, fitsConfigured } from '../../logs/index.ts';
import { compileLinePattern, type LinePattern, patternShare } from '../../logs/pattern.ts';
import { epochMilliseconds, parseTimestampText, stamp } from '../../logs/time/timestamp.ts';
import { zoneClock } from '../../logs/time/zone.ts';
import { UserError } from '../exit.ts';

export interface NamedLogOptions {
  since?: string;
  until?: string;
  zone?: string;
  now?: string;
  logFormat?: string[];
  budget?: string;
  jobs?: string;
  sigma?: string[];
  placeholders?: string;
  crs?: string;
  secrets?: boolean;
  logPattern?: string;
  partial?: string;
  /** File for the minutes of all legs. */
  minutes?: string;
  /** Whole requests and records are wanted whatever else is asked. */
  keep?: 'all';
  paranoia?: string;
}

/** ISO-8601 (in the given zone when it names none) or epoch seconds, as ms UTC. */
export function timeOption(name: string, text: string, zone: string | undefined): number {
  const number = Number(text);
  const epoch = Number.isFinite(number) ? epochMilliseconds(number) : undefined;
  if (epoch !== undefined) return epoch;
  // A date alone means its midnight.
  if (
    !parseTimestampText(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text) ||
    stamp.dateless ||
    stamp.yearless
  ) {
    throw new UserError(`--${name} ${text}: not a time`, { next: 'write it as 2026-09-12T08:00:00Z' });
  }
  if (!Number.isNaN(stamp.offset)) return stamp.local - stamp.offset * 60_000;
  return (zone === undefined ? undefined : zoneClock(zone))?.toUtc(stamp.local) ?? stamp.local;
}

/** @throws UserError for a pattern that is wrong. */
export function linePattern(text: string): LinePattern {
  try {
    return compileLinePattern(text);
  } catch (error) {
    throw new UserError(`--log-pattern: ${(error as Error).message}`, {
      next: "for example '(?P<time>\\S+ \\S+) (?P<level>\\w+) (?P<message>.*)' in RE2 syntax",
    });
  }
}

/**
 * Told before the reading, asked after it: what only reading to the end shows (data cut or damaged, a bomb stopped).
 * @param named inputs that the user named
 */
export function lateProblems(sources: readonly EvidenceSource[], named: readonly string[]): () => Problem[] {
  const told = new Map(sources.map(({ item }) => [item, item.notes?.length ?? 0]));
  return () => {
    for (const source of sources) source.noteChange?.();
    return [...told].flatMap(([item, before]) =>
      (item.notes ?? []).slice(before).map((what) => ({
        input: item.path,
        what,
        next: 'what was read up to there is in the result',
        named: named.includes(item.path),
      })),
    );
  };
}

/** Formats that the user gave for these very logs. */
export const askedFormats = (formats: readonly string[] = []): ConfiguredFormat[] =>
  formats.map((format, i) => {
    if (!/[$%]\{?[\w>!,]/.test(format))
      throw new UserError(`--log-format ${JSON.stringify(format)}: names nothing of a request`, {
        next: 'the log_format of nginx or LogFormat of Apache as configured, in single quotes: \'$remote_addr [$time_local] "$request" $status\'',
      });
    return { name: `option ${i + 1}`, format, asked: true };
  });

/**
 * A layout that was named and that no file has is said: the log would be read as something else without a word.
 * @param heads the first bytes of the files. @param asked what --log-format was given. @param pattern what --log-pattern was given.
 */
export function misfits(heads: readonly Buffer[], asked: readonly string[] = [], pattern?: string): Problem[] {
  const compiled = pattern === undefined ? undefined : linePattern(pattern);
  const unfit: Problem[] =
    !compiled || heads.some((head) => patternShare(head, compiled) > 0)
      ? []
      : [
          {
            input: `--log-pattern '${pattern}'`,
            what: 'fits none of the first lines of any file; they were read as what they look like',
            next: 'try it on one line of the log; it is a regular expression of RE2, which has no look-around',
            named: true,
          },
        ];
  const formats = askedFormats(asked).flatMap((format) =>
    heads.some((head) => fitsConfigured(head, [format]))
      ? []
      : [
          {
            input: `--log-format '${format.format}'`,
            what: 'fits fewer than nine of ten lines of every file; they were read as what they look like',
            next: 'compare it with a line of the log, sign by sign; --log-pattern takes a regular expression',
            named: true,
          },
        ],
  );
  return [...unfit, ...formats];
}
