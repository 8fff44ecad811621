/**
 * Requests that programs tell in words behind a time stamp, where no server wrote an access log: Rails and Phoenix in two
 * lines, Serilog and ASP.NET Core in one, the router of Heroku in pairs, and columns without quotes such as
 * `2026-09-12T08:40:11Z 192.0.2.7 502 0.031 POST /pay`.
 */
import { type Fields, readFields } from './fields.ts';
import { firstLine } from './text-operation.ts';

const METHOD = '(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)';
/**
 * Container's stream, stamp of the program's own, level, process and tags that may stand between the stamp and the words; Ruby's
 * Logger puts a letter before its stamp.
 */
const HEAD =
  /^(?: std(?:out|err) [FP] )?[\s\]:]*(?:[DIWEFU], \[)?(?:(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\s+)?(?:#\d{1,10}\]\s+)?(?:\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|Error|FATAL|INF|WRN|ERR|FTL|info|warn|warning|error)\]?:?\s+)?(?:-- [^:]{0,60}:\s*)?/;
const TAGS = /^(?:\[[^\]]{1,80}\]\s*|request_id=\S{1,80}\s+)*/;

// HTTP POST /pay responded 502 in 30.1234 ms (Serilog.AspNetCore)
const SERILOG = new RegExp(`HTTP (${METHOD}) (\\S{1,2000}) responded (\\d{3}) in ([\\d.]{1,16}) ms`);
// Request finished HTTP/1.1 POST https://pay.example/pay application/json 120 - 502 - application/json 35.1234ms
const ASP_NET = new RegExp(
  `Request finished HTTP/[\\d.]+ (${METHOD}) (\\S{1,2000}) .{0,200}- (\\d{3}) .{0,200}?([\\d.]{1,16})ms$`,
);
/** What else its console says of a request, on two lines. */
const ASP_NET_BESIDE = /^(?:info: Microsoft\.AspNetCore\.[A-Z][\w.]{1,100}\[\d{1,5}\]$| {6}Request starting HTTP\/\d)/;
// Started POST "/pay" for 192.0.2.7 at 2026-09-12 08:40:11 +0000
const RAILS_STARTED = new RegExp(
  `^Started (${METHOD}) "([^"]{1,2000})" for ([\\da-fA-F.:]{2,45})(?: at (\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}))?`,
);
// Completed 502 Bad Gateway in 31ms (Views: 0.2ms)
const RAILS_COMPLETED = /^Completed (\d{3}) (?:[A-Z][\w' -]{1,40} )?in (\d{1,9}(?:\.\d+)?)ms\b/;
/** What else Rails says of a request: it belongs to the layout and is a message like any other. */
const RAILS_BESIDE = /^(?:Processing by [\w:]{1,120}#\w{1,80} as |Parameters: \{|Redirected to https?:)/;
// POST /pay, and below it: Sent 502 in 31ms
const PHOENIX_STARTED = new RegExp(`^(${METHOD}) (/\\S{0,2000})$`);
const PHOENIX_SENT = /^Sent (\d{3}) in (\d{1,9}(?:\.\d+)?)(ms|µs)$/;
// method=POST path=/pay format=json controller=Payments action=create status=502 duration=58.33 view=0.43 (Lograge)
const LOGRAGE = new RegExp(`^method=(${METHOD}) path=(\\S{1,2000}) (?:.{0,300}? )?status=(\\d{3})(?: |$)`);
// [GIN] 2026/09/12 - 08:40:11 | 502 |   31.1ms |   192.0.2.7 | POST     "/pay"  (Go, gin.LoggerWithFormatter)
const GIN = new RegExp(
  `(?:^|\\s)\\| {0,8}(\\d{3}) {0,8}\\| {0,16}(?:(\\d{1,4})m)?(\\d{1,12}(?:\\.\\d{1,9})?)(ns|\u00b5s|\u03bcs|us|ms|s) {0,16}\\| {0,45}([\\da-fA-F.:]{2,45}) {0,8}\\| {0,8}(${METHOD}) {1,12}"?(/[^\\s"]{0,2000})"?`,
);
const GIN_STAMP = /^\[GIN\] (\d{4}\/\d\d\/\d\d) - (\d\d:\d\d:\d\d) /;
// "POST http://pay.example/pay HTTP/1.1" from 192.0.2.7:4711 - 502 30B in 31.1ms  (Go, chi's middleware.Logger)
const CHI = new RegExp(
  `"(${METHOD}) (\\S{1,2000}) HTTP/[\\d.]{1,3}" from (\\S{2,60}) - (\\d{3}) \\d{1,15}B in (\\d{1,12}(?:\\.\\d{1,9})?)(ns|\u00b5s|\u03bcs|us|ms|s)(?:\\s|$)`,
);
// request{method=POST uri=/pay version=HTTP/1.1}: tower_http::trace::on_response: finished processing request latency=31 ms status=502
const TOWER = new RegExp(
  `\\{(?:[^{}]{0,200} )?method=(${METHOD}) uri=(\\S{1,2000}) [^{}]{0,200}\\}: .{0,80}finished processing request latency=(\\d{1,12}(?:\\.\\d{1,9})?) (ns|\u00b5s|\u03bcs|ms|s|seconds) status=(\\d{3})`,
);
// 502 Bad Gateway: POST - /pay in 31ms  (Ktor, CallLogging)
const KTOR = new RegExp(
  `(?:^|\\s)([1-5]\\d\\d) [A-Z][A-Za-z' -]{1,40}: (${METHOD}) - (/\\S{0,2000}) in (\\d{1,9})ms(?:\\s|$)`,
);
// --> POST /pay 502 31ms 512b  (Koa, koa-logger)
const KOA = new RegExp(`(?:^|\\s)(?:-->|xxx) (${METHOD}) (/\\S{0,2000}) (\\d{3}) (\\d{1,9})(ms|s)(?:\\s|$)`);
// 502 POST /pay (192.0.2.7) 31.22ms  (Tornado, web.Application.log_request)
const TORNADO = new RegExp(
  `(?:^|\\s)([1-5]\\d\\d) (${METHOD}) (/\\S{0,2000}) \\(([\\da-fA-F.:]{2,45})\\) (\\d{1,9}(?:\\.\\d{1,6})?)ms(?:\\s|$)`,
);
// 192.0.2.7 "POST /pay HTTP/1.1" status: 502  len: 120 time: 0.0312  (eventlet's server as OpenStack and others log it)
const EVENTLET = new RegExp(
  `(?:^|\\s)([\\da-fA-F.:]{2,45})(?:,[\\da-fA-F.:]{2,45})? "(${METHOD}) (\\S{1,2000}) HTTP/[\\d.]{1,3}" status: ([1-5]\\d\\d) {1,4}len: \\d{1,15} time: (\\d{1,6}\\.\\d{1,9})`,
);
const HEROKU = / heroku\[router\]: at=\w/;

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}:[\da-f:]{0,45}:[\da-f:.]{0,45})(?::\d{1,5})?$/i;
const STATUS = /^[1-5]\d\d$/;
const SECONDS = /^\d{1,6}\.\d{1,9}$/;
const WITH_UNIT = /^\d{1,9}(?:\.\d{1,9})?(?:ms|s|µs|us)$/;
/** A column of its own that says nothing here: a size, a host, a protocol, a mark for nothing. */
const OTHER = /^(?:-|\d{1,15}|HTTP\/\d(?:\.\d)?|https?|ms|[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,8}(?::\d{1,5})?)$/;
const MOST_COLUMNS = 16;
const QUICK = new RegExp(`(?:^|\\s)${METHOD} /`);

/** Columns without quotes: every word must be a column, so that a sentence about a request is none. */
function columns(text: string): Fields | undefined {
  if (!QUICK.test(text) || text.includes('"')) return undefined;
  const words = text.trim().split(/[\s|]+/);
  if (words.length < 3 || words.length > MOST_COLUMNS) return undefined;
  const fields: Fields = {};
  const numbers: [place: number, status: string][] = [];
  let target = -1;
  for (const [i, word] of words.entries()) {
    if (target < 0 && i + 1 < words.length && /^[A-Z]{3,7}$/.test(word) && words[i + 1]!.startsWith('/')) {
      fields.method = word;
      fields.uri = words[i + 1]!;
      target = i + 1;
    } else if (i === target) continue;
    else if (ADDRESS.test(word)) fields.client_ip ??= word;
    else if (STATUS.test(word)) numbers.push([i, word]);
    else if (SECONDS.test(word)) fields.request_time ??= words[i + 1] === 'ms' ? `${word}ms` : word;
    else if (WITH_UNIT.test(word)) fields.request_time ??= word;
    else if (!OTHER.test(word)) return undefined;
  }
  // Of several numbers of three digits the status stands nearest behind the target, and a size behind the status.
  const status = numbers.find(([place]) => place > target) ?? numbers[0];
  if (target < 0 || !status) return undefined;
  fields.status = status[1];
  return fields;
}

/**
 * One sentence or one row of columns. @param rest what follows the stamp. @param after the same behind level and process.
 * @param strict only what no other line looks like.
 */
function whole(rest: string, after: string, strict = false): Fields | undefined {
  if (HEROKU.test(rest.slice(0, 80))) {
    const fields: Fields = {};
    readFields(rest, fields);
    const { method, path, status, fwd, service } = fields;
    if (!method || !path || !STATUS.test(status ?? '')) return undefined;
    return {
      ...fields,
      method,
      path,
      status: status!,
      ...(fwd ? { client_ip: fwd } : {}),
      ...(service ? { request_time: service } : {}),
    };
  }
  const lograge = LOGRAGE.exec(after.replace(TAGS, ''));
  if (lograge) {
    const [, method, uri, status] = lograge;
    const duration = /\bduration=(\d{1,9}(?:\.\d{1,6})?)(?: |$)/.exec(after)?.[1];
    const client = /\b(?:ip|remote_ip|client_ip)=([\da-fA-F.:]{2,45})(?: |$)/.exec(after)?.[1];
    return {
      method: method!,
      uri: uri!,
      status: status!,
      ...(duration ? { request_time: `${duration}ms` } : {}),
      ...(client ? { client_ip: client } : {}),
    };
  }
  const said = SERILOG.exec(rest) ?? ASP_NET.exec(rest);
  if (said) return { method: said[1]!, uri: said[2]!, status: said[3]!, request_time: `${said[4]!}ms` };
  return ofFramework(rest) ?? (strict ? undefined : columns(after));
}

/** Requests as loggers of frameworks write them. */
function ofFramework(rest: string): Fields | undefined {
  const gin = GIN.exec(rest);
  if (gin) {
    const [, status, minutes, number, unit, client, method, uri] = gin;
    const took = minutes === undefined ? `${number}${ascii(unit!)}` : `${Number(minutes) * 60 + Number(number)}s`;
    return { method: method!, uri: uri!, status: status!, client_ip: client!, request_time: took };
  }
  const chi = CHI.exec(rest);
  if (chi) {
    const [, method, uri, client, status, number, unit] = chi;
    return {
      method: method!,
      uri: uri!,
      status: status!,
      client_ip: client!,
      request_time: `${number}${ascii(unit!)}`,
    };
  }
  const ktor = KTOR.exec(rest);
  if (ktor) return { method: ktor[2]!, uri: ktor[3]!, status: ktor[1]!, request_time: `${ktor[4]}ms` };
  const koa = KOA.exec(rest);
  if (koa) return { method: koa[1]!, uri: koa[2]!, status: koa[3]!, request_time: `${koa[4]}${koa[5]}` };
  const tornado = TORNADO.exec(rest);
  if (tornado) {
    const [, status, method, uri, client, took] = tornado;
    return { method: method!, uri: uri!, status: status!, client_ip: client!, request_time: `${took}ms` };
  }
  const eventlet = EVENTLET.exec(rest);
  if (eventlet) {
    const [, client, method, uri, status, took] = eventlet;
    return { method: method!, uri: uri!, status: status!, client_ip: client!, request_time: took! };
  }
  const tower = TOWER.exec(rest);
  if (!tower) return undefined;
  const [, method, uri, number, unit, status] = tower;
  return { method: method!, uri: uri!, status: status!, request_time: `${number}${ascii(unit!)}` };
}

/** The unit as durations of members have it. */
const ascii = (unit: string): string => unit.replace(/^[\u00b5\u03bc]/, 'u').replace('seconds', 's');

/**
 * Words that a message about a request has and hardly another one, in its text as in the shape of that, where digits are asterisks:
 * lines of a shape without them need not be read.
 */
const TELLING = new RegExp(
  [
    `(?:^|[\\s\\]])(?:Started ${METHOD} "|Completed [\\d*]|Sent [\\d*])`,
    `(?:^|\\] )${METHOD} /\\S{0,240}$`,
    ' responded [\\d*]',
    'Request finished HTTP/',
    'method=[A-Z]{3,7} path=',
    '\\| {0,8}[\\d*]{1,3} {0,8}\\| {0,16}[\\d*]',
    '" from \\S{1,60} - [\\d*]',
    'finished processing request latency=',
    `: ${METHOD} - /`,
    `(?:-->|xxx) ${METHOD} /`,
    `[\\d*] ${METHOD} /\\S{0,240} \\(`,
    '" status: [\\d*]',
  ].join('|'),
);

/** Whether a message, or one of its shape, may tell of a request in words. @param text the message or its shape. */
export const mayTellRequest = (text: string): boolean => TELLING.test(firstLine(text));

/** Whether what follows the stamp of a line tells of a request in words. */
export function tellsRequest(rest: string): boolean {
  const after = rest.replace(HEAD, '');
  if (whole(rest, after)) return true;
  const words = after.replace(TAGS, '');
  return (
    RAILS_STARTED.test(words) || RAILS_COMPLETED.test(words) || RAILS_BESIDE.test(words) || PHOENIX_SENT.test(words)
  );
}

/** Whether a line without a stamp tells of a request in words that no other line has. */
export function tellsRequestBare(line: string): boolean {
  const words = line.replace(TAGS, '');
  return (
    RAILS_STARTED.test(words) ||
    RAILS_COMPLETED.test(words) ||
    RAILS_BESIDE.test(words.trimStart()) ||
    ASP_NET.test(line) ||
    ASP_NET_BESIDE.test(line) ||
    GIN.test(line) ||
    KOA.test(line) ||
    CHI.test(line)
  );
}

const MOST_OPEN = 4096;

/** Reads the lines of one file; remembers how a request began until the line that says how it ended. */
export class AccessWords {
  readonly #open = new Map<string, Fields>();

  /** When the request began of which the last line told, where that says it: what a line without a stamp is dated by. */
  begun: string | undefined;

  /**
   * @param rest what follows the stamp. @param strict the file is not known for such lines: none that could mean something else.
   * @returns the members of a request, undefined where the line is a message.
   */
  read(rest: string, strict = false): Fields | undefined {
    const own = GIN_STAMP.exec(rest);
    this.begun = own ? `${own[1]} ${own[2]}` : undefined;
    const after = rest.replace(HEAD, '');
    const one = whole(rest, after, strict);
    if (one) return one;
    const words = after.replace(TAGS, '');
    // Lines of one request share a tag, or the process that writes them.
    const tags = after.slice(0, after.length - words.length);
    const tag = tags !== '' ? tags : (/#\d{1,10}/.exec(rest.slice(0, 24))?.[0] ?? '');
    const started = RAILS_STARTED.exec(words) ?? PHOENIX_STARTED.exec(words);
    if (started) {
      this.begun = started[4];
      if (this.#open.size >= MOST_OPEN) this.#open.clear();
      this.#open.set(tag, {
        method: started[1]!,
        uri: started[2]!,
        ...(started[3] ? { client_ip: started[3] } : {}),
      });
      return undefined;
    }
    const ended = RAILS_COMPLETED.exec(words) ?? PHOENIX_SENT.exec(words);
    if (!ended) return undefined;
    const began = this.#open.get(tag) ?? (strict ? undefined : { method: '', uri: '/' });
    if (!began) return undefined;
    this.#open.delete(tag);
    return { ...began, status: ended[1]!, request_time: `${ended[2]!}${ended[3] ?? 'ms'}` };
  }
}
