import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlaceholders } from '../../../src/cli/logs/sigma.ts';
import { explainRule } from '../../../src/cli/logs/why.ts';
import { sigmaEngine } from '../../../src/logs/sigma/index.ts';

const built = existsSync(new URL('../../../dist/knowledge/lexicon.json', import.meta.url));
let folder: string;
const rule = (): string => join(folder, 'rule.yml');
const log = (): string => join(folder, 'access.log');
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymedic-why-'));
  writeFileSync(
    rule(),
    'title: Shell upload\nauthor: A. Person\nlogsource: {category: webserver}\ndetection:\n  path: {cs-uri-stem|endswith: .php}\n  verb: {cs-method: POST}\n  cookie: {cs-cookie|contains: x}\n  condition: path and verb and not cookie\n',
  );
  writeFileSync(
    log(),
    '10.1.1.1 - - [12/Sep/2026:10:00:00 +0000] "GET /a.php HTTP/1.1" 200 5 "-" "x"\n10.1.1.1 - - [12/Sep/2026:10:00:01 +0000] "POST /a.php HTTP/1.1" 200 5 "-" "x"\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!built)('paymedic logs why (needs the compiled knowledge: npm run build)', () => {
  it('says for one line which part failed and what stood there', async () => {
    const text = await explainRule(rule(), [log()], { line: '1' });
    expect(text).toContain('by A. Person');
    expect(text).toContain('line 1 does not match');
    expect(text).toMatch(/fails {2}verb {2}cs-method "POST"\n\s+stood there: GET/);
  });

  it('says over all lines how often each part held and which never can', async () => {
    const text = await explainRule(rule(), [log()], {});
    expect(text).toContain("2 events, 2 of the rule's log source, 1 match");
    expect(text).toMatch(/0× {2}cookie .*\(no event has this field\)/);
  });

  it('says what each group of a correlation came to, with rules of other files of the folder, and keeps the licence', async () => {
    const rules = join(folder, 'rules');
    mkdirSync(rules);
    writeFileSync(
      join(rules, 'base.yml'),
      'title: Refused login\nname: refused_login\nauthor: A. Person\nlicense: MIT\nlogsource: {category: webserver}\ndetection:\n  login: {cs-uri-stem: /login, sc-status: 401}\n  condition: login\n',
    );
    writeFileSync(
      join(rules, 'guessing.yml'),
      'title: Guessing\nauthor: B. Person\nlicense: DRL 1.1\ncorrelation:\n  type: event_count\n  rules: [refused_login]\n  group-by: [c-ip]\n  timespan: 1m\n  condition: {gte: 5}\n',
    );
    const file = join(folder, 'login.log');
    const line = (client: string, second: number): string =>
      `${client} - - [12/Sep/2026:10:00:${String(second).padStart(2, '0')} +0000] "POST /login HTTP/1.1" 401 5 "-" "x"\n`;
    const all = [0, 5, 10, 15, 20, 25].map((second) => line('198.51.100.7', second));
    writeFileSync(file, [...all, line('198.51.100.8', 40), line('198.51.100.8', 50)].join(''));
    const text = await explainRule(join(rules, 'guessing.yml'), [file], {});
    expect(text).toContain('Refused login, by A. Person, MIT');
    expect(text).toContain('Guessing, by B. Person, DRL 1.1');
    expect(text).toContain('event_count of refused_login by c-ip within 60 s; wanted: >= 5\n2 groups, 1 fires\n');
    expect(text).toMatch(
      /\n {2}fires {2}c-ip=198\.51\.100\.7: 1 to 6\n {2}does not fire {2}c-ip=198\.51\.100\.8: 1 to 2\n/,
    );
    expect(await explainRule(join(rules, 'guessing.yml'), [log()], {})).toContain('0 groups, 0 fire\nNothing to count');
  });

  it('says what is wrong with its arguments', async () => {
    await expect(explainRule(rule(), [log()], { line: '9' })).rejects.toThrow('no event begins there');
    await expect(explainRule(rule(), [log()], { line: 'x' })).rejects.toThrow('a number from 1 is wanted');
    await expect(explainRule(join(folder, 'none.yml'), [log()], {})).rejects.toThrow('ENOENT');
  });
});

describe('placeholders from a file', () => {
  it('takes lists and single values, with or without the signs', () => {
    const file = join(folder, 'p.yml');
    writeFileSync(file, '"%admins%": [alice, bob]\nhosts: web1\n');
    expect(readPlaceholders(file)).toEqual({ admins: ['alice', 'bob'], hosts: ['web1'] });
    writeFileSync(file, '- a\n');
    expect(() => readPlaceholders(file)).toThrow('is no mapping');
  });
});

describe('temporal correlations with a condition in words', () => {
  const content = (condition: string, type = 'temporal'): string =>
    `title: A\nname: a\nlogsource: {category: application}\ndetection: {s: {message: a}, condition: s}\n---\ntitle: B\nname: b\nlogsource: {category: application}\ndetection: {s: {message: b}, condition: s}\n---\ntitle: C\nname: c\nlogsource: {category: application}\ndetection: {s: {message: c}, condition: s}\n---\ntitle: Corr\ncorrelation: {type: ${type}, rules: [a, b, c], timespan: 1m, condition: ${condition}}\n`;
  const fire = (condition: string, ...messages: string[]): number => {
    const engine = sigmaEngine([{ file: 'c.yml', content: content(condition) }]);
    expect(engine.problems).toEqual([]);
    const hits = messages.flatMap((message, i) => engine.feed({ time: i * 1000, fields: { message } }));
    return [...hits, ...engine.settle()].filter((hit) => hit.rule.title === 'Corr').length;
  };

  it('asks for what must and must not have matched', () => {
    expect(fire('a and b', 'a', 'b')).toBe(1);
    expect(fire('a and b', 'a', 'c')).toBe(0);
    expect(fire('a and not c', 'c', 'a')).toBe(0);
    expect(fire('a and not c', 'b', 'a')).toBe(1);
    expect(fire('a and (b or c)', 'c', 'a')).toBe(1);
  });

  it('is refused for an order, and for rules it does not name', () => {
    expect(
      sigmaEngine([{ file: 'c.yml', content: content('a and b', 'temporal_ordered') }]).problems[0]!.what,
    ).toContain('has no order');
    expect(sigmaEngine([{ file: 'c.yml', content: content('a and x') }]).problems[0]!.what).toContain('names x');
  });
});
