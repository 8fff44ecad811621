import { continuedShape } from '../evidence/continued.ts';
import { asciiDigits } from '../evidence/digits.ts';
import { EVENT_COLUMNS, paymentEvent } from '../evidence/payment-events.ts';
import { SqlDumpReader, type SqlTable, sniffSqlDump } from '../evidence/sql-dump.ts';
import { sniffTable, type TableRow, type TableShape, tableRows } from '../evidence/tabular.ts';
import { decodeText, encodingOf, utf8Decoder } from '../evidence/text.ts';
import type { EvidenceSource } from '../evidence/types.ts';

/** A table's rows as they stream by, whatever its format. */
export interface RowStream {
  header: string[];
  sample: string[][];
  /** Rows block by block, so that no promise is awaited per row. */
  blocks: AsyncIterable<Iterable<TableRow>>;
}

/** Text is decoded in blocks of this size, cut at line ends, so that memory stays bounded. */
const BLOCK_BYTES = 4 * 2 ** 20;
/** A line longer than this is no row. */
const LONGEST_LINE = 2 ** 20;

/** The chunks of a file, those of UTF-16 and UTF-32 as UTF-8: their line ends are no single bytes. */
async function* bytewise(source: EvidenceSource, encoding: string): AsyncGenerator<Buffer> {
  const decode = isWide(encoding) ? utf8Decoder(encoding) : undefined;
  for await (const chunk of source.chunks()) yield decode ? decode(chunk) : chunk;
  if (decode) yield decode();
}

const isWide = (encoding: string): boolean => encoding.startsWith('utf-16') || encoding.startsWith('utf-32');

/** Blocks of whole lines with the number of their first line. */
export async function* lineBlocks(
  source: EvidenceSource,
  encoding: string,
): AsyncGenerator<{ text: string; firstLine: number }> {
  const written = isWide(encoding) ? 'utf-8' : encoding;
  let pending: Buffer[] = [];
  let length = 0;
  let firstLine = 1;
  const take = (bytes: Buffer): { text: string; firstLine: number } => {
    const block = { text: asciiDigits(decodeText(bytes, written).text), firstLine };
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) firstLine++;
    return block;
  };
  for await (const chunk of bytewise(source, encoding)) {
    pending.push(chunk);
    length += chunk.length;
    if (length < BLOCK_BYTES) continue;
    const bytes = Buffer.concat(pending, length);
    const cut = bytes.lastIndexOf(10);
    if (cut === -1 && length < BLOCK_BYTES * 4) continue;
    const end = cut === -1 ? bytes.length : cut + 1;
    yield take(bytes.subarray(0, end));
    // A copy: the rest must not keep the block alive.
    pending = [Buffer.from(bytes.subarray(end))];
    length = bytes.length - end;
  }
  if (length) yield take(Buffer.concat(pending, length));
}

/** Rows of a delimited table; one whose quoted field runs over the end of a block is read with the next block. */
async function* delimitedBlocks(
  source: EvidenceSource,
  encoding: string,
  shape: TableShape,
): AsyncGenerator<Iterable<TableRow>> {
  let open = { text: '', line: 0 };
  for await (const block of lineBlocks(source, encoding)) {
    const text = open.text + block.text;
    const [offset, line] =
      block.firstLine === 1
        ? [shape.bodyOffset, shape.headerLine + 1]
        : [0, open.text === '' ? block.firstLine : open.line];
    open = { text: '', line: 0 };
    yield tableRows(text, shape.separator, offset, line, (row) => {
      open = { text: text.slice(row.offset), line: row.line };
    });
  }
  // Nothing closes it any more.
  if (open.text !== '') yield tableRows(open.text, shape.separator, 0, open.line);
}

const scalar = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? '' : String(value);

function flatten(record: object, prefix: string, into: Map<string, string>, depth: number): void {
  for (const [key, value] of Object.entries(record)) {
    const name = prefix ? `${prefix}.${key}` : key;
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < 4)
      flatten(value as object, name, into, depth + 1);
    else into.set(name, scalar(value));
  }
}

