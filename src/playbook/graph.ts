/** The steps of a playbook drawn: as lines for a terminal and as a Mermaid flow chart. Pure. */
import type { LeafStep, Step } from './language.ts';
import { PHASES, type Phase, type Playbook } from './language.ts';

function kindOf(step: Step | LeafStep): string {
  if ('parallel' in step && step.parallel)
    return `at the same time (${step.parallel.max ?? 8}, ${step.parallel.mode ?? 'settle'})`;
  if (step.manual) return `person: ${step.manual.role ?? 'anyone'}`;
  if (step.run) return `runs ${step.run.argv[0]}`;
  return step.uses ?? '';
}

function notes(step: Step | LeafStep): string[] {
  const failure = step['on-failure'];
  return [
    ...(step.needs?.length ? [`needs ${step.needs.join(', ')}`] : []),
    ...(step.if === undefined ? [] : [`if ${String(step.if).trim()}`]),
    ...(step['for-each'] ? [`for each of at most ${step['for-each'].max}`] : []),
    ...(step.retry ? [`up to ${step.retry.max} more tries`] : []),
    ...(step.mutates ? ['CHANGES SOMETHING'] : []),
    ...(failure === undefined || failure === 'continue'
      ? []
      : [typeof failure === 'string' ? `on failure: ${failure}` : `on failure: run ${failure.run}`]),
  ];
}

/** A tree, one line a step and one a note. `unicode` allows box drawing. */
export function drawTree(playbook: Playbook, unicode: boolean): string {
  const [tee, corner, bar] = unicode ? ['├─ ', '└─ ', '│  '] : ['+- ', '`- ', '|  '];
  const lines: string[] = [];
  const draw = (steps: readonly (Step | LeafStep)[], indent: string): void => {
    steps.forEach((step, index) => {
      const last = index === steps.length - 1;
      lines.push(`${indent}${last ? corner : tee}${step.id}  (${kindOf(step)})${step.title ? `  ${step.title}` : ''}`);
      const inner = `${indent}${last ? '   ' : bar}`;
      for (const note of notes(step)) lines.push(`${inner}     ${note}`);
      if ('parallel' in step && step.parallel) draw(step.parallel.steps, inner);
    });
  };
  for (const phase of PHASES) {
    const steps = playbook.phases[phase] ?? [];
    lines.push(`${phase}${steps.length ? '' : '  (no step)'}`);
    draw(steps as Step[], '');
  }
  return `${lines.join('\n')}\n`;
}

/** A Mermaid flow chart: one sub-graph a phase, dashed arrows for recoveries, thick ones for needs. */
export function drawMermaid(playbook: Playbook): string {
  const lines = ['flowchart TD'];
  const node = (id: string): string => `s_${id.replaceAll('-', '_')}`;
  // Mermaid reads entities inside quotes; everything else that could end the text is written as one.
  const label = (text: string): string =>
    text.replace(/[^\p{L}\p{N} .,:()/_-]/gu, (char) => `#${char.codePointAt(0)};`).slice(0, 400);
  const shape = (step: Step | LeafStep): string => {
    const text = label(`${step.id}: ${step.title ?? kindOf(step)}`);
    return step.manual
      ? `${node(step.id)}[/"${text}"/]`
      : step.mutates
        ? `${node(step.id)}{{"${text}"}}`
        : `${node(step.id)}["${text}"]`;
  };
  const edges: string[] = [];
  let previous: Phase | undefined;
  for (const phase of PHASES) {
    const steps = (playbook.phases[phase] ?? []) as Step[];
    if (!steps.length) continue;
    lines.push(`  subgraph ${phase}`);
    let before: string | undefined;
    for (const step of steps) {
      if (step.parallel) {
        lines.push(`    subgraph ${node(step.id)}["${label(step.title ?? step.id)}"]`);
        for (const member of step.parallel.steps) lines.push(`      ${shape(member)}`);
        lines.push('    end');
      } else lines.push(`    ${shape(step)}`);
      if (before) edges.push(`  ${before} --> ${node(step.id)}`);
      before = node(step.id);
      for (const one of [step, ...(step.parallel?.steps ?? [])] as LeafStep[]) {
        for (const need of one.needs ?? []) edges.push(`  ${node(need)} ==> ${node(one.id)}`);
        const failure = one['on-failure'];
        if (failure !== undefined && typeof failure !== 'string')
          edges.push(`  ${node(one.id)} -. "on failure" .-> ${node(failure.run)}`);
      }
    }
    lines.push('  end');
    if (previous) edges.push(`  ${previous} --> ${phase}`);
    previous = phase;
  }
  return `${[...lines, ...edges].join('\n')}\n`;
}
