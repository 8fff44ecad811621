/**
 * Correlations beside a second reading of the specification (sigma-correlation-rules-specification, 2.1 and the 2.2 branch): at every
 * time of an event, all events of the group inside the span before it are looked at afresh. It shares nothing with the engine.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sigmaEngine } from '../../../src/logs/sigma/index.ts';

interface Row {
  time: number;
  r: 'a' | 'b' | 'c';
  fields: { [name: string]: string | number };
}
type Comparison = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq';
interface Correlation {
  type: string;
  rules: Row['r'][];
  groupBy: ('ip' | 'user' | 'who')[];
  /** Seconds. */
  span: number;
  conditions: [Comparison, number][];
  percentile: number;
  generate: boolean;
}
interface Hit {
  time: number;
  group: string;
}

/** `who` is an alias: the source address of rule a, the client of b and c. */
const nameIn = (rule: Row['r'], field: string): string => (field === 'who' ? (rule === 'a' ? 'src' : 'client') : field);
const holds: { readonly [name in Comparison]: (actual: number, wanted: number) => boolean } = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
};

function measured({ type, rules, percentile }: Correlation, inside: Row[]): number {
  const numbers = inside.map(({ fields }) => Number(fields.n)).sort((x, y) => x - y);
  const sum = numbers.reduce((total, number) => total + number, 0);
  switch (type) {
    case 'event_count':
      return inside.length;
    case 'value_count':
      return new Set(inside.map(({ fields }) => fields.n)).size;
    case 'value_sum':
      return sum;
    case 'value_avg':
      return sum / inside.length;
    case 'value_percentile':
      return numbers[Math.max(1, Math.ceil((percentile / 100) * numbers.length)) - 1]!;
    case 'temporal':
      return rules.filter((rule) => inside.some(({ r }) => r === rule)).length;
    default: {
      // The earliest time each rule can have after the one before it; events of one time stand in any order.
      let after = Number.NEGATIVE_INFINITY;
      for (const [place, rule] of rules.entries()) {
        const times = inside.filter(({ r, time }) => r === rule && time >= after).map(({ time }) => time);
        if (times.length === 0) return place;
        after = Math.min(...times);
      }
      return rules.length;
    }
  }
}

function expected(correlation: Correlation, rows: readonly Row[]): Hit[] {
  const { rules, groupBy, span, conditions, type } = correlation;
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    if (!rules.includes(row.r)) continue;
    const values = groupBy.map((field) => row.fields[nameIn(row.r, field)]);
    if (values.includes(undefined) || (type.startsWith('value_') && row.fields.n === undefined)) continue;
    // Only the count of values takes what is no number.
    if (/^value_(?!count)/.test(type) && !/\d/.test(String(row.fields.n))) continue;
    const group = values.join('|');
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const hits: Hit[] = [];
  for (const [group, members] of groups) {
    let before = false;
    for (const time of [...new Set(members.map((row) => row.time))].sort((x, y) => x - y)) {
      const inside = members.filter((row) => row.time <= time && row.time >= time - span);
      const value = measured(correlation, inside);
      const reached =
        conditions.length === 0
          ? value >= rules.length
          : conditions.every(([comparison, wanted]) => holds[comparison](value, wanted));
      if (reached && !before) hits.push({ time, group });
      before = reached;
    }
  }
  return hits;
}

const rule = (name: string): string =>
  `title: ${name}\nname: ${name}\nlogsource: {category: test}\ndetection: {s: {r: ${name}}, condition: s}\n`;

function documents({ type, rules, groupBy, span, conditions, percentile, generate }: Correlation): string {
  const condition = [
    ...conditions.map(([comparison, wanted]) => `${comparison}: ${wanted}`),
    ...(type.startsWith('value_') ? ['field: n'] : []),
    ...(type === 'value_percentile' ? [`percentile: ${percentile}`] : []),
  ];
  return [
    ...['a', 'b', 'c'].map(rule),
    [
      'title: many\nname: many\ncorrelation:',
      `type: ${type}`,
      `rules: [${rules}]`,
      `group-by: [${groupBy}]`,
      ...(groupBy.includes('who') ? ['aliases: {who: {a: src, b: client, c: client}}'] : []),
      `timespan: ${span}s`,
      `generate: ${generate}`,
      ...(condition.length > 0 ? [`condition: {${condition.join(', ')}}`] : []),
    ].join('\n  '),
  ].join('\n---\n');
}

