/** Meaning of the members of JSON log lines of any shape: aliases tried in order, the one that fitted last first. */

import { epochMilliseconds, parseTimestamp, parseTimestampText, stamp } from '../time/timestamp.ts';
import type { Level } from '../types.ts';
import { type Fields, flatten } from './fields.ts';
import { levelOf, numericLevel } from './levels.ts';
import { readPrefix } from './text-prefix.ts';

const ALIASES = {
  time: [
    '@timestamp',
    'timestamp',
    'time',
    'ts',
    'T',
    't',
    'datetime',
    'asctime',
    'date',
    'eventTime',
    'event_time',
    '@t',
    'Timestamp',
    'timeMillis',
    'instant.epochSecond',
    'received',
    'time_local',
    'time_iso8601',
    'msec',
    'created',
    'created_at',
    'logged_at',
    'timeUnixNano',
    'observedTimeUnixNano',
    'StartUTC',
    'start_time',
    'startTime',
    'started_at',
    '__REALTIME_TIMESTAMP',
    '_SOURCE_REALTIME_TIMESTAMP',
    'requestTime',
    'requestReceivedTimestamp',
    'timestampMs',
    'event.created',
    'datetime_utc',
    'Time',
    'log_time',
    'timeStamp',
    'logtime',
    't.$date',
    'EdgeStartTimestamp',
    'reqTimeSec',
    'lastTimestamp',
    'firstTimestamp',
    'metadata.creationTimestamp',
    'when',
    'at',
    'dateTime',
    'date_time',
    'DateTime',
    'Date',
    'time_stamp',
    'timestamp_utc',
    'timestampUtc',
    'log_timestamp',
    'logTimestamp',
    'LogTime',
    'logTime',
    'log_date',
    'logDate',
    'event_timestamp',
    'eventTimestamp',
    'EventTime',
    'TimeGenerated',
    'TimeCreated',
    // Windows events as evtx_dump, Velociraptor and their kin write them.
    'Event.System.TimeCreated.#attributes.SystemTime',
    'Event.System.TimeCreated.SystemTime',
    'System.TimeCreated.SystemTime',
    'occurred_at',
    'occurredAt',
    'recorded_at',
    'recordedAt',
    'createdAt',
    'create_time',
    'createTime',
    'ts_ms',
    'epoch',
    'epoch_ms',
    '时间',
    '日志时间',
    '记录时间',
    '发生时间',
  ],
  level: [
    'level',
    'log.level',
    'L',
    'severity',
    '级别',
    '日志级别',
    'lvl',
    'levelname',
    'loglevel',
    'log_level',
    'severityText',
    'SeverityText',
    '@l',
    'Level',
    'LogLevel',
    'severity_text',
    'level_name',
    'PRIORITY',
    'severityNumber',
    'l',
    'error_severity',
    's',
    'leveldisplayname',
  ],
  message: [
    'message',
    'msg',
    'M',
    'log',
    'MESSAGE',
    'body',
    'body.stringValue',
    'Body',
    'jsonPayload.message',
    'properties.message',
    'full_message',
    '消息',
    '内容',
    '日志内容',
    '@m',
    '@mt',
    'Message',
    'short_message',
    'text',
    'event',
    'textPayload',
    'event.original',
    'RenderedMessage',
    'log_message',
    'content',
    'm',
  ],
  logger: [
    'logger',
    'log.logger',
    'logger_name',
    'N',
    'loggerName',
    'name',
    'SourceContext',
    'Properties.SourceContext',
    'module',
    'category',
    'component',
    'SYSLOG_IDENTIFIER',
    '_SYSTEMD_UNIT',
    'service',
    'svc',
    'service.name',
    'Resource.service.name',
    'app',
    'caller',
    'c',
    'providername',
    'reportingComponent',
    'source.component',
  ],
  node: [
    'node',
    'service.node.name',
    'host.name',
    'hostname',
    '主机',
    '节点',
    'host.hostname',
    'node.name',
    'pod',
    'kubernetes.pod.name',
    'kubernetes.pod_name',
    'instance',
    '_HOSTNAME',
    'host',
    'server',
    'container',
    'MachineName',
    'machinename',
    'source.host',
    'agent.hostname',
  ],
} as const;
type Meaning = keyof typeof ALIASES;

/** Members that hold the error or its stack; joined to the message. */
const ERROR_KEYS = [
  'error',
  'err',
  'error.message',
  'err.message',
  'error.type',
  'error.stack_trace',
  'error.stack',
  'err.stack',
  'stack_trace',
  'stacktrace',
  'stack',
  'exception',
  'exc',
  'exc_info',
  'exc_text',
  'exception.message',
  'exception.stacktrace',
  'exception.stackTrace',
  'thrown.message',
  'thrown.extendedStackTrace',
  'cause',
  'trace',
  'errorVerbose',
  '@x',
  'Exception',
  'reason',
  'detail',
  'error_message',
  'errorMessage',
  'failure',
];

export interface JsonRecord {
  /** The stamp was read into `stamp`. */
  hasTime: boolean;
  level: Level | undefined;
  message: string;
  logger: string | undefined;
  node: string | undefined;
  fields: Fields;
}

export const MEANINGS = Object.keys(ALIASES) as Meaning[];
const MESSAGE_CAP = 8192;

/** Member name to what it may mean: one look-up a member instead of one for every alias. */
export interface Role {
  /** Index into MEANINGS; MEANINGS.length for error members. */
  meaning: number;
  /** Place in the list of aliases; the earliest wins. */
  rank: number;
}
/** What each known member name means. */
export const ROLES = new Map<string, Role>();
for (const [meaning, name] of MEANINGS.entries()) {
  for (const [rank, alias] of ALIASES[name].entries()) if (!ROLES.has(alias)) ROLES.set(alias, { meaning, rank });
}
for (const [rank, key] of ERROR_KEYS.entries()) ROLES.set(key, { meaning: MEANINGS.length, rank });

