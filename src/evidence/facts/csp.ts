/**
 * Reports of browsers about a content security policy: `report-uri` (CSP Level 2, `csp-report`) and the Reporting API
 * (`csp-violation` with a `body`), as documents, arrays, one a line, or a table. Reports in logs are records of the log reader.
 */
import { isPlain, type Plain } from '../../plain.ts';
import { headerMeanings } from '../columns.ts';
import type { CspFact } from '../small-facts.ts';
import { sniffTable, type TableShape, tableRows } from '../tabular.ts';
import { type FactContext, type FactText, factTime } from './context.ts';

const BLOCKED = /^blocked[-_ ]?ur[il]$/i;
const PAGE = /^document[-_ ]?ur[il]$/i;
const DIRECTIVE = /^(?:effective|violated)[-_ ]?directive$/i;
/** Headers of exported tables, in the languages of the consoles that write them. */
const BLOCKED_HEADER =
  /^(?:blocked(?:[-_ ]?(?:ur[il]|host|resource|source))?|(?:blockierte[rs]?|gesperrte[rs]?)[-_ ](?:ur[il]|adresse|quelle|ressource)|(?:ur[il]|adresse|source|ressource)[-_ ]bloqu[e\u00e9]e|(?:ur[il]|recurso|origen)[-_ ]bloquead[ao]|(?:\u88ab)?(?:\u963b\u6b62|\u62e6\u622a|\u963b\u65ad)\u7684? ?(?:ur[il]|\u5730\u5740|\u8d44\u6e90|\u57df\u540d)|\u30d6\u30ed\u30c3\u30af\u3055\u308c\u305f ?ur[il])$/i;
const PAGE_HEADER =
  /^(?:document(?:[-_ ]?ur[il])?|page(?:[-_ ]?ur[il])?|(?:dokument|seiten?)(?:[-_ ]?ur[il]|adresse)?|ur[il][-_ ](?:de[-_ ]la[-_ ]page|du[-_ ]document)|p[a\u00e1]gina|(?:\u9875\u9762|\u6587\u6863)(?: ?ur[il]|\u5730\u5740)?|\u30da\u30fc\u30b8(?: ?ur[il])?)$/i;
const DIRECTIVE_HEADER =
  /^(?:(?:effective|violated)?[-_ ]?directive|(?:verletzte|wirksame)?[-_ ]?(?:direktive|richtlinie)|directive[-_ ](?:viol[e\u00e9]e|effective)|directiva(?:[-_ ](?:violada|infringida))?|(?:\u8fdd\u53cd\u7684?)?(?:\u7b56\u7565)?\u6307\u4ee4|(?:\u9055\u53cd)?\u30c7\u30a3\u30ec\u30af\u30c6\u30a3\u30d6)$/i;
/** A directive that governs what a page may fetch or send (CSP Level 3, section 6). */
const DIRECTIVE_NAME = /^(?:[a-z]{3,15}-(?:src|action|uri|ancestors)(?:-(?:elem|attr))?)(?:\s|$)/;
const MOST_REPORTS = 20_000;
const DEEPEST = 6;

/** Whether a text may hold such reports; cheap. */
export const mayHoldCsp = (text: string): boolean =>
  /blocked[-_ ]?ur[il]|\b(?:script|connect|img|default|frame|style|font)-src|\bform-action/i.test(
    text.slice(0, 65_536),
  );

function textOf(record: Plain, name: RegExp): string | undefined {
  const value = Object.entries(record).find(([key]) => name.test(key))?.[1];
  return typeof value === 'string' ? value : undefined;
}

function timeOf(record: Plain, context: FactContext): number {
  for (const [key, value] of Object.entries(record)) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (!/^(?:received|received_?at|reported_?at)$/i.test(key) && !headerMeanings(key).includes('time')) continue;
    const read = factTime(String(value), context);
    if (read) return read.time;
  }
  return Number.NaN;
}

function collect(
  value: unknown,
  at: { file: string; line: number; time: number },
  context: FactContext,
  into: CspFact[],
  depth = 0,
): void {
  if (depth > DEEPEST || into.length >= MOST_REPORTS) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, at, context, into, depth + 1);
    return;
  }
  if (!isPlain(value)) return;
  const own = timeOf(value, context);
  const here = Number.isNaN(own) ? at : { ...at, time: own };
  const blocked = textOf(value, BLOCKED);
  if (blocked !== undefined) {
    into.push({
      ...here,
      blocked,
      page: textOf(value, PAGE) ?? '',
      directive: textOf(value, DIRECTIVE) ?? '',
    });
    return;
  }
  for (const item of Object.values(value)) collect(item, here, context, into, depth + 1);
}

const namesDirectives = ({ sample }: TableShape, at: number): boolean =>
  at !== -1 && sample.length > 0 && sample.every((cells) => DIRECTIVE_NAME.test(cells[at]?.trim() ?? ''));

function ofTable(file: FactText, context: FactContext): CspFact[] {
  const shape = sniffTable(file.text);
  if (!shape) return [];
  const column = (name: RegExp): number => shape.header.findIndex((cell) => name.test(cell.normalize('NFKC').trim()));
  const [blocked, page, directive] = [column(BLOCKED_HEADER), column(PAGE_HEADER), column(DIRECTIVE_HEADER)];
  // Words like "blocked" head other tables too: the directives of the policy have fixed names.
  if (blocked === -1 || (!BLOCKED.test(shape.header[blocked]!) && !namesDirectives(shape, directive))) return [];
  const time = shape.header.findIndex((cell) => headerMeanings(cell).includes('time'));
  const facts: CspFact[] = [];
  for (const { line, cells } of tableRows(file.text, shape.separator, shape.bodyOffset, shape.headerLine + 1)) {
    if (facts.length >= MOST_REPORTS) break;
    facts.push({
      file: file.file,
      line,
      time: factTime(cells[time]?.trim() ?? '', context)?.time ?? Number.NaN,
      blocked: cells[blocked]?.trim() ?? '',
      page: cells[page]?.trim() ?? '',
      directive: cells[directive]?.trim() ?? '',
    });
  }
  return facts;
}

/** @returns every report with its line; of one document spread over lines, that of its beginning. */
export function readCsp(file: FactText, context: FactContext): CspFact[] {
  const facts: CspFact[] = [];
  const read = (text: string, line: number): boolean => {
    try {
      collect(JSON.parse(text), { file: file.file, line, time: Number.NaN }, context, facts);
      return true;
    } catch {
      return false;
    }
  };
  if (/^\s*[[{]/.test(file.text) && read(file.text, 1)) return facts;
  for (const { line, text } of file.lines) if (/^\s*[[{]/.test(text)) read(text, line);
  return facts.length > 0 ? facts : ofTable(file, context);
}
