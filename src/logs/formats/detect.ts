/** Which log a file is, from its first lines; never from its name. */

import { asUtf8 } from '../encoding.ts';
import { clearRow, emptyRow, RequestTableBuilder } from '../request-table.ts';
import { parseTimestamp, parseTimestampText, stamp } from '../time/timestamp.ts';
import type { LogSource } from '../types.ts';
import { indexWithin } from '../within.ts';
import { asAccessRow, isAccessRecord } from './access-json.ts';
import { accessLine, readAccessLine } from './access-text.ts';
import { tellsRequest, tellsRequestBare } from './access-words.ts';
import { cloudFormat } from './cloud-access.ts';
import { dockerLine } from './docker.ts';
import { undress } from './dress.ts';
import { type Fields, flatten } from './fields.ts';
import { FORWARDED, forwardedLine } from './forwarded.ts';
import { mayBeHaproxyTraffic, readHaproxyLine } from './haproxy.ts';
import { pairedBy } from './json-pairs.ts';
import { JsonShape, levelOfText, MEANINGS, ROLES } from './json-record.ts';
import { LAYOUTS } from './layouts/registry.gen.ts';
import { isOtlp } from './otlp.ts';
import { serverFormat } from './server-access.ts';
import { isHeader, isTypeLine, splitRow, tableSeparator, toFields } from './table.ts';
import { isContinuation, readPrefix } from './text-prefix.ts';
import { afterLeadIn, afterLevel, mayBeAccessLine } from './text-record.ts';

export interface LogFormat {
  format: string;
  role: LogSource['role'];
  software?: string;
  /** 0..1: share of the first lines that fit, weighted by how distinctive the format is. */
  confidence: number;
}

const SAMPLE_LINES = 80;

interface Kind {
  format: string;
  role: LogSource['role'];
  software?: string;
  /** How much one fitting line says: 1 for unmistakable forms, less for anything that merely begins with a time. */
  weight: number;
}

/** `%1$tb %1$td, %1$tY %1$tl:%1$tM:%1$tS %1$Tp`, the stamp of java.util.logging.SimpleFormatter in any language. */
const JUL_STAMP = /^\S{1,9} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d\s?[^\d\s]/;

const row = emptyRow();
const scratch = new RequestTableBuilder(1);

/** Programs whose messages make a system log an authentication log. */
const AUTH_PROGRAMS =
  /^(?:sshd(?:-session)?|sudo|su|login|CRON|cron|systemd-logind|useradd|userdel|usermod|groupadd|passwd|chpasswd|pam_\w+|polkitd|gdm.*|vsftpd|dovecot|saslauthd)$/;

function syslogKind(payload: string, format: string): Kind {
  const tag = /^(\S+) ([A-Za-z0-9_.\-/]+)(?:\[(\d+)\])?:?\s(.*)$/s.exec(payload);
  const program = tag?.[2] ?? '';
  if (tag && mayBeAccessLine(tag[4]!))
    return { format, role: 'access', ...(program === 'nginx' ? { software: 'nginx' } : {}), weight: 1 };
  if (/^haproxy/.test(program)) return { format: 'haproxy', role: 'load-balancer', software: 'haproxy', weight: 1 };
  if (AUTH_PROGRAMS.test(program))
    return { format, role: 'auth', software: program.startsWith('sshd') ? 'sshd' : 'linux', weight: 1 };
  if (
    /^(?:nginx|stunnel\d?|httpd|apache2|postfix.*|kernel|systemd|chronyd|ntpd|dhclient|named|unbound)$/.test(program)
  ) {
    return {
      format,
      role: /nginx|httpd|apache2|stunnel/.test(program) ? 'error' : 'system',
      software: program.replace(/\d$/, ''),
      weight: 1,
    };
  }
  return { format, role: 'application', weight: 0.95 };
}

/** Lines with a clock of their own and a level weigh as much. */
const LEAST_SURE = 0.9;
const OF_PROGRAMS =
  /^(?:level|lvl|severity|levelname|log\.level|loglevel|logger|logger_name|thread|thread_name|priority)$/i;

