/** Findings of commands that ran as steps of a playbook: they stand in the report beside those of the checks. */
import type { Finding, Json } from '../finding.ts';
import type { StepContext, StepImplementation } from '../playbook/steps.ts';
import type { Session } from './session.ts';

/** Findings kept of one step; a command over a whole estate can have more than a report should carry twice. */
const MOST = 2000;

/** The findings of the checks and of the commands, each once. */
export function findingsOf(session: Session): Finding[] {
  const own = session.checks?.findings ?? [];
  const known = new Set(own.map((finding) => finding.fingerprint));
  return [...own, ...[...session.adopted.values()].filter((finding) => !known.has(finding.fingerprint))];
}

/**
 * Steps whose output may hold findings, wrapped so that these join the session: when they run, and when a resumed run
 * takes their output from the journal.
 */
export function adopting(session: Session, steps: readonly StepImplementation[]): StepImplementation[] {
  const adopt = (context: StepContext, output: Json): void => {
    for (const finding of findingsIn(output)) session.adopted.set(finding.fingerprint, finding);
    context.state.findings = findingsOf(session) as unknown;
  };
  return steps.map((step) => ({
    ...step,
    run: async (context, inputs) => {
      const result = await step.run(context, inputs);
      adopt(context, result.output ?? null);
      return result;
    },
    restore: async (context, output) => {
      await step.restore?.(context, output);
      adopt(context, output);
    },
  }));
}

/** Findings of one output, or of each item of a loop. */
function findingsIn(output: Json): Finding[] {
  if (Array.isArray(output))
    return output.flatMap((one) => (isMapping(one) && isMapping(one.output) ? findingsIn(one.output) : []));
  if (!isMapping(output) || !Array.isArray(output.findings)) return [];
  return output.findings.filter(isFinding).slice(0, MOST);
}

const isMapping = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isFinding = (value: Json): value is Json & Finding =>
  isMapping(value) &&
  typeof value.id === 'string' &&
  typeof value.fingerprint === 'string' &&
  typeof value.priority === 'string' &&
  typeof value.title === 'string' &&
  Array.isArray(value.evidence);
