/** Test files of playbooks are held against the playbook beside them, the catalogue and the drills. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'paymedic-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PLAYBOOK = `playbook: 1
id: line-down
title: The line is down
version: 1.0.0
owner: net
inputs:
  region: { type: text, description: Which region. }
phases:
  investigate:
    - id: both
      parallel:
        steps:
          - { id: logs, uses: read/logs, if: "inputs.region != 'x'" }
          - { id: captures, uses: read/captures }
    - { id: read, uses: playbook/read-evidence }
`;
const run = (test: string, name = 'line-down.test.yaml') => {
  writeFileSync(join(folder, 'line-down.yaml'), PLAYBOOK);
  writeFileSync(join(folder, name), test);
  const lint = (command: string) =>
    spawnSync(process.execPath, ['bin/paymedic.js', 'playbook', command, join(folder, name)], { encoding: 'utf8' });
  return { lint: lint('lint'), test: () => lint('test') };
};
const test = (lines: string): string => `playbook: line-down\ncases:\n  - name: one\n${lines.replace(/^/gm, '    ')}\n`;
const healthy = 'bundle: { drill: none }\n';

describe('paymedic playbook lint X.test.yaml', () => {
  it.each([
    ['a cause', 'expect: { causes: [connection-dropt] }', '5:24', 'did you mean "connection-dropped"?'],
    ['an excluded cause', 'expect: { not-causes: [request-flod] }', '5:28', 'did you mean "request-flood"?'],
    ['a finding', 'expect: { findings: [network/connection-droped] }', '5:26', 'network/connection-dropped'],
    ['a step', 'expect: { steps: { capture: passed } }', '5:24', 'did you mean "captures"?'],
    ['a group', 'expect: { steps: { both: passed } }', '5:24', 'name what is in it: logs, captures'],
    ['an inner step of none', 'expect: { steps: { logs/x: passed } }', '5:24', 'write logs'],
    ['an input', 'inputs: { regio: north }\nexpect: {}', '5:15', 'did you mean "region"?'],
    ['an answer', 'answers: { rea: "yes" }\nexpect: {}', '5:16', 'did you mean "read"?'],
    ['contradictions', 'expect: { causes: [request-flood], not-causes: [request-flood] }', '5:53', 'one of the two'],
  ])('names a mistake in %s with its place', (_what, lines, place, next) => {
    const { lint } = run(test(healthy + lines));
    expect(lint.status, lint.stdout + lint.stderr).toBe(2);
    expect(lint.stdout).toContain(`line-down.test.yaml:${place}: error`);
    expect(lint.stdout).toContain(next);
  });

  it('names a practice bundle that there is not, a playbook that is not there, and a wrong file name', () => {
    expect(run(test('bundle: { drill: connection-droped }\nexpect: {}')).lint.stdout).toContain(
      '"connection-dropped"?',
    );
    expect(run(test(`${healthy}expect: {}`).replace('line-down', 'other')).lint.stdout).toContain(
      'no other.yaml beside',
    );
    expect(run(test(`${healthy}expect: {}`), 'other.test.yaml').lint.stdout).toContain('[file-name]');
  });

  it('is content with sound ones, steps inside another playbook included, and runs none with a mistake', () => {
    const sound = run(
      test(`${healthy}inputs: { region: north }\nexpect: { steps: { logs: passed, read/logs: passed } }`),
    );
    expect(sound.lint.status, sound.lint.stdout).toBe(0);
    const wrong = run(test(`${healthy}expect: { steps: { both: passed } }`)).test();
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('is a group');
  });
});
