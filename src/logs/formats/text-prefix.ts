/** What stands between the time stamp and the message in application logs: level, thread, logger, node. */
import type { Level } from '../types.ts';
import { levelOf } from './levels.ts';
import { readOtherForm } from './other-forms.ts';

export interface Prefix {
  level: Level | undefined;
  logger: string | undefined;
  node: string | undefined;
  message: string;
  /** How many characters at the end of the text had no part in this. */
  beyond: number;
}

const MAX_TOKENS = 10;
const LOGGER_WORD = /^[A-Za-z_$][\w$.-]{1,120}$/;
const CLASS_NAME = /^[a-z_]\w*\.(?:\w+\.)*[A-Za-z_$][\w$<>]*$/;
const HOST_IN_BRACKETS = /^[a-z][a-z0-9]*(?:-?\d+|-[a-z0-9-]+)$/i;
const THREAD = /-exec-\d|^(?:main|pool-|Thread|worker|nioEventLoop|scheduling|task-)/;
/** What may follow a logger that has no dots: a separator, possibly after a bracket. */
const SEPARATOR_AHEAD = /^(?::\d{1,6})?\s+(?:\[[^\]]{0,80}\]\s+)?[-:]\s/;

/** Words for a level that sentences begin with more often than tags do, in lower case and without a mark. */
const BEGINS_A_SENTENCE: ReadonlySet<string> = new Set([
  'config',
  'fine',
  'log',
  'fail',
  'note',
  'hint',
  'alert',
  'silly',
  'grave',
]);

/** Forms that one expression tells apart better than tokens do; groups are named level, logger, message. */
const FORMS: RegExp[] = [
  // Python's usual "time - name - LEVEL - message"
  /^ - (?<logger>[\w.$-]{1,120}) - (?<level>[A-Z]{4,8}) - (?<message>.*)$/s,
  // Celery: "[time: LEVEL/Process] message"
  /^: (?<level>[A-Z]{4,8})\/[\w-]{1,60}\] (?<message>.*)$/s,
  // Serilog: "[time LVL] message"
  /^ (?<level>[A-Za-z]{3,11})\] (?<message>.*)$/s,
  // Ruby Logger: "E, [time #pid] LEVEL -- program: message"
  /^ #\d{1,10}\] +(?<level>[A-Z]{4,7}) -- (?<logger>[\w.-]{0,60}): (?<message>.*)$/s,
  // NLog and kin: "time|LEVEL|logger|message"
  /^\|(?<level>[A-Za-z]{3,11})\|(?:(?<logger>[^|]{0,120})\|)?(?<message>.*)$/s,
  // Laravel and Monolog: " channel.LEVEL: message"
  /^ (?<logger>[\w-]{1,60})\.(?<level>[A-Z]{4,9}): (?<message>.*)$/s,
  // PostgreSQL: " [pid] user@database LEVEL:  message"
  /^ \[\d{1,10}\](?: \[?[\w.-]{0,60}\]?@\[?[\w.-]{0,60}\]?)?(?: [\w.-]{1,60})? (?<level>DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|CONTEXT|STATEMENT|QUERY): +(?<message>.*)$/s,
  // PostgreSQL's csvlog (PostgreSQL manual, 20.8.4): severity and message are columns 12 and 14
  /^,(?:(?:"(?:[^"]|"")*"|[^,"]*),){10}(?<level>DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC),\w{5},"(?<csv>(?:[^"]|"")*)"/,
  // MySQL: " thread [LEVEL] [code] [subsystem] message"
  /^ \d{1,10} \[(?<level>[A-Za-z]{4,8})\] \[(?<logger>MY-\d{6})\] \[\w{1,30}\] (?<message>.*)$/s,
  // MariaDB: " thread [Level] message"
  /^ \d{1,10} \[(?<level>[A-Z][a-z]{3,8}|ERROR)\] (?<message>.*)$/s,
  // Loguru: " | LEVEL    | module:function:line - message"
  /^ \| (?<level>[A-Z]{4,9}) *\| (?<logger>[\w.]{1,120}):[\w.<>]{1,120}:\d{1,7} - (?<message>.*)$/s,
  // zap's console: tabs between level, logger, caller and message
  /^\t(?<level>[A-Z]{4,6})\t(?:(?<logger>[\w.$-]{1,120})\t)?[\w./@-]{1,160}\.go:\d{1,7}\t(?<message>.*)$/s,
  // Jetty: ":LEVEL:logger:thread: message"
  /^:(?<level>[A-Z]{4,5}) *:(?<logger>[\w.$-]{1,120}):(?:[^:]{1,80}): ?(?<message>.*)$/s,
  // PHP: " PHP Fatal error:  message", which keeps its words
  /^ (?<message>PHP (?<php>Fatal error|Parse error|Warning|Notice|Deprecated):.*)$/s,
];
/** Words that name a severity in these forms only. */
const FORM_LEVELS: { [word: string]: Level } = {
  // MySQL
  System: 'notice',
  // PostgreSQL, about the message before
  DETAIL: 'info',
  HINT: 'info',
  CONTEXT: 'info',
  STATEMENT: 'info',
  QUERY: 'info',
  // Loguru
  SUCCESS: 'info',
};
const PHP_LEVELS: { [word: string]: Level } = {
  'Fatal error': 'critical',
  'Parse error': 'critical',
  Warning: 'warn',
  Notice: 'notice',
  Deprecated: 'notice',
};

