/** Files of payment attempts as tables: files of one shape are read alike, and parts of one export are joined. */
import type { EvidenceSource } from '../evidence/types.ts';
import { counted } from '../wording.ts';
import { RowBudget } from './budget.ts';
import type { ReadOptions } from './cells.ts';
import { COPIED, joinSeries } from './join.ts';
import { joinPeers } from './peers.ts';
import { type FileRows, noteRows, openTable, readRows, TableFormat } from './read-table.ts';
import type { RowStream } from './rows.ts';
import { type Part, partOf, seriesOf } from './series.ts';
import { settle } from './settle.ts';
import type { TransactionTable } from './types.ts';

/** Files of one shape. */
interface Family {
  kind: string;
  header: string[];
  sample: string[][];
  sources: EvidenceSource[];
}

/** Rows of all heads together from which a format is learnt. */
const MOST_SAMPLE = 500;
/** Records of one program may leave members out; from this share in common on they are of one shape. */
const IN_COMMON = 0.6;

function isOfShape(family: Family, kind: string, header: readonly string[]): boolean {
  if (family.kind !== kind) return false;
  if (kind !== 'json-lines')
    return header.length === family.header.length && header.every((name, i) => name === family.header[i]);
  const common = header.filter((name) => family.header.includes(name)).length;
  return common >= (header.length + family.header.length - common) * IN_COMMON;
}

/** Adds a file to the family of its shape, or founds one. */
function addTo(families: Family[], source: EvidenceSource, { header, sample }: RowStream): void {
  const kind = source.item.kind === 'log' ? 'log' : (source.item.format ?? '');
  const family = families.find((one) => isOfShape(one, kind, header));
  if (!family) {
    families.push({ kind, header: [...header], sample: [...sample], sources: [source] });
    return;
  }
  family.sources.push(source);
  // Members that only this file has come after those of the others.
  family.header.push(...header.filter((name) => !family.header.includes(name)));
  const at = family.header.map((name) => (kind === 'json-lines' ? header.indexOf(name) : family.header.indexOf(name)));
  for (const row of sample.slice(0, MOST_SAMPLE - family.sample.length))
    family.sample.push(kind === 'json-lines' ? at.map((index) => row[index] ?? '') : row);
}

/**
 * Reads files of payment attempts. Never throws on bad content.
 * @returns a table for every file, or for every series of files that are parts of one export, settled.
 */
export async function readTables(
  sources: readonly EvidenceSource[],
  options: ReadOptions,
): Promise<TransactionTable[]> {
  const families: Family[] = [];
  for (const source of sources) {
    const stream = openTable(source);
    if (stream) addTo(families, source, stream);
  }
  const budget = new RowBudget(
    families.flatMap(({ sources: own }) => own),
    options.mostRows,
  );
  const tables: TransactionTable[] = [];
  const add = ({ table, habits }: FileRows): void => {
    settle(table, habits, options.now);
    tables.push(table);
  };
  for (const family of families) {
    const format = new TableFormat(family, options, family.kind === 'statement');
    const parts: Part[] = [];
    for (const source of family.sources) {
      const most = budget.shareOf(source);
      const rows = await readRows(source, openTable(source, family.header)!, format, options.codes, most);
      budget.took(source, rows.table.length);
      const part = partOf(rows);
      if (part) parts.push(part);
      else add(rows);
      noteRows(source, rows.table);
    }
    for (const series of joinPeers(seriesOf(parts))) add(joinSeries(series));
  }
  for (const table of tables) noteJoined(table.files, copiesIn(table), sources);
  // In the order in which the files were given.
  const order = new Map(sources.map(({ item }, i) => [item.path, i]));
  return tables.sort((a, b) => order.get(a.file)! - order.get(b.file)!);
}

/** Rows of a table that several of its files hold. */
const copiesIn = ({ problems }: TransactionTable): number => problems?.find(({ what }) => what === COPIED)?.count ?? 0;

/** Says in the manifest which files were judged together, and how many rows stand in several. */
export function noteJoined(
  files: readonly string[] | undefined,
  copies: number,
  sources: readonly EvidenceSource[],
): void {
  if (!files) return;
  const item = sources.find((source) => source.item.path === files[0])?.item;
  if (!item) return;
  const text = `judged as one table with ${counted(files.length - 1, 'other file')} of the same export${copies > 0 ? `; ${counted(copies, 'row')} in more than one of them counted once` : ''}`;
  item.notes = [...(item.notes ?? []), text];
}
