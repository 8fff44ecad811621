/** `git log` in the forms that people paste: one commit a change, with its author as the team. */
import { epochTime, readTime } from '../time.ts';
import { type FactContext, type FactText, factTime } from './context.ts';
import { plainDate, type TimedRow } from './timed-rows.ts';

/** What `--graph` draws before a line. */
const GRAPH = /^(?:[*|\\/_] ?)+/;
const bare = (text: string): string => (/^[*|]/.test(text) ? text.replace(GRAPH, '') : text);

/** The long forms (`medium`, `full`, `fuller`); the date of the commit says more about when it counted than that of its author. */
export function rowsOfGitLog(file: FactText, context: FactContext): TimedRow[] {
  const rows: TimedRow[] = [];
  let committed = false;
  for (const { line, text: drawn } of file.lines) {
    const text = bare(drawn);
    if (/^commit [0-9a-f]{7,40}\b/.test(text)) {
      rows.push({ line, time: Number.NaN, text: '' });
      committed = false;
    }
    const row = rows.at(-1);
    if (!row) continue;
    const author = /^Author:\s+(.{1,80}?)(?: <|$)/.exec(text);
    if (author) row.team = author[1]!;
    const date = /^(Date|AuthorDate|CommitDate):\s+(\S.{8,60})$/.exec(text);
    if (date && !committed) {
      const written = date[2]!.trim();
      const seconds = /^(\d{9,10})(?: [+-]\d{4})?$/.exec(written)?.[1];
      row.time =
        (seconds === undefined ? factTime(plainDate(written), context)?.time : epochTime(seconds)) ?? Number.NaN;
      committed = date[1] === 'CommitDate';
    }
    if (/^ {4}\S/.test(text) && row.text.length < 4096) row.text = `${row.text} ${text.trim()}`.trim();
  }
  return rows;
}

/** A commit, its time somewhere behind it, and words around that: what `--format` and `--oneline` with a date make of it. */
const SHORT = /^([0-9a-f]{7,40})( |\t|\||,|;) ?(?:\([^()]{1,200}\) )?(.{10,2000})$/;
const WHEN =
  /(?:\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?: ?[+-]\d\d:?\d\d|Z)?|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}|\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d)(?: [+-]\d{4})?)(?!\S{0,2}\d)/;
const LEVEL = /\b(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|SEVERE)\b/;

interface ShortCommit {
  commit: string;
  /** What stands between the fields. */
  separator: string;
  when: string;
  rest: string;
}

function shortCommit(drawn: string): ShortCommit | undefined {
  const match = SHORT.exec(bare(drawn).trimEnd());
  const when = match ? WHEN.exec(match[3]!) : null;
  if (!match || !when) return undefined;
  const rest = `${match[3]!.slice(0, when.index)}\u0000${match[3]!.slice(when.index + when[0].length)}`;
  return { commit: match[1]!, separator: match[2]!, when: when[0], rest };
}

/** Whether lines are such a list: newest first, as `git log` shows them, and none has a level, as lines of logs with an id in front have. */
export function isCommitList(lines: readonly string[]): boolean {
  const drawn = lines.filter((line) => !/^[*|\\/_ ]*$/.test(line));
  const commits = drawn.map(shortCommit);
  if (
    drawn.length < 2 ||
    commits.filter(Boolean).length < drawn.length * 0.9 ||
    drawn.filter((line) => LEVEL.test(line)).length > drawn.length * 0.3
  )
    return false;
  const times = commits.flatMap((one) => (one ? [readTime(plainDate(one.when))?.time ?? Number.NaN] : []));
  // `--reverse` puts the oldest first; commits are minutes apart, lines of a log are not.
  return times[0]! > times.at(-1)! || times.slice(1).every((time, i) => time - times[i]! >= 60_000);
}

export function rowsOfCommitList(file: FactText, context: FactContext): TimedRow[] {
  return file.lines.flatMap(({ line, text }) => {
    const commit = shortCommit(text);
    if (!commit) return [];
    const cells = commit.rest
      .split(commit.separator === ' ' ? '\u0000' : commit.separator)
      .flatMap((cell) => cell.split('\u0000'))
      .map((cell) =>
        cell
          .trim()
          .replace(/^[(<[]([^()<>[\]]*)[)>\]]$/, '$1')
          .trim(),
      )
      .filter((cell) => cell !== '');
    // The subject is the longest; a short cell without digits beside it is a name.
    const subject = [...cells].sort((a, b) => b.length - a.length)[0] ?? '';
    const author = cells.find((cell) => cell !== subject && cell.length <= 40 && /^\p{L}[\p{L}\s.'@-]*$/u.test(cell));
    return [
      {
        line,
        time: factTime(plainDate(commit.when), context)?.time ?? Number.NaN,
        text: `${subject} (${commit.commit})`,
        ...(author === undefined ? {} : { team: author }),
      },
    ];
  });
}
