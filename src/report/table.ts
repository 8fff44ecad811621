/** Tables of a given width. Cells are wrapped here, by display columns, so that wide characters align. */
import CliTable from 'cli-table3';
import { displayWidth, wrap } from './width.ts';

const UNICODE_CHARS = {};
const ASCII_CHARS = {
  top: '-', 'top-mid': '+', 'top-left': '+', 'top-right': '+', bottom: '-', 'bottom-mid': '+', 'bottom-left': '+', 'bottom-right': '+',
  left: '|', 'left-mid': '+', mid: '-', 'mid-mid': '+', right: '|', 'right-mid': '+', middle: '|',
};

/**
 * Widths of the text columns of a table that is `total` columns wide in all.
 * A column gets what its widest cell needs; when that is too much, the columns above their share give way.
 */
export function columnWidths(total: number, shares: readonly number[], rows: readonly (readonly string[])[]): number[] {
  const room = total - 3 * shares.length - 1;
  const needs = shares.map((_share, i) => Math.max(3, ...rows.map((row) => Math.max(...(row[i] ?? '').split('\n').map(displayWidth)))));
  const widths = [...needs];
  const sum = shares.reduce((a, b) => a + b, 0);
  const fair = shares.map((share) => Math.max(4, Math.floor((room * share) / sum)));
  let excess = widths.reduce((a, b) => a + b, 0) - room;
  while (excess > 0) {
    // The column furthest above its fair share loses one column at a time.
    let widest = 0;
    for (let i = 1; i < widths.length; i++) if (widths[i]! - fair[i]! > widths[widest]! - fair[widest]!) widest = i;
    if (widths[widest]! <= 4) break;
    widths[widest]!--;
    excess--;
  }
  return widths;
}

/** Lines of a table. cli-table3 would colour borders and heads by its own idea of the stream; the empty styles stop that. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], widths: readonly number[], unicode: boolean): string[] {
  const cell = (text: string, i: number) => text.split('\n').flatMap((line) => wrap(line, widths[i]!)).join('\n');
  const out = new CliTable({
    head: head.map(cell),
    colWidths: widths.map((w) => w + 2),
    style: { head: [], border: [], compact: false },
    chars: unicode ? UNICODE_CHARS : ASCII_CHARS,
    wordWrap: false,
  });
  for (const row of rows) out.push(row.map(cell));
  return out.toString().split('\n');
}
