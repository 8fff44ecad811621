// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${{ }} is the template of playbooks
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, fits, isTrue } from '../../src/playbook/evaluate.ts';
import { ExpressionError, parseExpression } from '../../src/playbook/expression.ts';
import { fill, fillText } from '../../src/playbook/template.ts';

const scope = {
  inputs: { host: 'a.example', n: 3, list: ['x', 'y'], none: null, 'with-hyphen': true },
  steps: { 'read-logs': { outcome: 'passed', output: { items: [1, 2, { deep: 'yes' }] } } },
  findings: [
    { id: 'tls/expired', priority: 'urgent' },
    { id: 'tls/name', priority: 'routine' },
    { id: 'pay/declines', priority: 'important' },
  ],
  diagnosis: [
    { cause: 'server-cert-expired', confidence: 0.9 },
    { cause: 'clock-skew', confidence: 0.3 },
  ],
};
const value = (source: string) => evaluate(parseExpression(source), scope);

describe('expressions', () => {
  it.each([
    ["inputs.host == 'a.example'", true],
    ['inputs.n >= 3 and inputs.n < 4', true],
    ['inputs.n > 2 or nonsense.here', true],
    ['not inputs.with-hyphen', false],
    ["'x' in inputs.list", true],
    ["'z' in inputs.list", false],
    ['inputs.missing', null],
    ['inputs.missing.deeper[3]', null],
    ['inputs.missing == null', true],
    ["inputs.n == '3'", false],
    ["inputs.n < 'a'", false],
    ["steps.read-logs.outcome == 'passed'", true],
    ['steps.read-logs.output.items[2].deep', 'yes'],
    ['steps.read-logs.output.items[-1].deep', 'yes'],
    ["steps['read-logs'].outcome", 'passed'],
    ['count(findings)', 3],
    ["found('tls/*')", 2],
    ["found('tls/*', 'important')", 1],
    ["found('*', 'routine')", 3],
    ["cause('server-cert-expired')", true],
    ["cause('clock-skew')", false],
    ["cause('clock-skew', 0.2)", true],
    ["cause('*-expired')", true],
    ['diagnosis[0].cause', 'server-cert-expired'],
    ["default(inputs.none, 'other')", 'other'],
    ["join(inputs.list, ', ')", 'x, y'],
    ["like('abc', 'a*c') and not like('abc', 'a*b')", true],
    ['empty([]) and empty(null) and not empty(0)', true],
    ['inputs.toString', null],
    ['inputs.constructor.constructor', null],
    ['inputs.__proto__', null],
    ["not (inputs.n == 3) or inputs.host == 'b'", false],
  ])('%s', (source, expected) => expect(value(source)).toEqual(expected));

  it.each([
    '',
    'a b',
    '(a',
    'a ==',
    "'open",
    'count(',
    'a..b',
    '1 + 1',
    'a = b',
    '[1, 2',
    `${'('.repeat(60)}1${')'.repeat(60)}`,
    `${'not '.repeat(60)}1`,
    'x'.repeat(501),
  ])('refuses %j with a place', (source) => {
    try {
      parseExpression(source);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ExpressionError);
      expect((error as ExpressionError).at).toBeLessThanOrEqual(source.length);
      expect((error as ExpressionError).suggestion).not.toBe('');
    }
  });

  it('are total: any text is refused with a place or has a value, for any data', () => {
    const word = fc.constantFrom(
      'inputs',
      'steps',
      '.',
      'a',
      '[',
      ']',
      '(',
      ')',
      'and',
      'or',
      'not',
      'in',
      '==',
      '<',
      "'x'",
      '3',
      'count',
      'found',
      'cause',
      ',',
      'null',
      '-1',
      '__proto__',
      'constructor',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
          fc.string(),
        ),
        fc.object(),
        (source, data) => {
          let expression: ReturnType<typeof parseExpression>;
          try {
            expression = parseExpression(source);
          } catch (error) {
            return error instanceof ExpressionError;
          }
          const result = evaluate(expression, { inputs: data, steps: data, findings: [data], diagnosis: data });
          return result !== undefined && typeof isTrue(result) === 'boolean';
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('match patterns with stars in time that grows with the text, not with the tries', () => {
    const began = performance.now();
    expect(fits('a'.repeat(50_000), `${'a*'.repeat(200)}b`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(500);
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (a, b) => fits(a + b, `${a.replaceAll('*', 'x')}*`) === (a + b).startsWith(a.replaceAll('*', 'x')),
      ),
    );
  });
});

describe('templates', () => {
  it('keep the type of a lone expression and make text of others', () => {
    expect(fillText('${{ inputs.list }}', scope)).toEqual(['x', 'y']);
    expect(fillText('${{ inputs.n }}', scope)).toBe(3);
    expect(fillText('port ${{ inputs.n }} of ${{ inputs.host }}${{ inputs.none }}', scope)).toBe('port 3 of a.example');
    expect(fillText("${{ join(inputs.list, '}}') }}", scope)).toBe('x}}y');
    expect(fill({ a: ['${{ inputs.n }}', 'plain'], b: { c: true } }, scope)).toEqual({
      a: [3, 'plain'],
      b: { c: true },
    });
  });
  it('are filled once: what evidence says is never read as a template', () => {
    expect(fillText('${{ inputs.host }}', { inputs: { host: '${{ inputs.secret }}' } })).toBe('${{ inputs.secret }}');
  });
});
