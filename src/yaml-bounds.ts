/** What a YAML or JSON text would cost its parser, known before it is parsed: it keeps a kilobyte a value and is quadratic in faults. */

import { nestsDeeperThan } from './nesting.ts';

/** Real files stay far below this on one line. */
const MOST_STRAY = 50;

const LF = 0x0a;
const COMMA = 0x2c;
const COLON = 0x3a;
const isBlank = (code: number): boolean => code === LF || code === 0x20 || code === 0x09;
const isQuote = (code: number): boolean => code === 0x22 || code === 0x27;
const opens = (code: number): boolean => code === 0x5b || code === 0x7b;
const closes = (code: number): boolean => code === 0x5d || code === 0x7d;
/** `&anchor`, `!tag` and `*alias`: a value has two of them at most (YAML 1.2.2, section 6.9). */
const isProperty = (code: number): boolean => code === 0x26 || code === 0x21 || code === 0x2a;

/**
 * Text that would drive the YAML parser into quadratic time: too many quotes or properties on a line, or closing brackets without an opening one.
 * @returns the 1-based line; undefined where there is none.
 */
export function yamlHazard(text: string): { line: number; says: string } | undefined {
  let line = 1;
  let depth = 0;
  let stray = 0;
  let quotes = 0;
  let properties = 0;
  let separators = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === LF) {
      line++;
      quotes = 0;
      properties = 0;
      separators = 0;
      continue;
    }
    if (isQuote(code)) quotes++;
    else if (code === COMMA || code === COLON || closes(code)) separators++;
    else if (isProperty(code) && i > 0 && isBlank(text.charCodeAt(i - 1))) properties++;
    if (opens(code)) depth++;
    else if (closes(code)) {
      if (depth > 0) depth--;
      else stray++;
    }
    if (quotes > 2 * separators + 4 * MOST_STRAY)
      return { line, says: 'too many quotes on one line; the file was not read' };
    if (properties > 2 * separators + 4 * MOST_STRAY)
      return { line, says: 'too many anchors, tags or aliases on one line; the file was not read' };
    if (stray > MOST_STRAY)
      return { line, says: 'too many closing brackets without an opening one; the file was not read' };
  }
  return undefined;
}

/**
 * Where a text has held `most` values, counted by what separates them (also within quoted texts: where a quote opens is known
 * only to a parser).
 * @returns the offset at which to cut, at the end of a line where there is one; undefined when the text has fewer.
 */
export function endOfValues(text: string, most: number): number | undefined {
  let values = 0;
  let named = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COMMA || code === LF || opens(code)) {
      named = false;
      // A comma at the end of a line separates once.
      if (code !== LF || text.charCodeAt(i - 1) !== COMMA) values++;
    } else if (code === COLON && isBlank(text.charCodeAt(i + 1))) {
      // The first belongs to the value that is counted at its end.
      if (named) values++;
      named = true;
    }
    if (values >= most) {
      const lineEnd = text.lastIndexOf('\n', i);
      return lineEnd === -1 ? i : lineEnd + 1;
    }
  }
  return undefined;
}

/** Values, and levels within each other, beyond which a file that a person wrote is none. */
const MOST_VALUES = 100_000;
const MOST_NESTING = 100;

/**
 * Why a YAML or JSON text should not be handed to the parser: for files that a person wrote, of which a part is of no use.
 * @param mostValues values it may have. @returns the 1-based line; undefined for a text that can be parsed.
 */
export function yamlRefusal(text: string, mostValues = MOST_VALUES): { line: number; says: string } | undefined {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const deep = nestsDeeperThan(text, MOST_NESTING);
  if (deep !== undefined) return { line: deep, says: `more than ${MOST_NESTING} levels within each other` };
  const hazard = yamlHazard(text);
  if (hazard) return hazard;
  const end = endOfValues(text, mostValues);
  return end === undefined ? undefined : { line: lineAt(end), says: `more than ${mostValues} values` };
}

/** @throws Error with the line and why, where `yamlRefusal` finds something. */
export function refuseHostileYaml(text: string): void {
  const refused = yamlRefusal(text);
  if (refused) throw new Error(`line ${refused.line}: ${refused.says}`);
}
