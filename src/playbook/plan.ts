/** A playbook and its inputs made into a plan: every default filled in, every duration in milliseconds. */
import type { Json } from '../finding.ts';
import type { Scope } from './evaluate.ts';
import { foreseen } from './foreseen.ts';
import {
  DEFAULT_TIMEOUTS,
  durationMs,
  type Input,
  type LeafStep,
  PHASES,
  type Phase,
  type Playbook,
  type Step,
} from './language.ts';
import type { StepDescription } from './steps.ts';

export interface PlannedStep {
  kind: 'uses' | 'manual' | 'run';
  /** Unique in the run; steps of a nested playbook are `outer/inner`. */
  id: string;
  title: string;
  phase: Phase;
  step: LeafStep;
  needs: string[];
  if?: string;
  timeoutMs: number;
  itemTimeoutMs: number;
  itemsAtOnce: number;
  retry?: { max: number; waitMs: number; factor: number; maxWaitMs: number; on: string[] };
  onFailure: 'continue' | 'end-phase' | 'stop';
  /** Id of the later step that runs only when this one did not pass. */
  recovery?: string;
  /** Id of the step whose failure this one answers. */
  recovers?: string;
}

export interface PlannedGroup {
  kind: 'group';
  id: string;
  title: string;
  phase: Phase;
  needs: string[];
  if?: string;
  timeoutMs?: number;
  onFailure: 'continue' | 'end-phase' | 'stop';
  max: number;
  failFast: boolean;
  steps: PlannedStep[];
}

export type PlannedUnit = PlannedStep | PlannedGroup;

export interface Plan {
  id: string;
  title: string;
  version: string;
  inputs: { [name: string]: Json };
  phases: { phase: Phase; units: PlannedUnit[] }[];
}

/** The inputs given do not fit the playbook. `says` holds one instruction for each. */
export class PlaybookInputError extends Error {
  readonly code = 'PLAYBOOK_INPUT';
  readonly says: string[];
  constructor(says: string[]) {
    super(says.join('; '));
    this.says = says;
  }
}

/**
 * Plans a run.
 * @param given values by input name; texts are read as the type of the input (a list is split at commas)
 * @throws PlaybookInputError when a value is missing, unknown or does not fit
 */
export function planPlaybook(playbook: Playbook, given: { readonly [name: string]: Json } = {}): Plan {
  const inputs = resolveInputs(playbook.inputs ?? {}, given);
  const phases = PHASES.map((phase) => ({
    phase,
    units: (playbook.phases[phase] ?? []).map((step) => planUnit(step as Step, phase)),
  }));
  for (const { units } of phases) linkRecoveries(units);
  return { id: playbook.id, title: playbook.title, version: playbook.version, inputs, phases };
}

/** Every leaf step of a plan in written order. */
export function plannedSteps(plan: Plan): PlannedStep[] {
  return plan.phases.flatMap(({ units }) => units.flatMap((unit) => (unit.kind === 'group' ? unit.steps : [unit])));
}

function planUnit(step: Step, phase: Phase): PlannedUnit {
  const group = step.parallel;
  if (!group) return planStep(step as LeafStep, phase);
  return {
    kind: 'group',
    id: step.id,
    title: step.title ?? step.id,
    phase,
    needs: step.needs ?? [],
    ...(step.if === undefined ? {} : { if: String(step.if) }),
    ...(step.timeout === undefined ? {} : { timeoutMs: durationMs(step.timeout)! }),
    onFailure: typeof step['on-failure'] === 'string' ? step['on-failure'] : 'continue',
    max: group.max ?? 8,
    failFast: group.mode === 'fail-fast',
    steps: group.steps.map((member) => planStep(member as LeafStep, phase)),
  };
}

function planStep(step: LeafStep, phase: Phase): PlannedStep {
  const kind = step.manual ? 'manual' : step.run ? 'run' : 'uses';
  const timeoutMs = durationMs(step.timeout ?? DEFAULT_TIMEOUTS[kind])!;
  const loop = step['for-each'];
  const failure = step['on-failure'];
  const retry = step.retry;
  return {
    kind,
    id: step.id,
    title: step.title ?? step.id,
    phase,
    step,
    needs: step.needs ?? [],
    ...(step.if === undefined ? {} : { if: String(step.if) }),
    timeoutMs,
    itemTimeoutMs: loop
      ? Math.min(
          timeoutMs,
          loop['item-timeout'] ? durationMs(loop['item-timeout'])! : Math.max(1, Math.round(timeoutMs / 4)),
        )
      : timeoutMs,
    itemsAtOnce: loop?.parallel ?? 16,
    ...(retry
      ? {
          retry: {
            max: retry.max,
            waitMs: durationMs(retry.wait ?? '1s')!,
            factor: retry.factor ?? 2,
            maxWaitMs: durationMs(retry['max-wait'] ?? '30s')!,
            on: retry.on ?? ['error', 'timed-out'],
          },
        }
      : {}),
    onFailure: typeof failure === 'string' ? failure : 'continue',
    ...(failure !== undefined && typeof failure !== 'string' ? { recovery: failure.run } : {}),
  };
}

