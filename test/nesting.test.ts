import { describe, expect, it } from 'vitest';
import { readData } from '../src/evidence/facts/settings.ts';
import { nestsDeeperThan } from '../src/nesting.ts';

describe('nesting of a text', () => {
  it('is told with its line, of brackets, marks of lists and indentation', () => {
    expect(nestsDeeperThan('a: 1\nb: [[[1]]]\n', 2)).toBe(2);
    expect(nestsDeeperThan('- - - - a\n', 3)).toBe(1);
    expect(nestsDeeperThan(`a:\n${' '.repeat(31)}b: 1\n`, 3)).toBe(2);
  });

  it('is not counted of brackets that were closed again, nor of marks on lines of their own', () => {
    expect(nestsDeeperThan('[1]\n'.repeat(500), 2)).toBeUndefined();
    expect(nestsDeeperThan('- a\n'.repeat(500), 2)).toBeUndefined();
    expect(nestsDeeperThan(']]]] }}}}', 2)).toBeUndefined();
  });
});

describe('data nested a million levels deep', () => {
  const factOf = (text: string) => ({ file: 'a.json', format: 'json', text, lines: [] }) as never;

  it('is not parsed, and that is said', () => {
    const { data, problems } = readData(factOf(`${'['.repeat(1e6)}${']'.repeat(1e6)}`));
    expect(data).toEqual([]);
    expect(problems).toEqual([{ line: 1, what: 'nested deeper than 1000 levels; not read' }]);
  });

  it('is read where it is nested as real files are', () => {
    const { settings, problems } = readData(factOf('{"a": {"b": [1, {"c": "x"}]}}'));
    expect(settings.map(({ key, value }) => `${key}=${value}`)).toEqual(['a.b.0=1', 'a.b.1.c=x']);
    expect(problems).toEqual([]);
  });
});
