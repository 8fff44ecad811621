import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lintKnowledge } from '../../src/cli/playbook-lint.ts';
import { COMMAND_CATALOGUE, STEP_CATALOGUE } from '../../src/playbook/catalogue.ts';
import { FUNCTIONS, ROOTS } from '../../src/playbook/evaluate.ts';
import { expectationsShape, parseExpectations } from '../../src/playbook/expectations.ts';
import { parseExpression } from '../../src/playbook/expression.ts';
import { inputShape, OUTCOMES, playbookShape, stepShape } from '../../src/playbook/language.ts';
import { lintPlaybook } from '../../src/playbook/lint/index.ts';
import { LINT_RULES } from '../../src/playbook/lint/rules.ts';
import { parsePlaybook } from '../../src/playbook/parse.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/playbooks.md', import.meta.url)), 'utf8');
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);

describe('docs/playbooks.md', () => {
  it('names every key, step, input, outcome, function, name and rule', () => {
    const words = [
      ...Object.keys({
        ...playbookShape.required,
        ...playbookShape.optional,
        ...stepShape.required,
        ...stepShape.optional,
        ...inputShape.required,
        ...inputShape.optional,
      }),
      ...[...STEP_CATALOGUE, ...COMMAND_CATALOGUE].flatMap((step) => [step.uses, ...Object.keys(step.inputs)]),
      ...OUTCOMES,
      ...Object.keys(FUNCTIONS),
      ...ROOTS,
      ...LINT_RULES.map((rule) => rule.id),
      ...Object.keys(expectationsShape.required),
    ];
    expect(words.filter((word) => !new RegExp(`[\`{( \n]${word.replace(/[/]/g, '\\/')}[\`:,)(. ]`).test(page))).toEqual(
      [],
    );
  });

  it('names the groups of checks that there are', async () => {
    const { checks } = await lintKnowledge();
    const groups = [...new Set(checks!.map((id) => id.split('/', 1)[0]!))].sort();
    expect(page).toContain(`The groups: ${groups.map((group) => `\`${group}\``).join(' ')}.`);
  });

  it('shows a first playbook that lints clean', async () => {
    const parsed = parsePlaybook(blocks[0]!, 'terminal-link-down.yaml');
    expect(lintPlaybook(parsed, await lintKnowledge())).toEqual([]);
  });

  it('shows steps that parse', () => {
    for (const block of blocks.filter((text) => /^ {4}- id:/.test(text))) {
      const text = `playbook: 1\nid: x\ntitle: x\nversion: 1.0.0\nowner: ops\nphases:\n  locate:\n${block}`;
      expect(parsePlaybook(text, 'x.yaml').problems, block).toEqual([]);
    }
  });

  it('shows a test file and inputs that parse', () => {
    const test = blocks.find((text) => text.includes('cases:'))!;
    expect(parseExpectations(test, 'x.test.yaml').problems).toEqual([]);
    const inputs = blocks.find((text) => text.startsWith('inputs:'))!;
    expect(
      parsePlaybook(`playbook: 1\nid: x\ntitle: x\nversion: 1.0.0\nowner: ops\n${inputs}phases: {}\n`, 'x.yaml')
        .problems,
    ).toEqual([]);
  });

  it('shows expressions that parse', () => {
    const lines = [...page.matchAll(/^ {4}((?:not|steps\.)[^\n]+)$/gm)].map((match) => match[1]!);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(() => parseExpression(line), line).not.toThrow();
  });
});
