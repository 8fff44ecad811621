/** Reads the lines of one source in its format and hands requests, records and events to the collector. */

import type { CardScanner } from './card-numbers.ts';
import { type EventGatherer, peerName } from './events.ts';
import { clientAddress, isAccessRecord, readAccessRecord } from './formats/access-json.ts';
import { accessLine, readAccessLine } from './formats/access-text.ts';
import { type CloudFormat, readCloudLine } from './formats/cloud-access.ts';
import { type Fields, readFields } from './formats/fields.ts';
import { mayBeHaproxyTraffic, readHaproxyLine } from './formats/haproxy.ts';
import { JsonShape } from './formats/json-record.ts';
import { levelOf, syslogLevel } from './formats/levels.ts';
import { type NginxFormat, readNginxFormat } from './formats/nginx-format.ts';
import { splitRow, toFields } from './formats/table.ts';
import { afterStructuredData, readPrefix } from './formats/text-prefix.ts';
import { type CompiledLexicon, candidates, type LexiconMatch, verify } from './lexicon/compile.ts';
import type { RecordStore } from './records.ts';
import { clearRow, emptyRow, type RequestTableBuilder } from './request-table.ts';
import type { TemplateCounter } from './templates.ts';
import type { SourceClock } from './time/clock.ts';
import { parseTimestamp, parseTimestampText, stamp } from './time/timestamp.ts';
import type { Level, LogRecord, LogSource } from './types.ts';

/** Where everything that is read ends up. */
export interface Collector {
  lexicon: CompiledLexicon;
  requests: RequestTableBuilder;
  records: RecordStore;
  templates: TemplateCounter;
  events: EventGatherer;
  cards: CardScanner;
  since: number;
  until: number;
}

const MESSAGE_CAP = 8192;
const KLOG_LEVELS: { [letter: string]: Level } = { I: 'info', W: 'warn', E: 'error', F: 'critical' };
const REDIS_LEVELS: { [mark: string]: Level } = { '.': 'debug', '-': 'debug', '*': 'notice', '#': 'warn' };
/** Frames of one stack trace section that are kept; the causes below them matter more. */
const FRAMES_KEPT = 8;
const SAMPLES = 5;
const SAMPLE_LENGTH = 300;

interface Pending {
  line: number;
  time: number;
  level: Level | undefined;
  node: string | undefined;
  logger: string | undefined;
  message: string;
  /** What the lexicon is verified on: everything after the time stamp. */
  text: string;
  fields: Fields;
  found: number[];
  frames: number;
  /** A java.util.logging header whose message comes on the next line. */
  awaitsMessage: boolean;
}

export class SourceReader {
  readonly source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  readonly #shape = new JsonShape();
  readonly #row = emptyRow();
  readonly #separator: string;
  #header: string[] | undefined;
  readonly #nginx: NginxFormat | undefined;
  #pending: Pending | undefined;
  #timeColumn = -1;
  #iisFields: string[] | undefined;
  #found: number[] = [];
  readonly #line: (b: Buffer, start: number, end: number, line: number) => void;

  constructor(
    source: LogSource,
    to: Collector,
    clock: SourceClock,
    table: { separator: string; header: string[] | undefined } | undefined,
    nginx: NginxFormat | undefined,
  ) {
    this.source = source;
    this.#to = to;
    this.#clock = clock;
    this.#separator = table?.separator ?? ',';
    this.#header = table?.header;
    this.#nginx = nginx;
    if (nginx) this.#line = this.#nginxLine;
    else if (table) this.#line = this.#tableLine;
    else if (/json/.test(source.format)) this.#line = this.#jsonLine;
    else if (source.format === 'iis-w3c') this.#line = this.#iisLine;
    else if (source.format === 'logfmt') this.#line = this.#logfmtLine;
    else if (/^(?:aws-alb|envoy|squid)$/.test(source.format)) this.#line = this.#cloudLine;
    else if (source.role === 'access') this.#line = this.#accessLine;
    else this.#line = this.#textLine;
  }

