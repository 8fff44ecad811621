/** Severity words of many loggers and languages to one scale. */
import type { Level } from '../types.ts';

const WORDS: { [level in Level]: string[] } = {
  trace: ['trace', 'finest', 'finer', 'trce', 'silly', 'verbose', 'vrb', 'debug2', 'debug3'],
  debug: ['debug', 'fine', 'dbug', 'dbg', 'debug1', '详细', '較詳細', '詳細', 'config', '配置', '構成'],
  info: [
    'info',
    'information',
    'inf',
    'informational',
    'log',
    '信息',
    '信息',
    '情報',
    '정보',
    'infos',
    'información',
    'informações',
    'informazioni',
    'инфо',
    '資訊',
  ],
  notice: ['notice', 'note', 'hint'],
  warn: [
    'warn',
    'warning',
    'wrn',
    'warnung',
    'avertissement',
    'advertencia',
    'advertência',
    'aviso',
    'avvertenza',
    '警告',
    '경고',
    'предупреждение',
  ],
  error: [
    'error',
    'err',
    'eror',
    'severe',
    'fail',
    'failure',
    '严重',
    '嚴重',
    '重大',
    '致命的',
    '심각',
    'schwerwiegend',
    'grave',
    'серьезный',
    'важно',
    '错误',
  ],
  critical: ['crit', 'critical', 'fatal', 'alert', 'emerg', 'emergency', 'panic', 'ftl', 'dpanic'],
};
const LEVEL_OF = new Map<string, Level>();
for (const [level, words] of Object.entries(WORDS)) for (const word of words) LEVEL_OF.set(word, level as Level);

/** @returns undefined when the word names no severity. */
export function levelOf(word: string): Level | undefined {
  return word.length > 16 ? undefined : LEVEL_OF.get(word.toLowerCase());
}

/** RFC 5424 section 6.2.1: the low three bits of the priority value. */
const SYSLOG: Level[] = ['critical', 'critical', 'critical', 'error', 'warn', 'notice', 'info', 'debug'];
export function syslogLevel(priority: number): Level {
  return SYSLOG[priority & 7]!;
}

/** Monolog's: https://github.com/Seldaek/monolog, Level. */
const MONOLOG: { readonly [value: number]: Level } = {
  100: 'debug',
  200: 'info',
  250: 'notice',
  300: 'warn',
  400: 'error',
  500: 'critical',
  550: 'critical',
  600: 'critical',
};

/** pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. Small numbers are syslog severities. */
export function numericLevel(value: number): Level | undefined {
  if (value >= 0 && value <= 7) return SYSLOG[value];
  if (value >= 60) return value < 100 ? 'critical' : MONOLOG[value];
  return (['trace', 'trace', 'debug', 'info', 'warn', 'error'] as const)[Math.floor(value / 10)];
}
