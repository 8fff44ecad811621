import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SigmaEvent, sigmaEngine } from '../../../src/logs/sigma/index.ts';
import { matchParts, parseWildcards } from '../../../src/logs/sigma/values.ts';

const rule = (detection: string, extra = ''): string =>
  `title: t\nid: r1\nlogsource: {category: test}\n${extra}\ndetection:\n${detection.replace(/^/gm, '  ')}\n`;
const event = (fields: SigmaEvent['fields'], time = 0, text?: string): SigmaEvent => ({
  time,
  fields,
  ...(text === undefined ? {} : { text }),
});

/** Whether a rule fires on an event. */
function fires(detection: string, fields: SigmaEvent['fields'], text?: string): boolean {
  const engine = sigmaEngine([{ file: 'r.yml', content: rule(detection) }]);
  expect(engine.problems).toEqual([]);
  return engine.feed(event(fields, 0, text)).length > 0;
}

const selection = (body: string): string => `selection:\n  ${body}\ncondition: selection`;

describe('values', () => {
  it.each([
    ['equality ignores case', selection("Image: 'C:\\Windows\\CMD.exe'"), { Image: 'c:\\windows\\cmd.EXE' }, true],
    ['equality is of the whole value', selection("Image: 'cmd'"), { Image: 'cmd.exe' }, false],
    ['cased', selection("Image|cased: 'cmd'"), { Image: 'CMD' }, false],
    ['star', selection("Image: '*\\cmd.exe'"), { Image: 'C:\\x\\cmd.exe' }, true],
    ['question mark is exactly one', selection("Image: 'prog?.exe'"), { Image: 'prog.exe' }, false],
    ['escaped star', selection("Q: 'a\\*b'"), { Q: 'a*b' }, true],
    ['escaped star is no wildcard', selection("Q: 'a\\*b'"), { Q: 'axxb' }, false],
    ['backslash before a wildcard', selection("Q: 'a\\\\*'"), { Q: 'a\\xyz' }, true],
    ['middle star', selection("Q: 'a*c'"), { Q: 'abbbc' }, true],
    ['middle star, no end', selection("Q: 'a*c'"), { Q: 'abbbd' }, false],
    ['contains', selection("Q|contains: 'union select'"), { Q: 'id=1 UNION SELECT 2' }, true],
    ['contains all', selection("Q|contains|all: ['a', 'b']"), { Q: 'xbxa' }, true],
    ['contains all, one missing', selection("Q|contains|all: ['a', 'c']"), { Q: 'xbxa' }, false],
    ['list is or', selection('sc-status: [500, 502]'), { 'sc-status': 502 }, true],
    ['number against text', selection('sc-status: 502'), { 'sc-status': '502' }, true],
    ['null means absent', selection('Q: null'), {}, true],
    ['null is not empty text', selection('Q: null'), { Q: '' }, false],
    ['empty text is not absent', selection("Q: ''"), {}, false],
    ['exists', selection('Q|exists: true'), { Q: '' }, true],
    ['exists no', selection('Q|exists: false'), { Q: 'x' }, false],
    ['gte', selection('n|gte: 10'), { n: '10' }, true],
    ['lt on text', selection('n|lt: 10'), { n: 'abc' }, false],
    ['neq', selection("n|neq: '00'"), { n: '05' }, true],
    ['neq a list is none of them', selection("n|neq: ['00', '05']"), { n: '05' }, false],
    ['cidr', selection('ip|cidr: 10.0.0.0/8'), { ip: '10.9.8.7' }, true],
    ['cidr of the other family', selection('ip|cidr: 10.0.0.0/8'), { ip: '2001:db8::1' }, false],
    ['cidr v6', selection("ip|cidr: '2001:db8::/32'"), { ip: '2001:db8:1::9' }, true],
    ['re is unanchored and cased', selection("q|re: 'a{2,3}b'"), { q: 'xxaab' }, true],
    ['re cased', selection("q|re: 'AB'"), { q: 'ab' }, false],
    ['re with i', selection("q|re|i: 'AB'"), { q: 'xabx' }, true],
    ['windash', selection("c|contains|windash: ' -s'"), { c: 'dir /s' }, true],
    ['windash, each dash by itself', selection("c|contains|windash: ' -s -i cmd'"), { c: 'x /s \u2014i cmd' }, true],
    ['windash, a dash within a word', selection("c|contains|windash: 'a-b'"), { c: 'a/b' }, false],
    [
      'windash before an encoding',
      selection("c|windash|base64offset|contains: ' -f'"),
      { c: Buffer.from('x /f').toString('base64') },
      true,
    ],
    ['a number with leading zeros', selection('c|contains: 00000429'), { c: 'x00000429' }, true],
    ['its end alone', selection('c|contains: 00000429'), { c: '429' }, false],
    ['windash, en dash', selection("c|contains|windash: ' -s'"), { c: 'dir \u2013s' }, true],
    ['base64', selection("c|base64|contains: 'foobar'"), { c: 'x Zm9vYmFy y' }, true],
    [
      'base64offset',
      selection("c|base64offset|contains: 'http://'"),
      { c: Buffer.from('go to http://x').toString('base64') },
      true,
    ],
    [
      'wide base64',
      selection("c|wide|base64offset|contains: 'ping'"),
      { c: Buffer.from('a ping b', 'utf16le').toString('base64') },
      true,
    ],
    ['fieldref', selection('a|fieldref: b'), { a: 'X', b: 'x' }, true],
    ['fieldref neq', selection('a|fieldref|neq: b'), { a: 'X', b: 'y' }, true],
    ['time part', selection('t|hour|gte: 22'), { t: '2026-09-12T23:10:00Z' }, true],
  ])('%s', (_, detection, fields, expected) => {
    expect(fires(detection, fields)).toBe(expected);
  });

  it('searches keywords in the whole text', () => {
    expect(
      fires("keywords:\n  - 'Deadlock found'\n  - 'union'\ncondition: keywords", {}, 'ERROR deadlock FOUND when'),
    ).toBe(true);
    expect(fires("keywords:\n  '|all':\n    - 'a1'\n    - 'b2'\ncondition: keywords", {}, 'b2 only')).toBe(false);
  });

  it('matches wildcards as a naive matcher does', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, text) => {
        const naive = new RegExp(
          `^${[...pattern].map((c) => (c === '*' ? '.*' : c === '?' ? '.' : c)).join('')}$`,
          's',
        );
        expect(matchParts(parseWildcards(pattern), text)).toBe(naive.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('runs a catastrophic pattern in linear time', () => {
    const started = performance.now();
    expect(fires(selection("q|re: '(a+)+$'"), { q: `${'a'.repeat(5000)}!` })).toBe(false);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('conditions', () => {
  const parts = 'a: {x: 1}\nb: {x: 2}\n_c: {x: 3}\nfilter_1: {y: 1}\nfilter_2: {y: 2}\n';
  it.each([
    ['a or b and filter_1', { x: 1 }, true],
    ['(a or b) and filter_1', { x: 1 }, false],
    ['not a and b', { x: 2 }, true],
    ['not (a or b)', { x: 9 }, true],
    ['1 of them', { x: 3 }, false],
    ['1 of filter_*', { y: 2 }, true],
    ['all of filter_*', { y: 2 }, false],
    ['a and not 1 of filter_*', { x: 1, y: 1 }, false],
    ['a AND NOT 1 OF filter_*', { x: 1 }, true],
  ])('%s', (condition, fields, expected) => {
    expect(fires(`${parts}condition: ${condition}`, fields)).toBe(expected);
  });

  it('takes a list of conditions as alternatives', () => {
    expect(fires(`${parts}condition:\n  - a and filter_1\n  - b`, { x: 2 })).toBe(true);
  });

  it.each([
    ['nothing and', 'which the detection does not define'],
    ['a and', 'ends too early'],
    ['(a', 'not closed'],
    ['1 of none*', 'no search identifier fits'],
    ['a | count() > 5', 'obsolete'],
  ])('rejects %s', (condition, what) => {
    const { problems } = sigmaEngine([{ file: 'r.yml', content: rule(`${parts}condition: "${condition}"`) }]);
    expect(problems[0]!.what).toContain(what);
  });

  it('rejects placeholders that have no value, as the specification asks', () => {
    const content = rule(selection("u|expand: '%admins%'"));
    expect(sigmaEngine([{ file: 'r.yml', content }]).problems[0]!.what).toContain('%admins%');
    expect(sigmaEngine([{ file: 'r.yml', content }], { admins: ['root'] }).feed(event({ u: 'ROOT' }))).toHaveLength(1);
  });
});

describe('filters', () => {
  const base = rule(selection('EventID: 1'));
  const filter = (condition: string, rules = '[r1]'): string =>
    `title: f\nlogsource: {category: test}\nfilter:\n  rules: ${rules}\n  adm: {User|startswith: adm_}\n  condition: ${condition}\n`;
  it.each([
    ['adm', '[r1]', 'adm_x', false],
    ['adm', '[r1]', 'eve', true],
    ['not adm', '[r1]', 'adm_x', false],
    ['not adm', 'any', 'adm_x', false],
    ['adm', '[other]', 'adm_x', true],
  ])('%s on %s lets %s through: %s', (condition, rules, User, through) => {
    const engine = sigmaEngine([
      { file: 'a', content: base },
      { file: 'b', content: filter(condition, rules) },
    ]);
    expect(engine.feed(event({ EventID: 1, User })).length > 0).toBe(through);
  });
});

describe('correlations', () => {
  const failed = 'title: failed\nname: failed\nlogsource: {category: test}\ndetection: {s: {r: fail}, condition: s}\n';
  const ok = 'title: ok\nname: ok\nlogsource: {category: test}\ndetection: {s: {r: ok}, condition: s}\n';
  const build = (...documents: string[]) => {
    const engine = sigmaEngine([{ file: 'c.yml', content: documents.join('---\n') }]);
    expect(engine.problems).toEqual([]);
    return (events: [number, SigmaEvent['fields']][]) =>
      [...events.flatMap(([seconds, fields]) => engine.feed(event(fields, seconds * 1000))), ...engine.settle()].map(
        (hit) => ({
          title: hit.rule.title,
          at: hit.event.time / 1000,
          value: hit.correlation?.value,
          group: hit.correlation?.group,
        }),
      );
  };
  const correlation = (body: string): string =>
    `title: many\nname: many\nauthor: me\ncorrelation:\n${body.replace(/^/gm, '  ')}\n`;

  it('counts events in a window that slides over minute boundaries', () => {
    const run = build(
      failed,
      correlation('type: event_count\nrules: [failed]\ngroup-by: [ip]\ntimespan: 60s\ncondition: {gte: 3}'),
    );
    expect(
      run([
        [50, { r: 'fail', ip: 'a' }],
        [70, { r: 'fail', ip: 'a' }],
        [100, { r: 'fail', ip: 'a' }],
      ]),
    ).toEqual([{ title: 'many', at: 100, value: 3, group: { ip: 'a' } }]);
  });

  it('does not count longer than the timespan, nor across groups', () => {
    const run = build(
      failed,
      correlation('type: event_count\nrules: [failed]\ngroup-by: [ip]\ntimespan: 60s\ncondition: {gte: 3}'),
    );
    expect(
      run([
        [0, { r: 'fail', ip: 'a' }],
        [61, { r: 'fail', ip: 'a' }],
        [62, { r: 'fail', ip: 'b' }],
        [63, { r: 'fail', ip: 'a' }],
      ]),
    ).toEqual([]);
  });

  it('keeps base rules silent unless told to generate', () => {
    const body = 'type: event_count\nrules: [failed]\ngroup-by: [ip]\ntimespan: 60s\ncondition: {gte: 2}';
    expect(build(failed, correlation(body))([[0, { r: 'fail', ip: 'a' }]])).toEqual([]);
    expect(
      build(failed, correlation(`${body}\ngenerate: true`))([[0, { r: 'fail', ip: 'a' }]]).map(({ title }) => title),
    ).toEqual(['failed']);
  });

  it('counts distinct values, over several fields together', () => {
    const run = build(
      failed,
      correlation(
        'type: value_count\nrules: [failed]\ngroup-by: [ip]\ntimespan: 5m\ncondition: {field: [user, host], gte: 3}',
      ),
    );
    const at = (user: string, host: string): SigmaEvent['fields'] => ({ r: 'fail', ip: 'a', user, host });
    expect(
      run([
        [1, at('u', 'h')],
        [2, at('u', 'h')],
        [3, at('u', 'i')],
        [4, at('v', 'h')],
      ]),
    ).toEqual([{ title: 'many', at: 4, value: 3, group: { ip: 'a' } }]);
  });

  it('takes ranges and fractions as conditions', () => {
    const run = build(
      failed,
      correlation(
        'type: value_avg\nrules: [failed]\ngroup-by: [ip]\ntimespan: 5m\ncondition: {field: n, gt: 0.5, lte: 0.9}',
      ),
    );
    expect(
      run([
        [1, { r: 'fail', ip: 'a', n: 0.4 }],
        [2, { r: 'fail', ip: 'a', n: 1.2 }],
      ]),
    ).toEqual([{ title: 'many', at: 2, value: 0.8, group: { ip: 'a' } }]);
  });

  it('takes events of one time together, whatever their order', () => {
    const exactly = correlation('type: event_count\nrules: [failed]\ntimespan: 10s\ncondition: {eq: 2}');
    const at = (...seconds: number[]): [number, SigmaEvent['fields']][] =>
      seconds.map((second) => [second, { r: 'fail' }]);
    expect(build(failed, exactly)(at(1, 1, 1))).toEqual([]);
    expect(build(failed, exactly)(at(1, 2)).map(({ at: when }) => when)).toEqual([2]);
    const ordered = correlation('type: temporal_ordered\nrules: [failed, ok]\ntimespan: 10s');
    expect(
      build(
        failed,
        ok,
        ordered,
      )([
        [1, { r: 'ok' }],
        [1, { r: 'fail' }],
      ]),
    ).toHaveLength(1);
    expect(
      build(
        failed,
        ok,
        ordered,
      )([
        [1, { r: 'ok' }],
        [2, { r: 'fail' }],
      ]),
    ).toEqual([]);
  });

  it.each([['-'], [''], ['n/a'], [true]])('calculates with numbers alone: %s says nothing', (odd) => {
    const run = build(
      failed,
      correlation('type: value_sum\nrules: [failed]\ngroup-by: [ip]\ntimespan: 5m\ncondition: {field: n, gte: 10}'),
    );
    const hits = run([
      [0, { r: 'fail', ip: 'a', n: '6' }],
      [1, { r: 'fail', ip: 'a', n: odd }],
      [2, { r: 'fail', ip: 'a', n: 4 }],
    ]);
    expect(hits.map(({ value }) => value)).toEqual([10]);
  });

  it('sums and takes percentiles by nearest rank', () => {
    const sum = build(
      failed,
      correlation('type: value_sum\nrules: [failed]\ngroup-by: [ip]\ntimespan: 5m\ncondition: {field: n, gt: 10}'),
    );
    expect(
      sum([
        [1, { r: 'fail', ip: 'a', n: 6 }],
        [2, { r: 'fail', ip: 'a', n: '5' }],
      ])[0]!.value,
    ).toBe(11);
    const percentile = build(
      failed,
      correlation(
        'type: value_percentile\nrules: [failed]\ngroup-by: [ip]\ntimespan: 5m\ncondition: {field: n, percentile: 50, gte: 5}',
      ),
    );
    expect(
      percentile([
        [1, { r: 'fail', ip: 'a', n: 1 }],
        [2, { r: 'fail', ip: 'a', n: 9 }],
        [3, { r: 'fail', ip: 'a', n: 5 }],
      ])[0],
    ).toMatchObject({ at: 3, value: 5 });
  });

  it('temporal needs all rules, in one group', () => {
    const run = build(failed, ok, correlation('type: temporal\nrules: [failed, ok]\ngroup-by: [ip]\ntimespan: 60s'));
    expect(
      run([
        [1, { r: 'ok', ip: 'a' }],
        [2, { r: 'fail', ip: 'b' }],
        [3, { r: 'fail', ip: 'a' }],
      ]),
    ).toEqual([{ title: 'many', at: 3, value: 2, group: { ip: 'a' } }]);
  });

  it('temporal_ordered checks the order of all, not only of the first pair', () => {
    const third = 'title: third\nname: third\nlogsource: {category: test}\ndetection: {s: {r: third}, condition: s}\n';
    const body = correlation('type: temporal_ordered\nrules: [failed, ok, third]\ngroup-by: [ip]\ntimespan: 60s');
    expect(
      build(
        failed,
        ok,
        third,
        body,
      )([
        [1, { r: 'fail', ip: 'a' }],
        [2, { r: 'third', ip: 'a' }],
        [3, { r: 'ok', ip: 'a' }],
      ]),
    ).toEqual([]);
    expect(
      build(
        failed,
        ok,
        third,
        body,
      )([
        [1, { r: 'fail', ip: 'a' }],
        [2, { r: 'ok', ip: 'a' }],
        [3, { r: 'third', ip: 'a' }],
      ]),
    ).toHaveLength(1);
  });

  it('joins different fields by aliases', () => {
    const other = 'title: other\nname: other\nlogsource: {category: test}\ndetection: {s: {r: other}, condition: s}\n';
    const run = build(
      failed,
      other,
      correlation(
        'type: temporal\nrules: [failed, other]\naliases: {src: {failed: ip, other: client}}\ngroup-by: [src]\ntimespan: 60s',
      ),
    );
    expect(
      run([
        [1, { r: 'fail', ip: 'a' }],
        [2, { r: 'other', client: 'a' }],
      ]),
    ).toEqual([{ title: 'many', at: 2, value: 2, group: { src: 'a' } }]);
  });

  it('chains correlations', () => {
    const outer =
      'title: guessed\ncorrelation:\n  type: temporal_ordered\n  rules: [many, ok]\n  group-by: [ip]\n  timespan: 10m\n';
    const run = build(
      failed,
      ok,
      outer,
      correlation('type: event_count\nrules: [failed]\ngroup-by: [ip]\ntimespan: 60s\ncondition: {gte: 2}'),
    );
    expect(
      run([
        [1, { r: 'fail', ip: 'a' }],
        [2, { r: 'fail', ip: 'a' }],
        [30, { r: 'ok', ip: 'a' }],
      ]),
    ).toEqual([{ title: 'guessed', at: 30, value: 2, group: { ip: 'a' } }]);
  });

  it('leaves events without the grouping or the counted field out', () => {
    const run = build(
      failed,
      correlation(
        'type: value_count\nrules: [failed]\ngroup-by: [ip]\ntimespan: 60s\ncondition: {field: user, gte: 1}',
      ),
    );
    expect(
      run([
        [1, { r: 'fail', user: 'u' }],
        [2, { r: 'fail', ip: 'a' }],
      ]),
    ).toEqual([]);
  });

  it('reports once while the condition goes on holding', () => {
    const run = build(
      failed,
      correlation('type: event_count\nrules: [failed]\ngroup-by: [ip]\ntimespan: 60s\ncondition: {gte: 2}'),
    );
    const storm = Array.from({ length: 50 }, (_, i): [number, SigmaEvent['fields']] => [i, { r: 'fail', ip: 'a' }]);
    expect(run(storm)).toHaveLength(1);
  });
});

describe('what a hit carries', () => {
  it('keeps author, licence and level of the rule', () => {
    const engine = sigmaEngine([
      {
        file: 'r.yml',
        content: rule(selection('a: 1'), 'author: Jane\nlicense: DRL-1.1\nlevel: high\ntags: [attack.t1110]'),
      },
    ]);
    expect(engine.feed(event({ a: 1 }))[0]!.rule).toMatchObject({
      title: 't',
      author: 'Jane',
      license: 'DRL-1.1',
      level: 'high',
      tags: ['attack.t1110'],
      file: 'r.yml',
    });
  });

  it('explains why a rule did not fire', () => {
    const engine = sigmaEngine([{ file: 'r.yml', content: rule('a: {x: 1}\nb: {y|contains: z}\ncondition: a and b') }]);
    const { matches, reasons } = engine.rules[0]!.explain(event({ x: 1 }));
    expect(matches).toBe(false);
    expect(reasons.map(({ name, holds, actual }) => [name, holds, actual])).toEqual([
      ['a', true, '1'],
      ['b', false, '(no such field)'],
    ]);
  });
});
