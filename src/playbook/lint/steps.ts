/** Rules about single steps: what they use, what they are given, what they change. */
import type { Json } from '../../finding.ts';
import { durationMs } from '../language.ts';
import { didYouMean } from '../problem.ts';
import type { StepDescription, StepInput } from '../steps.ts';
import type { LintRun } from './index.ts';
import { entriesOf, entryOf, itemsOf, type ModelStep, memberOf, plainOf, textOf } from './model.ts';

export function lintSteps(run: LintRun): void {
  for (const step of run.model.steps) {
    lintUses(run, step);
    lintLoop(run, step);
    lintManual(run, step);
    lintRun(run, step);
    lintTimes(run, step);
    lintRecovery(run, step);
  }
}

function lintUses(run: LintRun, step: ModelStep): void {
  const node = memberOf(step.node, 'uses');
  const uses = textOf(node);
  if (!node || !uses?.includes('/')) return;
  if (uses.startsWith('playbook/')) {
    lintNested(run, step, uses.slice('playbook/'.length), node.range);
    return;
  }
  const known = run.knowledge.steps.get(uses);
  if (!known) {
    const near = didYouMean(uses, run.knowledge.steps.keys());
    run.report(
      node.range,
      'unknown-uses',
      `paymedic has no step "${uses}"`,
      near ? `did you mean "${near}"?` : `steps: ${[...run.knowledge.steps.keys()].join(', ')}`,
    );
    return;
  }
  lintInputs(run, step, known);
  if (known.mutates && plainOf(memberOf(step.node, 'mutates')) !== true) {
    run.report(
      node.range,
      'changes-undeclared',
      `"${uses}" changes something`,
      'add mutates: true to the step, so that a reader sees it',
    );
  }
}

function lintInputs(run: LintRun, step: ModelStep, known: StepDescription): void {
  const given = entriesOf(memberOf(step.node, 'with'));
  for (const entry of given) {
    const input = Object.hasOwn(known.inputs, entry.key) ? known.inputs[entry.key] : undefined;
    if (!input) {
      const names = Object.keys(known.inputs);
      const near = didYouMean(entry.key, names);
      run.report(
        entry.keyRange,
        'unknown-with',
        `"${known.uses}" has no input "${entry.key}"`,
        near
          ? `did you mean "${near}"?`
          : names.length
            ? `its inputs: ${names.join(', ')}`
            : 'it has no inputs; remove it',
      );
      continue;
    }
    const value = plainOf(entry.value)!;
    const says = misfit(input, value);
    if (says)
      run.report(
        entry.value.range,
        'wrong-with',
        `"${entry.key}" of "${known.uses}" ${says}`,
        input.enum ? `allowed: ${input.enum.join(', ')}` : input.description,
      );
    if (known.uses === 'judge/checks' && entry.key === 'groups')
      for (const item of itemsOf(entry.value)) run.knownCheck(textOf(item), item.range, 'check');
    if (entry.key === 'findings')
      for (const item of itemsOf(entry.value)) run.knownCheck(textOf(item), item.range, 'finding');
    if (entry.key === 'causes') for (const item of itemsOf(entry.value)) run.knownCause(textOf(item), item.range);
  }
  for (const [name, input] of Object.entries(known.inputs)) {
    if (input.required && !given.some((entry) => entry.key === name)) {
      run.report(
        entryOf(step.node, 'uses')!.keyRange,
        'missing-with',
        `"${known.uses}" needs the input "${name}"`,
        `add with: { ${name}: ... } (${input.description})`,
      );
    }
  }
}

/** How a value departs from an input; undefined when it fits or is a template whose value is not known yet. */
function misfit(input: StepInput, value: Json): string | undefined {
  const isTemplate = (item: Json): boolean => typeof item === 'string' && item.includes('${{');
  if (isTemplate(value) || input.type === 'any') return undefined;
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const words: { [type: string]: string } = {
    array: 'a list',
    string: 'text',
    number: 'a number',
    boolean: 'true or false',
    object: 'a mapping',
  };
  if (type !== input.type) return `must be ${words[input.type]}`;
  const items = Array.isArray(value) ? value : [value];
  const wrong = input.enum && items.find((item) => !isTemplate(item) && !input.enum!.includes(String(item)));
  return wrong === undefined || wrong === false ? undefined : `must not be ${JSON.stringify(wrong)}`;
}