function knownForm(rest: string): Prefix | undefined {
  const first = rest.charCodeAt(0);
  if (first !== 32 && first !== 58 && first !== 124 && first !== 9 && first !== 44) return undefined;
  for (const form of FORMS) {
    const groups = form.exec(rest)?.groups;
    if (!groups) continue;
    const level = groups.php ? PHP_LEVELS[groups.php] : (levelOf(groups.level!) ?? FORM_LEVELS[groups.level!]);
    if (!level) continue;
    const message = groups.csv === undefined ? groups.message! : groups.csv.replaceAll('""', '"');
    // The columns of a csvlog are no end of the line; of PHP's line the words are settled by four tokens.
    const beyond =
      groups.csv === undefined ? (groups.php ? message.length - afterTokens(message, 4) : message.length) : 0;
    return { level, logger: groups.logger || undefined, node: undefined, message, beyond };
  }
  return undefined;
}

/** Index behind the first tokens of a text. */
export function afterTokens(text: string, count: number): number {
  const tokens = /^\s*\S*/;
  let at = 0;
  for (let i = 0; i < count && at < text.length; i++) at += tokens.exec(text.slice(at))![0].length;
  return at;
}

/** How far one has to read to know that a text has none of the forms, going by how they begin. */
function beyondForms(rest: string): number {
  const first = rest.charCodeAt(0);
  if (first === 124 || first === 44) return rest.length;
  if (first === 58 || first === 9 || /^ (?:[-#|\d]|\[\d|PHP |std)/.test(rest)) return afterTokens(rest, 5);
  return 0;
}

/** How far `SEPARATOR_AHEAD` looks into what follows a word. */
function beyondAhead(ahead: string): number {
  const next = /^\s*/.exec(ahead)![0].length;
  if (ahead[next] !== '[') return next + 2;
  const close = ahead.indexOf(']', next);
  return close === -1 ? ahead.length : close + 1 + /^\s*/.exec(ahead.slice(close + 1))![0].length + 2;
}

/**
 * Understands logback, log4j, Spring Boot, Python logging, Flask, winston, Go, Serilog and their kin by the shape of
 * each token, at most ten tokens deep.
 * @param text what follows the time stamp.
 */
export function readPrefix(text: string): Prefix {
  // Kubernetes (CRI) puts the stream before the program's own line.
  const rest = /^ (?:stdout|stderr) [FP] /.test(text) ? text.slice(9) : text;
  const form = knownForm(rest);
  if (form) return form;
  const prefix: Prefix = { level: undefined, logger: undefined, node: undefined, message: rest.trimStart(), beyond: 0 };
  let reach = beyondForms(rest);
  let loggerIsGuess = false;
  let at = 0;
  const length = rest.length;
  for (let token = 0; token < MAX_TOKENS && at < length; token++) {
    while (at < length && (rest.charCodeAt(at) === 32 || rest.charCodeAt(at) === 9)) at++;
    if (at >= length) break;
    if (rest.charCodeAt(at) === 91) {
      const close = rest.indexOf(']', at + 1);
      if (close === -1 || close - at > 160) {
        reach = length;
        break;
      }
      const inner = rest.slice(at + 1, close).trim();
      const level = levelOf(inner) ?? levelOf(inner.slice(inner.lastIndexOf(' ') + 1));
      if (level && !prefix.level) prefix.level = level;
      else if (prefix.level && prefix.logger && !prefix.node && HOST_IN_BRACKETS.test(inner) && !THREAD.test(inner)) {
        prefix.node = inner;
      } else if (prefix.level && !prefix.logger && LOGGER_WORD.test(inner) && !THREAD.test(inner)) {
        prefix.logger = inner;
        loggerIsGuess = true;
      }
      at = close + 1;
      if (rest.charCodeAt(at) === 58) at++;
      prefix.message = rest.slice(at).trimStart();
      continue;
    }
    let end = at;
    while (end < length && rest.charCodeAt(end) > 32) end++;
    reach = Math.max(reach, end);
    const word = rest.slice(at, end);
    const skip = (): void => {
      at = end;
      prefix.message = rest.slice(at).trimStart();
    };
    if (word === '---' || word === '--') {
      skip();
      continue;
    }
    if (word === '-' || word === ':' || word === '|') {
      skip();
      // A dash after level or logger ends the prefix.
      if (prefix.logger || prefix.level) break;
      continue;
    }
    const bare = word.endsWith(':') || word.endsWith(',') ? word.slice(0, -1) : word;
    if (!prefix.level) {
      const level = levelOf(bare);
      // "error" in lower case without punctuation may begin a sentence, so it must look like a tag.
      if (level && (bare === bare.toUpperCase() || bare !== word || (token === 0 && !BEGINS_A_SENTENCE.has(bare)))) {
        prefix.level = level;
        skip();
        continue;
      }
    }
    if (prefix.level && !prefix.logger && /^\d{1,7}$/.test(word)) {
      skip();
      continue;
    }
    if (word === 'in' && prefix.level && !prefix.logger) {
      at = end;
      continue;
    }
    if (!prefix.logger && word.endsWith(':') && LOGGER_WORD.test(bare) && !/(?:Error|Exception)$|^curl$/.test(bare)) {
      prefix.logger = bare;
      skip();
      break;
    }
    if ((prefix.logger && !loggerIsGuess) || !prefix.level) break;
    const ahead = rest.slice(end, end + 100);
    reach = Math.max(reach, end + beyondAhead(ahead));
    if (
      (CLASS_NAME.test(word) && (!loggerIsGuess || SEPARATOR_AHEAD.test(ahead))) ||
      (!loggerIsGuess && LOGGER_WORD.test(word) && SEPARATOR_AHEAD.test(ahead))
    ) {
      // Spring Boot 3 puts the application's name in brackets before the thread: the class is the logger.
      prefix.logger = word;
      loggerIsGuess = false;
      skip();
      continue;
    }
    break;
  }
  if (!prefix.level) {
    const { form: other, looked } = readOtherForm(rest);
    if (other) return { node: undefined, ...other, beyond: other.message.length };
    reach = Math.max(reach, looked);
  }
  prefix.beyond = length - Math.min(length, Math.max(reach, at));
  return prefix;
}

/** Lines that continue a record although they begin at column one: stack traces in Java, Python, Node, Go, PHP, .NET. */
export function isContinuation(text: string): boolean {
  const code = text.charCodeAt(0);
  if (code === 32 || code === 9 || Number.isNaN(code)) return true;
  return /^(?:Caused by:|Suppressed:|Traceback \(most recent|goroutine \d+ \[|\.\.\. \d+ more|#\d+ |---> |--- End of|Stack trace:|at [\w$.]+\(|[\w$.]+(?:Exception|Error)(?::|$))/.test(
    text,
  );
}

/** Index after the structured data of RFC 5424, section 6.3, or -1 when there is none. */
export function afterStructuredData(text: string, start: number): number {
  let at = start;
  if (text[at] === '-') return at + 1;
  while (text[at] === '[') {
    let quoted = false;
    for (at++; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 92) at++;
      else if (code === 34) quoted = !quoted;
      else if (code === 93 && !quoted) break;
    }
    if (at >= text.length) return -1;
    at++;
  }
  return at > start ? at : -1;
}
