/** What follows the time stamp of a text line, by the format of its source. */

import type { RecordHead } from '../record-assembler.ts';
import type { Level } from '../types.ts';
import { indexWithin } from '../within.ts';
import { clientAddress } from './access-json.ts';
import type { Fields } from './fields.ts';
import { levelOf, syslogLevel } from './levels.ts';
import { letterLevel } from './other-forms.ts';
import { afterStructuredData, afterTokens, readPrefix } from './text-prefix.ts';

const KLOG_LEVELS: { [letter: string]: Level } = { I: 'info', W: 'warn', E: 'error', F: 'critical' };
const REDIS_LEVELS: { [mark: string]: Level } = { '.': 'debug', '-': 'debug', '*': 'notice', '#': 'warn' };

/** The stream that Kubernetes (CRI) names before the program's own line. */
const CRI = /^ (?:stdout|stderr) [FP] /;

/** The container around a message: host and program of syslog. */
export interface Envelope {
  node: string | undefined;
  logger: string | undefined;
  message: string;
  /** Characters at the end of the line that had no part in this. */
  beyond: number;
}

const ADDRESS_LIKE = /^[\da-f.:]+$/;

/** Host and program of a syslog line; the message is left as it is otherwise. @param versioned RFC 5424. */
export function readEnvelope(format: string, rest: string, versioned: boolean): Envelope {
  if (versioned) {
    // Host, application, process, message id, structured data.
    const head = /^ (\S+) (\S+) (\S+) (\S+) /.exec(rest);
    const data = head ? afterStructuredData(rest, head[0].length) : -1;
    if (head && data > 0) {
      return {
        node: head[1] === '-' ? undefined : head[1],
        logger: head[2] === '-' ? undefined : head[2],
        message: rest
          .slice(data)
          .trimStart()
          .replace(/^\ufeff/, ''),
        beyond: rest.length - data - 1,
      };
    }
  } else if (format.startsWith('syslog') || format === 'haproxy') {
    // `kubectl logs --timestamps`: the address of an access line is no host.
    const head = /^ (?![\da-f.:]+ \S+ \S+ \[)(\S+) (?:([A-Za-z][\w./-]*)(?:(?:\[\d+\])?: ?|\[\d+\] ))?/.exec(rest);
    const tokens = !head || ADDRESS_LIKE.test(head[1]!) ? 4 : 2;
    const beyond = Math.min(rest.length - (head?.[0].length ?? 0), rest.length - afterTokens(rest, tokens));
    if (!head && format === 'syslog-iso')
      return { node: undefined, logger: undefined, message: rest.trimStart(), beyond };
    if (head && !CRI.test(rest)) return { node: head[1], logger: head[2], message: rest.slice(head[0].length), beyond };
  }
  return {
    node: undefined,
    logger: undefined,
    message: CRI.test(rest) ? rest.slice(10) : rest,
    // What begins like no container's stream is known for that by its first letters.
    beyond: rest.startsWith(' std') ? rest.length - afterTokens(rest, 3) : rest.length - 4,
  };
}

/** A stamp that stands again after the first, as in exports of cloud logs. */
const SECOND_STAMP = /^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?(?=\s)/;

/** An nginx error behind the prefix of syslog or a container runtime. */
export function readWrappedNginxError(message: string): RecordHead | undefined {
  const match = /^\s*\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?= \[[a-z]+\] \d+#\d+: )/.exec(message);
  return match ? readFixedForm('nginx-error', message.slice(match[0].length), 0) : undefined;
}

/** Whether a message looks like an access line, so that the byte parser should try it. */
export function mayBeAccessLine(message: string): boolean {
  return message.includes('HTTP/') && /"[A-Z]{3,8} \S{1,2000} HTTP\/\d[^"]{0,4}" \d{3} /.test(message);
}

