/** Tables cut into files of which only the first has the header (`split -l`). */
import { isTimeColumn } from './table-kind.ts';
import { sniffTable, splitLine, type TableShape, tableRows } from './tabular.ts';
import { decodeText, encodingOf } from './text.ts';
import type { EvidenceItem, EvidenceSource } from './types.ts';

/** What files of rows alone are taken for. */
const TAKEN_FOR: ReadonlySet<EvidenceItem['kind']> = new Set(['log', 'table', 'text']);
/** Rows that have to fit. */
const ROWS = 5;
/** Narrower rows fit anything. */
const FEWEST_COLUMNS = 4;

/** A name without the number, or the two letters, that tell the parts of a file apart. */
const series = (path: string): string => path.replace(/(?<=[._-]|part)[a-z]{2}$/, '#').replace(/\d+/g, '#');

/** The shape of a part: the header of the first file, and rows from the first line on. */
export function continuedShape(
  text: string,
  { header, separator }: NonNullable<EvidenceSource['continues']>,
): TableShape {
  const sample: string[][] = [];
  for (const { cells } of tableRows(text, separator, text.charCodeAt(0) === 0xfeff ? 1 : 0, 1)) {
    sample.push(cells);
    if (sample.length === 50) break;
  }
  return { separator, header, headerLine: 0, bodyOffset: 0, sample };
}

const textOf = ({ head }: EvidenceSource): string => decodeText(head, encodingOf(head)).text;

/** Whether the first rows have the columns of the header, and times where its rows have them. */
function continues(text: string, shape: TableShape, times: readonly number[]): boolean {
  const rows = text
    .split('\n')
    .slice(0, ROWS)
    .filter((line) => line.trim() !== '')
    .map((line) => splitLine(line.trimEnd(), shape.separator));
  return (
    rows.length > 0 &&
    rows.every((cells) => cells.length === shape.header.length) &&
    times.every((at) => isTimeColumn(rows.map((cells) => cells[at]!)))
  );
}

/** Finds the parts of payment tables that have no header, and says what they are. */
export function markContinued(sources: readonly EvidenceSource[]): void {
  const firsts = sources.filter(({ item }) => item.kind === 'transactions' && item.format === 'delimited');
  if (firsts.length === 0) return;
  const others = sources.filter(({ item }) => TAKEN_FOR.has(item.kind));
  for (const first of firsts) {
    const parts = others.filter(({ item }) => series(item.path) === series(first.item.path));
    const shape = parts.length > 0 ? sniffTable(textOf(first)) : undefined;
    if (!shape || shape.header.length < FEWEST_COLUMNS) continue;
    const times = shape.header.flatMap((_, at) => (isTimeColumn(shape.sample.map((row) => row[at] ?? '')) ? [at] : []));
    for (const part of parts) {
      if (part.continues || times.length === 0 || !continues(textOf(part), shape, times)) continue;
      part.continues = { header: shape.header, separator: shape.separator };
      part.item.kind = 'transactions';
      part.item.format = 'delimited';
      part.item.notes = [...(part.item.notes ?? []), `has no header; read as a further part of ${first.item.path}`];
    }
  }
}
