/** Rules about expressions: `if`, `expect` and every `${{ }}`. */
import { PRIORITIES } from '../../finding.ts';
import { FUNCTIONS, ROOTS } from '../evaluate.ts';
import { type Expression, ExpressionError, parseExpression, walkExpression } from '../expression.ts';
import { OUTCOMES } from '../language.ts';
import type { Located } from '../located.ts';
import { didYouMean, type Range } from '../problem.ts';
import { parseTemplate } from '../template.ts';
import type { LintRun } from './index.ts';
import { memberProblem, valuesOf } from './members.ts';
import { entriesOf, entryOf, itemsOf, type ModelStep, memberOf, textOf, textsOf } from './model.ts';

interface Place {
  step: ModelStep;
  /** Range in the file of a piece of the expression, from its offsets. */
  range(at: number, end: number): Range;
  inLoop: boolean;
  isExpect: boolean;
  /** The whole value is this one expression, so that a secret keeps being a reference. */
  whole: boolean;
  /** Where a secret would be read, or handed on: an input of a step, the environment of a program. */
  secretHolds: boolean;
}

/** Checks every expression of the playbook and returns the names of the inputs that are used. */
export function lintExpressions(run: LintRun): Set<string> {
  const used = new Set<string>();
  for (const step of run.model.steps) {
    const inLoop = entryOf(step.node, 'for-each') !== undefined;
    for (const key of ['if', 'expect'] as const) {
      const node = memberOf(step.node, key);
      if (node?.kind !== 'scalar' || node.value === null) continue;
      lintBare(run, step, node, { inLoop: inLoop && key !== 'if', isExpect: key === 'expect' }, used);
    }
    const places: [Located | undefined, boolean, boolean][] = [
      [memberOf(step.node, 'with'), inLoop, true],
      [memberOf(step.node, 'run', 'environment'), inLoop, true],
      [memberOf(step.node, 'run', 'argv'), inLoop, false],
      [memberOf(step.node, 'run', 'contacts'), inLoop, false],
      [memberOf(step.node, 'run', 'contains'), inLoop, false],
      [memberOf(step.node, 'manual', 'instruction'), false, false],
      [memberOf(step.node, 'for-each', 'in'), false, false],
    ];
    for (const [node, loop, secretHolds] of places) {
      for (const { text, range } of textsOf(node))
        if (text.includes('${{')) lintTemplate(run, step, text, range, { inLoop: loop, secretHolds }, used);
    }
  }
  return used;
}

/** Offset in the file of an offset in a scalar: exact for text written on one line, else the start of the scalar. */
function locate(run: LintRun, value: string, range: Range): (at: number, end: number) => Range {
  const written = run.source.text.slice(range[0], range[1]);
  const start = written.indexOf(value);
  return (at, end) => {
    if (start >= 0) return [range[0] + start + at, range[0] + start + end];
    const piece = value.slice(at, end);
    const found = piece.length > 1 ? written.indexOf(piece) : -1;
    return found >= 0 ? [range[0] + found, range[0] + found + piece.length] : range;
  };
}

function lintBare(
  run: LintRun,
  step: ModelStep,
  node: Extract<Located, { kind: 'scalar' }>,
  where: { inLoop: boolean; isExpect: boolean },
  used: Set<string>,
): void {
  const value = String(node.value);
  const inner = /^(\s*\$\{\{)(.*)\}\}\s*$/s.exec(value);
  const source = inner ? inner[2]! : value;
  const shift = inner ? inner[1]!.length : 0;
  const at = locate(run, value, node.range);
  const place: Place = {
    step,
    range: (from, to) => at(from + shift, to + shift),
    whole: true,
    secretHolds: true,
    ...where,
  };
  try {
    const expression = parseExpression(source);
    check(run, expression, place, used);
    if (expression.kind === 'literal') {
      if (!expression.value && !where.isExpect)
        run.report(
          place.range(expression.at, expression.end),
          'unreachable-step',
          `the step "${step.id}" never runs: its condition is ${source.trim()}`,
          'remove the step, or write the condition that it should have',
        );
      else
        run.report(
          place.range(expression.at, expression.end),
          'constant-condition',
          `the condition is always ${source.trim()}`,
          'remove it',
        );
    }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    mentioned(source, used);
    run.report(place.range(error.at, error.at + 1), 'bad-expression', error.message, error.suggestion);
  }
}

