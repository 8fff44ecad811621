import { headerMeanings } from './columns.ts';
import { mayBeEvents } from './exports/windows-events.ts';
import { isCalendar } from './facts/calendars.ts';
import { isDot } from './facts/drawings.ts';
import { isMermaid } from './facts/mermaid.ts';
import type { Identity } from './identify-binary.ts';
import { identifyCommandOutput } from './identify-output.ts';
import { count, firstLines, share } from './lines.ts';
import { isPaymentEvent } from './payment-events.ts';
import { sniffSqlDump } from './sql-dump.ts';
import { tableKind } from './table-kind.ts';
import { sniffTable } from './tabular.ts';
import { epochTime, readTime } from './time.ts';

const PEM_KINDS: [RegExp, Identity][] = [
  [/^(?:TRUSTED |X509 )?CERTIFICATE$/, { kind: 'certificate', format: 'pem' }],
  [/^X509 CRL$/, { kind: 'crl', format: 'pem' }],
  [/^(?:NEW )?CERTIFICATE REQUEST$/, { kind: 'csr', format: 'pem' }],
  [/^(?:PKCS7|CMS)$/, { kind: 'certificate', format: 'pkcs7-pem' }],
  [/PRIVATE KEY$/, { kind: 'key', format: 'pem' }],
  [/PUBLIC KEY$/, { kind: 'key', format: 'pem-public' }],
  [/^EC PARAMETERS$/, { kind: 'key', format: 'pem' }],
];

/**
 * PEM at the margin, with real base64 below it. Prose that shows a PEM block indents it or has no base64; a file that was cut
 * off after a few characters has nothing else in it.
 */
function identifyPem(text: string): Identity | undefined {
  const begin = /^-----BEGIN ([A-Z0-9 ]{3,40})-----\r?$/m.exec(text);
  if (!begin) return undefined;
  const body = text
    .slice(begin.index + begin[0].length, begin.index + begin[0].length + 400)
    .replace(/^[A-Za-z-]{3,20}: .{0,80}$/gm, '');
  const cutOff = begin.index === 0 && text.length < 400 && /^[A-Za-z0-9+/=\s]*$/.test(body);
  if (!cutOff && !/^\s*[A-Za-z0-9+/=]{40,}/.test(body)) return undefined;
  return PEM_KINDS.find(([label]) => label.test(begin[1]!))?.[1];
}

/** Addresses and dates with dots in them look like versions and are none. */
const withoutAddressesAndDates = (line: string): string =>
  line.replace(
    /(?<![\w.])(?:(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5}|\/\d{1,2})?|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}\.\d{2}\.\d{2})(?![\w.])/g,
    '-',
  );

