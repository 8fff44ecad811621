/**
 * Heads of lines that say their level in a way of their own: monitoring and mesh programs, schedulers, application servers of
 * other kinds, network devices. Tried where the words after the stamp name no level.
 */
import type { Level } from '../types.ts';
import { levelOf, syslogLevel } from './levels.ts';

export interface OtherForm {
  level: Level;
  logger: string | undefined;
  message: string;
}

/** Letters that stand for a level, as IBM's servers, Telegraf, Gitea, Tornado and Passenger use them. */
const LETTERS: { [letter: string]: Level } = {
  V: 'trace',
  T: 'trace',
  D: 'debug',
  I: 'info',
  A: 'info',
  O: 'info',
  R: 'info',
  N: 'notice',
  W: 'warn',
  E: 'error',
  C: 'critical',
  F: 'critical',
};

export const letterLevel = (letter: string): Level | undefined => LETTERS[letter];

/** How the forms begin, by the first words only: what begins otherwise is not looked at further. */
const BEGINS =
  /^(?:, [A-Z][a-z]{3,6} |\t[0-9a-f]{8}-|\s?[A-Z]{2,5}\] [0-9a-f]{8} | (?:[0-9a-f]{8} |[IEWD]! |[VTDIWEF] [\w.$-]{1,80}[[:]| ?\d{1,7} {1,3}\d{1,7} [VDIWEF] |\d{1,10} [A-Z]{4}|\{|\.{0,3}[\w./-]+:\d+:|[a-z]{4,11}\/|[\w.]{2,30}=|fail2ban\.|[\w-]{3,24}: [a-z]|unbound\[|[A-Z]{4,8}[[>]|%[A-Z])|: %[A-Z]| \S{1,64} (?:: )?%[A-Z])/;
/**
 * How much of a line that begins otherwise `BEGINS` reads: its first word and, where numbers, brackets, colons or a percent
 * sign follow or end that, ten characters more.
 */
function lookedAt(rest: string): number {
  const word = /^\s?\S*/.exec(rest)![0];
  // A letter and a name, or two numbers, are read to their end.
  if (/^ [VTDIWEF]?$|^ \d{1,7}$/.test(word)) return word.length + 90;
  const next = rest[word.length + 1];
  return word.length + (/[\],:]$|^ \d+$/.test(word) || next === '%' || next === ':' ? 10 : 2);
}

/** Groups: level (a word), letter, severity (of syslog), logger, message. */
const FORMS: readonly RegExp[] = [
  // WebSphere and Liberty: "00000001 WsServerImpl  A   message"; a zone of several meanings may stand before
  /^(?:\s?[A-Z]{2,5}\])? [0-9a-f]{8} (?<logger>[\w.$]{1,200}) +(?<letter>[AIWEFCORD]) {1,3}(?<message>.*)$/s,
  // Telegraf: "I! message"
  /^ (?<letter>[IEWD])! (?<message>.*)$/s,
  // A letter, and what wrote the line: "E pay[3] message", "E pay: message"
  /^ (?<letter>[VTDIWEF]) (?<logger>[\w.$-]{1,80})(?:\[\d{1,10}\]:?|:) (?<message>.*)$/s,
  // Android's logcat with threads: " 1234  1256 E Tag: message"
  /^ {1,3}\d{1,7} {1,3}\d{1,7} (?<letter>[VDIWEF]) (?<logger>[\w.$/-]{1,80}) *: (?<message>.*)$/s,
  // Gitea: "...cmd/web.go:106:run() [I] message"
  /^ (?<logger>[\w./-]{1,80}):\d{1,6}:[\w.()*]{1,80} \[(?<letter>[TDIWECF])\] (?<message>.*)$/s,
  // Icinga 2: "information/ApiListener: message"
  /^ (?<level>information|notice|warning|critical|debug)\/(?<logger>[\w-]{1,60}): (?<message>.*)$/s,
  // Airflow: "{taskinstance.py:1157} INFO - message"
  /^ \{(?<logger>[\w.-]{1,80}):\d{1,6}\} (?<level>[A-Z]{4,8}) - (?<message>.*)$/s,
  // OpenStack and Odoo: "pid LEVEL [database] logger: [request] message"
  /^ \d{1,10} (?<level>TRACE|DEBUG|INFO|AUDIT|WARNING|ERROR|CRITICAL)(?: [\w?-]{1,60}(?= [\w.-]+: ))? (?<logger>[\w.-]{1,120}):? (?:\[[^\]]{0,200}\] )?(?<message>.*)$/s,
  // Sidekiq: "pid=1 tid=a class=X jid=b INFO: message"; Elixir: "request_id=x [info] message"
  /^(?: [\w.]{2,30}=\S{1,120}){1,8} (?:(?<level>[A-Z]{4,5}):|\[(?<tag>[a-z]{4,9})\]) (?<message>.*)$/s,
  // fail2ban: "fail2ban.actions        [pid]: NOTICE  message"
  /^ (?<logger>fail2ban\.\w{1,30}) +\[\d{1,10}\]: (?<level>[A-Z]{4,8}) +(?<message>.*)$/s,
  // BIND: "queries: info: message"
  /^ (?<logger>[a-z][\w-]{2,23}): (?<level>info|notice|warning|error|critical)(?: \d{1,2})?: (?<message>.*)$/s,
  // Unbound: "unbound[pid:thread] info: message"
  /^ (?<logger>unbound)\[\d{1,10}:[0-9a-f]{1,4}\] (?<level>[a-z]{4,8}): (?<message>.*)$/s,
  // Cisco: "%ASA-6-302013: message", "%LINK-3-UPDOWN: message"
  /^(?: \S{1,64})?(?: ?:)? ?%(?<logger>[A-Z][A-Z0-9_]{1,30}(?:-[A-Z][A-Z0-9_]{1,20})?)-(?<severity>[0-7])-(?<message>[\w-]{1,40}: .*)$/s,
  // AWS Lambda under Node: tabs between request, level and message
  /^\t[0-9a-f]{8}-[0-9a-f-]{27}\t(?<level>[A-Z]{4,5})\t(?<message>.*)$/s,
  // Asterisk: "WARNING[thread][C-call] file.c: message"
  /^ (?<level>NOTICE|ERROR|WARNING|DEBUG|VERBOSE|SECURITY)\[\d{1,10}\](?:\[C-[0-9a-f]{1,10}\])? (?<logger>[\w.-]{1,60}): (?<message>.*)$/s,
  // Servicing of Windows (CBS, DISM): ", Info                  CBS    message"
  /^, (?<level>Info|Warning|Error) +(?<logger>[A-Za-z]{2,12}) +(?<message>.*)$/s,
  // Log4perl: "INFO> file.pl:31 main:: - message"
  /^ (?<level>[A-Z]{4,5})> (?<message>.*)$/s,
];
const OWN_WORDS: { [word: string]: Level } = { VERBOSE: 'debug', SECURITY: 'notice', AUDIT: 'notice' };

/** @returns the form, if any, and how much of the text was looked at to know. */
export function readOtherForm(rest: string): { form: OtherForm | undefined; looked: number } {
  if (!BEGINS.test(rest)) return { form: undefined, looked: lookedAt(rest) };
  for (const expression of FORMS) {
    const groups = expression.exec(rest)?.groups;
    if (!groups) continue;
    const word = groups.level ?? groups.tag;
    const level =
      word !== undefined
        ? (OWN_WORDS[word] ?? levelOf(word))
        : groups.letter !== undefined
          ? letterLevel(groups.letter)
          : syslogLevel(Number(groups.severity));
    if (level !== undefined)
      return { form: { level, logger: groups.logger || undefined, message: groups.message! }, looked: rest.length };
  }
  return { form: undefined, looked: rest.length };
}