/** An object of a line without what an array puts around it. */
const bare = (line: string): string => line.trim().replace(/^\[(?=\s*\{)|(?<=\}\s*)(?:,|,?\s*\])$/g, '');
/** A line that only opens or closes the array. */
const isBracket = (line: string): boolean => /^\s*[[\]],?\s*$/.test(line);

function parseRecord(line: string): Map<string, string> | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  try {
    const value: unknown = JSON.parse(bare(line));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const cells = new Map<string, string>();
    flatten(value, '', cells, 0);
    return cells;
  } catch {
    return undefined;
  }
}

function* jsonRows(text: string, firstLine: number, header: string[]): Generator<TableRow> {
  let line = firstLine;
  for (const raw of text.split('\n')) {
    if (raw.trim() !== '' && !isBracket(raw)) {
      const record = parseRecord(raw);
      yield { line, cells: record ? header.map((name) => record.get(name) ?? '') : [] };
    }
    line++;
  }
}

async function* jsonBlocks(
  source: EvidenceSource,
  encoding: string,
  header: string[],
): AsyncGenerator<Iterable<TableRow>> {
  for await (const { text, firstLine } of lineBlocks(source, encoding)) yield jsonRows(text, firstLine, header);
}

function* eventRows(block: string, firstLine: number): Generator<TableRow> {
  let line = firstLine;
  for (const raw of block.split('\n')) {
    if (raw.trim() !== '' && !isBracket(raw)) {
      const cells = raw.length > LONGEST_LINE ? undefined : paymentEvent(parsed(bare(raw)));
      // What a provider tells of other things is no row; what cannot be read is counted.
      if (cells !== 'other') yield { line, cells: cells ?? [] };
    }
    line++;
  }
}

async function* eventBlocks(source: EvidenceSource, encoding: string): AsyncGenerator<Iterable<TableRow>> {
  for await (const { text, firstLine } of lineBlocks(source, encoding)) yield eventRows(text, firstLine);
}

async function* dumpBlocks(
  source: EvidenceSource,
  encoding: string,
  { name, header }: SqlTable,
): AsyncGenerator<Iterable<TableRow>> {
  const reader = new SqlDumpReader();
  for await (const { text, firstLine } of lineBlocks(source, encoding))
    yield inOrderOf(
      header,
      reader.rows(text, firstLine, (table) => table === name),
    );
}

/** Statements of one dump may list their columns in another order. */
function* inOrderOf(
  header: readonly string[],
  rows: Iterable<TableRow & { header: readonly string[] }>,
): Generator<TableRow> {
  for (const row of rows) {
    const same = row.header.length === header.length && row.header.every((name, at) => name === header[at]);
    yield { line: row.line, cells: same ? row.cells : header.map((name) => row.cells[row.header.indexOf(name)] ?? '') };
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Opens a delimited or JSON-lines table; undefined when its head has no header that can be read.
 * @param wanted columns of records in JSON; those that its head has when not given.
 */
export function openRows(source: EvidenceSource, wanted?: string[]): RowStream | undefined {
  const encoding = encodingOf(source.head);
  const text = asciiDigits(decodeText(source.head, encoding).text);
  if (source.item.format === 'payment-events') {
    const lines = text.split('\n').slice(0, 50).join('\n');
    const sample = [...eventRows(lines, 1)].map(({ cells }) => cells).filter((cells) => cells.length > 0);
    return { header: [...EVENT_COLUMNS], sample, blocks: eventBlocks(source, encoding) };
  }
  if (source.item.format === 'json-lines') {
    const records = text
      .split('\n')
      .slice(0, 50)
      .flatMap((line) => parseRecord(line) ?? []);
    const header = wanted ?? [...new Set(records.flatMap((record) => [...record.keys()]))];
    return header.length
      ? {
          header,
          sample: records.map((record) => header.map((name) => record.get(name) ?? '')),
          blocks: jsonBlocks(source, encoding, header),
        }
      : undefined;
  }
  if (source.item.format === 'sql-dump') {
    const table = sniffSqlDump(text);
    return table && { header: table.header, sample: table.sample, blocks: dumpBlocks(source, encoding, table) };
  }
  const shape = source.continues ? continuedShape(text, source.continues) : sniffTable(text);
  return shape
    ? { header: shape.header, sample: shape.sample, blocks: delimitedBlocks(source, encoding, shape) }
    : undefined;
}
