/** Tables of a given width. Cells are wrapped here, by display columns, so that wide characters align. */
import { displayWidth, padEnd, wrap } from './width.ts';

/** Corners, crossings and lines: top, between rows, bottom, and the upright ones. */
interface Borders {
  top: readonly [left: string, line: string, crossing: string, right: string];
  middle: readonly [left: string, line: string, crossing: string, right: string];
  bottom: readonly [left: string, line: string, crossing: string, right: string];
  upright: string;
}

const UNICODE_BORDERS: Borders = {
  top: ['┌', '─', '┬', '┐'],
  middle: ['├', '─', '┼', '┤'],
  bottom: ['└', '─', '┴', '┘'],
  upright: '│',
};
const ASCII_LINE = ['+', '-', '+', '+'] as const;
const ASCII_BORDERS: Borders = { top: ASCII_LINE, middle: ASCII_LINE, bottom: ASCII_LINE, upright: '|' };

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
 * Lines of a table: a head, then rows with a rule between each two, or without. Drawn here because the cells are wrapped
 * already: general table libraries measure and cut every line again, which took longer than reading the evidence.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  unicode: boolean,
  rules = true,
): string[] {
  const borders = unicode ? UNICODE_BORDERS : ASCII_BORDERS;
  const across = ([left, line, crossing, right]: Borders['top']) =>
    left + widths.map((width) => line.repeat(width + 2)).join(crossing) + right;
  const cell = (text: string, i: number) => {
    const lines = text.split('\n').flatMap((line) => wrap(line, widths[i]!));
    return lines.length > MAX_CELL_LINES ? [...lines.slice(0, MAX_CELL_LINES - 1), unicode ? '…' : '...'] : lines;
  };
  const out = [across(borders.top)];
  const draw = (row: readonly string[]) => {
    const cells = row.map(cell);
    const height = Math.max(1, ...cells.map((lines) => lines.length));
    for (let line = 0; line < height; line++)
      out.push(
        borders.upright +
          widths.map((width, i) => ` ${padEnd(cells[i]?.[line] ?? '', width)} `).join(borders.upright) +
          borders.upright,
      );
  };
  draw(head);
  rows.forEach((row, index) => {
    if (index === 0 || rules) out.push(across(borders.middle));
    draw(row);
  });
  out.push(across(borders.bottom));
  return out;
}
