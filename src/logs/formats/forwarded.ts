/**
 * Lines that a shipper took up: one object a line with the line itself, the time and what the shipper knows of it (Filebeat,
 * Fluent Bit, Fluentd, Vector, Promtail). What a server's line or a program's own object says is more than a message tells.
 */
import { exportedRecord, isMembers, type Members, timeOfRecord } from '../../evidence/exports/record.ts';

const TEXTS = ['message', 'log', 'line', 'textPayload', 'MESSAGE'] as const;

/** The format of files of such lines, before one looks at what they hold. */
export const FORWARDED = 'forwarded-json';

/** A clock near the beginning of a line: access lines have theirs behind the client and the user. */
const OWN_CLOCK = /^.{0,200}?\d\d:\d\d:\d\d/;

/** The stack behind an error, a line at a time. */
const CONTINUES = /^(?:[ \t]|Caused by: |(?:[a-z][\w$]*\.)+[A-Z]\w*(?:Exception|Error)\b)/;
const PAIRS = /^(?:level|lvl|msg|caller|logger)=/;

/**
 * @returns the line as its program's readers know it: an object with what the shipper adds, a text with the shipper's time
 * (as CRI and logfmt write it) where it has none of its own; undefined where the value holds no line, no time, or several lines.
 */
export function forwardedLine(value: unknown): string | undefined {
  if (!isMembers(value)) return undefined;
  const name = TEXTS.find((one) => typeof value[one] === 'string' && value[one] !== '');
  if (name === undefined) return undefined;
  const text = (value[name] as string).replace(/\r?\n$/, '');
  if (text.includes('\n')) return undefined;
  if (/^\s*\{/.test(text)) return mergedObject(value, name, text.trim());
  const time = timeOfRecord(value);
  if (time === undefined) return undefined;
  if (OWN_CLOCK.test(text) || CONTINUES.test(text)) return text;
  return PAIRS.test(text) ? `time=${time} ${text}` : `${time} stdout F ${text}`;
}

function mergedObject(value: Members, name: string, text: string): string | undefined {
  const record = exportedRecord({ ...value, [name]: text });
  return record && record.message === undefined ? JSON.stringify(record) : undefined;
}

/** @param line one line of JSON. @returns as `forwardedLine`; undefined also where it is no JSON. */
export function forwardedIn(line: string): string | undefined {
  try {
    return forwardedLine(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The first lines of a file as their programs wrote them. */
export const unpacked = (head: Buffer): Buffer =>
  Buffer.from(
    head
      .toString('utf8')
      .split('\n')
      .map((line) => forwardedIn(line))
      .filter((line) => line !== undefined)
      .map((line) => `${line}\n`)
      .join(''),
  );