const SEVERITY = /^(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|CRITICAL|FATAL|SEVERE)(?=[\s:|-])/;
/** Whether a message may carry the stamp or the level of the program's own line, as in Docker's files. The kernel has it, too (count.as). */
export const mayHoldPrefix = (message: string): boolean => /^[\d[]/.test(message) || SEVERITY.test(message);

/** Level and logger of a program's own line inside the record of a container runtime; `stamp` stays the record's. */
function withPrefix(record: JsonRecord): JsonRecord {
  const { message } = record;
  const severity = SEVERITY.exec(message)?.[0];
  if (severity !== undefined) {
    const level = levelOf(severity);
    return level === undefined ? record : { ...record, level };
  }
  const kept = { ...stamp };
  const line = Buffer.from(message.slice(0, 512));
  const bracket = line[0] === 91 ? 1 : 0;
  const stamped = parseTimestamp(line, bracket, line.length);
  const next = bracket === 1 && line[stamp.next] === 93 ? stamp.next + 1 : stamp.next;
  Object.assign(stamp, kept);
  if (!stamped) return record;
  const prefix = readPrefix(message.slice(line.toString('utf8', 0, next).length));
  return prefix.level === undefined
    ? record
    : { ...record, level: prefix.level, logger: prefix.logger ?? record.logger };
}

export class JsonShape {
  /** Best value and rank of each meaning, used again for every record. */
  readonly #values: (string | undefined)[] = [];
  readonly #ranks: number[] = [];

  read(value: object): JsonRecord {
    const fields: Fields = {};
    flatten(value, '', fields);
    const { MESSAGE: bytes } = value as { MESSAGE?: unknown };
    if (Array.isArray(bytes) && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256))
      fields.MESSAGE = Buffer.from(bytes as number[]).toString('utf8');
    const record = this.interpret(fields);
    return record.level === undefined && mayHoldPrefix(record.message) ? withPrefix(record) : record;
  }

  /** @param fields flat members. */
  interpret(fields: Fields): JsonRecord {
    const values = this.#values;
    const ranks = this.#ranks;
    for (let i = 0; i < MEANINGS.length; i++) {
      values[i] = undefined;
      ranks[i] = Number.POSITIVE_INFINITY;
    }
    let errors: { rank: number; text: string }[] | undefined;
    for (const key in fields) {
      const role = ROLES.get(key);
      if (role === undefined) continue;
      const { meaning, rank } = role;
      if (meaning === MEANINGS.length) {
        const text = fields[key]!;
        if (text === '') continue;
        errors ??= [];
        errors.push({ rank, text });
      } else if (rank < ranks[meaning]!) {
        ranks[meaning] = rank;
        values[meaning] = fields[key]!;
      }
    }
    const [time, levelText, main, logger, node] = values;
    const level = levelText === undefined ? eventLevel(fields) : levelOfText(levelText);
    let message = main ?? '';
    if (errors) {
      errors.sort((left, right) => left.rank - right.rank);
      for (const { text } of errors) {
        if (!message.includes(text)) message = message === '' ? text : `${message}\n${text}`;
        if (message.length > MESSAGE_CAP) break;
      }
    }
    if (message.length > MESSAGE_CAP) message = message.slice(0, MESSAGE_CAP);
    return { hasTime: time !== undefined && readTime(time), level, message, logger, node, fields };
  }
}

/** MongoDB's severities (MongoDB manual, Log Messages). */
const LETTERS: { [letter: string]: Level } = { F: 'critical', E: 'error', W: 'warn', I: 'info', D: 'debug' };
for (let verbosity = 1; verbosity <= 5; verbosity++) LETTERS[`D${verbosity}`] = 'debug';

/** A level by name, number or letter. */
export function levelOfText(text: string): Level | undefined {
  return levelOf(text) ?? (/^\d{1,3}$/.test(text) ? numericLevel(Number(text)) : LETTERS[text]);
}

/** Kubernetes events have no level; their type is Normal or Warning (Event v1 core and events.k8s.io). */
function eventLevel(fields: Fields): Level | undefined {
  const { type } = fields;
  if (type !== 'Warning' && type !== 'Normal') return undefined;
  if (!('involvedObject.kind' in fields) && !('regarding.kind' in fields)) return undefined;
  return type === 'Warning' ? 'warn' : 'info';
}

/** An epoch of any unit or a written time, into `stamp`. */
export function readTime(time: string): boolean {
  const first = time.charCodeAt(0);
  // Only digits and a point can be an epoch; a written time has more.
  const number = first >= 48 && first <= 57 ? Number(time) : Number.NaN;
  const epoch = Number.isNaN(number) ? undefined : epochMilliseconds(number);
  if (epoch === undefined) return parseTimestampText(time);
  stamp.local = epoch;
  stamp.offset = 0;
  stamp.zoneName = '';
  stamp.yearless = false;
  stamp.dateless = false;
  stamp.dayFirst = Number.NaN;
  return true;
}

/** Where the object of a line stands: an array with one object a line has indentation, brackets and commas around each. */
export function withinArray(b: Buffer, lineStart: number, lineEnd: number): { start: number; end: number } {
  let start = lineStart;
  let end = lineEnd;
  while (start < end && (b[start] === 32 || b[start] === 9 || b[start] === 91 || b[start] === 44)) start++;
  while (end > start && (b[end - 1] === 32 || b[end - 1] === 44 || b[end - 1] === 93)) end--;
  return { start, end };
}
