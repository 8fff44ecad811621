/** What lanes count of one source's records: lines and times, levels, shapes of messages. */
import type { Kernel } from '../kernel/kernel.ts';
import { type Collector, widen } from '../record-assembler.ts';
import { LEVELS, type LogSource, type TemplateSeries } from '../types.ts';

export class RecordCounts {
  /** Shapes of messages by the number that the kernel has for them. */
  readonly shapes: TemplateSeries[] = [];
  readonly #levels = new Uint32Array(LEVELS.length + 1);
  readonly #source: LogSource;
  readonly #to: Collector;

  constructor(source: LogSource, to: Collector) {
    this.#source = source;
    this.#to = to;
  }

  /** Takes over lines that the kernel read; its shapes and levels follow with `settle`. Times in ms UTC. */
  lines(count: number, earliest: number, latest: number): void {
    const source = this.#source;
    source.parsed += count;
    if (earliest >= source.first! && latest <= source.last!) return;
    widen(source, earliest);
    widen(source, latest);
  }

  /**
   * Adds what shapes and levels counted in the kernel, and has it forget them.
   * @param touched how many shapes were counted. @param minute the minute of all of them, ms UTC.
   */
  settle(kernel: Kernel, touched: number, minute: number): void {
    const { touchedShapes, shapes, levels } = kernel;
    for (let i = 0; i < touched; i++) {
      const shape = touchedShapes[i]!;
      const series = this.shapes[shape]!;
      const count = shapes.words[shape * 6]!;
      const first = shapes.doubles[shape * 3 + 1]!;
      const last = shapes.doubles[shape * 3 + 2]!;
      series.count += count;
      if (!(first >= series.first)) series.first = first;
      if (!(last <= series.last)) series.last = last;
      this.#to.templates.minutes.add(series.perMinute, minute, count);
    }
    for (let level = 0; level < this.#levels.length; level++) this.#levels[level]! += levels[level]!;
    kernel.forgetCounts();
  }

  /**
   * Counts one record. @param level as `levelSeed` numbers it. @param severe it is a warning or worse.
   * @returns whether its time is one of those asked for; only its line and level count otherwise.
   */
  record(series: TemplateSeries, level: number, severe: boolean, time: number): boolean {
    this.lines(1, time, time);
    this.#levels[level]!++;
    const { since, until, templates, records } = this.#to;
    if (time < since || time >= until) return false;
    series.count++;
    if (!(time >= series.first)) series.first = time;
    if (!(time <= series.last)) series.last = time;
    templates.minutes.add(series.perMinute, Math.floor(time / 60_000) * 60_000);
    records.wants(series.count, severe);
    return true;
  }

  /** Hands the levels on to the source. */
  finish(): void {
    for (const [seed, count] of this.#levels.entries()) {
      if (count === 0) continue;
      const name = LEVELS[seed - 1] ?? 'none';
      this.#source.levels[name] = (this.#source.levels[name] ?? 0) + count;
    }
    this.#levels.fill(0);
  }
}
