/**
 * Operations that programs tell of in text: what was done, for whom and through whom in pairs or brackets, and how long it
 * took in pairs or words, as in `payment done merchant=M7 acquirer=eastpay took=532ms`, `refund via [eastpay] took 3.2s`,
 * `支付完成 渠道=eastpay 耗时 532ms`.
 */
import { shapeOf } from '../templates.ts';
import { type Fields, readFields } from './fields.ts';

/** Characters of a message that are looked at, as many as its shape has. */
const LONGEST = 240;

const PARTY = '(?:acquirer|channel|psp|provider|processor|bank|payment_gateway|upstream)(?:_?(?:id|name|code))?';
const SPENT =
  '(?:took|takes|taken|cost|costs|spent|elapsed|duration|latency|time_taken|response_?time|rt)(?:_?(?:ms|s|us))?';
const SPENT_ZH = '(?:耗时|用时|时长|花费)';

/** Where a token of a shape begins and ends, see templates.ts: what is glued to digits does not show there. */
const BEGIN = `(?<=^|[\\s"',:;=()[\\]{}|<>])`;
const END = `(?=$|[\\s"',:;=()[\\]{}|<>])`;
/** A request with its status right behind it; in a shape both may be asterisks. */
const ANSWERED_SHAPE = '(?:GET|POST|PUT|PATCH|DELETE) /[^\\s"\']{0,200} [\\d*]';
/**
 * Words that a record of an operation has, in its text as in the shape of that, where digits are asterisks: lines of a shape
 * without them need not be read. Chinese is written without blanks, so that only the text shows it.
 */
const WORDS = new RegExp(
  `${BEGIN}${SPENT}${END}|${SPENT_ZH}|${ANSWERED_SHAPE}|${BEGIN}(?:in|after|within) [\\d*]|${BEGIN}${PARTY}["']?[=:]`,
  'i',
);

/** How long a connection was open, as firewalls tell (Cisco ASA 302014, 302016): nobody waited that long for an answer. */
const CONNECTION_ENDED = /(?:^|\s)Teardown [A-Z]{2,5} connection /;

/** Whether a message, or one of its shape, may tell of an operation. @param text the message or its shape. */
export const mayTellOperation = (text: string): boolean =>
  WORDS.test(firstLine(text)) && !CONNECTION_ENDED.test(firstLine(text));

/** What is looked at of a message. */
export function firstLine(text: string): string {
  const newline = text.indexOf('\n');
  return text.slice(0, newline === -1 ? LONGEST : Math.min(newline, LONGEST));
}

const UNIT = '(ns|µs|μs|us|ms|msecs?|millis|milliseconds?|毫秒|s|secs?|seconds?|秒|m|mins?|minutes?)(?![A-Za-z])';
/** A number with its unit, of Go also several: `1m2.3s`; or a clock: `00:00:05.3`. */
const LENGTH = new RegExp(
  `(?:(\\d{1,2}):(\\d\\d):(\\d\\d(?:[.,]\\d{1,9})?)|(?:(\\d{1,4})m)?(\\d{1,12}(?:[.,]\\d{1,9})?) ?${UNIT})`,
  'y',
);
/** What stands before it. */
const BEFORE = new RegExp(
  `(?:${BEGIN}(?:${SPENT}|in|after|within)["']?(?:[ =:]{1,4}| ?\\[)|${SPENT_ZH}[ =:：]{0,4}\\[?)(?:about |approx\\. )?`,
  'gi',
);

const SECONDS: { readonly [unit: string]: number } = { n: 1e-9, u: 1e-6, µ: 1e-6, μ: 1e-6, 毫: 1e-3, 秒: 1 };

function secondsIn(unit: string): number {
  const known = SECONDS[unit[0]!];
  if (known !== undefined) return known;
  if (unit[0] === 's') return 1;
  return unit === 'm' || unit.startsWith('min') ? 60 : 1e-3;
}

/** Seconds that the message says something took, the last time it says so; undefined where it does not. */
function lengthIn(text: string): number | undefined {
  let found: number | undefined;
  BEFORE.lastIndex = 0;
  while (BEFORE.test(text)) {
    LENGTH.lastIndex = BEFORE.lastIndex;
    const match = LENGTH.exec(text);
    if (!match) continue;
    const [, hours, minutes, seconds, more, number, unit] = match;
    found = hours
      ? Number(hours) * 3600 + Number(minutes) * 60 + decimal(seconds!)
      : Number(more ?? 0) * 60 + decimal(number!) * secondsIn(unit!.toLowerCase());
  }
  return found;
}

const decimal = (written: string): number => Number(written.replace(',', '.'));

/** `acquirer: eastpay`, `channel [eastpay]`, `渠道：eastpay`. A bare word behind it would be anything. */
const NAMED = (names: string): RegExp =>
  new RegExp(`(?<![A-Za-z])(?:${names})["']?(?: ?[:：] ?| ?[\\[(<"'#])["'\\[]?([\\w.-]{1,64})`, 'i');
