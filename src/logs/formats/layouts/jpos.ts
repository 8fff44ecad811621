/**
 * Logs of jPOS (Programmer's Guide, "The Logger"): events as XML elements over several lines, `<log realm at lifespan>`, with the
 * messages of ISO 8583 that were received or sent, or the exception. An answer or an exception counts as an operation of its realm.
 */
import type { Level } from '../../types.ts';
import type { Fields } from '../fields.ts';
import type { Layout, LayoutLine, LayoutRecord } from './layout.ts';

const OPEN = /^\s*<log realm="([^"]{0,200})" at="([^"]{10,40})"(?: lifespan="(\d{1,9})ms")?/;
const CLOSE = /<\/log>\s*$|^\s*<log [^>]{0,400}\/>\s*$/;
/** Before jPOS 2.0: `Tue Nov 11 10:44:06 UTC 2014.123`. */
const OLD = /^\w{3} (\w{3}) (\d{1,2}) (\d\d:\d\d:\d\d) \S{1,8} (\d{4})(\.\d{1,3})?$/;
const LONGEST = 8192;

const FAILURE = /<(?:iso-)?exception\b|<query-timeout\b|<error\b|<fatal\b/;
const WARNING = /<warn\b|<session-warning\b/;
const TIMEOUT = /timeout|timed out/i;
/** The peer of a channel stands behind its name. */
const PEER = /\/[^/\s]{1,100}:\d{1,5}$/;
/** Field 39 of an answer: the second digit of the type of message is odd (ISO 8583-1, message type identifier). */
const ANSWER = /<field id="0" value="\d\d[1357]\d"[\s\S]{0,8000}<field id="39" value="(\w{1,4})"/;

function recordOf(line: number, realm: string, at: string, lifespan: string | undefined, text: string): LayoutRecord {
  const [, month, day, clock, year, fraction] = OLD.exec(at) ?? [];
  const time = clock ? `${day!.padStart(2, '0')}/${month}/${year}:${clock}${fraction ?? ''}` : at;
  const failed = FAILURE.test(text);
  const level: Level = failed ? 'error' : WARNING.test(text) ? 'warn' : 'info';
  const outcome = ANSWER.exec(text)?.[1] ?? (failed ? (TIMEOUT.test(text) ? 'timeout' : 'error') : undefined);
  const fields: Fields = { realm };
  if (outcome !== undefined) {
    fields.channel = realm.replace(PEER, '');
    fields.result_code = outcome;
    if (lifespan !== undefined) fields.duration_ms = lifespan;
  }
  return { line, time, level, logger: realm, message: text, fields };
}

export default {
  format: 'jpos',
  role: 'application',
  software: 'java',
  fits: (text) => OPEN.test(text),
  reader() {
    let head: { line: number; realm: string; at: string; lifespan: string | undefined; text: string } | undefined;
    return (text, line): LayoutLine => {
      const [, realm, at, lifespan] = OPEN.exec(text) ?? [];
      if (at !== undefined) head = { line, realm: realm!, at, lifespan, text };
      else if (!head) return /^\s*<\/?(?:\?xml|logger|!--)/.test(text) ? 'part' : 'continued';
      else if (head.text.length < LONGEST) head.text += `\n${text.trim()}`;
      if (!CLOSE.test(text)) return 'part';
      const ended = head!;
      head = undefined;
      return [recordOf(ended.line, ended.realm, ended.at, ended.lifespan, ended.text)];
    };
  },
} satisfies Layout;