function lintNested(run: LintRun, step: ModelStep, id: string, range: readonly [number, number]): void {
  const { playbooks } = run.knowledge;
  const own = textOf(memberOf(run.model.root, 'id'));
  if (id === own) {
    run.report(
      range,
      'recursive-playbook',
      `the playbook "${id}" runs itself`,
      'remove the step; a loop needs for-each with a bound',
    );
    return;
  }
  if (!playbooks) return;
  const target = playbooks.get(id);
  if (!target) {
    const near = didYouMean(id, playbooks.keys());
    run.report(
      range,
      'unknown-playbook',
      `there is no playbook "${id}"`,
      near ? `did you mean "playbook/${near}"?` : 'paymedic playbook list names them',
    );
    return;
  }
  const circle = own === undefined ? undefined : run.pathBetween(id, own);
  if (circle)
    run.report(
      range,
      'recursive-playbook',
      `the playbook runs itself: ${[own, ...circle].join(' -> ')}`,
      'remove one of these steps',
    );
  const declared = target.inputs ?? {};
  const given = entriesOf(memberOf(step.node, 'with'));
  for (const entry of given) {
    if (Object.hasOwn(declared, entry.key)) continue;
    const near = didYouMean(entry.key, Object.keys(declared));
    run.report(
      entry.keyRange,
      'unknown-with',
      `the playbook "${id}" has no input "${entry.key}"`,
      near ? `did you mean "${near}"?` : `its inputs: ${Object.keys(declared).join(', ') || 'none'}`,
    );
  }
  for (const [name, input] of Object.entries(declared)) {
    if (input.required && input.default === undefined && !given.some((entry) => entry.key === name)) {
      run.report(
        entryOf(step.node, 'uses')!.keyRange,
        'missing-with',
        `the playbook "${id}" needs the input "${name}"`,
        `add with: { ${name}: ... }`,
      );
    }
  }
}

function lintLoop(run: LintRun, step: ModelStep): void {
  const loop = entryOf(step.node, 'for-each');
  if (!loop) return;
  const list = memberOf(loop.value, 'in');
  if (list?.kind === 'scalar' && typeof list.value === 'string' && !isOneTemplate(list.value)) {
    run.report(
      list.range,
      'wrong-type',
      'for-each.in is a text, not a list',
      `write a list, or \${{ inputs.name }} of an input of type list`,
    );
  }
}

function lintManual(run: LintRun, step: ModelStep): void {
  const manual = entryOf(step.node, 'manual');
  if (manual?.value.kind !== 'map') return;
  if (!entryOf(manual.value, 'expected-evidence')) {
    run.report(
      manual.keyRange,
      'manual-without-evidence',
      `nothing proves that "${step.id}" was done`,
      'add expected-evidence: a file, a number or the output of a command that shows it',
    );
  }
  const answer = entryOf(manual.value, 'answer');
  const choices = itemsOf(memberOf(manual.value, 'choices')).map((item) => textOf(item));
  if (textOf(answer?.value) === 'choice' && choices.length === 0) {
    run.report(
      answer!.value.range,
      'choice-without-choices',
      `"${step.id}" asks for a choice and offers none`,
      'add choices: [..., ...]',
    );
  }
  for (const item of itemsOf(memberOf(manual.value, 'pass-when'))) {
    const text = textOf(item);
    if (choices.length && !choices.includes(text)) {
      const near = didYouMean(
        text ?? '',
        choices.filter((choice): choice is string => choice !== undefined),
      );
      run.report(
        item.range,
        'choice-without-choices',
        `"${text}" is not among the choices`,
        near ? `did you mean "${near}"?` : `choices: ${choices.join(', ')}`,
      );
    }
  }
}

