/** Lines of a layout that nobody else writes: a pattern with named groups turns each into a JSON record, which the pass reads as such. */
import { RE2JS } from 're2js';
import { asUtf8 } from './encoding.ts';
import type { LogInput } from './read-logs.ts';

/** Lines are cut here, as everywhere. */
const LONGEST = 64 * 1024;

export interface LinePattern {
  /** The line as JSON, or unchanged where the pattern does not fit. */
  apply(line: string): string;
}

/** Of so many of the first lines a file must be written in the pattern to be called so. */
const MOST = 0.5;

/**
 * Which share of the first lines a pattern fits; lines that are indented go on with the one before and do not count.
 * @param head the first bytes of a file, decompressed.
 */
export function patternShare(head: Buffer, pattern: LinePattern): number {
  let lines = 0;
  let fits = 0;
  const whole = head.lastIndexOf(10);
  const text = asUtf8(whole === -1 ? head : head.subarray(0, whole)).toString('utf8');
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || /^\s/.test(line)) continue;
    lines++;
    if (pattern.apply(line.slice(0, LONGEST)) !== line) fits++;
  }
  return lines === 0 ? 0 : fits / lines;
}

/** Whether a file is written in the pattern. @param head its first bytes. */
export const isOfPattern = (head: Buffer, pattern: LinePattern): boolean => patternShare(head, pattern) >= MOST;

/**
 * @param pattern RE2 syntax, linear time; groups `(?P<name>...)` become fields. `time`, `level`, `message`, `logger`, `host` and the
 * names of access fields (`status`, `uri`, `method`, `remote_addr`, `request_time`, ...) mean what they say.
 * @throws Error with the reason when the pattern is wrong or names nothing.
 */
export function compileLinePattern(pattern: string): LinePattern {
  const compiled = RE2JS.compile(
    pattern.replaceAll('(?<', '(?P<').replaceAll('(?P<=', '(?<=').replaceAll('(?P<!', '(?<!'),
  );
  const names = Object.keys(compiled.namedGroups());
  if (names.length === 0) throw new Error('names no group: write (?P<time>...) and (?P<message>...)');
  return {
    apply(line) {
      const matcher = compiled.matcher(line);
      if (!matcher.find()) return line;
      const record: { [name: string]: string } = {};
      for (const name of names) {
        const value = matcher.group(name);
        if (value !== null && value !== undefined) record[name] = value;
      }
      return JSON.stringify(record);
    },
  };
}

/** The same input, line for line, with the pattern applied. */
export function patternInput(input: LogInput, pattern: LinePattern): LogInput {
  const rewrite = (text: string): string =>
    text
      .split('\n')
      .map((line) => (line === '' ? line : pattern.apply(line.replace(/\r$/, '').slice(0, LONGEST))))
      .join('\n');
  const head = input.head.toString('utf8');
  const whole = head.lastIndexOf('\n');
  return {
    ...input,
    ...(isOfPattern(input.head, pattern) ? { layout: 'log-pattern' } : {}),
    head: Buffer.from(rewrite(whole === -1 ? head : head.slice(0, whole + 1))),
    async *chunks() {
      let rest: Buffer[] = [];
      let held = 0;
      for await (const chunk of input.chunks()) {
        const end = chunk.lastIndexOf(10);
        if (end === -1) {
          // The rest of a line beyond the bound says nothing that the pattern would still see.
          if (held < LONGEST) rest.push(Buffer.from(chunk.subarray(0, LONGEST)));
          held += chunk.length;
          continue;
        }
        yield Buffer.from(rewrite(Buffer.concat([...rest, chunk.subarray(0, end + 1)]).toString('utf8')));
        rest = [Buffer.from(chunk.subarray(end + 1))];
        held = rest[0]!.length;
      }
      const last = Buffer.concat(rest).toString('utf8');
      if (last !== '') yield Buffer.from(rewrite(last));
    },
  };
}
