/** Counts message shapes: variable parts (anything with a digit, quoted values) are masked, so new texts show an onset. */
import { MinuteBudget } from './minute-budget.ts';
import { LEVELS, type Level, type TemplateSeries } from './types.ts';

/** Shapes of one source that are told apart. */
export const MAX_PER_SOURCE = 2000;
const MAX_LENGTH = 240;

/** A token ends at a blank or at punctuation that separates values. */
function isBreak(code: number): boolean {
  return (
    code <= 32 ||
    code === 34 ||
    code === 39 ||
    code === 44 ||
    code === 58 ||
    code === 59 ||
    code === 61 ||
    (code >= 40 && code <= 41) ||
    code === 91 ||
    code === 93 ||
    code === 123 ||
    code === 125 ||
    code === 124 ||
    code === 60 ||
    code === 62
  );
}

/** The shape of a message: every token that holds a digit becomes `*`; only the first line counts. */
export function shapeOf(message: string): string {
  const end = Math.min(message.length, MAX_LENGTH);
  let shape = '';
  let tokenStart = 0;
  let variable = false;
  for (let i = 0; i <= end; i++) {
    const code = i < end ? message.charCodeAt(i) : 32;
    if (code === 10) {
      shape += variable ? '*' : message.slice(tokenStart, i);
      return shape;
    }
    if (!isBreak(code)) {
      if (code >= 48 && code <= 57) variable = true;
      continue;
    }
    if (i > tokenStart) shape += variable ? '*' : message.slice(tokenStart, i);
    if (i < end) shape += message[i];
    tokenStart = i + 1;
    variable = false;
  }
  return shape;
}

/** The same walk as shapeOf, as a number: two 26-bit halves, so that equal numbers mean equal shapes for all practice. */
export function shapeKey(message: string, seed: number): number {
  const end = Math.min(message.length, MAX_LENGTH);
  let high = (2166136261 ^ seed) | 0;
  let low = (84696351 + seed) | 0;
  let tokenHigh = high;
  let tokenLow = low;
  let variable = false;
  for (let i = 0; i < end; i++) {
    const code = message.charCodeAt(i);
    if (code === 10) break;
    if (!isBreak(code)) {
      if (code >= 48 && code <= 57) variable = true;
      tokenHigh = Math.imul(tokenHigh ^ code, 16777619);
      tokenLow = Math.imul(tokenLow + code, 2654435761);
      continue;
    }
    if (variable) {
      tokenHigh = Math.imul(high ^ 42, 16777619);
      tokenLow = Math.imul(low + 42, 2654435761);
    }
    high = Math.imul(tokenHigh ^ code, 16777619);
    low = Math.imul(tokenLow + code, 2654435761);
    tokenHigh = high;
    tokenLow = low;
    variable = false;
  }
  if (variable) {
    tokenHigh = Math.imul(high ^ 42, 16777619);
    tokenLow = Math.imul(low + 42, 2654435761);
  }
  return shapeKeyOf(tokenHigh >>> 6, tokenLow >>> 6);
}

/** The number from its halves of 26 bits. */
export const shapeKeyOf = (high: number, low: number): number => high * 67_108_864 + low;

/** 1 for the bytes at which a token ends. */
export const BREAKS: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => Number(isBreak(code)));

const OTHER = -1;
const OTHERS = '(other)';

/** Whether a series counts all the shapes of a source that are not told apart. */
export const isOfMany = ({ template }: TemplateSeries): boolean => template === OTHERS;

/** The same words at another level are another shape. */
export const levelSeed = (level: Level | undefined): number => (level === undefined ? 0 : LEVELS.indexOf(level) + 1);

export class TemplateCounter {
  readonly series: TemplateSeries[] = [];
  readonly minutes = new MinuteBudget();
  readonly #bySource: Map<number, TemplateSeries>[] = [];

  /** The shapes of one source with their keys, in order of appearance; for another thread to merge. */
  state(source: number): [number, TemplateSeries][] {
    return [...(this.#bySource[source] ?? [])];
  }

  /** Whether some source has more shapes than are told apart. */
  get overflowed(): boolean {
    return this.#bySource.some((shapes) => shapes?.has(OTHER));
  }

  /** Whether a source has more shapes than are told apart. */
  isFull(source: number): boolean {
    return (this.#bySource[source]?.size ?? 0) >= MAX_PER_SOURCE;
  }

  /** Adds what a later part of the same source had. @param lines how many lines lie before that part. */
  merge(source: number, state: [number, TemplateSeries][], lines: number): void {
    this.#bySource[source] ??= new Map();
    const shapes = this.#bySource[source]!;
    for (const [key, series] of state) {
      const known = shapes.get(key);
      if (!known) {
        series.source = source;
        series.sample.line += lines;
        shapes.set(key, series);
        this.series.push(series);
        this.minutes.adopt(series.perMinute);
        continue;
      }
      known.count += series.count;
      if (!(series.first >= known.first)) known.first = series.first;
      if (!(series.last <= known.last)) known.last = series.last;
      for (const [minute, count] of series.perMinute) this.minutes.add(known.perMinute, minute, count);
    }
  }

  /** The series of a shape that was seen before in a source, or of all others once there are too many. @param key of shapeKey, seeded with `levelSeed`. */
  known(source: number, key: number): TemplateSeries | undefined {
    const shapes = this.#bySource[source];
    return shapes?.get(key) ?? (shapes && shapes.size >= MAX_PER_SOURCE ? shapes.get(OTHER) : undefined);
  }

  /** @returns how often this shape was seen in this source so far (this time included). */
  count(source: number, line: number, time: number, level: Level | undefined, message: string): number {
    this.#bySource[source] ??= new Map();
    const shapes = this.#bySource[source]!;
    let key = shapeKey(message, levelSeed(level));
    let series = shapes.get(key);
    if (!series && shapes.size >= MAX_PER_SOURCE) {
      key = OTHER;
      series = shapes.get(key);
    }
    if (!series) {
      series = {
        source,
        template: key === OTHER ? OTHERS : shapeOf(message),
        ...(level && key !== OTHER ? { level } : {}),
        count: 0,
        first: time,
        last: time,
        perMinute: new Map(),
        sample: { line, text: message.slice(0, 2048) },
      };
      shapes.set(key, series);
      this.series.push(series);
    }
    series.count++;
    if (!(time >= series.first)) series.first = time;
    if (!(time <= series.last)) series.last = time;
    if (!Number.isNaN(time)) {
      const minute = Math.floor(time / 60_000) * 60_000;
      this.minutes.add(series.perMinute, minute);
    }
    return series.count;
  }
}
