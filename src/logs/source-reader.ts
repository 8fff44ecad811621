/** Reads the lines of one source in its format: requests into the table, everything else into records. */

import { asAccessRow, readAccessRecord } from './formats/access-json.ts';
import { accessLine, readAccessLine } from './formats/access-text.ts';
import { mayTellRequest } from './formats/access-words.ts';
import { type CloudFormat, isTimed, readCloudLine } from './formats/cloud-access.ts';
import { asContainerLine, type DockerLine, dockerLine, innerObject } from './formats/docker.ts';
import { afterName, type Dress, withoutColours } from './formats/dress.ts';
import { type Fields, readFields, readPairs } from './formats/fields.ts';
import { forwardedIn } from './formats/forwarded.ts';
import { mayBeHaproxyTraffic, readHaproxyLine } from './formats/haproxy.ts';
import { journalLine } from './formats/journal.ts';
import { writesPairs } from './formats/json-pairs.ts';
import { JsonShape, withinArray } from './formats/json-record.ts';
import type { Layout } from './formats/layouts/layout.ts';
import { LAYOUTS } from './formats/layouts/registry.gen.ts';
import { syslogLevel } from './formats/levels.ts';
import { CLOUD, isCombinedLog, type SourceLayout, type TableLayout } from './formats/line-kinds.ts';
import { type NginxFormat, readNginxFormat } from './formats/nginx-format.ts';
import { isOtlp, otlpRecords } from './formats/otlp.ts';
import { isServerFormat, readServerLine } from './formats/server-access.ts';
import { isTypeLine, splitRow, toFields } from './formats/table.ts';
import { mayEndWithObject, objectBehind, readPayload } from './formats/text-payload.ts';
import {
  afterLeadIn,
  afterLevel,
  levelBefore,
  mayBeAccessLine,
  readEnvelope,
  readFixedForm,
  readLeveled,
  readWrappedNginxError,
} from './formats/text-record.ts';
import { TimeColumn } from './formats/time-column.ts';
import { chooseLane, type LaneNeeds } from './lanes/choose-lane.ts';
import { emptyReading, type Lane } from './lanes/lane.ts';
import { candidates } from './lexicon/compile.ts';
import type { LiteralSearch } from './lexicon/literal-search.ts';
import { afterNuls, type BlockBuffer, lineEnd } from './line-blocks.ts';
import { LINE_CAP } from './lines.ts';
import { type Collector, MESSAGE_CAP, RecordAssembler, widen } from './record-assembler.ts';
import { clearRow, emptyRow, type RequestRow } from './request-table.ts';
import { noteMalformed, proxyReason } from './request-words.ts';
import { Sweep } from './sweep.ts';
import type { SourceClock } from './time/clock.ts';
import { parseTimestamp, parseTimestampText, stamp } from './time/timestamp.ts';
import { ToldRequests } from './told-requests.ts';
import { TrafficFeed } from './traffic/feed.ts';
import type { Level, LogSource } from './types.ts';
import { indexWithin } from './within.ts';

const SAMPLES = 5;
const SAMPLE_LENGTH = 300;
/** Lines in a row that the lane may leave before it pauses, and for how many lines it does. */
const LANE_PATIENCE = 32;
const LANE_PAUSE = 4096;

const PAIR = /^\s?(?:time|ts|timestamp|level|lvl)=/;