/** Formats whose lines have a fixed head of their own. @param firstByte of the line, for klog's severity letter. */
export function readFixedForm(format: string, rest: string, firstByte: number): RecordHead | undefined {
  switch (format) {
    case 'nginx-error': {
      const head = /^ \[([a-z]+)\] \d+#\d+: (?:\*\d+ )?/.exec(rest);
      if (!head) return { message: rest.trimStart() };
      const message = rest.slice(head[0].length);
      return { level: levelOf(head[1]!), message, fields: nginxFields(message) };
    }
    case 'httpd-error': {
      const head = /^ \[(?:([\w-]*):)?([a-z]+\d?)\](?: \[pid [^\]]*\])?(?: \[(?:client|remote) ([^\]]*)\])? ?/.exec(
        rest,
      );
      if (!head) return { message: rest.trimStart() };
      const message = rest.slice(head[0].length);
      const fields: Fields = {};
      // The error of the system stands before the client: "(2)No such file or directory: [client ...] AH01620: ...".
      const client = head[3] ?? /^\(\d+\)[^[\]]{1,200}: \[(?:client|remote) ([^\]]*)\] /.exec(message)?.[1];
      if (client) fields.client = clientAddress(client) || client;
      return { level: levelOf(head[2]!), logger: head[1] || undefined, message, fields };
    }
    case 'stunnel': {
      const head = /^ LOG(\d)\[([^\]]*)\]: /.exec(rest);
      return head
        ? { level: syslogLevel(Number(head[1])), message: rest.slice(head[0].length) }
        : { message: rest.trimStart() };
    }
    case 'klog': {
      const head = /^ +\d+ [^\]]{1,120}\] /.exec(rest);
      return {
        level: KLOG_LEVELS[String.fromCharCode(firstByte)],
        message: head ? rest.slice(head[0].length) : rest.trimStart(),
      };
    }
    case 'weblogic': {
      // Severity, subsystem, machine, server, thread, user, transaction, diagnostic context, ms, [attributes,] id, message
      // (Oracle, Understanding WebLogic Logging Services, Message Attributes).
      const head =
        /^> <(\w{1,12})> <([^>]{0,80})> <([^>]{0,120})> <([^>]{0,120})> <[^>]{0,200}> <(?:<[^>]{0,80}>|[^>]{0,80})> <[^>]{0,200}> <[^>]{0,200}> <\d{0,16}> (?:<\[[^>]{0,400}> )?<([^>]{0,40})> </.exec(
          rest,
        );
      if (!head) return { message: rest.replace(/^> /, '') };
      return {
        level: levelOf(head[1]!),
        logger: head[2] || undefined,
        node: head[3] || undefined,
        message: `${head[5]}: ${rest.slice(head[0].length).replace(/> *$/, '')}`,
      };
    }
    case 'redis':
      return { level: REDIS_LEVELS[rest[1] ?? ''], message: rest.slice(3) };
    case 'java-util-logging': {
      // A class without a package is known by the method after it.
      const header = /^ ([\w.$]+(?:\.[\w$]+)+|[\w$]+(?= [\w$<>]+$))(?: [\w$<>]+)?$/.exec(rest);
      return header ? { logger: header[1], message: '', awaitsMessage: true } : { message: rest.trimStart() };
    }
    default:
      return undefined;
  }
}

