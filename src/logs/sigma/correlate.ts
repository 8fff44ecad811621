/** Correlations over sliding windows, per group; chains of correlations included. */
import { type Condition, evaluate } from './condition.ts';
import type { Operator, SigmaCorrelation, SigmaEvent } from './types.ts';

/** An event that a base rule or an inner correlation reported. */
export interface Occurrence {
  time: number;
  /** Ids and names under which rules refer to whoever reported it. */
  reporter: string[];
  event: SigmaEvent;
}

export interface CorrelationHit {
  correlation: SigmaCorrelation;
  group: { [field: string]: string };
  first: number;
  time: number;
  value: number;
  /** The events inside the window, the latest 50. */
  events: SigmaEvent[];
}

/** Events kept per group; a flood keeps the newest. */
const MAX_PER_GROUP = 50_000;
const MAX_GROUPS = 200_000;

interface Entry {
  time: number;
  rule: number;
  values: string;
  number: number;
  event: SigmaEvent;
}

interface Group {
  key: { [field: string]: string };
  entries: Entry[];
  /** Index of the oldest entry inside the window. */
  head: number;
  active: boolean;
  /** Time of the latest entry, and whether the condition held before that time. */
  time: number;
  before: boolean;
  /** The least and most that was measured, and how often the condition began to hold. */
  least: number;
  most: number;
  begun: number;
}

/** How near a group came to the condition. */
export interface GroupRange {
  group: { [field: string]: string };
  least: number;
  most: number;
  /** Times that the condition began to hold. */
  begun: number;
}

const holds = (operator: Operator, actual: number, wanted: number): boolean => {
  switch (operator) {
    case 'gt':
      return actual > wanted;
    case 'gte':
      return actual >= wanted;
    case 'lt':
      return actual < wanted;
    case 'lte':
      return actual <= wanted;
    case 'eq':
      return actual === wanted;
    case 'neq':
      return actual !== wanted;
  }
};

/** Types whose measure an event more can only raise. */
const RISING: ReadonlySet<string> = new Set(['event_count', 'value_count', 'temporal', 'temporal_ordered']);

/** Types that calculate with the value: one that is no number (`-`, empty) says nothing, and must not spoil the others. */
const OF_NUMBERS: ReadonlySet<string> = new Set(['value_sum', 'value_avg', 'value_percentile', 'value_median']);

