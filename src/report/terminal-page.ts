/** A page of terminal text: wrapping, labels, lists, tables, colour. Knows nothing of reports but their words. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { EvidenceRef, Priority } from '../finding.ts';
import { columnWidths, table } from './table.ts';
import { place } from './text.ts';
import type { RenderOptions, Report } from './types.ts';
import { commandLines, displayWidth, padEnd, shorten, wrap } from './width.ts';
import { filled, type Vocabulary, vocabulary } from './words.ts';

const MIN_WIDTH = 40;
const MAX_WIDTH = 160;

export class Page {
  readonly lines: string[] = [];
  readonly report: Report;
  readonly options: RenderOptions;
  readonly width: number;
  readonly voc: Vocabulary;
  readonly chalk: ChalkInstance;

  constructor(report: Report, options: RenderOptions) {
    this.report = report;
    this.options = options;
    this.width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, options.width));
    this.voc = vocabulary(options.language);
    this.chalk = new Chalk({ level: options.color ? 1 : 0 });
  }

  add(line = ''): void {
    this.lines.push(line);
  }

  heading(text: string): void {
    const rule = this.options.unicode ? '─' : '-';
    const rest = Math.max(3, this.width - displayWidth(text) - 4);
    this.add();
    this.add(this.chalk.bold(`${rule.repeat(2)} ${text} ${rule.repeat(rest)}`));
  }

  /** Text after a label, wrapped under itself. */
  labelled(
    label: string,
    text: string,
    indent: number,
    labelWidth: number,
    paint: (s: string) => string = (s) => s,
  ): void {
    const column = indent + labelWidth;
    const lines = wrap(text, this.width - column);
    this.add(`${' '.repeat(indent)}${this.chalk.dim(padEnd(label, labelWidth))}${paint(lines[0] ?? '')}`);
    for (const line of lines.slice(1)) this.add(`${' '.repeat(column)}${paint(line)}`);
  }

  bullet(mark: string, text: string, indent: number): void {
    const lines = wrap(text, this.width - indent - displayWidth(mark) - 1);
    this.add(`${' '.repeat(indent)}${mark} ${lines[0] ?? ''}`);
    for (const line of lines.slice(1)) this.add(`${' '.repeat(indent + displayWidth(mark) + 1)}${line}`);
  }

  /** A command stands on lines of its own so that it can be copied; it is parted only where a shell allows it. */
  command(text: string, indent: number): void {
    const lines = commandLines(text, this.width - indent - 6);
    lines.forEach((line, i) => {
      const more = i < lines.length - 1 ? ' \\' : '';
      this.add(`${' '.repeat(indent)}${i ? '    ' : '$ '}${this.chalk.cyan(line)}${more}`);
    });
  }

  table(head: string[], rows: string[][], shares: number[], rules = true): void {
    const widths = columnWidths(this.width, shares, [head, ...rows]);
    for (const line of table(head, rows, widths, this.options.unicode, rules)) this.add(line);
  }

  limit<T>(items: readonly T[], most: number): readonly T[] {
    return this.options.verbose ? items : items.slice(0, most);
  }

  rest(items: readonly unknown[], most: number, indent = 0): void {
    if (!this.options.verbose && items.length > most)
      this.add(`${' '.repeat(indent)}${this.chalk.dim(filled(this.voc.words.andMore, items.length - most))}`);
  }

  priority(value: Priority | 'none', text = this.voc.priority(value)): string {
    const paint = {
      urgent: this.chalk.red.bold,
      important: this.chalk.yellow.bold,
      routine: this.chalk.blue,
      none: this.chalk.green,
    }[value];
    return paint ? paint(text) : text;
  }

  quote(ref: EvidenceRef, indent: number): void {
    this.add(
      `${' '.repeat(indent)}${this.chalk.dim(shorten(place(ref, this.voc), this.width - indent, this.options.unicode ? '…' : '...'))}`,
    );
    if (!ref.text) return;
    const bar = this.options.unicode ? '│' : '|';
    const lines = wrap(ref.text, this.width - indent - 4);
    for (const line of lines.slice(0, this.options.verbose ? 20 : 3))
      this.add(`${' '.repeat(indent + 2)}${bar} ${line}`);
    if (!this.options.verbose && lines.length > 3)
      this.add(`${' '.repeat(indent + 2)}${bar} ${this.options.unicode ? '…' : '...'}`);
  }
}