/** What a shipper took up, where the line says more than a message: of a server, or an object of a program. */
function shippedKind(value: object): Kind | undefined {
  const forwarded = forwardedLine(value);
  if (forwarded === undefined) return undefined;
  const line = Buffer.from(forwarded);
  const inner = classifyLine(line, 0, line.length);
  if (!inner || inner.weight < LEAST_SURE) return undefined;
  // A program that names a level or a logger wrote the object itself, and its message is one.
  const tells =
    forwarded.startsWith('{') ||
    /^(?:access|load-balancer|error)$/.test(inner.role) ||
    !Object.keys(value).some((name) => OF_PROGRAMS.test(name));
  return tells ? { ...inner, format: FORWARDED } : undefined;
}

function jsonKind(value: unknown): Kind | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const docker = dockerLine(value);
  if (docker) {
    const line = Buffer.from(docker.text);
    const inner = classifyLine(line, 0, line.length);
    const { role = 'application', software } = inner ?? {};
    return { format: 'docker-json', role, ...(software ? { software } : {}), weight: 1 };
  }
  const fields: Fields = {};
  flatten(value, '', fields);
  if (isAccessRecord(fields)) {
    const software = fields.logger?.startsWith('http.log.access')
      ? 'caddy'
      : 'RouterName' in fields
        ? 'traefik'
        : 'remote_addr' in fields || 'uct' in fields
          ? 'nginx'
          : undefined;
    return { format: 'access-json', role: 'access', ...(software ? { software } : {}), weight: 1 };
  }
  const shipped = shippedKind(value);
  if (shipped) return shipped;
  const paired = pairedBy(fields);
  if (paired !== undefined) return { format: 'json-pairs', role: 'access', software: paired, weight: 1 };
  const shape = new JsonShape();
  if (isOtlp(value)) return { format: 'json-lines', role: 'application', weight: 1 };
  const record = shape.interpret(fields);
  if ('__REALTIME_TIMESTAMP' in fields) return { format: 'journald-json', role: 'system', weight: 1 };
  if (record.hasTime) {
    const stack = /\bat [\w$.]+\([\w$]+\.(?:java|kt|scala|groovy):\d|\bjavax?\.[a-z]/.test(record.message)
      ? 'java'
      : undefined;
    return {
      format: 'json-lines',
      role: 'application',
      ...(stack ? { software: stack } : {}),
      weight: record.message !== '' || record.level ? 1 : 0.9,
    };
  }
  return record.message !== '' && record.level ? { format: 'json-lines', role: 'application', weight: 0.7 } : undefined;
}

const ACCESS_WORDS: Kind = { format: 'access-words', role: 'access', weight: 1 };
const RUBY_LOGGER: Kind = { format: 'ruby-logger', role: 'application', weight: 1 };