/** Everything else: level, logger and node by the shape of the words. */
export function readLeveled(
  envelope: Envelope,
  level: Level | undefined,
): RecordHead & {
  /** Characters at the end of the line that had no part in the outcome. */
  beyond: number;
} {
  const { message } = envelope;
  const mayBeStamped = /^\s*\[?\d/.test(message);
  const prefix = readPrefix(mayBeStamped ? message.replace(SECOND_STAMP, '') : message);
  const beyond = mayBeStamped ? Math.min(prefix.beyond, message.length - afterTokens(message, 4)) : prefix.beyond;
  return {
    beyond: Math.min(beyond, envelope.beyond),
    level: prefix.level ?? level,
    node: prefix.node ?? envelope.node,
    logger: prefix.logger ?? envelope.logger,
    message: prefix.message,
  };
}

const NGINX_MEMBERS = ['client', 'server', 'request', 'upstream', 'host', 'referrer', 'subrequest'];

/** `..., client: 1.2.3.4, server: name, request: "GET / HTTP/1.1", upstream: "https://h/", host: "h"` at the end of nginx errors. */
function nginxFields(message: string): Fields {
  const fields: Fields = {};
  for (const name of NGINX_MEMBERS) {
    const marker = `, ${name}: `;
    const at = message.indexOf(marker);
    if (at === -1) continue;
    let from = at + marker.length;
    let to: number;
    if (message.charCodeAt(from) === 34) {
      from++;
      to = message.indexOf('"', from);
    } else to = message.indexOf(', ', from);
    fields[name] = message.slice(from, to === -1 ? undefined : to);
  }
  return fields;
}

/** Groups in brackets and a severity: `[ERROR][`, `[pay-7][main] `, `WARN - `, `INFO|`. */
const HEAD_WORDS =
  /^(?:\[[^\][]{1,60}\] ?|(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|CRITICAL|FATAL|SEVERE)(?: ?[-|:] ?| +|(?=\[))){1,4}$/;
const MOST_HEAD_BYTES = 120;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

/** Layouts of one's own that put several things first, such as `[%p][%d][%c] %m` of log4j; only before whole dates. */
function afterHeadWords(b: Buffer, start: number, end: number): number {
  const first = b[start]!;
  if (first !== 91 && !(first >= 65 && first <= 90)) return start;
  const last = Math.min(end - 10, start + MOST_HEAD_BYTES);
  for (let at = start + 2; at < last; at++) {
    // 2026-, 2026/
    if (b[at] !== 50 || b[at + 1] !== 48 || !isDigit(b[at + 2]) || !isDigit(b[at + 3]) || !isDigit(b[at + 5])) continue;
    if (b[at + 4] !== 45 && b[at + 4] !== 47) continue;
    const stamp = b[at - 1] === 91 ? at - 1 : at;
    return stamp > start && HEAD_WORDS.test(b.toString('latin1', start, stamp)) ? stamp : start;
  }
  return start;
}

/**
 * Some layouts put the level first: `INFO 2026-09-12 ...` (Django), `[WARN] 2026-...`, `INFO  [2026-...] ` (Dropwizard).
 * @returns the index of the stamp, or `start` when neither a severity in capitals nor groups in brackets stand there.
 */
export function afterLevel(b: Buffer, start: number, end: number): number {
  const after = afterSeverity(b, start, end);
  return after > start ? after : afterHeadWords(b, start, end);
}

function afterSeverity(b: Buffer, start: number, end: number): number {
  const bracket = b[start] === 91 ? 1 : 0;
  const letter = bracket === 1 ? afterLetter(b, start, end) : start;
  if (letter > start) return letter;
  const from = start + bracket;
  let at = from;
  while (at < end && at - from < 9 && b[at]! >= 65 && b[at]! <= 90) at++;
  if (at - from < 4 || levelOf(b.toString('latin1', from, at)) === undefined) return start;
  if (bracket === 1 && b[at] === 93) at++;
  else if (bracket === 1) return start;
  else if (b[at] === 58) at++;
  if (b[at] !== 32 && b[at] !== 9) return start;
  while (at < end && (b[at] === 32 || b[at] === 9)) at++;
  const first = b[at] === 91 ? b[at + 1]! : b[at]!;
  return first >= 48 && first <= 57 ? at : start;
}

/** `[I 2026-...` (Jupyter), `[W 261120 ...` (Tornado), `[ N 2026-...` (Passenger): a letter for the level. */
function afterLetter(b: Buffer, start: number, end: number): number {
  const at = b[start + 1] === 32 ? start + 2 : start + 1;
  if (at + 10 > end || b[at + 1] !== 32 || letterLevel(String.fromCharCode(b[at]!)) === undefined) return start;
  return b[at + 2]! >= 48 && b[at + 2]! <= 57 ? at + 2 : start;
}

/** Level that `afterLevel` stepped over. */
export const levelBefore = (lead: string): Level | undefined => {
  const word = lead.replace(/[^A-Z]/g, '');
  if (word.length === 1) return letterLevel(word);
  const named = /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|CRITICAL|FATAL|SEVERE)\b/i.exec(lead);
  return levelOf(named?.[0].toUpperCase() ?? word);
};

/** NestJS names itself and its process before the time: `[Nest] 42  - 09/14/2026, 10:14:00 AM   ERROR [Orders] ...`. */
function afterNest(b: Buffer, start: number, end: number): number {
  if (b[start] !== 91 || b[start + 1] !== 78 || b[start + 5] !== 93) return start;
  const head = /^\[Nest\] {1,3}\d{1,10} {1,4}- {1,3}(?=\d)/.exec(
    b.toString('latin1', start, Math.min(end, start + 40)),
  );
  return head ? start + head[0].length : start;
}

/** Redis puts `123:M ` and Ruby's Logger `E, ` before the stamp. @returns the index after it. */
export function afterLeadIn(b: Buffer, start: number, end: number): number {
  if (b[start + 1] === 44 && b[start + 2] === 32 && b[start + 3] === 91) return start + 3;
  if (b[start] === 35 && b[start + 1] === 35 && b[start + 2] === 35 && b[start + 3] === 35 && b[start + 4] === 60)
    return start + 5;
  const nest = afterNest(b, start, end);
  if (nest > start) return nest;
  // Linux Audit: type=SYSCALL msg=audit(1364481363.243:24287): ...
  if (b[start] === 116 && b[start + 4] === 61) {
    const open = indexWithin(b, 40, start, Math.min(end, start + 64));
    if (open > start && /^type=\S{1,40} msg=audit\($/.test(b.toString('latin1', start, open + 1))) return open + 1;
  }
  let at = start;
  while (b[at] === 32 && at - start < 8) at++;
  const digits = at;
  while (at < end && at - digits < 10 && b[at]! >= 48 && b[at]! <= 57) at++;
  // Zabbix: "  1234:20261120:131141.012 "
  if (at > digits && b[at] === 58 && /^:20\d{6}:\d{6}\./.test(b.toString('latin1', at, at + 17))) return at + 1;
  if (digits > start) return start;
  if (at > start && b[at] === 58 && b[at + 1]! >= 65 && b[at + 1]! <= 90 && b[at + 2] === 32) return at + 3;
  // klog: the severity letter belongs to the stamp.
  return start;
}