export class SourceReader {
  readonly source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  readonly #records: RecordAssembler;
  readonly #shape = new JsonShape();
  readonly #row = emptyRow();
  readonly #table: TableLayout | undefined;
  readonly #nginx: NginxFormat | undefined;
  readonly #dress: Dress;
  readonly #line: (b: Buffer, start: number, end: number, line: number) => void;
  readonly #sweep: Sweep;
  /** The literals that the sweep over blocks looks for, if any. */
  readonly #swept: LiteralSearch | undefined;
  readonly #lane: Lane | undefined;
  /** Undefined where requests are kept only. */
  readonly #feed: TrafficFeed | undefined;
  /** Lines that are left to the general readers before the lane is tried again, and how often it failed in a row. */
  #pause = 0;
  #failures = 0;
  readonly #timeColumn = new TimeColumn();
  #w3cFields: string[] | undefined;
  readonly #told: ToldRequests;
  readonly #paired: boolean;
  /** Lines of requests in words begin with a stamp; where none does, each line stands for itself. */
  #stamped = false;
  #layout: ReturnType<Layout['reader']> | undefined;
  /** Literals of the swept search on the line at hand; undefined where no sweep looked at it. */
  #swepts: number[] | undefined;
  #found: number[] = [];
  /** How the text line at hand was read. */
  readonly #reading = emptyReading();