function lintTemplate(
  run: LintRun,
  step: ModelStep,
  text: string,
  range: Range,
  where: { inLoop: boolean; secretHolds: boolean },
  used: Set<string>,
): void {
  const at = locate(run, text, range);
  try {
    const parts = parseTemplate(text);
    for (const part of parts) {
      if (!('expression' in part)) continue;
      const place: Place = {
        step,
        range: (from, to) => at(part.at + from, part.at + to),
        ...where,
        isExpect: false,
        whole: parts.length === 1,
      };
      check(run, part.expression, place, used);
    }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    mentioned(text, used);
    run.report(at(error.at, error.at + 1), 'bad-expression', error.message, error.suggestion);
  }
}

/** Inputs named in an expression that cannot be read count as used: one mistake, one problem. */
function mentioned(text: string, used: Set<string>): void {
  for (const match of text.matchAll(/inputs\.([a-z][a-z0-9-]{0,62})/g)) used.add(match[1]!);
}

function check(run: LintRun, expression: Expression, place: Place, used: Set<string>): void {
  walkExpression(expression, (node) => {
    if (node.kind === 'path') checkPath(run, node, place, used);
    else if (node.kind === 'call') checkCall(run, node, place);
    else if (node.kind === 'binary') checkComparison(run, node, place);
  });
}

function checkPath(run: LintRun, path: Extract<Expression, { kind: 'path' }>, place: Place, used: Set<string>): void {
  const { step } = place;
  const report = (rule: string, message: string, suggestion: string): void =>
    run.report(place.range(path.at, path.end), rule, message, suggestion);
  if (!(ROOTS as readonly string[]).includes(path.root)) {
    const near = didYouMean(path.root, ROOTS) ?? (FUNCTIONS[path.root] ? `${path.root}(...)` : undefined);
    const input = run.model.inputs.some((entry) => entry.name === path.root) ? `inputs.${path.root}` : undefined;
    const quoted = path.members.length === 0 ? `; if it is a text, put it in quotes: '${path.root}'` : '';
    report(
      'unknown-name',
      `"${path.root}" means nothing here`,
      (input ?? near) ? `did you mean "${input ?? near}"?` : `write one of ${ROOTS.join(', ')}${quoted}`,
    );
    return;
  }
  if ((path.root === 'item' || path.root === 'index') && !place.inLoop) {
    report(
      'unknown-name',
      `"${path.root}" exists only in a step with for-each`,
      'add for-each to the step, or use an input',
    );
  }
  if (path.root === 'output' && !place.isExpect)
    report('unknown-name', '"output" exists only in expect', `write steps.<id>.output`);
  const first = path.members[0];
  if (path.root === 'inputs') {
    if (typeof first !== 'string') {
      if (!first) report('undefined-input', 'the name of an input is missing after "inputs"', 'write inputs.<name>');
      return;
    }
    used.add(first);
    const input = run.model.inputs.find((entry) => entry.name === first);
    if (!input) {
      const near = didYouMean(
        first,
        run.model.inputs.map((entry) => entry.name),
      );
      report(
        'undefined-input',
        `there is no input "${first}"`,
        near ? `did you mean "${near}"?` : `declare it: inputs: { ${first}: { type: text, description: ... } }`,
      );
    } else if (textOf(memberOf(input.node, 'type')) === 'secret' && !(place.whole && place.secretHolds)) {
      report(
        'secret-in-text',
        `the secret "${first}" would become part of a text`,
        'hand it over whole, as a value of its own under with or run.environment',
      );
    }
  }
  const misspelt = memberProblem(path);
  if (misspelt) report('unknown-name', misspelt.message, misspelt.suggestion);
  if (path.root === 'steps' && typeof first === 'string') {
    const target = run.model.byId.get(first);
    if (!target) {
      const near = didYouMean(first, run.model.byId.keys());
      report(
        'unknown-step',
        `there is no step "${first}"`,
        near ? `did you mean "${near}"?` : `steps: ${[...run.model.byId.keys()].slice(0, 12).join(', ')}`,
      );
    } else if (!place.isExpect && runsLater(run, target, step)) {
      report(
        'late-reference',
        `"${first}" has not run when "${step.id}" begins`,
        `move "${first}" before it, or add needs: [${first}]`,
      );
    }
    const member = path.members[1];
    const known = ['outcome', 'because', 'output', 'answer'];
    if (target && typeof member === 'string' && !known.includes(member)) {
      report(
        'unknown-name',
        `a step has no "${member}"`,
        `did you mean "${didYouMean(member, known) ?? 'output'}"? a step has ${known.join(', ')}`,
      );
    }
  }
}