/** `name   version text` per line, as of `--version` outputs gathered over hosts. Names hardly repeat, unlike in logs. */
function isVersionList(lines: string[]): boolean {
  const kept = lines.filter((line) => !/^[#$]/.test(line));
  if (kept.length === 0 || kept.length >= 60 || kept.some((line) => LEVELS.test(line))) return false;
  const named = kept
    .map(withoutAddressesAndDates)
    .filter(
      (line) =>
        !/^.{0,40}?\b\d{1,2}:\d{2}:\d{2}\b/.test(line.replace(/\b(?:built|compiled|date)\b.*$/i, '')) &&
        /^[a-z][\w.+/-]{0,39}(?:\s{2,}|\t|[:=] ?| )\S/i.test(line) &&
        /(?:^|[^\d.])v?\d{1,4}\.\d{1,5}/.test(line) &&
        !readTime(line, { now: 0 }) &&
        !/^[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d /.test(line),
    );
  const names = new Set(named.map((line) => /^[\w.+/-]+/.exec(line)?.[0]));
  const words =
    /version|openssl|python|java|node|nginx|curl|release|haproxy|kernel|gnutls|stunnel|envoy|apache|tomcat|php|\bv\d+\.\d|\d+\.\d+\.\d+/i;
  return (
    named.length > kept.length * 0.8 && names.size > kept.length * 0.8 && share(named, (line) => words.test(line)) > 0.6
  );
}

const LEVELS =
  /(?:^|[\s[|,"<])(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRIT(?:ICAL)?|SEVERE)(?:$|[\s\]|,":>])/;

/** Changes are few, hours apart and written for people: no levels, no request lines, no `key=value` runs. */
function isChangeList(lines: string[]): boolean {
  const titled = lines.some((line) =>
    /^#.{0,60}(?:change|deploy|release|maintenance calendar|变更|änderung|cambios?)/i.test(line),
  );
  const entries = lines.filter((line) => !line.startsWith('#') && !/^[-=|: ]+$/.test(line));
  const timed = entries
    .map((line) => readTime(line.replace(/^[-*•|\s>[]+/, ''), { zone: 'UTC' }))
    .filter((read) => read !== undefined);
  if (!entries.length || timed.length < entries.length * 0.6 || lines.length > 400) return false;
  if (
    entries.some(
      (line) =>
        LEVELS.test(line) ||
        /\[(?:debug|info|notice|warn|warning|error|crit|alert|emerg)\]/.test(line) ||
        /"(?:GET|POST|PUT|HEAD) \//.test(line) ||
        /^\S+ \S+ [\w.-]+\[\d+\]:/.test(line),
    )
  )
    return false;
  if (titled) return true;
  const bare = share(entries, (line) => /\b\w+=\S+ .*\b\w+=\S/.test(line)) < 0.2;
  const gaps = timed
    .slice(1)
    .map((read, i) => Math.abs(read.time - timed[i]!.time))
    .sort((a, b) => a - b);
  const median = gaps[gaps.length >> 1] ?? Number.POSITIVE_INFINITY;
  const words =
    /deploy|release|roll(?:ed|out|back)|upgrad|rotat|renew|replac|config|maintenance|migrat|patch|switch|restart|reload|enabled?|disabled?|updated?|changed?|added|moved|feature flag|发布|上线|变更|更新|升级|切换|改版|证书/i;
  return bare && median >= 600_000 && share(entries, (line) => words.test(line)) >= 0.3;
}

/** An update as status pages word it: `**Identified** - A database failover is in progress.` */
const STATUS_UPDATE =
  /^[\s>*#_-]{0,8}(?:Investigating|Identified|Monitoring|Resolved|Update|Scheduled|In progress|Verifying|Completed)\*{0,2} ?[-:\u2013\u2014] ?\S/i;

/** A mail, notice or status page. */
export function isNotice(text: string, lines = firstLines(text, 60)): boolean {
  const head = lines.slice(0, 12).join('\n');
  if (count(head, /^(?:From|To|Date|Subject|发件人|主题|日期|Von|Betreff|Datum|De|Asunto|Fecha)\s*[:：]/gim) >= 2)
    return true;
  if (lines.filter((line) => STATUS_UPDATE.test(line)).length > 1) return true;
  if (
    lines.length >= 60 ||
    share(lines.slice(1), (line) =>
      /^(?:[\d.:a-f]{7,39} \S+ \S+ \[|\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}[.,\d]* ?[[(]|[A-Z][a-z]{2} [ \d]\d \d{2}:)/.test(
        line,
      ),
    ) > 0.3
  )
    return false;
  return (
    /maintenance|planned work|scheduled|provider status|status page|incident report|notice|announcement|circular|monitor \d{4}|days left|维护|公告|通知|通告|Wartung|Ankündigung|mantenimiento|aviso|\bas announced\b|\bwe (?:will |shall )?(?:replace|rotate|retire|renew)\b/i.test(
      text.slice(0, 1500),
    ) &&
    !LEVELS.test(text.slice(0, 4000)) &&
    lines.some((line) => !/[=:{]\s*$/.test(line) && line.split(' ').length >= 5)
  );
}

const TOPOLOGY_KEYS =
  /^(?:site|nodes?|hosts?|legs?|links?|hops?|routes?|internal_networks?|internal|networks?|timezone|time_zone|log_timezone|tz|psp_callback_ranges|callback_ranges|egress_allow|topology|services?|upstreams?|partners?|own_domains|zone)\s*:/gm;

/** Whether the text is a payment path's topology in YAML or JSON. */
function isTopology(text: string): boolean {
  // A file may wrap everything in one key that says what it is.
  const body = /^topology\s*:\s*$/m.test(text) ? text.replace(/^ {1,4}(?=\S)/gm, '') : text;
  const keys = new Set([...body.matchAll(TOPOLOGY_KEYS)].map((match) => match[0].replace(/\W/g, '')));
  const holds = (...names: string[]): boolean => names.some((name) => keys.has(name));
  return (
    (holds('legs', 'leg', 'links', 'link', 'hops', 'nodes', 'hosts', 'topology') && keys.size >= 2) ||
    (holds('internal_networks', 'psp_callback_ranges', 'callback_ranges') && keys.size >= 2)
  );
}

/** YAML without the lines of block scalars (YAML 1.2.2, 8.1), which are free text. */
function withoutBlocks(lines: string[]): string[] {
  let block = -1;
  return lines.filter((line) => {
    const indent = line.search(/\S/);
    if (block !== -1 && (indent === -1 || indent > block)) return false;
    block = /^\s*(?:- )*[\w."'-]{1,60}: *[|>][+-]?\d?\s*$/.test(line) ? indent : -1;
    return true;
  });
}

/** A line of a log, whose stamp may stand in brackets: `[2026-09-14 10:14:00,123: ERROR/Worker-1] ...`. */
const isStamped = (line: string): boolean => readTime(line.replace(/^\s*\[/, '')) !== undefined;

function identifyStructured(text: string, lines: string[], whole: boolean): Identity | undefined {
  const first = text.trimStart()[0];
  if (first === '{' || first === '[') {
    // An array may have one object a line.
    const perLine = lines
      .filter((line) => !/^\s*[[\]],?\s*$/.test(line))
      .map((line) => line.trim().replace(/^\[(?=\{)|(?<=\})(?:,|,?\])$/g, ''))
      .slice(0, 20);
    const jsonLines = share(perLine, (line) => line.startsWith('{') && line.endsWith('}'));
    if (perLine.length >= 2 && jsonLines > 0.8) {
      const payments = identifyJsonLines(perLine);
      // An array of anything else is no log, but may be a list of changes.
      if (payments || first === '{') return payments;
    }
    if (whole) {
      try {
        const value: unknown = JSON.parse(text);
        if (typeof value === 'object' && value !== null) {
          if (
            /"(?:legs|nodes|hosts|topology|internal_networks)"\s*:/.test(text) &&
            isTopology(text.replace(/^[ \t]*"(\w+)"[ \t]*:/gm, '$1:'))
          )
            return { kind: 'topology', format: 'json' };
          if (lines.length === 1) return identifyJsonLines(lines) ?? { kind: 'structured', format: 'json' };
          return { kind: 'structured', format: 'json' };
        }
      } catch {
        // Not JSON as a whole; an INI section or a log line may begin with a bracket too.
      }
    } else if (/^\s*[[{]\s*(?:"[^"\n]{1,80}"\s*:|[{[])/.test(text)) return { kind: 'structured', format: 'json' };
  }
  if (
    /^(?:---\s*$|%YAML)/m.test(lines[0] ?? '') ||
    share(
      withoutBlocks(lines).filter((line) => !line.trimStart().startsWith('#')),
      (line) => /^\s*(?:- )*(?:[\w."'/ -]{1,60}:(?:\s|$)|- |[}\]{[])/.test(line),
    ) > 0.9
  ) {
    if (isTopology(text)) return { kind: 'topology', format: 'yaml' };
    if (lines.some((line) => /^\s*[\w."-]{1,60}:(?:\s|$)/.test(line)) && !lines.some(isStamped))
      return { kind: 'structured', format: 'yaml' };
  }
  return undefined;
}

/** Names of the members of a record, those of records within it as paths. */
const memberNames = (record: object, depth = 0): string[] =>
  Object.entries(record).flatMap(([name, value]) =>
    depth < 2 && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? memberNames(value, depth + 1).map((inner) => `${name}.${inner}`)
      : [name],
  );

/** JSON lines are payment attempts only when nearly every row has money, an identity and an outcome, and none is a message. */
function identifyJsonLines(lines: string[]): Identity | undefined {
  let attempts = 0;
  let messages = 0;
  let events = 0;
  for (const line of lines) {
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      continue;
    }
    if (typeof row !== 'object' || row === null) continue;
    if (isPaymentEvent(row)) {
      events++;
      continue;
    }
    const names = Object.keys(row);
    const meanings = new Set(memberNames(row).flatMap((name) => headerMeanings(name)));
    // A gateway names the event of each attempt, too; then only a response code makes it one.
    const isEvent = names.some((name) => /^(?:event|@timestamp)$/i.test(name));
    if (
      (isEvent && !(meanings.has('code') && meanings.has('currency'))) ||
      names.some((name) =>
        /^(?:level|lvl|msg|message|severity|logger|csp-report|mti|dir|direction|de\d{1,3}|messageType)$/i.test(name),
      )
    )
      messages++;
    if (
      meanings.has('amount') &&
      (meanings.has('order') || meanings.has('payment')) &&
      (meanings.has('status') || meanings.has('code'))
    )
      attempts++;
  }
  if (events >= Math.max(2, lines.length * 0.8)) return { kind: 'transactions', format: 'payment-events' };
  return attempts >= Math.max(1, lines.length * 0.8) && messages === 0
    ? { kind: 'transactions', format: 'json-lines' }
    : undefined;
}

/** Properties files continue a value on the next line after a backslash. */
const joinContinued = (lines: string[]): string[] =>
  lines
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n');

const isIni = (lines: string[]): boolean =>
  lines.length > 0 &&
  share(lines, (line) => /^\s*(?:[#;!].*|\[{1,2}[\w .:"-]{1,60}\]{1,2}|[\w.\-/ ]{1,60}\s*[=:]\s*.*)$/.test(line)) >
    0.9 &&
  lines.some((line) => /^\s*[\w.-]{1,60}\s*=/.test(line)) &&
  !lines.some((line) => readTime(line));

function identifyMarkup(text: string): Identity | undefined {
  const start = text.slice(0, 600).trimStart();
  if (/^(?:<!doctype html|<html|<head|<body|<!--[^>]{0,400}-->\s*<(?:!doctype|html))/i.test(start))
    return { kind: 'web-page', format: 'html' };
  if (/^<\?php/i.test(start) || /^<%[@=! ]/.test(start))
    return { kind: 'script', format: start.startsWith('<%') ? 'jsp' : 'php' };
  if (/^(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS) \S+ HTTP\/\d/.test(start) || /^HTTP\/\d(?:\.\d)? \d{3}/.test(start))
    return { kind: 'message', format: 'http' };
  if (/^(?:--- \S.*\r?\n\+\+\+ \S|diff --git |Index: \S)/m.test(start)) return { kind: 'text', format: 'diff' };
  if (/^<\?xml|^<[A-Za-z][\w:.-]*(?:\s[^>]*)?>/.test(start))
    return mayBeEvents(text) ? { kind: 'log', format: 'windows-event-xml' } : { kind: 'structured', format: 'xml' };
  if (/^#!.{0,60}(?:sh|bash|python|perl|node|php|ruby)/.test(start)) return { kind: 'script', format: 'shell-script' };
  return undefined;
}

/** JavaScript by its vocabulary; minified code is one long line. */
function isJavaScript(text: string): boolean {
  const sample = text.slice(0, 16_384);
  const marks = count(
    sample,
    /\b(?:function\s*\w*\(|=>|var \w+\s*=|let \w+\s*=|const \w+\s*=|document\.|window\.|addEventListener|require\(|module\.exports|import .{1,80} from|export (?:default|const|function)|new [A-Z]\w+\()/g,
  );
  return (
    marks >= 3 &&
    /[;{}]/.test(sample) &&
    !LEVELS.test(sample.slice(0, 2000)) &&
    !/^[ \t]*(?:server|http|upstream|location)\s/m.test(sample.slice(0, 400))
  );
}

/** Formats whose shape is unmistakable; run before log detection. */
export function identifyTextFirst(text: string, whole: boolean): Identity | undefined {
  const lines = firstLines(text, 60);
  if (lines.length === 1 && lines[0]!.length <= 48 && whole) {
    const line = lines[0]!.trim();
    const read = readTime(line);
    if (epochTime(line) !== undefined || (read && read.length >= line.length))
      return { kind: 'clock', format: epochTime(line) === undefined ? 'iso' : 'epoch' };
  }
  if (isCalendar(text)) return { kind: 'changes', format: 'calendar' };
  if (isMermaid(lines)) return { kind: 'topology', format: 'mermaid' };
  if (isDot(text)) return { kind: 'topology', format: 'dot' };
  const pem = identifyPem(text);
  if (pem)
    return /^(?:CONNECTED\(|depth=\d)/m.test(text.slice(0, 2000))
      ? { kind: 'certificate', format: 'openssl-output' }
      : pem;
  return (
    identifyMarkup(text) ??
    identifyCommandOutput(text, lines) ??
    (isVersionList(lines) ? { kind: 'versions', format: 'list' } : undefined) ??
    identifyStructured(text, lines, whole) ??
    identifyTable(text) ??
    (sniffSqlDump(text) ? { kind: 'transactions', format: 'sql-dump' } : undefined) ??
    (isChangeList(lines)
      ? { kind: 'changes', format: lines.some((line) => /^[-*] /.test(line)) ? 'markdown' : 'text' }
      : undefined)
  );
}

function identifyTable(text: string): Identity | undefined {
  const shape = sniffTable(text);
  if (!shape) return undefined;
  switch (tableKind(shape.header, shape.sample)) {
    case 'transactions':
      return { kind: 'transactions', format: 'delimited' };
    case 'statement':
      return { kind: 'transactions', format: 'statement' };
    case 'merchants':
      return { kind: 'table', format: 'merchants' };
    case 'issuers':
      return { kind: 'table', format: 'issuers' };
    case 'changes':
      return { kind: 'changes', format: 'table' };
    case 'tickets':
      return { kind: 'tickets', format: 'table' };
    case 'network-flows':
      return { kind: 'network-flows', format: 'table' };
    case 'file-listing':
      return { kind: 'file-listing', format: 'table' };
    case 'certificate-log':
      return { kind: 'table', format: 'certificate-log' };
    default:
      // A headed table of three or more columns; a log exported as CSV is claimed by the log detector first.
      return undefined;
  }
}

/** What is left once logs and server configurations are claimed. */
export function identifyTextLast(text: string): Identity {
  const lines = firstLines(text, 60);
  if (isJavaScript(text)) return { kind: 'script', format: 'javascript' };
  if (isNotice(text, lines)) return { kind: 'notice', format: 'text' };
  if (isIni(joinContinued(lines))) return { kind: 'structured', format: 'ini' };
  const shape = sniffTable(text);
  if (shape && tableKind(shape.header, shape.sample) === 'host-messages')
    return { kind: 'transactions', format: 'host-messages' };
  if (shape && shape.sample.length > 0 && shape.header.length >= 3) return { kind: 'table', format: 'delimited' };
  return { kind: 'text' };
}