function found(content: string, rows: readonly Row[]): { [title: string]: Hit[] } {
  const engine = sigmaEngine([{ file: 'c.yml', content }]);
  expect(engine.problems).toEqual([]);
  const hits = rows.flatMap(({ time, r, fields }) => engine.feed({ time: time * 1000, fields: { ...fields, r } }));
  const byTitle: { [title: string]: Hit[] } = {};
  for (const { rule: meta, event, correlation } of [...hits, ...engine.settle()]) {
    byTitle[meta.title] ??= [];
    byTitle[meta.title]!.push({
      time: event.time / 1000,
      group: correlation ? Object.values(correlation.group).join('|') : '',
    });
  }
  return byTitle;
}

const sorted = (hits: readonly Hit[] = []): Hit[] =>
  hits.toSorted((x, y) => x.time - y.time || (x.group < y.group ? -1 : 1));
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(values, { nil: undefined, freq: 6 });
const event = fc
  .record({
    time: fc.integer({ min: 0, max: 40 }),
    r: fc.constantFrom('a' as const, 'b' as const, 'c' as const),
    ip: maybe(fc.constantFrom('1', '2')),
    user: maybe(fc.constantFrom('x', 'y')),
    src: maybe(fc.constantFrom('1', '2')),
    client: maybe(fc.constantFrom('1', '2')),
    n: maybe(fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -2, max: 6 }) }, fc.constantFrom('-', '', '2'))),
  })
  .map(
    ({ time, r, ...fields }): Row => ({
      time,
      r,
      fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Row['fields'],
    }),
  );
const events = fc.array(event, { maxLength: 40 }).map((rows) => rows.toSorted((x, y) => x.time - y.time));
const comparison = fc.constantFrom<Comparison>('gt', 'gte', 'lt', 'lte', 'eq', 'neq');
const correlations = (types: string[]): fc.Arbitrary<Correlation> =>
  fc
    .record({
      type: fc.constantFrom(...types),
      rules: fc.uniqueArray(fc.constantFrom('a' as const, 'b' as const, 'c' as const), { minLength: 1 }),
      groupBy: fc.constantFrom<Correlation['groupBy']>([], ['ip'], ['ip', 'user'], ['who']),
      span: fc.integer({ min: 1, max: 15 }),
      conditions: fc.array(fc.tuple(comparison, fc.integer({ min: 0, max: 6 })), { minLength: 1, maxLength: 2 }),
      percentile: fc.constantFrom(1, 50, 75, 90, 100),
      generate: fc.boolean(),
    })
    .map((one) => ({
      ...one,
      // One key each; YAML keeps the last of two that are alike.
      conditions: [...new Map(one.conditions)],
    }));
const TYPES = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_percentile',
  'temporal',
  'temporal_ordered',
];

describe('correlations beside a second reading of the specification', () => {
  it.each(TYPES)('%s', (type) => {
    fc.assert(
      fc.property(correlations([type]), events, fc.boolean(), (drawn, rows, plain) => {
        const correlation = plain && type.startsWith('temporal') ? { ...drawn, conditions: [] } : drawn;
        const hits = found(documents(correlation), rows);
        expect(sorted(hits.many)).toEqual(sorted(expected(correlation, rows)));
        // Rules that are referred to report only where `generate` says so.
        for (const name of ['a', 'b', 'c'] as const) {
          const silent = correlation.rules.includes(name) && !correlation.generate;
          expect(hits[name]?.length ?? 0).toBe(silent ? 0 : rows.filter(({ r }) => r === name).length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('chains, with groups of their own', () => {
    fc.assert(
      fc.property(
        correlations(TYPES),
        events,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 3 }),
        (inner, rows, span, least) => {
          fc.pre(inner.groupBy.length === 2);
          const content = `${documents(inner)}\n---\ntitle: outer\ncorrelation: {type: event_count, rules: [many], group-by: [user], timespan: ${span}s, condition: {gte: ${least}}}`;
          const occurrences = expected(inner, rows).map(
            ({ time, group }): Row => ({ time, r: 'a', fields: { user: group.split('|')[1]! } }),
          );
          const outer = { ...inner, type: 'event_count', rules: ['a' as const], groupBy: ['user' as const], span };
          const wanted = expected({ ...outer, conditions: [['gte', least]] }, occurrences);
          expect(sorted(found(content, rows).outer)).toEqual(sorted(wanted));
        },
      ),
      { numRuns: 100 },
    );
  });
});