  /** One line, without its end. */
  line(b: Buffer, start: number, end: number, line: number): void {
    if (end <= start) return;
    this.#to.cards.scan(b, start, end, this.source.file, line, this.#clock.last);
    this.#line(b, start, end, line);
  }

  finish(): void {
    this.#flush();
    const { source } = this;
    if (this.#clock.withoutOffset === 0 && this.#clock.withOffset > 0)
      source.zone = { name: source.zone.name, source: 'line' };
  }

  // --- requests ---------------------------------------------------------------------------------------------------

  #accessLine(b: Buffer, start: number, end: number, line: number): void {
    const row = clearRow(this.#row);
    if (!readAccessLine(b, start, end, row, this.#to.requests)) {
      this.#textLine(b, start, end, line);
      return;
    }
    this.#flush();
    row.time = accessLine.hasTime ? this.#clock.resolve() : this.#clock.last;
    this.#addRequest(line);
    if (accessLine.malformedEnd > 0) this.#malformedRequest(b, line);
  }

  #nginxLine(b: Buffer, start: number, end: number, line: number): void {
    const row = clearRow(this.#row);
    if (!readNginxFormat(this.#nginx!, b, start, end, row, this.#to.requests)) {
      this.#accessLine(b, start, end, line);
      return;
    }
    this.#flush();
    row.time = this.#nginx!.hasTime ? this.#clock.resolve() : this.#clock.last;
    this.#addRequest(line);
    if (accessLine.malformedEnd > 0) this.#malformedRequest(b, line);
  }

  #addRequest(line: number): void {
    const row = this.#row;
    row.source = this.source.index;
    row.line = line;
    this.source.parsed++;
    this.#span(row.time);
    if (row.time >= this.#to.since && row.time < this.#to.until) this.#to.requests.add(row);
  }

  /** The request field held no HTTP: a TLS hello or a scanner's bytes. The lexicon knows some of them. */
  #malformedRequest(b: Buffer, line: number): void {
    const start = accessLine.malformedStart;
    const end = accessLine.malformedEnd;
    this.#found.length = 0;
    candidates(this.#to.lexicon, b, start, end, this.#found);
    if (this.#found.length === 0) return;
    const text = b.toString('utf8', start, end);
    const client = this.#to.requests.interner.strings[this.#row.client];
    for (const match of verify(this.#to.lexicon, this.#found, text, 'access')) {
      this.#to.events.add(match.entry, match.entry.role, this.source, {
        node: this.source.node,
        peer: undefined,
        client: client || undefined,
        test: false,
        hit: {
          time: this.#row.time,
          source: this.source.index,
          line,
          text: text.slice(0, 1024),
          values: match.values,
        },
      });
    }
  }

  #iisLine(b: Buffer, start: number, end: number, line: number): void {
    const text = b.toString('utf8', start, end);
    if (text.startsWith('#')) {
      if (text.startsWith('#Fields:')) this.#iisFields = text.slice(8).trim().split(/\s+/);
      this.source.parsed++;
      return;
    }
    const fields = toFields(text.split(text.includes('\t') ? '\t' : ' '), this.#iisFields);
    const time = `${fields.date ?? ''} ${fields.time ?? ''}`.trim();
    if (!this.#iisFields || !parseTimestampText(time)) {
      this.#reject(line, text);
      return;
    }
    const row = clearRow(this.#row);
    // W3C extended logs are in UTC unless the administrator changed it.
    if (Number.isNaN(stamp.offset)) stamp.offset = 0;
    row.time = this.#clock.resolve();
    readAccessRecord(fields, row, this.#to.requests);
    const taken = Number(fields['time-taken']);
    if (Number.isFinite(taken)) row.requestTime = taken / 1000;
    this.#addRequest(line);
  }

  #cloudLine(b: Buffer, start: number, end: number, line: number): void {
    const text = b.toString('utf8', start, end);
    const row = clearRow(this.#row);
    if (!readCloudLine(this.source.format as CloudFormat, text, row, this.#to.requests)) {
      this.#textLine(b, start, end, line);
      return;
    }
    row.time = this.#clock.resolve();
    this.#addRequest(line);
  }

  // --- JSON -------------------------------------------------------------------------------------------------------

  #jsonLine(b: Buffer, start: number, end: number, line: number): void {
    if (b[start] !== 123) {
      this.#textLine(b, start, end, line);
      return;
    }
    let value: unknown;
    const text = b.toString('utf8', start, end);
    try {
      value = JSON.parse(text);
    } catch {
      this.#reject(line, text);
      return;
    }
    this.#flush();
    const record = this.#shape.read(value as object);
    const time = record.hasTime ? this.#clock.resolve() : this.#clock.last;
    if (isAccessRecord(record.fields)) {
      const row = clearRow(this.#row);
      row.time = time;
      readAccessRecord(record.fields, row, this.#to.requests);
      this.#addRequest(line);
      return;
    }
    this.#open(
      line,
      time,
      record.level,
      record.node,
      record.logger,
      record.message === '' ? text.slice(0, 1024) : record.message,
      Object.values(record.fields).join('\n'),
      record.fields,
    );
    candidates(this.#to.lexicon, b, start, end, this.#pending!.found);
    this.#flush();
  }

  #logfmtLine(b: Buffer, start: number, end: number, line: number): void {
    const text = b.toString('utf8', start, end);
    const fields: Fields = {};
    if (/^[\w.@-]{1,40}=/.test(text)) readFields(text, fields);
    const record = this.#shape.interpret(fields);
    if (!record.hasTime) {
      this.#textLine(b, start, end, line);
      return;
    }
    this.#flush();
    const time = this.#clock.resolve();
    if (isAccessRecord(record.fields)) {
      const row = clearRow(this.#row);
      row.time = time;
      readAccessRecord(record.fields, row, this.#to.requests);
      this.#addRequest(line);
      return;
    }
    const extra: Fields = {};
    if (record.message !== '') readFields(record.message, extra);
    for (const key in extra) if (!(key in fields)) fields[key] = extra[key]!;
    this.#open(
      line,
      time,
      record.level,
      record.node,
      record.logger,
      record.message === '' ? text.slice(0, MESSAGE_CAP) : record.message,
      text.includes('\\"') ? `${text}\n${text.replaceAll('\\"', '"')}` : text,
      fields,
    );
    candidates(this.#to.lexicon, b, start, end, this.#pending!.found);
    this.#flush();
  }

  // --- tables -----------------------------------------------------------------------------------------------------

  #tableLine(b: Buffer, start: number, end: number, line: number): void {
    const text = b.toString('utf8', start, end);
    const cells = splitRow(text, this.#separator);
    if (
      this.#header &&
      cells.length === this.#header.length &&
      cells[0] === this.#header[0] &&
      cells.at(-1) === this.#header.at(-1)
    ) {
      this.source.parsed++;
      return;
    }
    if (this.#timeColumn < 0) this.#timeColumn = cells.findIndex((cell) => parseTimestampText(cell));
    const cell = cells[this.#timeColumn];
    if (cell === undefined || !parseTimestampText(cell)) {
      this.#reject(line, text);
      return;
    }
    this.#flush();
    const time = this.#clock.resolve();
    const fields = toFields(cells, this.#header);
    const level = fields.level ?? fields.severity;
    this.#open(
      line,
      time,
      level === undefined ? undefined : levelOf(level),
      undefined,
      undefined,
      text.slice(0, MESSAGE_CAP),
      text,
      fields,
    );
    candidates(this.#to.lexicon, b, start, end, this.#pending!.found);
    this.#flush();
  }

  // --- text -------------------------------------------------------------------------------------------------------

  #textLine(b: Buffer, start: number, end: number, line: number): void {
    let at = start;
    let level: Level | undefined;
    let versioned = false;
    if (b[at] === 60) {
      const close = b.indexOf(62, at);
      const priority = close > at && close - at <= 4 ? Number(b.toString('latin1', at + 1, close)) : Number.NaN;
      if (Number.isInteger(priority)) {
        level = syslogLevel(priority);
        at = close + 1;
        if (b[at] === 49 && b[at + 1] === 32) {
          at += 2;
          versioned = true;
        }
      }
    }
    at = afterLeadIn(b, at, end);
    const bracket = b[at] === 91 ? 1 : 0;
    const container = b[at] === 32 || b[at] === 9 ? false : parseTimestamp(b, at + bracket, end);
    if (!container) {
      this.#continue(b, start, end, line);
      return;
    }
    const yearless = stamp.yearless;
    let next = stamp.next;
    if (bracket === 1 && b[next] === 93) next++;
    const rest = b.toString('utf8', next, end);
    if (this.source.format === 'text-stamped' && this.#pending && rest.trim() === '') return;
    this.#flush();
    let time = this.#clock.resolve();
    const { format } = this.source;
    let node: string | undefined;
    let logger: string | undefined;
    let message = rest;

    if (format === 'nginx-error') {
      const head = /^ \[([a-z]+)\] \d+#\d+: (?:\*\d+ )?/.exec(rest);
      if (head) {
        level = levelOf(head[1]!);
        message = rest.slice(head[0].length);
      }
      this.#open(line, time, level, undefined, undefined, message, rest, nginxFields(message));
    } else if (format === 'httpd-error') {
      const head = /^ \[(?:([\w-]*):)?([a-z]+\d?)\](?: \[pid [^\]]*\])?(?: \[(?:client|remote) ([^\]]*)\])? ?/.exec(
        rest,
      );
      const fields: Fields = {};
      if (head) {
        level = levelOf(head[2]!);
        logger = head[1] || undefined;
        if (head[3]) fields.client = clientAddress(head[3]) || head[3];
        message = rest.slice(head[0].length);
      }
      this.#open(line, time, level, undefined, logger, message, rest, fields);
    } else if (format === 'stunnel') {
      const head = /^ LOG(\d)\[([^\]]*)\]: /.exec(rest);
      if (head) {
        level = syslogLevel(Number(head[1]));
        message = rest.slice(head[0].length);
      }
      const fields: Fields = {};
      readFields(message, fields);
      this.#open(line, time, level, undefined, undefined, message, rest, fields);
    } else if (format === 'klog') {
      const head = /^ +\d+ [^\]]{1,120}\] /.exec(rest);
      level = KLOG_LEVELS[String.fromCharCode(b[start]!)];
      message = head ? rest.slice(head[0].length) : rest.trimStart();
      const fields: Fields = {};
      readFields(message, fields);
      this.#open(line, time, level, undefined, undefined, message, rest, fields);
    } else if (format === 'redis') {
      level = REDIS_LEVELS[rest[1] ?? ''];
      message = rest.slice(3);
      this.#open(line, time, level, undefined, undefined, message, rest, {});
    } else if (format === 'java-util-logging') {
      const header = /^ ([\w.$]+(?:\.[\w$]+)+)(?: [\w$<>]+)?$/.exec(rest);
      this.#open(line, time, level, undefined, header?.[1], header ? '' : rest.trimStart(), rest, {});
      this.#pending!.awaitsMessage = header !== null;
    } else {
      if (versioned) {
        // RFC 5424: host, application, process, message id, structured data.
        const head = /^ (\S+) (\S+) (\S+) (\S+) /.exec(rest);
        const data = head ? afterStructuredData(rest, head[0].length) : -1;
        if (head && data > 0) {
          node = head[1] === '-' ? undefined : head[1];
          logger = head[2] === '-' ? undefined : head[2];
          message = rest
            .slice(data)
            .trimStart()
            .replace(/^\ufeff/, '');
        }
      } else if (/^(?:syslog|haproxy)/.test(format)) {
        const head = /^ (\S+) (?:([A-Za-z][\w./-]*)(?:\[(\d+)\])?: ?)?/.exec(rest);
        if (head) {
          node = head[1];
          logger = head[2];
          message = rest.slice(head[0].length);
        }
      }
      if (mayBeHaproxyTraffic(message)) {
        const row = clearRow(this.#row);
        const containerOffset = stamp.offset;
        const kind = readHaproxyLine(message, row, this.#to.requests);
        if (kind) {
          // The accept date inside has the year that RFC 3164 lacks.
          if (yearless || Number.isNaN(containerOffset)) time = this.#clock.resolve();
          row.time = time;
          this.#addRequest(line);
          return;
        }
      }
      if (message.startsWith('{') && message.endsWith('}')) {
        try {
          const record = this.#shape.read(JSON.parse(message) as object);
          this.#open(
            line,
            time,
            record.level ?? level,
            record.node ?? node,
            record.logger ?? logger,
            record.message || message,
            Object.values(record.fields).join('\n'),
            record.fields,
          );
          candidates(this.#to.lexicon, b, start, end, this.#pending!.found);
          return;
        } catch {
          // Not JSON; read as text below.
        }
      }
      const prefix = readPrefix(message);
      const fields: Fields = {};
      readFields(prefix.message, fields);
      this.#open(
        line,
        time,
        prefix.level ?? level,
        prefix.node ?? node,
        prefix.logger ?? logger,
        prefix.message,
        rest,
        fields,
      );
    }
    candidates(this.#to.lexicon, b, start, end, this.#pending!.found);
  }

  /** A line without a stamp of its own: the message after a JUL header, a stack frame, or something unknown. */
  #continue(b: Buffer, start: number, end: number, line: number): void {
    const text = b.toString('utf8', start, end);
    const pending = this.#pending;
    if (!pending) {
      if (this.source.format === 'plain-text') {
        this.#open(line, this.#clock.last, undefined, undefined, undefined, text.slice(0, MESSAGE_CAP), text, {});
        candidates(this.#to.lexicon, b, start, end, this.#pending!.found);
        this.#flush();
      } else this.#reject(line, text);
      return;
    }
    candidates(this.#to.lexicon, b, start, end, pending.found);
    if (pending.awaitsMessage) {
      pending.awaitsMessage = false;
      const colon = text.indexOf(': ');
      const level = colon > 0 && colon < 16 ? levelOf(text.slice(0, colon)) : undefined;
      pending.level = level;
      pending.message = level ? text.slice(colon + 2) : text;
      pending.text = `${pending.text}\n${text}`;
      readFields(pending.message, pending.fields);
      return;
    }
    const frame = /^\s+(?:at |\.\.\. \d)|^\s+File "|^#\d/.test(text);
    pending.frames = frame ? pending.frames + 1 : 0;
    if (frame && pending.frames > FRAMES_KEPT) return;
    if (pending.message.length < MESSAGE_CAP) pending.message = `${pending.message}\n${text}`.slice(0, MESSAGE_CAP);
    if (pending.text.length < MESSAGE_CAP * 2) pending.text = `${pending.text}\n${text}`;
  }

  // --- records ----------------------------------------------------------------------------------------------------

  #open(
    line: number,
    time: number,
    level: Level | undefined,
    node: string | undefined,
    logger: string | undefined,
    message: string,
    text: string,
    fields: Fields,
  ): void {
    this.#pending = {
      line,
      time,
      level,
      node,
      logger,
      message: message.slice(0, MESSAGE_CAP),
      text,
      fields,
      found: [],
      frames: 0,
      awaitsMessage: false,
    };
  }

  #flush(): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = undefined;
    const { source } = this;
    const { time, level } = pending;
    source.parsed++;
    this.#span(time);
    const levelName = level ?? 'none';
    source.levels[levelName] = (source.levels[levelName] ?? 0) + 1;
    if (!(time < this.#to.since || time >= this.#to.until)) {
      const matches =
        pending.found.length > 0 ? verify(this.#to.lexicon, pending.found, pending.text, source.software) : [];
      const node = pending.node ?? source.node;
      for (const match of matches) this.#hit(match, pending, node);
      const seen = this.#to.templates.count(source.index, pending.line, time, level, pending.message);
      const record: LogRecord = {
        source: source.index,
        line: pending.line,
        time,
        ...(level ? { level } : {}),
        ...(node === undefined ? {} : { node }),
        ...(pending.logger === undefined ? {} : { logger: pending.logger }),
        message: pending.message,
        fields: pending.fields,
      };
      this.#to.records.add(
        record,
        seen,
        matches.length > 0 || level === 'warn' || level === 'error' || level === 'critical',
      );
    }
  }

  #hit(match: LexiconMatch, pending: Pending, node: string | undefined): void {
    const { values } = match;
    const { fields } = pending;
    const client = values.client ?? fields.client ?? fields.rhost ?? fields.src;
    const role = match.entry.role === 'unknown' ? roleOf(pending.text, fields) : match.entry.role;
    let peer: string | undefined;
    if (role !== 'server' && role !== 'none') {
      const named =
        values.peer ??
        fields.upstream ??
        urlOf(pending.text) ??
        values.host ??
        fields.peer ??
        fields.endpoint ??
        fields.host;
      if (named !== undefined && named !== '') peer = peerName(named);
    }
    this.#to.events.add(match.entry, role === 'unknown' && peer !== undefined ? 'client' : role, this.source, {
      node,
      peer,
      client: client === undefined ? undefined : clientAddress(client) || client,
      test: isTestTraffic(pending),
      hit: {
        time: pending.time,
        source: this.source.index,
        line: pending.line,
        text: pending.message.slice(0, 2048),
        values,
      },
    });
  }

  #span(time: number): void {
    if (Number.isNaN(time)) return;
    const { source } = this;
    if (source.first === undefined || time < source.first) source.first = time;
    if (source.last === undefined || time > source.last) source.last = time;
  }

  #reject(line: number, text: string): void {
    this.source.unparsed++;
    if (this.source.unparsedSamples.length < SAMPLES)
      this.source.unparsedSamples.push({ line, text: text.slice(0, SAMPLE_LENGTH) });
  }
}

/** `..., client: 1.2.3.4, server: name, request: "GET / HTTP/1.1", upstream: "https://h/", host: "h"` at the end of nginx errors. */
function nginxFields(message: string): Fields {
  const fields: Fields = {};
  for (const name of ['client', 'server', 'request', 'upstream', 'host', 'referrer', 'subrequest', 'port']) {
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

/** The first URL or `host:port` that a client's error names. */
function urlOf(text: string): string | undefined {
  const url = /\b(?:https?|wss?|ldaps?|amqps?|tcp):\/\/[^\s"'<>\\)]{3,255}/i.exec(text);
  if (url) return url[0];
  const connect =
    /(?:connect(?:ing|ion)? to|dial tcp|lookup|host:|for host|Host:|->)\s*'?([A-Za-z0-9][\w.-]{2,250})(?:'?(?: port |:)(\d{2,5}))?/.exec(
      text,
    );
  if (connect && /[.\d]/.test(connect[1]!)) return connect[2] ? `${connect[1]}:${connect[2]}` : connect[1];
  return undefined;
}

/** Which end of the connection the writer was, where the text alone (OpenSSL's reason) does not say. */
function roleOf(text: string, fields: Fields): 'client' | 'server' | 'unknown' {
  if (/(?:to|from|reading) upstream|SSL_connect|remote server|Proxy/.test(text)) return 'client';
  if (
    /while SSL handshaking(?:,|$)|SSL_accept|TLS handshake error from|while (?:reading|waiting for) (?:client )?request/m.test(
      text,
    )
  )
    return 'server';
  if (fields.client !== undefined && fields.upstream === undefined) return 'server';
  return 'unknown';
}

/** Sandbox and test traffic says nothing about production. */
function isTestTraffic(pending: Pending): boolean {
  const environment = pending.fields.env ?? pending.fields.environment ?? pending.fields['service.environment'] ?? '';
  return /^(?:sandbox|test|staging|uat|dev)/i.test(environment) || /\bsandbox\b/i.test(pending.logger ?? '');
}

/** Redis puts `123:M ` and Ruby's Logger `E, ` before the stamp. @returns the index after it. */
export function afterLeadIn(b: Buffer, start: number, end: number): number {
  if (b[start + 1] === 44 && b[start + 2] === 32 && b[start + 3] === 91) return start + 3;
  let at = start;
  while (at < end && at - start < 10 && b[at]! >= 48 && b[at]! <= 57) at++;
  if (at > start && b[at] === 58 && b[at + 1]! >= 65 && b[at + 1]! <= 90 && b[at + 2] === 32) return at + 3;
  return start;
}
