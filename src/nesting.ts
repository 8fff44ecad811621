/** How deep a text nests before a parser has read it: parsers that recurse end with the stack, others keep hundreds of bytes a level. */

const LF = 0x0a;
const BLANK = 0x20;
const TAB = 0x09;
const isBlank = (code: number): boolean => code === BLANK || code === TAB;
/** `-`, `?` and `:` before a blank open a level of YAML each, many of them on one line (YAML 1.2.2, section 8.2). */
const opensLevel = (code: number): boolean => code === 0x2d || code === 0x3f || code === 0x3a;
/** Columns that a level of indentation takes at most. */
const WIDEST_INDENT = 10;

/**
 * Where JSON or YAML nests deeper than `most` levels: brackets that are open (those in quoted texts count, too), marks of lists on one
 * line, or indentation.
 * @returns the 1-based line; undefined where it does not.
 */
export function nestsDeeperThan(text: string, most: number): number | undefined {
  let line = 1;
  let depth = 0;
  let marks = 0;
  let indent = 0;
  let atStart = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === LF) {
      line++;
      marks = 0;
      indent = 0;
      atStart = true;
      continue;
    }
    if (atStart && isBlank(code)) indent++;
    else if (atStart && opensLevel(code) && isBlank(text.charCodeAt(i + 1))) marks++;
    else atStart = false;
    if (code === 0x5b || code === 0x7b) depth++;
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth--;
    if (depth > most || marks > most || indent > WIDEST_INDENT * most) return line;
  }
  return undefined;
}
