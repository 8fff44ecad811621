/** Meaning of the members of JSON log lines of any shape: aliases tried in order, the one that fitted last first. */

import { epochMilliseconds, parseTimestampText, stamp } from '../time/timestamp.ts';
import type { Level } from '../types.ts';
import { type Fields, flatten } from './fields.ts';
import { levelOf, numericLevel } from './levels.ts';

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

export class JsonShape {
  #order: { [meaning in Meaning]: string[] } = {
    time: [...ALIASES.time],
    level: [...ALIASES.level],
    message: [...ALIASES.message],
    logger: [...ALIASES.logger],
    node: [...ALIASES.node],
  };

  /** @param fields flat members. @returns the value of the first alias present. */
  find(meaning: Meaning, fields: Fields): string | undefined {
    const order = this.#order[meaning];
    for (let i = 0; i < order.length; i++) {
      const value = fields[order[i]!];
      if (value !== undefined) {
        if (i > 2) {
          const [alias] = order.splice(i, 1);
          order.unshift(alias!);
        }
        return value;
      }
    }
    return undefined;
  }

  read(value: object): JsonRecord {
    const fields: Fields = {};
    flatten(value, '', fields);
    return this.interpret(fields);
  }

  interpret(fields: Fields): JsonRecord {
    const time = this.find('time', fields);
    let hasTime = false;
    if (time !== undefined) {
      const number = Number(time);
      const epoch = time.trim() !== '' && Number.isFinite(number) ? epochMilliseconds(number) : undefined;
      if (epoch !== undefined) {
        stamp.local = epoch;
        stamp.offset = 0;
        stamp.zoneName = '';
        stamp.yearless = false;
        stamp.dateless = false;
        hasTime = true;
      } else hasTime = parseTimestampText(time);
    }
    const levelText = this.find('level', fields);
    const level =
      levelText === undefined
        ? undefined
        : (levelOf(levelText) ?? (/^\d{1,3}$/.test(levelText) ? numericLevel(Number(levelText)) : undefined));
    let message = this.find('message', fields) ?? '';
    for (const key of ERROR_KEYS) {
      const more = fields[key];
      if (more !== undefined && more !== '' && !message.includes(more))
        message = message === '' ? more : `${message}\n${more}`;
      if (message.length > 8192) break;
    }
    return {
      hasTime,
      level,
      message: message.slice(0, 8192),
      logger: this.find('logger', fields),
      node: this.find('node', fields),
      fields,
    };
  }
}
