/** YAML that is cheap to write and dear to parse is known before it is parsed; what is not read is said. */
import { describe, expect, it } from 'vitest';
import { readProject } from '../src/cli/project/config.ts';
import { readData } from '../src/evidence/facts/settings.ts';
import { parseSigma } from '../src/logs/sigma/parse.ts';
import { readWaivers } from '../src/policy/waivers.ts';
import { endOfValues, yamlRefusal } from '../src/yaml-bounds.ts';

const read = (text: string, format = 'yaml') =>
  readData({ file: 'f', format, text, lines: [] } as unknown as Parameters<typeof readData>[0]);

it.each([
  ['closing brackets', `a: b\n${']'.repeat(500_000)}\n`, 2, 'closing brackets'],
  ['quoted texts without separators', `a: b\nx: ${'"a"'.repeat(500_000)}\n`, 2, 'quotes on one line'],
  ['anchors', `a: b\nx: ${'&a '.repeat(500_000)}\n`, 2, 'anchors, tags or aliases'],
])('%s by the hundred thousand are refused at once, with the line', (_, text, line, says) => {
  expect(read(text).problems).toEqual([{ line, what: expect.stringContaining(says) }]);
});

it('reads the first values of a text that has millions, and says so instead of calling it not valid', () => {
  const flow = read(`gateway:\n  port: 8443\nitems: [${'a,'.repeat(2_000_000)}b]\n`);
  expect(flow.settings).toEqual([expect.objectContaining({ key: 'gateway.port', value: '8443', line: 2 })]);
  expect(flow.problems).toEqual([{ line: 2, what: expect.stringContaining('more than 100000 values') }]);

  const block = read(`port: 8443\nlist:\n${'- a: 1\n'.repeat(400_000)}`);
  expect(block.settings[0]).toMatchObject({ key: 'port', value: '8443' });
  expect(block.problems.map(({ what }) => what)).toEqual([
    'more than 100000 values; only those up to this line were read',
    'more than 20000 settings; the rest was not read',
  ]);

  const json = read(`[\n${'{"a": 1},\n'.repeat(400_000)}{"a": 1}]`, 'json');
  expect(json.problems.map(({ what }) => what).join()).not.toContain('not valid');
});

it('has nothing to say about what people write', () => {
  const text = `# Gateway\nbase: &base { retries: 3, hosts: [a, b] }\nlive:\n  <<: *base\n  text: "it's \\"so\\""\n  type: !!str 12\n`;
  expect(read(text).problems).toEqual([]);
  expect(endOfValues(text, 100)).toBeUndefined();
  expect(read(`${'key: value # note\n'.repeat(1000)}`).problems).toEqual([]);
});

describe('a file that a person wrote', () => {
  it.each([
    ['stray brackets', `a: 1\n${']'.repeat(200_000)}`],
    ['quotes', `a: 1\n${"''".repeat(100_000)}`],
    ['anchors', `a: 1\nb: ${Array.from({ length: 50_000 }, (_, i) => `&a${i}`).join(' ')} 1\n`],
    ['values', `a: [${'1,'.repeat(150_000)}1]\n`],
    ['nesting', `a: ${'['.repeat(5000)}\n`],
  ])('is refused with its line where %s would stop its parser', (_, text) => {
    const began = process.cpuUsage().user;
    expect(yamlRefusal(text)?.line).toBeGreaterThan(0);
    expect(readWaivers(text, 'w.yaml').problems).toHaveLength(1);
    expect(readProject(text, 'p.yaml').problems).toHaveLength(1);
    expect(parseSigma(text, 's.yaml').problems.length).toBeGreaterThan(0);
    expect(process.cpuUsage().user - began).toBeLessThan(3_000_000);
  });

  it('is taken as it is otherwise', () => {
    expect(yamlRefusal('waivers:\n  - finding: a\n    reason: "it\'s so, [really]"\n')).toBeUndefined();
  });
});
