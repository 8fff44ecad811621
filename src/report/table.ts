/** Tables of a given width. Cells are wrapped here, by display columns, so that wide characters align. */
import CliTable from 'cli-table3';
import { displayWidth, wrap } from './width.ts';

const UNICODE_CHARS = {};
const ASCII_CHARS = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
};

/** Columns below which a column does not go while another can give way: its longest word, within reason. */
const LONGEST_WORD = 14;

/**
 * Widths of the text columns of a table that is `total` columns wide in all.
 * A column gets what its widest cell needs; when that is too much, the columns furthest above their share give way,
 * first down to their longest word, then down to four.
 */
export function columnWidths(total: number, shares: readonly number[], rows: readonly (readonly string[])[]): number[] {
  const room = total - 3 * shares.length - 1;
  const column = (i: number) => rows.map((row) => row[i] ?? '');
  const widths = shares.map((_share, i) =>
    Math.max(3, ...column(i).flatMap((cell) => cell.split('\n').map(displayWidth))),
  );
  const words = shares.map((_share, i) =>
    Math.min(LONGEST_WORD, Math.max(4, ...column(i).flatMap((cell) => cell.split(/\s/).map(displayWidth)))),
  );
  const sum = shares.reduce((a, b) => a + b, 0);
  const fair = shares.map((share) => Math.floor((room * share) / sum));
  for (const floor of [words, shares.map(() => 4)]) {
    for (let excess = widths.reduce((a, b) => a + b, 0) - room; excess > 0; excess--) {
      let widest = -1;
      for (let i = 0; i < widths.length; i++) {
        if (widths[i]! > floor[i]! && (widest < 0 || widths[i]! - fair[i]! > widths[widest]! - fair[widest]!))
          widest = i;
      }
      if (widest < 0) break;
      widths[widest]!--;
    }
  }
  return widths;
}

/** A taller cell is no table any more. */
const MAX_CELL_LINES = 12;

/**
 * Lines of a table: a head, then rows with a rule between each two, or without. cli-table3 takes time with the cube of the
 * lines of a cell, so every line is a row of its own to it and the rules are set between them here. It would colour borders
 * and heads by its own idea of the stream; the empty styles stop that.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  unicode: boolean,
  rules = true,
): string[] {
  const cell = (text: string, i: number) => {
    const lines = text.split('\n').flatMap((line) => wrap(line, widths[i]!));
    return lines.length > MAX_CELL_LINES ? [...lines.slice(0, MAX_CELL_LINES - 1), unicode ? '…' : '...'] : lines;
  };
  const drawn = (lines: string[][], compact: boolean) => {
    const out = new CliTable({
      colWidths: widths.map((w) => w + 2),
      style: { head: [], border: [], compact },
      chars: unicode ? UNICODE_CHARS : ASCII_CHARS,
      wordWrap: false,
    });
    out.push(...lines);
    return out.toString().split('\n');
  };
  const blocks = [head, ...rows].map((row) => {
    const cells = row.map(cell);
    const height = Math.max(1, ...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_line, line) => widths.map((_width, i) => cells[i]?.[line] ?? ''));
  });
  const empty = widths.map(() => '');
  const rule = drawn([empty, empty], false)[2]!;
  const [top, ...lines] = drawn(blocks.flat(), true);
  const out = [top!];
  let at = 0;
  blocks.forEach((block, index) => {
    if (index === 1 || (index > 1 && rules)) out.push(rule);
    out.push(...lines.slice(at, at + block.length));
    at += block.length;
  });
  out.push(...lines.slice(at));
  return out;
}