/** Whether `target` cannot have ended when `step` begins. */
function runsLater(run: LintRun, target: ModelStep, step: ModelStep): boolean {
  if (target === step) return true;
  if (target.order > step.order) return !run.needsOf(step).has(target.id);
  return target.group !== undefined && target.group === step.group && !run.needsOf(step).has(target.id);
}

function checkCall(run: LintRun, call: Extract<Expression, { kind: 'call' }>, place: Place): void {
  const range = place.range(call.at, call.end);
  const known = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
  if (!known) {
    const near = didYouMean(call.name, Object.keys(FUNCTIONS));
    run.report(
      range,
      'unknown-function',
      `there is no function "${call.name}"`,
      near ? `did you mean "${near}"?` : `functions: ${Object.keys(FUNCTIONS).join(', ')}`,
    );
    return;
  }
  const [least, most] = known.args;
  if (call.args.length < least || call.args.length > most) {
    run.report(
      range,
      'wrong-arguments',
      `${call.name} takes ${least === most ? least : `${least} or ${most}`} ${most === 1 ? 'argument' : 'arguments'}, not ${call.args.length}`,
      known.describe,
    );
  }
  const [first, second] = call.args;
  if (
    call.name === 'found' &&
    second?.kind === 'literal' &&
    !(PRIORITIES as readonly unknown[]).includes(second.value)
  ) {
    const near = didYouMean(String(second.value), PRIORITIES);
    run.report(
      place.range(second.at, second.end),
      'wrong-arguments',
      `there is no priority ${JSON.stringify(second.value)}`,
      near ? `did you mean '${near}'?` : `priorities: ${PRIORITIES.join(', ')}`,
    );
  }
  if (first?.kind !== 'literal' || typeof first.value !== 'string') return;
  if (call.name === 'cause') run.knownCause(first.value, place.range(first.at + 1, first.end - 1));
  if (call.name === 'found') run.knownCheck(first.value, place.range(first.at + 1, first.end - 1), 'finding');
}

function checkComparison(run: LintRun, node: Extract<Expression, { kind: 'binary' }>, place: Place): void {
  if (node.operator !== '==' && node.operator !== '!=') return;
  const sides: [Expression, Expression][] = [
    [node.left, node.right],
    [node.right, node.left],
  ];
  for (const [path, literal] of sides) {
    if (path.kind !== 'path' || literal.kind !== 'literal' || literal.value === null) continue;
    const possible = valuesOf(path) ?? ownValues(run, path);
    if (possible === 'cause') {
      run.knownCause(String(literal.value), place.range(literal.at + 1, literal.end - 1));
      continue;
    }
    if (!possible || possible.values.includes(String(literal.value))) continue;
    const near = didYouMean(String(literal.value), possible.values);
    run.report(
      place.range(literal.at, literal.end),
      'constant-condition',
      `${JSON.stringify(literal.value)} is no ${possible.what}`,
      near ? `did you mean '${near}'?` : `possible: ${possible.values.join(', ')}`,
    );
  }
}

/** Values that an outcome, the choice of a person or an input with choices can have. */
function ownValues(
  run: LintRun,
  path: Extract<Expression, { kind: 'path' }>,
): { what: string; values: readonly string[] } | undefined {
  const [name, member, more] = path.members;
  if (typeof name !== 'string') return undefined;
  const choices = (node: Located | undefined): string[] => itemsOf(node).map((item) => textOf(item) ?? '');
  if (path.root === 'inputs' && member === undefined) {
    const values = choices(memberOf(run.model.inputs.find((input) => input.name === name)?.node, 'choices'));
    return values.length > 0 ? { what: `choice of the input "${name}"`, values } : undefined;
  }
  if (path.root !== 'steps' || more !== undefined) return undefined;
  if (member === 'outcome') return { what: 'outcome of a step', values: OUTCOMES };
  const values = member === 'answer' ? choices(memberOf(run.model.byId.get(name)?.node, 'manual', 'choices')) : [];
  return values.length > 0 ? { what: `choice of the step "${name}"`, values } : undefined;
}

/** Names of inputs that a step of the playbook gives to a nested playbook count as used through their templates only. */
export function declaredInputs(run: LintRun, used: ReadonlySet<string>): void {
  for (const { name, nameRange } of run.model.inputs) {
    if (!used.has(name))
      run.report(
        nameRange,
        'unused-input',
        `the input "${name}" is never used`,
        `use it as \${{ inputs.${name} }}, or remove it`,
      );
  }
  for (const entry of entriesOf(memberOf(run.model.root, 'inputs'))) run.defaultFits(entry.key, entry.value);
}