function lintRun(run: LintRun, step: ModelStep): void {
  const argv = itemsOf(memberOf(step.node, 'run', 'argv'));
  const program = textOf(argv[0]);
  if (!program) return;
  const name = program.split('/').at(-1)!;
  if (
    ['sh', 'bash', 'dash', 'zsh', 'ksh', 'cmd', 'cmd.exe', 'powershell', 'pwsh'].includes(name) &&
    argv.some((item) => ['-c', '/c', '-Command', '-command'].includes(textOf(item) ?? ''))
  ) {
    run.report(
      argv[0]!.range,
      'shell',
      `"${step.id}" runs its program through ${name}`,
      'write the program and its arguments as items of argv; values then need no quoting',
    );
  } else if (/\s/.test(program) && !program.includes('${{')) {
    run.report(
      argv[0]!.range,
      'shell',
      `"${program.slice(0, 60)}" holds a program and its arguments in one text`,
      `write argv: [${program
        .trim()
        .split(/\s{1,100}/)
        .slice(0, 8)
        .join(', ')}]`,
    );
  }
}

function lintTimes(run: LintRun, step: ModelStep): void {
  const timeout = durationMs(textOf(memberOf(step.node, 'timeout')) ?? '');
  const item = memberOf(step.node, 'for-each', 'item-timeout');
  const itemMs = durationMs(textOf(item) ?? '');
  if (item && timeout !== undefined && itemMs !== undefined && itemMs > timeout) {
    run.report(
      item.range,
      'timeout-too-short',
      `one item may take longer than the whole step (${textOf(item)} > ${textOf(memberOf(step.node, 'timeout'))})`,
      'make the item-timeout smaller or the timeout larger',
    );
  }
  const retry = entryOf(step.node, 'retry');
  const max = Number(plainOf(memberOf(retry?.value, 'max')) ?? 0);
  const wait = durationMs(textOf(memberOf(retry?.value, 'wait')) ?? '1s');
  if (retry && timeout !== undefined && wait !== undefined && max >= 1 && max <= 10) {
    const factor = Number(plainOf(memberOf(retry.value, 'factor')) ?? 2);
    const most = durationMs(textOf(memberOf(retry.value, 'max-wait')) ?? '30s') ?? 30_000;
    let pauses = 0;
    for (let i = 0, next = wait; i < max; i++, next = Math.min(next * factor, most)) pauses += next;
    if (pauses >= timeout)
      run.report(
        retry.keyRange,
        'timeout-too-short',
        `the pauses between tries alone take ${pauses / 1000}s, the step has ${textOf(memberOf(step.node, 'timeout'))}`,
        'lower retry.max or retry.wait, or raise the timeout',
      );
  }
  const uses = textOf(memberOf(step.node, 'uses'));
  const changes =
    plainOf(memberOf(step.node, 'mutates')) === true ||
    (uses !== undefined && run.knowledge.steps.get(uses)?.mutates === true);
  if (retry && changes) {
    run.report(
      retry.keyRange,
      'changes-retried',
      `"${step.id}" changes something and is tried again after an error`,
      'remove retry, or make sure that doing it twice is the same as once and say so in the description',
    );
  }
}

function lintRecovery(run: LintRun, step: ModelStep): void {
  const target = memberOf(step.node, 'on-failure', 'run');
  const id = textOf(target);
  if (!target || !id) return;
  const found = run.model.byId.get(id);
  if (!found) {
    const near = didYouMean(id, run.model.byId.keys());
    run.report(
      target.range,
      'unknown-step',
      `there is no step "${id}"`,
      near ? `did you mean "${near}"?` : 'name a later step of the same phase',
    );
  } else if (found.phase !== step.phase || found.order <= step.order) {
    run.report(
      target.range,
      'unreachable-step',
      `"${id}" does not come after "${step.id}" in the same phase, so it cannot answer its failure`,
      `move "${id}" behind "${step.id}"`,
    );
  }
}

function isOneTemplate(value: string): boolean {
  const trimmed = value.trim();
  return trimmed.startsWith('${{') && trimmed.endsWith('}}');
}