  constructor(source: LogSource, to: Collector, clock: SourceClock, layout: SourceLayout) {
    this.source = source;
    this.#to = to;
    this.#clock = clock;
    this.#records = new RecordAssembler(source, to);
    this.#table = layout.table;
    this.#nginx = layout.nginx;
    this.#dress = layout.dress;
    this.#paired = writesPairs(source);
    this.#told = new ToldRequests(source, to, clock, (row, line, time) => this.#addRow(row, line, time));
    if (layout.nginx) this.#line = this.#nginxLine;
    else if (layout.table) this.#line = this.#tableLine;
    else if (source.format.includes('json')) this.#line = this.#jsonLine;
    else if (source.format === 'iis-w3c') this.#line = this.#w3cLine;
    else if (source.format === 'logfmt') this.#line = this.#logfmtLine;
    else if (CLOUD.test(source.format)) this.#line = this.#cloudLine;
    else if (LAYOUTS.some(({ format }) => format === source.format)) this.#line = this.#layoutLine;
    else if (isCombinedLog(source)) this.#line = this.#accessLine;
    else this.#line = this.#textLine;
    if (to.counting === 'everything') this.#feed = new TrafficFeed(to.traffic, to.attacks, to.requests);
    this.#sweep = new Sweep(to.cards, source.file, to.looks, layout.cardColumns);
    const kinds = new Map<unknown, LaneNeeds['kind']>([
      [this.#accessLine, 'access'],
      [this.#jsonLine, 'json'],
      [this.#logfmtLine, 'logfmt'],
      [this.#textLine, 'text'],
    ]);
    const { swept, lane } = chooseLane({
      source,
      to,
      clock,
      records: this.#records,
      kind: kinds.get(this.#line) ?? 'other',
      plain: !layout.dress.colours && !layout.dress.named && !layout.dress.forwarded,
      table: layout.table,
      nginx: layout.nginx,
      addRow: (row, at, time) => this.#addRow(row, at, time),
      w3cFields: () => this.#w3cFields,
      timeColumn: () => this.#timeColumn.whole,
    });
    this.#swept = swept;
    this.#lane = lane;
  }

  /** The lines in block.bytes[0, end). @returns how many there were. */
  block(block: BlockBuffer, end: number, firstLine: number): number {
    const { bytes: b } = block;
    const { colours, named, forwarded } = this.#dress;
    const kernel = colours || named || forwarded || !this.#to.lanes ? undefined : block.kernel;
    if (kernel) {
      this.#sweep.over(kernel, end, this.#swept);
      this.#lane?.begin(kernel);
    }
    let line = firstLine;
    // Lines that the lane has left.
    let left = 0;
    for (let at = 0; at < end; line++) {
      let swept = false;
      let curious = false;
      if (left > 1) left--;
      else if (kernel && this.#lane && this.#pause === 0) {
        at = this.#lane.run(kernel, at, end, line, this.#sweep, this.#found);
        const { taken } = this.#lane;
        line += taken;
        ({ swept, left, curious } = this.#lane);
        if (taken > 0) this.#failures = 0;
        else if (!this.#lane.hopeful && ++this.#failures >= LANE_PATIENCE) this.#pause = LANE_PAUSE;
        if (at >= end) break;
      } else if (this.#pause > 0) this.#pause--;
      const newline = b.indexOf(10, at);
      const stop = lineEnd(b, at, newline);
      const start = b[at] === 0 ? afterNuls(b, at, stop) : at;
      if (!kernel || newline - at > LINE_CAP) this.line(b, start, stop, line);
      else if (stop > start) {
        this.#reading.stampEnd = 0;
        this.#sweptLine(b, at, start, stop, line, swept);
        if (curious && this.#reading.stampEnd > 0 && this.#lane!.learn?.(this.#reading)) this.#failures = 0;
      }
      at = newline + 1;
    }
    if (kernel) this.#lane?.rest?.();
    return line - firstLine;
  }

  /** @param at where the line begins, NULs and all. @param done it was swept already, its literals are at hand. */
  #sweptLine(b: Buffer, at: number, start: number, end: number, line: number, done: boolean): void {
    let cards = done && this.#lane!.cards;
    if (!done) {
      this.#found.length = 0;
      if (this.#sweep.next < end) cards = this.#sweep.take(at, end, this.#found);
    }
    this.#swepts = this.#found;
    this.#line(b, start, end, line);
    this.#swepts = undefined;
    if (cards) this.#sweep.scanCards(b, start, end, line, this.#clock.last);
  }

  /** Literals of the lexicon in bytes of the line at hand. */
  #lexiconIn(b: Buffer, start: number, end: number): number[] {
    if (!this.#to.looks.texts) return [];
    if (this.#swepts && this.#swept === this.#to.lexicon.search) return this.#swepts;
    const found: number[] = [];
    candidates(this.#to.lexicon, b, start, end, found);
    return found;
  }

  /** One line, without its end. */
  line(bytes: Buffer, lineStart: number, lineEnd: number, line: number): void {
    if (lineEnd <= lineStart) return;
    let b = bytes;
    let start = lineStart;
    let end = lineEnd;
    if (this.#dress.colours && bytes.subarray(start, end).includes(27)) {
      b = withoutColours(bytes, start, end);
      start = 0;
      end = b.length;
    }
    if (this.#dress.named) start = afterName(b, start, end);
    if (this.#dress.forwarded) this.#forwardedLine(b, start, end, line);
    else this.#line(b, start, end, line);
    if (this.#to.looks.cards) this.#to.cards.scan(b, start, end, this.source.file, line, this.#clock.last);
  }

  /** A line in a shipper's object; objects of programs among them are read as such. */
  #forwardedLine(b: Buffer, start: number, end: number, line: number): void {
    const forwarded = forwardedIn(b.toString('utf8', start, end));
    const bytes = forwarded === undefined ? b.subarray(start, end) : Buffer.from(forwarded);
    if (bytes[0] === 123) this.#jsonLine(bytes, 0, bytes.length, line);
    else this.#line(bytes, 0, bytes.length, line);
  }

  finish(): void {
    this.#records.flush();
    this.#lane?.finish();
    const { source } = this;
    if (this.#clock.withoutOffset === 0 && this.#clock.withOffset > 0) {
      source.zone = { name: source.zone.name, source: 'line' };
    }
  }

  // --- requests ---------------------------------------------------------------------------------------------------

  #accessLine(b: Buffer, start: number, end: number, line: number): void {
    const row = clearRow(this.#row);
    if (!readAccessLine(b, start, end, row, this.#to.requests)) {
      this.#textLine(b, start, end, line);
      return;
    }
    this.#addRequest(line, accessLine.hasTime ? this.#clock.resolve() : this.#clock.last);
    if (accessLine.malformedEnd > 0) noteMalformed(b, this.#row, this.source, this.#to);
  }

  #nginxLine(b: Buffer, start: number, end: number, line: number): void {
    const row = clearRow(this.#row);
    const format = this.#nginx!;
    if (!readNginxFormat(format, b, start, end, row, this.#to.requests)) {
      if (format.json) this.#jsonLine(b, start, end, line);
      else this.#accessLine(b, start, end, line);
      return;
    }
    this.#addRequest(line, format.hasTime ? this.#clock.resolve() : this.#clock.last);
    if (accessLine.malformedEnd > 0) noteMalformed(b, this.#row, this.source, this.#to);
  }

  #cloudLine(b: Buffer, start: number, end: number, line: number): void {
    const text = b.toString('utf8', start, end);
    const row = clearRow(this.#row);
    if (isServerFormat(this.source.format)) {
      if (readServerLine(this.source.format, text, row, this.#to.requests))
        this.#addRequest(line, this.#clock.resolve());
      else this.#textLine(b, start, end, line);
      return;
    }
    const format = this.source.format as CloudFormat;
    if (readCloudLine(format, text, row, this.#to.requests)) {
      this.#addRequest(line, isTimed(format) ? this.#clock.resolve() : this.#clock.last);
      const reason = format === 'envoy' && row.status >= 500 ? proxyReason(text, row, this.#to) : undefined;
      if (!reason) return;
      // The line was counted with its request.
      this.source.parsed--;
      this.#records.begin(line, row.time, reason.head, reason.searched, reason.found);
    } else this.#textLine(b, start, end, line);
  }

  /** IIS and CloudFront: W3C extended format, whose `#Fields` line names the columns. */
  #w3cLine(b: Buffer, start: number, end: number, line: number): void {
    const text = b.toString('utf8', start, end);
    if (text.startsWith('#')) {
      if (text.startsWith('#Fields:')) this.#w3cFields = text.slice(8).trim().split(/\s+/);
      this.source.parsed++;
      return;
    }
    const fields = toFields(text.split(text.includes('\t') ? '\t' : ' '), this.#w3cFields);
    if (!this.#w3cFields || !parseTimestampText(`${fields.date ?? ''} ${fields.time ?? ''}`.trim())) {
      this.#reject(line, text);
      return;
    }
    // The format is in UTC unless an administrator changed it.
    if (Number.isNaN(stamp.offset)) stamp.offset = 0;
    const time = this.#clock.resolve();
    const row = clearRow(this.#row);
    readAccessRecord(fields, row, this.#to.requests);
    const taken = Number(fields['time-taken']);
    // IIS logs milliseconds as a whole number, CloudFront seconds with a fraction.
    if (Number.isFinite(taken)) row.requestTime = fields['time-taken']!.includes('.') ? taken : taken / 1000;
    this.#addRequest(line, time);
  }

  #addRequest(line: number, time: number): void {
    this.#addRow(this.#row, line, time);
  }

  #addRow(row: RequestRow, line: number, time: number): void {
    this.#records.flush();
    row.source = this.source.index;
    row.line = line;
    row.time = time;
    this.source.parsed++;
    widen(this.source, time);
    if (time < this.#to.since || time >= this.#to.until) return;
    if (this.#feed) this.#feed.add(row);
    else this.#to.requests.add(row);
  }

  // --- JSON and logfmt --------------------------------------------------------------------------------------------

  #jsonLine(b: Buffer, lineStart: number, lineEnd: number, line: number): void {
    const { start, end } = withinArray(b, lineStart, lineEnd);
    if (start >= end) return;
    if (b[start] !== 123) {
      this.#textLine(b, lineStart, lineEnd, line);
      return;
    }
    const text = b.toString('utf8', start, end);
    let value: object;
    try {
      value = JSON.parse(text);
    } catch {
      this.#records.flush();
      this.#reject(line, text);
      return;
    }
    const docker = dockerLine(value);
    if (docker) this.#dockerLine(docker, line);
    else
      for (const item of isOtlp(value) ? otlpRecords(value) : [value])
        this.#jsonRecord(item, text, b, start, end, line);
  }

  /** What a program wrote, in the file that Docker keeps of it. */
  #dockerLine(docker: DockerLine, line: number): void {
    if (docker.text === '') {
      this.source.parsed++;
      return;
    }
    const object = innerObject(docker);
    if (!object) {
      this.#enclosedLine(asContainerLine(docker), line);
      return;
    }
    // The sweep saw the line with its escapes.
    this.#swepts = undefined;
    const bytes = Buffer.from(docker.text);
    const timed = this.#shape.read(object).hasTime ? object : { ...object, time: docker.time };
    this.#jsonRecord(timed, docker.text, bytes, 0, bytes.length, line);
  }

  /** A line that stood in an envelope, behind the head that text has in its place. */
  #enclosedLine(text: string, line: number): void {
    // The sweep saw the envelope.
    this.#swepts = undefined;
    const bytes = Buffer.from(text);
    this.#textLine(bytes, 0, bytes.length, line);
  }

  /** @param text the line, or what stands for it where one line holds several records. */
  #jsonRecord(value: object, text: string, b: Buffer, start: number, end: number, line: number): void {
    const record = this.#shape.read(value);
    const enclosed = journalLine(record);
    if (enclosed !== undefined) {
      this.#enclosedLine(enclosed, line);
      return;
    }
    const time = record.hasTime ? this.#clock.resolve() : this.#clock.last;
    if (this.#told.request(record.fields, line, time)) {
      // Some programs write an error into one record with the request that met it.
      if ((record.level !== 'error' && record.level !== 'critical') || record.message === '') return;
      const found = this.#lexiconIn(b, start, end);
      if (found.length === 0) return;
      // The line was counted with its request.
      this.source.parsed--;
      this.#records.begin(line, time, record, undefined, found);
      return;
    }
    if (!this.#paired || !this.#told.pairedRequest(record.fields, line, time))
      this.#told.operation(record.fields, record.level, time);
    const message = record.message === '' ? text.slice(0, 1024) : record.message;
    this.#records.begin(line, time, { ...record, message }, undefined, this.#lexiconIn(b, start, end));
  }

  #logfmtLine(b: Buffer, start: number, end: number, line: number): void {
    const { text, fields } = readPairs(b.toString('utf8', start, end));
    const record = this.#shape.interpret(fields);
    if (!record.hasTime) {
      this.#textLine(b, start, end, line);
      return;
    }
    const time = this.#clock.resolve();
    if (this.#told.request(fields, line, time)) return;
    this.#told.operation(fields, record.level, time);
    if (record.message !== '') readFields(record.message, fields);
    const message = record.message === '' ? text.slice(0, MESSAGE_CAP) : record.message;
    // Quoted values carry escaped quotes; the lexicon's texts do not.
    const searched = text.includes('\\"') ? `${text}\n${text.replaceAll('\\"', '"')}` : text;
    this.#records.begin(line, time, { ...record, message }, searched, this.#lexiconIn(b, start, end));
  }

  /** A layout with a file of its own. */
  #layoutLine(b: Buffer, start: number, end: number, line: number): void {
    this.#layout ??= LAYOUTS.find(({ format }) => format === this.source.format)!.reader();
    const text = b.toString('utf8', start, end);
    const read = this.#layout(text, line);
    if (read === undefined) this.#reject(line, text);
    else if (read === 'part') this.source.parsed++;
    else if (read === 'continued') this.#continue(b, start, end, line);
    else {
      for (const { line: from = line, time, ...record } of read) {
        const enclosed = journalLine(record);
        if (enclosed !== undefined) {
          this.#enclosedLine(enclosed, from);
          continue;
        }
        if (time !== undefined && !parseTimestampText(time)) {
          this.#reject(line, text);
          continue;
        }
        const at = time === undefined ? this.#clock.last : this.#clock.resolve();
        if (record.fields) this.#told.operation(record.fields, record.level, at);
        this.#records.begin(from, at, record, record.message, this.#lexiconIn(b, start, end));
      }
      // A line is counted once, whatever number of records it holds.
      this.source.parsed -= read.length - 1;
    }
  }

  // --- tables -----------------------------------------------------------------------------------------------------

  #tableLine(b: Buffer, start: number, end: number, line: number): void {
    const { separator, header } = this.#table!;
    const text = b.toString('utf8', start, end);
    const cells = splitRow(text, separator);
    if (line === 1 && isTypeLine(text)) {
      this.source.parsed++;
      return;
    }
    if (header && cells.length === header.length && cells[0] === header[0] && cells.at(-1) === header.at(-1)) {
      this.source.parsed++;
      return;
    }
    if (!this.#timeColumn.read(cells)) {
      this.#reject(line, text);
      return;
    }
    const time = this.#clock.resolve();
    const fields = toFields(cells, header);
    const named: Fields = {};
    for (const name in fields) named[name.toLowerCase()] = fields[name]!;
    if (header && this.#told.request(this.source.role === 'access' ? asAccessRow(named) : named, line, time)) return;
    const meaning = header ? this.#shape.interpret(named) : undefined;
    if (meaning) this.#told.operation(named, meaning.level, time);
    this.#records.begin(
      line,
      time,
      {
        level: meaning?.level,
        node: meaning?.node,
        logger: meaning?.logger,
        message: meaning?.message || text,
        fields,
      },
      text,
      this.#lexiconIn(b, start, end),
    );
  }

  // --- text -------------------------------------------------------------------------------------------------------

  #textLine(b: Buffer, start: number, end: number, line: number): void {
    let at = start;
    let level: Level | undefined;
    let versioned = false;
    if (b[at] === 60) {
      // Syslog priority: <131>, and a version after it in RFC 5424.
      const close = indexWithin(b, 62, at, Math.min(end, at + 5));
      const priority = close > at ? Number(b.toString('latin1', at + 1, close)) : Number.NaN;
      if (Number.isInteger(priority)) {
        level = syslogLevel(priority);
        at = close + 1;
        versioned = b[at] === 49 && b[at + 1] === 32;
        if (versioned) at += 2;
      }
    }
    at = afterLeadIn(b, at, end);
    const stamped = afterLevel(b, at, end);
    if (stamped > at) {
      level = levelBefore(b.toString('latin1', at, stamped));
      at = stamped;
    }
    const bracket = b[at] === 91 ? 1 : 0;
    if (b[at] === 32 || b[at] === 9 || !parseTimestamp(b, at + bracket, end)) {
      this.#continue(b, start, end, line);
      return;
    }
    const { yearless, offset } = stamp;
    const next = bracket === 1 && b[stamp.next] === 93 ? stamp.next + 1 : stamp.next;
    const rest = b.toString('utf8', next, end);
    const time = this.#clock.resolve();
    const { format } = this.source;
    const reading = this.#reading;
    reading.plain = false;
    reading.pairs = false;
    reading.start = start;
    reading.end = end;
    reading.stamp = at + bracket;
    reading.stampEnd = stamp.next;
    reading.local = stamp.local;
    reading.ownOffset = !Number.isNaN(offset) || stamp.zoneName !== '';
    const fixed =
      format === 'auditd' ? { message: b.toString('utf8', start, end) } : readFixedForm(format, rest, b[start]!);
    if (fixed) {
      reading.plain = fixed.message.length < rest.trimStart().length;
      reading.envelope = 0;
      reading.beyond = fixed.message.length - 1;
      reading.fixed = true;
      this.#records.begin(line, time, fixed, rest, this.#lexiconIn(b, start, end));
      return;
    }
    const inWords = format === 'access-words';
    if (inWords) {
      this.#stamped = true;
      if (this.#told.inWords(rest, false, line, time)) return;
    }
    const envelope = readEnvelope(format, rest, versioned);
    const { message } = envelope;
    if (mayBeHaproxyTraffic(message) && readHaproxyLine(message, clearRow(this.#row), this.#to.requests)) {
      // The accept date inside has the year that RFC 3164 lacks.
      this.#addRequest(line, yearless || Number.isNaN(offset) ? this.#clock.resolve() : time);
      return;
    }
    const nested = readWrappedNginxError(message);
    if (nested) {
      this.#records.begin(line, time, { ...nested, node: envelope.node }, message, this.#lexiconIn(b, start, end));
      return;
    }
    if (mayBeAccessLine(message) && this.#wrappedAccess(b, end - Buffer.byteLength(message), end, line, time)) return;
    const payload = readPayload(message, envelope, level, this.#shape);
    if (payload) {
      if (this.#told.request(payload.fields, line, time)) return;
      if (payload.pairs || !this.#told.pairedRequest(payload.fields, line, time))
        this.#told.operation(payload.fields, payload.head.level, time);
      if (payload.pairs) {
        reading.pairs = true;
        reading.level = level;
        reading.envelope = Buffer.byteLength(message);
      }
      this.#records.begin(line, time, payload.head, payload.pairs ? rest : undefined, this.#lexiconIn(b, start, end));
      return;
    }
    const head = readLeveled(envelope, level);
    const members = mayEndWithObject(head.message) ? objectBehind(head.message) : undefined;
    if (members && this.#told.request(members, line, time)) return;
    if (members) this.#told.operation(members, head.level, time);
    const telling = !inWords && mayTellRequest(head.message);
    if (telling && this.#told.inWords(message, true, line, time)) return;
    if (!telling && !members) this.#told.wordedOperation(head, time);
    // Pairs as programs write them are told by more than their first words.
    reading.plain = !telling && !members && !PAIR.test(message);
    reading.envelope = Buffer.byteLength(message);
    reading.beyond = head.beyond;
    reading.fixed = false;
    this.#records.begin(line, time, head, rest, this.#lexiconIn(b, start, end));
  }

  /** An access line behind the prefix of syslog or a container runtime. */
  #wrappedAccess(b: Buffer, start: number, end: number, line: number, time: number): boolean {
    if (!readAccessLine(b, start, end, clearRow(this.#row), this.#to.requests)) return false;
    this.#addRequest(line, accessLine.hasTime ? this.#clock.resolve() : time);
    return true;
  }

  /** A line without a stamp of its own: the message after a JUL header, a stack frame, or something unknown. */
  #continue(b: Buffer, start: number, end: number, line: number): void {
    const text = b.toString('utf8', start, end);
    // HAProxy that writes to its standard output puts nothing before its lines.
    if (
      this.source.format === 'haproxy' &&
      mayBeHaproxyTraffic(text) &&
      readHaproxyLine(text, clearRow(this.#row), this.#to.requests)
    ) {
      this.#addRequest(line, this.#clock.resolve());
      return;
    }
    const bare = this.source.format === 'access-words' && !this.#stamped;
    if (bare && this.#told.wordsWithoutStamp(text, line)) return;
    if (this.#records.open) {
      const { awaitsMessage } = this.#records.head!;
      this.#records.extend(text, this.#lexiconIn(b, start, end));
      if (awaitsMessage) this.#told.wordedOperation(this.#records.head!, this.#clock.last);
      return;
    }
    if (bare || this.source.format === 'plain-text' || this.source.format === 'console-access') {
      // Output of a tool without stamps: every line stands for itself.
      this.#records.begin(line, this.#clock.last, { message: text }, text, this.#lexiconIn(b, start, end));
      this.#records.flush();
    } else this.#reject(line, text);
  }

  #reject(line: number, text: string): void {
    this.source.unparsed++;
    if (this.source.unparsedSamples.length < SAMPLES) {
      this.source.unparsedSamples.push({ line, text: text.slice(0, SAMPLE_LENGTH) });
    }
  }
}
