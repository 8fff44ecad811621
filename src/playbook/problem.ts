/** A problem found in a playbook: where, what, and what to do next. */

export interface Problem {
  file: string;
  /** 1-based. */
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  severity: 'error' | 'warning';
  /** Id of the rule, see lint/rules.ts. */
  rule: string;
  message: string;
  /** The next step, as an instruction. */
  suggestion: string;
  /** The source line as written. */
  excerpt: string;
}

/** Offsets into the source, end exclusive. */
export type Range = readonly [number, number];

/** Turns offsets of one source text into problems. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  private readonly lineStarts: number[] = [0];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.lineStarts.push(at + 1);
  }

  /** 1-based line and column of an offset. */
  position(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.lineStarts[low]! + 1 };
  }

  line(number: number): string {
    const start = this.lineStarts[number - 1] ?? this.text.length;
    const end = this.lineStarts[number] ?? this.text.length + 1;
    return this.text.slice(start, end - 1).replace(/\r$/, '');
  }

  problem(range: Range, rule: string, severity: Problem['severity'], message: string, suggestion: string): Problem {
    const start = this.position(Math.max(0, Math.min(range[0], this.text.length)));
    const end = this.position(Math.max(range[0], Math.min(range[1], this.text.length)));
    return {
      file: this.file,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      severity,
      rule,
      message,
      suggestion,
      excerpt: this.line(start.line).slice(0, 200),
    };
  }
}

/** Optimal string alignment distance of two short words, at most `limit` + 1. */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, before[j - 2]! + 1);
      row.push(value);
      best = Math.min(best, value);
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** The known word most like `word`, or undefined when none is near enough. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const given = word.slice(0, 80).toLowerCase().replaceAll('_', '-');
  const limit = given.length <= 3 ? 1 : given.length <= 7 ? 2 : 3;
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    const d = distance(given, candidate.toLowerCase().replaceAll('_', '-'), limit);
    if (d < bestDistance) {
      bestDistance = d;
      best = candidate;
    }
  }
  return best;
}
