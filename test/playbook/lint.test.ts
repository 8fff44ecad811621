// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are playbooks, and ${{ }} is their template
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemsAsSarif, problemsAsText } from '../../src/cli/playbook-problems.ts';
import { STEP_CATALOGUE } from '../../src/playbook/catalogue.ts';
import { type LintKnowledge, lintPlaybook } from '../../src/playbook/lint/index.ts';
import { LINT_RULES } from '../../src/playbook/lint/rules.ts';
import { parsePlaybook } from '../../src/playbook/parse.ts';
import { DEFECTS } from './defects.ts';
import { playbookOf, playbookText } from './support.ts';

const change = { uses: 'test/change', describe: 'changes', inputs: {}, mutates: true };
const any = { uses: 'test/any', describe: 'any', inputs: { password: { type: 'string', description: 'x' } } } as const;
const knowledge: LintKnowledge = {
  steps: new Map([...STEP_CATALOGUE, change, any].map((step) => [step.uses, step])),
  causes: ['server-cert-expired', 'card-testing'],
  checks: ['tls/expired', 'tls/name', 'pay/declines'],
  playbooks: new Map([
    [
      'other-book',
      playbookOf(
        '\n  verify:\n    - { id: a, uses: probe/endpoints, with: { targets: ["${{ inputs.host }}"] } }',
        'inputs:\n  host: { type: host, description: Host., required: true }\n',
        'other-book',
      ),
    ],
    ['back-again', playbookOf('\n  verify:\n    - { id: a, uses: playbook/sample }', '', 'back-again')],
  ]),
};
const lint = (text: string, file = 'sample.yaml') => lintPlaybook(parsePlaybook(text, file), knowledge);

describe('seeded defects', () => {
  it('are at least sixty', () => expect(DEFECTS.length).toBeGreaterThanOrEqual(60));

  it.each(DEFECTS.map((defect) => [`${defect.name} (${defect.rule})`, defect] as const))('%s', (_name, defect) => {
    const at = defect.text.indexOf('▶');
    const before = defect.text.slice(0, at);
    const problems = lint(before + defect.text.slice(at + 1));
    const line = before.split('\n').length;
    const column = at - before.lastIndexOf('\n');
    const seen = problems.map((p) => `${p.line}:${p.column} ${p.rule}: ${p.message}; ${p.suggestion}`);
    const found = problems.find((p) => p.rule === defect.rule && p.line === line && p.column === column);
    expect(found, `expected ${line}:${column} ${defect.rule}, got:\n${seen.join('\n')}`).toBeDefined();
    expect(found!.suggestion).toMatch(
      typeof defect.next === 'string' ? new RegExp(defect.next.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : defect.next,
    );
    // One defect gives one problem: nothing else is accused.
    expect(seen).toHaveLength(1);
  });

  it('cover every rule', () => {
    const covered = new Set(DEFECTS.map((defect) => defect.rule));
    expect(LINT_RULES.map((rule) => rule.id).filter((id) => !covered.has(id))).toEqual([]);
  });
});

describe('the lint', () => {
  it('accepts a sound playbook', () => {
    expect(lint(playbookText('\n  investigate:\n    - { id: a, uses: read/logs }'))).toEqual([]);
  });

  it('shows the line, a marker under the defect and the next step', () => {
    const text = problemsAsText(lint(playbookText('\n  verify:\n    - { id: a, uses: read/log }')));
    expect(text).toBe(
      'sample.yaml:8:22: error: paymedic has no step "read/log" [unknown-uses]\n' +
        '  8 |     - { id: a, uses: read/log }\n' +
        '    |                      ^^^^^^^^\n' +
        '  next: did you mean "read/logs"?\n',
    );
  });

  it('never lets a playbook act on the terminal', () => {
    const text = problemsAsText(lint(playbookText('\n  verify:\n    - { id: a, uses: "\u001b[31mread" }')));
    expect(text).not.toContain('\u001b');
  });

  it('writes SARIF whose results name a rule of the run', () => {
    const sarif = problemsAsSarif(lint(playbookText('\n  verify:\n    - { id: a, uses: read/log }')), '1.0.0') as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: {
          ruleId: string;
          ruleIndex: number;
          locations: { physicalLocation: { region: { startLine: number; startColumn: number } } }[];
        }[];
      }[];
    };
    const run = sarif.runs[0]!;
    const result = run.results[0]!;
    expect(run.tool.driver.rules[result.ruleIndex]!.id).toBe(result.ruleId);
    expect(result.locations[0]!.physicalLocation.region).toMatchObject({ startLine: 8, startColumn: 22 });
  });

  it('survives any text', () => {
    const words = fc.constantFrom(
      'playbook: 1',
      'id: a',
      'phases:',
      '  verify:',
      '    - id: x',
      '      uses: read/logs',
      '      needs: [x]',
      '      if: count(',
      '- [',
      '{',
      '*a',
      '&a',
      '!!js/x 1',
      '\t',
      '? :',
      '${{',
      "'",
      '      for-each:',
      '        in: 3',
      'inputs:',
      '  __proto__: { type: text }',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 20 })), { maxLength: 25 }), (lines) => {
        const text = lines.join('\n');
        for (const problem of lint(text)) {
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.column).toBeGreaterThanOrEqual(1);
          expect(problem.line).toBeLessThanOrEqual(text.split('\n').length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['open brackets', '['.repeat(200_000), /1:201 the file is nested too deep/],
    ['open braces', '{a: '.repeat(20_000), /nested too deep/],
    ['nested dashes', '- '.repeat(50_000), /1:401 the file is nested too deep/],
    ['deep indentation', Array.from({ length: 1000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'), /nested too deep/],
    ['forty thousand keys', Array.from({ length: 40_000 }, (_, n) => `k${n}: 1`).join('\n'), /unknown key "k0"/],
    [
      'a needs b needs c ...',
      `phases:\n  verify:\n${Array.from({ length: 5000 }, (_, n) => `    - { id: s${n}, uses: read/logs, needs: [s${n + 1}] }`).join('\n')}`,
      /at most 500/,
    ],
    ['a value that holds itself', 'a: &a [*a]', /nested too deep/],
    [
      'the same key twice, deep inside',
      `${playbookText('\n  verify:\n    - { id: a, uses: read/logs }')}inputs: { x: { type: text, type: text, description: d } }\n`,
      /the key "type" is written twice/,
    ],
  ])('is not brought down by %s', (_name, text, says) => {
    const began = performance.now();
    const problems = lint(text);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(problems.map((problem) => `${problem.line}:${problem.column} ${problem.message}`).join('\n')).toMatch(says);
  });

  it('refuses an alias bomb quickly', () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
      .split('')
      .map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]}, `.repeat(9)}]`)
      .join('\n')}\n`;
    const began = performance.now();
    expect(lint(bomb).some((problem) => problem.severity === 'error')).toBe(true);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
