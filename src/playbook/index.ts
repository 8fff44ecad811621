/** The engine without its parser: what a run of a shipped playbook needs. parse.ts and lint.ts load a YAML parser. */
export { STEP_CATALOGUE } from './catalogue.ts';
export type { Outcome, Phase, Playbook } from './language.ts';
export { describePlan, type Plan, PlaybookInputError, plannedSteps, planPlaybook } from './plan.ts';
export type { Problem } from './problem.ts';
export {
  type ProgressEvent,
  type RunJournal,
  type RunOptions,
  type RunResult,
  runPlaybook,
  type StepDetail,
} from './run.ts';
export type {
  RunState,
  StepContext,
  StepDescription,
  StepImplementation,
  StepInputs,
  StepRegistry,
  StepResult,
} from './steps.ts';
