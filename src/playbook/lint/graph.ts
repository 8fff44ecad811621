/** Rules about how steps hang together. */
import { PHASES } from '../language.ts';
import { didYouMean } from '../problem.ts';
import type { LintRun } from './index.ts';
import { entryOf, itemsOf, type ModelStep, memberOf, textOf } from './model.ts';

export function lintGraph(run: LintRun): void {
  const { model } = run;
  const seen = new Map<string, ModelStep>();
  for (const step of model.steps) {
    const first = step.id ? seen.get(step.id) : undefined;
    if (first) {
      const { line } = run.source.position(first.idRange[0]);
      run.report(
        step.idRange,
        'duplicate-step',
        `the step id "${step.id}" is taken (line ${line})`,
        `rename it, for example ${step.id}-2`,
      );
    } else if (step.id) seen.set(step.id, step);
    lintNeeds(run, step);
  }
  lintCycles(run);
  lintPhases(run);
}

function lintNeeds(run: LintRun, step: ModelStep): void {
  for (const item of itemsOf(memberOf(step.node, 'needs'))) {
    const name = textOf(item);
    if (!name) continue;
    const target = run.model.byId.get(name);
    if (!target) {
      const near = didYouMean(name, run.model.byId.keys());
      run.report(
        item.range,
        'dangling-needs',
        `"${step.id}" needs "${name}", which is not a step`,
        near ? `did you mean "${near}"?` : `steps: ${[...run.model.byId.keys()].slice(0, 12).join(', ')}`,
      );
    } else if (PHASES.indexOf(target.phase) > PHASES.indexOf(step.phase)) {
      run.report(
        item.range,
        'unreachable-step',
        `"${step.id}" (${step.phase}) needs "${name}", which runs in the later phase ${target.phase}`,
        `move "${name}" to ${step.phase} or before, or "${step.id}" to ${target.phase}`,
      );
    } else if (target.id === step.group) {
      run.report(item.range, 'cyclic-needs', `"${step.id}" needs the group that it is in`, 'remove it from needs');
    }
  }
}

/** Finds circles among needs; a group waits for what its members need. */
function lintCycles(run: LintRun): void {
  const { model } = run;
  const top = (step: ModelStep): string => step.group ?? step.id;
  const edges = new Map<string, { to: string; from: ModelStep; range: readonly [number, number] }[]>();
  for (const step of model.steps) {
    for (const item of itemsOf(memberOf(step.node, 'needs'))) {
      const target = model.byId.get(textOf(item) ?? '');
      if (!target || target.id === step.group || target.phase !== step.phase) continue;
      const inside = step.group !== undefined && step.group === target.group;
      const from = inside ? step.id : top(step);
      const to = inside ? target.id : top(target);
      const list = edges.get(from) ?? [];
      list.push({ to, from: step, range: item.range });
      edges.set(from, list);
    }
  }
  const state = new Map<string, 'open' | 'closed'>();
  const visit = (id: string, path: string[]): void => {
    state.set(id, 'open');
    for (const edge of edges.get(id) ?? []) {
      if (state.get(edge.to) === 'open') {
        const circle = [...path.slice(path.indexOf(edge.to)), edge.to];
        run.report(
          edge.range,
          'cyclic-needs',
          circle.length <= 2
            ? `"${edge.from.id}" needs itself`
            : `steps need each other in a circle: ${circle.join(' -> ')}`,
          `remove "${edge.to}" from the needs of "${edge.from.id}"`,
        );
      } else if (!state.has(edge.to)) visit(edge.to, [...path, edge.to]);
    }
    state.set(id, 'closed');
  };
  for (const id of edges.keys()) if (!state.has(id)) visit(id, [id]);
}

function lintPhases(run: LintRun): void {
  const phases = entryOf(run.model.root, 'phases');
  if (!phases) return;
  if (run.model.steps.length === 0) {
    run.report(
      phases.keyRange,
      'no-steps',
      'the playbook has no step',
      'add a step: - { id: read-logs, uses: read/logs } under phases.investigate',
    );
    return;
  }
  const has = (phase: string): boolean => run.model.steps.some((step) => step.phase === phase);
  if (has('resolve') && !has('verify')) {
    const resolve = entryOf(phases.value, 'resolve')!;
    run.report(
      resolve.keyRange,
      'resolve-without-verify',
      'the playbook repairs something and proves nothing',
      'add phases.verify with at least one step, for example uses: verify/findings',
    );
  }
}
