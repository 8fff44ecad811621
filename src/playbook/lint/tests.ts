/** Lint of `<id>.test.yaml`: names that the playbook, the catalogue or the drills do not have. */
import { basename } from 'node:path';
import type { Located } from '../located.ts';
import type { ParsedPlaybook } from '../parse.ts';
import { didYouMean, type Problem, type Range, SourceText } from '../problem.ts';
import { type LintKnowledge, LintRun } from './index.ts';
import { buildModel, entriesOf, itemsOf, type Model, memberOf, textOf } from './model.ts';

export interface TestKnowledge extends LintKnowledge {
  /** Causes that practice bundles can be made of. */
  drills?: readonly string[];
}

/**
 * Problems of a test file whose structure is sound.
 * @param root what parseExpectations read
 * @param playbook the one that is tested, sound or not; undefined when it cannot be found
 */
export function lintTests(
  content: string,
  file: string,
  root: Located,
  playbook: ParsedPlaybook | undefined,
  knowledge: TestKnowledge,
): Problem[] {
  const run = new LintRun(new SourceText(file, content), root, knowledge);
  const named = memberOf(root, 'playbook');
  const id = textOf(named);
  const own = basename(file).replace(/\.test\.ya?ml$/, '');
  if (named && id !== undefined && id !== own)
    run.report(
      named.range,
      'file-name',
      `the tests of "${id}" are in the file ${basename(file)}`,
      `rename the file to ${id}.test.yaml, or correct the name`,
    );
  if (named && !playbook?.root)
    run.report(
      named.range,
      'unknown-playbook',
      `there is no ${id}.yaml beside the test file`,
      'put both files into one folder',
    );
  const model = playbook?.root ? buildModel(playbook.root) : undefined;
  for (const test of itemsOf(memberOf(root, 'cases'))) lintCase(run, test, model, knowledge.drills);
  return run.problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

function lintCase(run: LintRun, test: Located, model: Model | undefined, drills: readonly string[] | undefined): void {
  const expect = memberOf(test, 'expect');
  for (const key of ['causes', 'not-causes'])
    for (const item of itemsOf(memberOf(expect, key))) run.knownCause(textOf(item), item.range);
  for (const item of itemsOf(memberOf(expect, 'findings'))) run.knownCheck(textOf(item), item.range, 'finding');
  const claimed = new Set(itemsOf(memberOf(expect, 'causes')).map(textOf));
  for (const item of itemsOf(memberOf(expect, 'not-causes')))
    if (claimed.has(textOf(item)))
      run.report(
        item.range,
        'conflicting-keys',
        `"${textOf(item)}" is expected and excluded`,
        'take it out of one of the two lists',
      );
  const drill = memberOf(test, 'bundle', 'drill');
  const wanted = textOf(drill);
  if (drill && wanted !== undefined && wanted !== 'none' && drills && !drills.includes(wanted)) {
    const near = didYouMean(wanted, drills);
    run.report(
      drill.range,
      'wrong-value',
      `there is no practice bundle "${wanted}"`,
      near ? `did you mean "${near}"?` : 'paymedic drill list shows them; or give a folder, or files',
    );
  }
  if (!model) return;
  for (const entry of entriesOf(memberOf(test, 'inputs')))
    known(
      run,
      entry.keyRange,
      entry.key,
      model.inputs.map((input) => input.name),
      'undefined-input',
      'input',
    );
  for (const entry of [...entriesOf(memberOf(expect, 'steps')), ...entriesOf(memberOf(test, 'answers'))])
    knownStep(run, entry.keyRange, entry.key, model);
}

function knownStep(run: LintRun, range: Range, id: string, model: Model): void {
  const [outer = '', inner] = id.split('/', 2);
  const step = model.byId.get(outer);
  if (step?.isGroup) {
    const inside = model.steps.filter((s) => s.group === outer).map((s) => s.id);
    run.report(
      range,
      'unknown-step',
      `"${outer}" is a group, and tests name steps`,
      inside.length > 0 ? `name what is in it: ${inside.slice(0, 12).join(', ')}` : 'name the steps in it',
    );
    return;
  }
  const uses = textOf(memberOf(step?.node, 'uses'));
  if (inner !== undefined && step && !uses?.startsWith('playbook/')) {
    run.report(range, 'unknown-step', `"${outer}" has no steps inside`, `write ${outer}`);
    return;
  }
  const ids = model.steps.filter((s) => !s.isGroup).map((s) => s.id);
  known(run, range, outer, ids, 'unknown-step', 'step');
}

function known(
  run: LintRun,
  range: Range,
  name: string,
  names: readonly string[],
  rule: string,
  what: 'step' | 'input',
): void {
  if (names.includes(name)) return;
  const near = didYouMean(name, names);
  const all = names.length > 0 ? `${what}s: ${names.slice(0, 12).join(', ')}` : `the playbook has no ${what}s`;
  run.report(range, rule, `the playbook has no ${what} "${name}"`, near ? `did you mean "${near}"?` : all);
}