/** Kind of one line, or undefined when the line alone says nothing. */
function classifyLine(b: Buffer, start: number, end: number): Kind | undefined {
  if (end <= start) return undefined;
  const first = b[start]!;
  const mayBeginObject = first === 123 || first === 32 || first === 91 || first === 44 || first === 9;
  const object = mayBeginObject ? indexWithin(b, 123, start, Math.min(end, start + 8)) : -1;
  if (object !== -1) {
    try {
      return jsonKind(JSON.parse(b.toString('utf8', object, end).replace(/[\s,\]]+$/, '')));
    } catch {
      return undefined;
    }
  }
  const text = b.toString('utf8', start, Math.min(end, start + 4096));
  const layout = LAYOUTS.find(({ fits }) => fits(text));
  if (layout) {
    const { format, role, software } = layout;
    return { format, role, ...(software ? { software } : {}), weight: 1 };
  }
  if (/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[[a-z]+\] \d+#\d+: /.test(text))
    return { format: 'nginx-error', role: 'error', software: 'nginx', weight: 1 };
  if (/^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ [\d:.]+ \d{4}\] \[/.test(text))
    return { format: 'httpd-error', role: 'error', software: 'httpd', weight: 1 };
  if (/^\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d LOG\d\[/.test(text))
    return { format: 'stunnel', role: 'error', software: 'stunnel', weight: 1 };
  if (
    /^(?:logger|caller|component|app)=\S+ (?:t|ts|time)=\d{4}-|^(?:<\d{1,3}>)?date=\d{4}-\d\d-\d\d time=\d\d:|^(?:time|ts|timestamp|t|level|lvl)=(?:"[^"]{1,60}"|[^\s"]+)[ \t]+[\w.@-]+=/.test(
      text,
    )
  )
    return { format: 'logfmt', role: 'application', weight: 0.95 };
  if (/^#(?:Software: Microsoft|Fields:|Version:[ \t]\d)/.test(text)) {
    const software = text.includes(' x-edge-location ') ? 'cloudfront' : 'iis';
    // The version line is the same whoever writes it.
    return {
      format: 'iis-w3c',
      role: 'access',
      ...(/^#(?:Version|Fields:\t)/.test(text) ? {} : { software }),
      weight: 1,
    };
  }
  const cloud = cloudFormat(text);
  if (cloud)
    return {
      format: cloud,
      role: cloud.startsWith('aws-') ? 'load-balancer' : 'access',
      ...(cloud === 'console-access' ? {} : { software: cloud }),
      weight: 1,
    };
  const server = serverFormat(text);
  if (server)
    return {
      format: server,
      role: server === 'nginx-stream' ? 'load-balancer' : 'access',
      software: server === 'aws-s3' ? server : server.split('-')[0]!,
      weight: 1,
    };
  let at = start;
  if (/^\d{1,9}:[A-Z] \d\d /.test(text)) {
    at = start + text.indexOf(' ') + 1;
    return parseTimestamp(b, at, end)
      ? { format: 'redis', role: 'application', software: 'redis', weight: 1 }
      : undefined;
  }
  if (/^type=\S{1,40} msg=audit\(\d{9,10}\.\d{3}:\d+\): /.test(text))
    return { format: 'auditd', role: 'system', software: 'linux', weight: 1 };
  if (/^ {0,8}\d{1,10}:20\d{6}:\d{6}\.\d{3} /.test(text))
    return { format: 'text-stamped', role: 'application', weight: 0.9 };
  if (/^####<[^>]{12,60}> <\w{1,12}> </.test(text))
    return { format: 'weblogic', role: 'application', software: 'java', weight: 1 };
  if (/^[DIWEFU], \[\d/.test(text)) {
    const told = tellsRequest(text.slice(text.indexOf('#')));
    return { ...(told ? ACCESS_WORDS : RUBY_LOGGER), software: 'ruby' };
  }
  if (/^[IWEF](?:20\d\d)?\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /.test(text))
    return { format: 'klog', role: 'application', software: 'go', weight: 1 };
  const priority = first === 60 ? /^<(\d{1,3})>(1 )?/.exec(text) : null;
  if (priority) at += priority[0].length;
  if (priority?.[2] && parseTimestamp(b, at, end))
    return { ...syslogKind(text.slice(stamp.next - start).trimStart(), 'syslog-rfc5424'), format: 'syslog-rfc5424' };
  if (text.startsWith('[Nest] ')) at = afterLeadIn(b, at, end);
  const lead = at;
  at = afterLevel(b, at, end);
  const bracket = b[at] === 91 ? 1 : 0;
  if (bracket === 0 && parseTimestamp(b, at, end)) {
    const yearless = stamp.yearless;
    const after = b.toString('utf8', stamp.next, Math.min(end, start + 4096));
    if (yearless && /^ \S+ [\w./-]+(?:\[\d+\])?:? /.test(after)) return syslogKind(after.trimStart(), 'syslog-rfc3164');
    // `kubectl logs --timestamps` puts nothing but the time before the line; the address is the line's own.
    const hosted = /^ (?![\da-f.:]+ \S+ \S+ \[)(\S+) (.*)$/s.exec(after);
    if (!hosted && mayBeAccessLine(after)) return { format: 'syslog-iso', role: 'access', weight: 1 };
    if (hosted && mayBeHaproxyTraffic(hosted[2]!) && readHaproxyLine(hosted[2]!, clearRow(row), scratch))
      return { format: 'haproxy', role: 'load-balancer', software: 'haproxy', weight: 1 };
    if (/^ \S+ [A-Za-z][\w./-]+\[\d+\]: /.test(after)) return syslogKind(after.trimStart(), 'syslog-iso');
    if (hosted && mayBeAccessLine(hosted[2]!))
      return { format: /^std(?:out|err)$/.test(hosted[1]!) ? 'cri' : 'syslog-iso', role: 'access', weight: 1 };
  }
  clearRow(row);
  if (text.includes('"') && readAccessLine(b, start, end, row, scratch) && accessLine.hasTime) {
    const upstream = !Number.isNaN(row.upstreamConnect) || row.upstream !== 0 || /\buct=|\burt=|upstream/.test(text);
    const combined = row.bytes >= 0 && /"[^"]*" "[^"]*"/.test(text.slice(text.indexOf('"')));
    return {
      format: upstream ? 'nginx-access' : combined ? 'access-combined' : 'access-common',
      role: 'access',
      ...(upstream ? { software: 'nginx' } : {}),
      weight: 1,
    };
  }
  if (mayBeHaproxyTraffic(text) && readHaproxyLine(text, clearRow(row), scratch))
    return { format: 'haproxy', role: 'load-balancer', software: 'haproxy', weight: 1 };
  if (!parseTimestamp(b, at + bracket, end)) return tellsRequestBare(text) ? ACCESS_WORDS : undefined;
  const next = stamp.next;
  const rest = b.toString('utf8', b[next] === 93 ? next + 1 : next, Math.min(end, start + 4096));
  if (/^ [\w.$]+(?:\.[\w$]+)+ [\w$<>]+$/.test(rest) || (JUL_STAMP.test(text) && /^ [\w.$]+ [\w$<>]+$/.test(rest)))
    return { format: 'java-util-logging', role: 'application', software: 'java', weight: 1 };
  if (bracket === 1 && /^\d\d-[A-Z][a-z]{2}-\d{4} /.test(text.slice(1)))
    return { format: 'php-error', role: 'application', software: 'php', weight: 1 };
  if (tellsRequest(rest)) return ACCESS_WORDS;
  const prefix = readPrefix(rest);
  if (prefix.level || at > lead) {
    const java = /^\s*\[[\w-]+\] [A-Z]+ +[\w.]+|--- \[/.test(rest);
    return {
      format: java ? 'logback' : 'text-leveled',
      role: 'application',
      ...(java ? { software: 'java' } : {}),
      weight: 0.9,
    };
  }
  if (rest.startsWith('|') || rest.startsWith(';')) return { format: 'delimited', role: 'application', weight: 0.8 };
  if (/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d [\w-]+: /.test(text))
    return { format: 'go-log', role: 'application', software: 'go', weight: 0.8 };
  if (rest.trim() === '') return undefined;
  // Pairs are what programs write; people's notes with a time in front have none.
  return { format: 'text-stamped', role: 'application', weight: /(?:^|\s)[\w.-]{2,32}=\S/.test(rest) ? 0.75 : 0.5 };
}

/** An export of a log says how grave each line is, and what it says. */
function isLogTable(names: readonly string[], cells: readonly string[]): boolean {
  const meant = (name: string): string | undefined => MEANINGS[ROLES.get(name)?.meaning ?? -1];
  return (
    names.some((name) => meant(name) === 'message') &&
    names.some((name, i) => meant(name) === 'level' && levelOfText(cells[i] ?? '') !== undefined)
  );
}

/** A table with a header row and a time column. */
function tableFormat(all: string[]): LogFormat | undefined {
  const lines = all.filter((line) => !isTypeLine(line));
  const separator = tableSeparator(lines.slice(0, 20));
  if (!separator || lines.length < 2) return undefined;
  const header = splitRow(lines[0]!, separator);
  if (!isHeader(header)) return undefined;
  const cells = splitRow(lines[1]!, separator);
  if (!cells.some((cell) => parseTimestampText(cell))) return undefined;
  const names = header.map((name) => name.toLowerCase());
  if (
    names.some((name) => /^(?:src|source|src_?ip|srcaddr)/.test(name)) &&
    names.some((name) => /^(?:dst|dest|dst_?ip|dstaddr)/.test(name))
  )
    return { format: 'table', role: 'network-flows', confidence: 0.95 };
  if (isAccessRecord(asAccessRow(toFields(cells, names)))) return { format: 'table', role: 'access', confidence: 0.95 };
  if (names.includes('mti') || names.some((name) => /^(?:de|f|field)_?39$/.test(name)))
    return { format: 'table', role: 'application', confidence: 0.95 };
  return { format: 'table', role: 'application', confidence: isLogTable(names, cells) ? 0.95 : 0.4 };
}

/** Lines that only a stack trace has: frames of Java, .NET, Node, Python, PHP and Go, and what stands between them. */
const FRAME =
  /^(?:\s+at [\w$.<>/[\]-]+(?:[.(:]| \()|\s+File "|\s*\.\.\. \d+ (?:more|common frames)|Caused by: |\s*Suppressed: |Traceback \(most recent|#\d+ [/\w{[]|goroutine \d+ \[|During handling of the above|The above exception was)/;

/** The first lines but those of stack traces: one record may have hundreds, which say nothing of the others. */
function tellingLines(head: Buffer): { lines: [number, number][]; texts: string[] } {
  const telling = wholeLines(head, true);
  return telling.lines.length > 0 ? telling : wholeLines(head, false);
}

function wholeLines(head: Buffer, skipsTraces: boolean): { lines: [number, number][]; texts: string[] } {
  const lines: [number, number][] = [];
  const texts: string[] = [];
  let at = head[0] === 0xef && head[1] === 0xbb ? 3 : 0;
  let inTrace = false;
  while (at < head.length && lines.length < SAMPLE_LINES) {
    let end = head.indexOf(10, at);
    // The head may stop inside a line; the last one counts only when nothing else is there.
    if (end === -1) {
      if (lines.length > 0 && head.length >= 4096) break;
      end = head.length;
    }
    const stop = end > at && head[end - 1] === 13 ? end - 1 : end;
    const text = head.toString('utf8', at, Math.min(stop, at + 4096));
    inTrace = skipsTraces && (FRAME.test(text) || (inTrace && /^[ \t]/.test(text)));
    if (stop > at && !inTrace) {
      lines.push([at, stop]);
      texts.push(text);
    }
    at = end + 1;
  }
  return { lines, texts };
}

/**
 * Settles on the format most lines speak for.
 * @param stored first bytes, decompressed; 64 KiB are enough.
 * @returns undefined when the content is no log.
 */
export function detectLogFormat(stored: Buffer): LogFormat | undefined {
  const { head } = undress(asUtf8(stored));
  const { lines, texts } = tellingLines(head);
  if (lines.length === 0) return undefined;
  const table = tableFormat(texts);
  if (table && table.confidence > 0.5) return table;
  const votes = new Map<
    string,
    { kind: Kind; weight: number; roles: Map<string, number>; software: Map<string, number> }
  >();
  let counted = 0;
  for (const [index, [start, end]] of lines.entries()) {
    const kind = classifyLine(head, start, end);
    if (!kind) {
      // Continuation lines and banners neither speak for a format nor against it, but a file made of them is no log.
      counted += isContinuation(texts[index]!) ? 0.05 : 0.4;
      continue;
    }
    counted++;
    const vote = votes.get(kind.format) ?? { kind, weight: 0, roles: new Map(), software: new Map() };
    vote.weight += kind.weight;
    vote.roles.set(kind.role, (vote.roles.get(kind.role) ?? 0) + 1);
    if (kind.software) vote.software.set(kind.software, (vote.software.get(kind.software) ?? 0) + 1);
    votes.set(kind.format, vote);
  }
  // A W3C header says how the lines below it are to be read, whatever else they look like.
  const declared = texts.some((t) => /^#Fields:[ \t]/.test(t)) ? votes.get('iis-w3c') : undefined;
  if (declared) declared.weight = counted;
  // So do the two records of a request, however many others a program writes between them.
  const paired = votes.get('json-pairs');
  if (paired) paired.weight += votes.get('json-lines')?.weight ?? 0;
  const [best] = [...votes.values()].sort((a, b) => b.weight - a.weight);
  if (!best) return table;
  // A header row over stamped rows is an export of something, even where the rows alone would pass for a log.
  if (table && (best.kind.format === 'delimited' || best.kind.format === 'text-stamped')) return table;
  const most = (counts: Map<string, number>): string | undefined => [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  const confidence = Math.min(1, best.weight / counted);
  if (confidence < 0.3) return table;
  const software = most(best.software);
  return {
    format: best.kind.format,
    role: (best.roles.has('auth') ? 'auth' : most(best.roles)) as LogSource['role'],
    ...(software ? { software } : {}),
    confidence,
  };
}