const PARTNER = NAMED(`${PARTY}|via|收单机构|渠道|通道`);
const MERCHANT = NAMED('merchant(?:[ _]?(?:id|no|code))?|mid|mch_?id|mer_?id|商户号?');
const REQUEST = /(?:^|[\s"'[])(?:GET|POST|PUT|PATCH|DELETE) (\/[^\s"'\],;]{0,200})/;
const STATUS = /(?:->|→|=>|HTTP|status(?: code)?)[ =:]{0,3}([1-5]\d\d)(?!\d)/i;

/** `POST /pay 502 512 - curl/8 31ms`, as loggers of one's own write it; a sentence about a call has no duration without a word. */
const ANSWERED = /(?:^|[\s"'[])(?:GET|POST|PUT|PATCH|DELETE) \/[^\s"'\],;]{0,200} ([1-5]\d\d)(?=[\s,;|])/;
const BARE_LENGTH = /(?<![\w.])(\d{1,9}(?:\.\d{1,6})?) ?(ms|us|\u00b5s|\u03bcs)(?![A-Za-z])/;

/** Seconds of a number with its unit that stands by itself. */
function bareLengthIn(text: string): number | undefined {
  const bare = BARE_LENGTH.exec(text);
  return bare ? Number(bare[1]) * secondsIn(bare[2]!) : undefined;
}

const DURATION = new RegExp(`^${SPENT}$`, 'i');

/** Where what was done ends and what is said of it begins. */
const BEHIND_NAME = new RegExp(`[=:：[({<"'|]|${BEGIN}${SPENT}${END}|${SPENT_ZH}|${BEGIN}(?:in|after|within) \\d`, 'i');
const LAST_WORD = /[\w.-]+$/;
/** How it ended: the same operation all the same. */
const OUTCOME =
  /(?<![A-Za-z])(?:has|was|is|been|not|done|ok|okay|success|successful|successfully|succeeded|completed|finished|processed|failed|failure|error|timeout|timed out|declined|approved|rejected|refused)(?![A-Za-z])/gi;
const LONGEST_NAME = 60;

/** What was done: `payment failed merchant=M7` and `payment done merchant=M9` are both `payment`. */
function nameOf(text: string): string {
  const end = text.search(BEHIND_NAME);
  let said = end === -1 ? text : text.slice(0, end);
  // The name of a pair is none of its.
  if (text[end] === '=' || text[end] === ':') said = said.replace(LAST_WORD, '');
  const name = shapeOf(said.replace(OUTCOME, ' ')).replace(/\s+/g, ' ').trim();
  return name.slice(0, LONGEST_NAME);
}

/**
 * AWS Lambda's line about one invocation, whose duration is the first of several; how it ended stands at the end.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
 */
const LAMBDA = /(?:^|\s)REPORT RequestId: \S{1,64}\s+Duration: (\d{1,9}(?:\.\d{1,3})?) ms\s/;
const LAMBDA_STATUS = /\sStatus: (\w{1,20})(?:\s|$)/;
const LONGEST_REPORT = 1024;
/** The same invocation once more. */
const LAMBDA_TIMEOUT = /(?:^|\s)Task timed out after \d{1,6}\.\d\d seconds(?:\s|$)/;

/** What an operation consists of, by names that `countOperation` knows; undefined where the message tells of none. */
export function textOperation(message: string): Fields | undefined {
  const text = firstLine(message);
  if (!mayTellOperation(text) || LAMBDA_TIMEOUT.test(text)) return undefined;
  const lambda = LAMBDA.exec(text);
  if (lambda) {
    // What follows may stand beyond what is looked at of other messages.
    const result = LAMBDA_STATUS.exec(message.slice(0, LONGEST_REPORT))?.[1];
    return { endpoint: 'Lambda function', took: `${lambda[1]}ms`, ...(result ? { result } : {}) };
  }
  const fields: Fields = {};
  if (text.includes('=')) readFields(text, fields);
  // Most messages say it in pairs, and are not searched for other forms.
  const inWords = lengthIn(text);
  let answered: string | undefined;
  if (inWords === undefined || fields.http_status === undefined) answered = ANSWERED.exec(text)?.[1];
  const length = inWords ?? (answered === undefined ? undefined : bareLengthIn(text));
  if (length !== undefined) {
    // What is said with its unit is surer than a number.
    for (const key in fields) if (DURATION.test(key)) delete fields[key];
    fields.took = `${length.toFixed(9)}s`;
  }
  fields.acquirer ??= PARTNER.exec(text)?.[1] ?? '';
  if (fields.acquirer === '') delete fields.acquirer;
  const merchant = fields.merchant ?? MERCHANT.exec(text)?.[1];
  if (merchant !== undefined) fields.merchant = merchant;
  const status = fields.http_status ?? STATUS.exec(text)?.[1] ?? (length === undefined ? undefined : answered);
  if (status !== undefined) fields.http_status = status;
  if (fields.endpoint === undefined) {
    const path = REQUEST.exec(text)?.[1];
    if (path !== undefined) fields.endpoint = path;
    else if (length !== undefined) fields.endpoint = nameOf(text);
  }
  return fields;
}