function linkRecoveries(units: PlannedUnit[]): void {
  const steps = units.flatMap((unit) => (unit.kind === 'group' ? unit.steps : [unit]));
  for (const step of steps) {
    const target = step.recovery ? steps.find((candidate) => candidate.id === step.recovery) : undefined;
    if (target && target !== step) target.recovers = step.id;
  }
}

function resolveInputs(
  declared: { readonly [name: string]: Input },
  given: { readonly [name: string]: Json },
): { [name: string]: Json } {
  const says: string[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) {
      const known = Object.keys(declared);
      says.push(`the playbook has no input "${name}"${known.length ? ` (it has ${known.join(', ')})` : ''}`);
    }
  }
  const values: { [name: string]: Json } = {};
  for (const [name, input] of Object.entries(declared)) {
    const raw = Object.hasOwn(given, name) ? given[name]! : input.default;
    if (raw === undefined || raw === null) {
      if (input.required) says.push(`the input "${name}" is required: ${input.description} (--input ${name}=...)`);
      values[name] = input.type === 'list' ? [] : null;
      continue;
    }
    const { value, problem } = readInput(input.type, raw);
    if (problem) says.push(`the input "${name}" ${problem}`);
    const allowed = input.choices;
    if (allowed && !problem && ![value].flat().every((item) => allowed.includes(String(item)))) {
      says.push(`the input "${name}" must be one of ${allowed.join(', ')}`);
    }
    values[name] = value;
  }
  if (says.length) throw new PlaybookInputError(says);
  return values;
}

/** Reads a value as an input type. Pure; also used by lint for defaults. */
export function readInput(type: Input['type'], raw: Json): { value: Json; problem?: string } {
  const bad = (problem: string): { value: Json; problem: string } => ({ value: null, problem });
  switch (type) {
    case 'number': {
      const number = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
      return typeof number === 'number' && Number.isFinite(number) ? { value: number } : bad('must be a number');
    }
    case 'flag':
      if (typeof raw === 'boolean') return { value: raw };
      return raw === 'true' || raw === 'yes'
        ? { value: true }
        : raw === 'false' || raw === 'no'
          ? { value: false }
          : bad('must be true or false');
    case 'list':
      if (Array.isArray(raw)) return { value: raw };
      return typeof raw === 'string'
        ? {
            value: raw
              .split(',')
              .map((item) => item.trim())
              .filter((item) => item !== ''),
          }
        : bad('must be a list');
    case 'duration':
      return typeof raw === 'string' && durationMs(raw) !== undefined
        ? { value: raw }
        : bad('must be a duration such as 30s or 5m');
    case 'host':
      return typeof raw === 'string' && /^[A-Za-z0-9._[\]:-]{1,300}$/.test(raw)
        ? { value: raw }
        : bad('must be a host or host:port');
    case 'secret':
      return typeof raw === 'string' && /^(env|file):[^\s]{1,300}$/.test(raw)
        ? { value: raw }
        : bad('must be a reference, env:NAME or file:PATH, never the secret itself');
    case 'text':
      return typeof raw === 'string'
        ? { value: raw }
        : typeof raw === 'number' || typeof raw === 'boolean'
          ? { value: String(raw) }
          : bad('must be text');
  }
}

export interface PlanLine {
  phase: Phase;
  id: string;
  title: string;
  does: string;
  condition?: string;
  needs: string[];
  contacts: string[];
  changes: boolean;
  executes?: string[];
  waitsFor?: string;
  timeoutMs: number;
}

/**
 * The plan as lines for `--dry-run`: what each step does, contacts and changes.
 * @param evidence what was named for the run
 */
export function describePlan(
  plan: Plan,
  known: ReadonlyMap<string, StepDescription>,
  evidence: readonly string[] = [],
): PlanLine[] {
  const scope: Scope = { inputs: plan.inputs, evidence };
  return plannedSteps(plan).map((planned) => {
    const { step } = planned;
    const uses = step.uses ? known.get(step.uses) : undefined;
    const loop = step['for-each']?.in;
    // A command names what it contacts among its arguments; a probe has targets.
    const targets = step.with?.targets ?? step.with?.target ?? step.with?.args;
    const contacts = uses?.contacts
      ? foreseen([targets ?? 'the endpoints named on the command line'].flat().map(String), loop, scope)
      : foreseen(step.run?.contacts ?? [], loop, scope);
    return {
      phase: planned.phase,
      id: planned.id,
      title: planned.title,
      does: step.manual
        ? 'asks a person'
        : step.run
          ? `runs ${step.run.argv[0]}`
          : (uses?.describe ?? `uses ${step.uses}`),
      ...(planned.if === undefined ? {} : { condition: planned.if }),
      needs: planned.needs,
      contacts,
      changes: step.mutates === true || uses?.mutates === true,
      ...(step.run ? { executes: foreseen(step.run.argv, loop, scope) } : {}),
      ...(step.manual ? { waitsFor: step.manual.role ?? 'a person' } : {}),
      timeoutMs: planned.timeoutMs,
    };
  });
}
