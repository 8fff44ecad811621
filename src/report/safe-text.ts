/**
 * The one place where text from evidence is made safe to show: secrets removed, card numbers masked to first six and
 * last four digits, control, bidirectional and invisible characters escaped visibly, length cut with an ellipsis.
 * Formats add their own escaping (HTML, XML, CSV, ...) on top. Every function here is idempotent.
 */
import { maskText } from './mask.ts';
import { maskSecrets } from './mask-secrets.ts';

/** How much more than the wanted length is looked at: room for what masks and escapes shorten. The rest is dropped first. */
const LOOK_AHEAD = 8192;
export const DEFAULT_LENGTH = 2000;
/** Evidence quotes: long enough for a log line, short enough for a table. */
export const QUOTE_LENGTH = 400;

/** Characters that act on a terminal or a reader instead of being seen: controls, format (bidi, zero width, tags), separators, fillers, private use. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant, not clusters
  /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufdd0-\ufdef\ufe00-\ufe0f\ufff0-\uffff\u{e0000}-\u{e0fff}]/gu;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** More than four marks on one letter paint over neighbouring lines. */
const STACKED_MARKS = /(\p{M}{4})\p{M}{1,4096}/gu;
const ODD_SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f]/g;

/** Lines that a CI runner would obey on its log: GitHub `::error::`, `##[group]`, Azure `##vso[`, TeamCity `##teamcity[`. */
const RUNNER_COMMAND =
  /::(?=(?:error|warning|notice|debug|group|endgroup|add-mask|add-matcher|remove-matcher|save-state|set-output|set-env|add-path|stop-commands|echo|internal-)\b)/gi;
const HASH_COMMAND = /##(?=[a-z]{0,12}\[)/gi;

const NAMED: { [char: string]: string } = { '\n': '\\n', '\r': '\\r' };

function visible(char: string): string {
  if (char === '\t') return ' ';
  const named = NAMED[char];
  if (named) return named;
  const code = char.codePointAt(0)!;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Makes every character that would act rather than show visible (`ESC` becomes `\x1b`). */
function escapeInvisible(text: string): string {
  return text
    .replace(LONE_SURROGATE, (c) => `\\u${c.charCodeAt(0).toString(16)}`)
    .replace(ODD_SPACES, ' ')
    .replace(INVISIBLE, visible)
    .replace(STACKED_MARKS, '$1');
}

/** What may stay in lines of a command: colours, tabs, the end of a line of Windows. */
const KEPT_IN_LINES = /(\u001b\[[\d;]{0,12}m|\t|\r$)/;
const PLAIN_LINES = /^[\x20-\x7e\n]*$/;

/**
 * The last step of whatever a command says beside reports: its parts were made safe where they were put in, and where one was
 * not, it does not act either. In JSON the same characters become escapes, which read back as they were.
 */
export function inertLines(text: string, isJson = false): string {
  if (PLAIN_LINES.test(text)) return text;
  const inert = (part: string): string => (isJson ? part.replace(INVISIBLE, jsonEscape) : escapeInvisible(part));
  return text
    .split('\n')
    .map((line) =>
      line
        .split(KEPT_IN_LINES)
        .map((part, i) => (i % 2 === 1 && !(isJson && part.startsWith('\u001b')) ? part : inert(part)))
        .join(''),
    )
    .join('\n');
}

/** `\u202e`, of characters beyond the first plane both halves. */
const jsonEscape = (char: string): string =>
  [...Array(char.length).keys()].map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

/** Takes the life out of commands that CI runners read from their log. */
function disarmCommands(text: string): string {
  return text.replace(RUNNER_COMMAND, ':\\:').replace(HASH_COMMAND, '#\\#');
}

/** Cuts at `length` characters (UTF-16 units, never inside a surrogate pair) and marks the cut with an ellipsis. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  let end = length - 1;
  if (/[\ud800-\udbff]/.test(text[end - 1] ?? '')) end--;
  return `${text.slice(0, end)}…`;
}

/** Printable ASCII: nothing to escape, so one pass of the masks is enough. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Characters that part a word without being seen. */
const WORD_SPLITTER =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant, not clusters
  /[\p{Cf}\u034f\u115f\u1160\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f]/gu;

/** A secret whose name is broken up by invisible characters is masked as well; the text then loses those characters. */
function withoutDisguise(text: string): string {
  const bare = text.replace(WORD_SPLITTER, '');
  return bare !== text && maskSecrets(bare) !== bare ? bare : text;
}

/**
 * Makes one text safe. Secrets and card numbers are masked before the cut, so that a cut cannot hide them from the mask.
 * @param length at most this many characters come out.
 */
export function safeText(text: string, length = DEFAULT_LENGTH): string {
  let input = text;
  const most = length * 2 + LOOK_AHEAD;
  if (input.length > most) {
    // What the cut splits could be the half of a card number or of a token: drop the whole word.
    input = `${input.slice(0, most).replace(/[\w=+/.~-]{0,400}$/, '')}…`;
  }
  if (PLAIN.test(input)) return cut(disarmCommands(maskText(input)), length);
  // Twice: what the escape reveals (a folded header, a joined word) is masked as well, which also makes this idempotent.
  const masked = maskText(withoutDisguise(input));
  return cut(disarmCommands(maskText(escapeInvisible(masked))), length);
}