function numberOf(value: string | number | boolean | null | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export class Correlator {
  readonly correlation: SigmaCorrelation;
  readonly #groups = new Map<string, Group>();
  /**
   * Whether an event more can end what holds. Events of one time have no order, so that such a condition is judged when all
   * of them are there.
   */
  readonly #waits: boolean;
  readonly #waiting = new Set<Group>();

  constructor(correlation: SigmaCorrelation) {
    this.correlation = correlation;
    this.#waits =
      correlation.expression !== undefined ||
      !RISING.has(correlation.type) ||
      correlation.conditions.some(({ operator }) => operator !== 'gte' && operator !== 'gt');
  }

  /** Judges what waited for the rest of its time; called when an event of another time comes, and at the end. */
  settle(): CorrelationHit[] {
    const hits: CorrelationHit[] = [];
    for (const group of this.#waiting) {
      const hit = this.#judge(group);
      if (hit) hits.push(hit);
    }
    this.#waiting.clear();
    return hits;
  }

  /** Feeds one occurrence, in order of time. @returns a hit when the condition begins to hold for its group. */
  feed(occurrence: Occurrence): CorrelationHit | undefined {
    const { correlation } = this;
    const rule = correlation.rules.findIndex((name) => occurrence.reporter.includes(name));
    if (rule === -1 || Number.isNaN(occurrence.time)) return undefined;
    const key: { [field: string]: string } = {};
    for (const field of correlation.groupBy) {
      const aliased = correlation.aliases.get(field);
      const named = aliased
        ? occurrence.reporter.map((name) => aliased.get(name)).find((found) => found !== undefined)
        : field;
      const value = named === undefined ? undefined : occurrence.event.fields[named];
      // An event without the grouping field belongs to no group.
      if (value === undefined || value === null) return undefined;
      key[field] = String(value);
    }
    const id = JSON.stringify(key);
    let group = this.#groups.get(id);
    if (!group) {
      if (this.#groups.size >= MAX_GROUPS) this.#forgetOld(occurrence.time);
      group = {
        key,
        entries: [],
        head: 0,
        active: false,
        time: Number.NaN,
        before: false,
        least: Number.POSITIVE_INFINITY,
        most: Number.NEGATIVE_INFINITY,
        begun: 0,
      };
      this.#groups.set(id, group);
    }
    const values = correlation.fields.map((field) => occurrence.event.fields[field]);
    if (correlation.fields.length > 0 && values.some((value) => value === undefined || value === null))
      return undefined;
    const number = numberOf(values[0]);
    if (OF_NUMBERS.has(correlation.type) && number === undefined) return undefined;
    group.entries.push({
      time: occurrence.time,
      rule,
      values: JSON.stringify(values),
      number: number ?? 0,
      event: occurrence.event,
    });
    this.#slide(group, occurrence.time);
    if (group.time !== occurrence.time) {
      group.before = group.active;
      group.time = occurrence.time;
    }
    if (!this.#waits) return this.#judge(group);
    this.#waiting.add(group);
    return undefined;
  }

  /** What each group came to, in the order they appeared; those a flood of groups pushed out are missing. */
  *ranges(): Generator<GroupRange> {
    for (const { key, least, most, begun } of this.#groups.values())
      if (most >= least) yield { group: key, least, most, begun };
  }

  /** One report per stretch in which the condition holds, not one per event. */
  #judge(group: Group): CorrelationHit | undefined {
    const { correlation } = this;
    const value = this.#measure(group);
    const reached = correlation.expression ? this.#agrees(correlation.expression, group) : this.#reached(value);
    // A stretch that held before events of one time and holds after them has not ended in between.
    const begins = reached && !group.active && !group.before;
    group.active = reached;
    group.least = Math.min(group.least, value);
    group.most = Math.max(group.most, value);
    if (!begins) return undefined;
    group.begun++;
    const inside = group.entries.slice(group.head);
    return {
      correlation,
      group: group.key,
      first: inside[0]!.time,
      time: inside.at(-1)!.time,
      value,
      events: inside.slice(-50).map(({ event }) => event),
    };
  }

  #slide(group: Group, now: number): void {
    const { entries } = group;
    const oldest = now - this.correlation.timespan;
    while (group.head < entries.length && entries[group.head]!.time < oldest) group.head++;
    if (entries.length - group.head > MAX_PER_GROUP) group.head = entries.length - MAX_PER_GROUP;
    if (group.head > 1024 && group.head > entries.length / 2) {
      entries.splice(0, group.head);
      group.head = 0;
    }
  }

  #measure(group: Group): number {
    const { entries, head } = group;
    const count = entries.length - head;
    switch (this.correlation.type) {
      case 'event_count':
        return count;
      case 'value_count': {
        const distinct = new Set<string>();
        for (let i = head; i < entries.length; i++) distinct.add(entries[i]!.values);
        return distinct.size;
      }
      case 'temporal': {
        const seen = new Set<number>();
        for (let i = head; i < entries.length; i++) seen.add(entries[i]!.rule);
        return seen.size;
      }
      case 'temporal_ordered': {
        // Longest prefix of the rule list that occurs in this order; events of one time stand in any.
        let reached = 0;
        for (let i = head; i < entries.length; ) {
          const together = new Set<number>();
          const { time } = entries[i]!;
          for (; i < entries.length && entries[i]!.time === time; i++) together.add(entries[i]!.rule);
          while (together.has(reached)) reached++;
        }
        return reached;
      }
      case 'value_sum':
      case 'value_avg': {
        let sum = 0;
        for (let i = head; i < entries.length; i++) sum += entries[i]!.number;
        return this.correlation.type === 'value_sum' ? sum : sum / count;
      }
      default: {
        const share = this.correlation.type === 'value_median' ? 0.5 : this.correlation.percentile / 100;
        const numbers = entries
          .slice(head)
          .map(({ number }) => number)
          .sort((a, b) => a - b);
        return numbers[Math.max(0, Math.ceil(share * numbers.length) - 1)]!;
      }
    }
  }

  /** Whether the rules that matched inside the window are those that a condition in words asks for. */
  #agrees(expression: Condition, group: Group): boolean {
    const seen = new Set<string>();
    for (let i = group.head; i < group.entries.length; i++) seen.add(this.correlation.rules[group.entries[i]!.rule]!);
    return evaluate(expression, (name) => seen.has(name));
  }

  #reached(value: number): boolean {
    const { rules, conditions } = this.correlation;
    if (Number.isNaN(value)) return false;
    if (conditions.length === 0) return value >= rules.length;
    return conditions.every(({ operator, value: wanted }) => holds(operator, value, wanted));
  }

  #forgetOld(now: number): void {
    for (const [id, group] of this.#groups) {
      const last = group.entries.at(-1);
      if (!last || last.time < now - this.correlation.timespan) this.#groups.delete(id);
    }
    // Still full: the oldest groups go, which only a flood of distinct keys can cause.
    for (const id of this.#groups.keys()) {
      if (this.#groups.size < MAX_GROUPS * 0.9) break;
      this.#groups.delete(id);
    }
  }
}
