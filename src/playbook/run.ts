/** Runs a plan: phases in order, steps in order or side by side, each with an exact outcome and its reason. */

import type { Json } from '../finding.ts';
import type { StepRecord } from '../report/types.ts';
import { isTrue } from './evaluate.ts';
import { parseExpression, walkExpression } from './expression.ts';
import { LIMITS, type Outcome, type Phase, type Playbook } from './language.ts';
import {
  type Plan,
  type PlannedGroup,
  type PlannedStep,
  type PlannedUnit,
  plannedSteps,
  planPlaybook,
} from './plan.ts';
import { evaluateText, StepRunner } from './step-runner.ts';
import type { RunState, StepImplementation, StepRegistry } from './steps.ts';

export interface StepDetail {
  record: StepRecord;
  /** What the step returned. */
  output?: Json;
  answer?: string;
  attempts?: number;
  evidence?: { path: string; sha256: string }[];
  /** False when a resumed run has to do the step again: it waits, was interrupted or was skipped because of such a step. */
  final: boolean;
}

export interface ProgressEvent {
  type: 'started' | 'progress' | 'finished';
  phase: Phase;
  step: string;
  title: string;
  /** 1-based number among the steps of the plan. */
  number: number;
  total: number;
  outcome?: Outcome;
  text?: string;
}

/** Where a run writes what happened, and reads what had happened before. */
export interface RunJournal {
  /** A finished step of an earlier run of this case. */
  finished(step: string): StepDetail | undefined;
  /** The step was begun in an earlier run and its end was never written. */
  wasBegun(step: string): boolean;
  begin(step: string): void;
  end(step: string, detail: StepDetail): void;
}

export interface ExecutionResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  implementations: StepRegistry | Iterable<StepImplementation>;
  inputs?: { readonly [name: string]: Json };
  /** Files, folders and targets that were named for the run; the list `evidence` of expressions. */
  evidence?: readonly string[];
  state?: RunState;
  /** ms UTC that steps and records see. */
  clock: { now(): number };
  signal?: AbortSignal;
  /** Milliseconds from now at which the run ends with what is known by then. */
  deadlineMs?: number;
  allowChanges?: boolean;
  allowExec?: boolean;
  /** Answers by step id; `waive: reason` waives a step. */
  answers?: { readonly [step: string]: string };
  /** Asks the person at the terminal; undefined leaves the step waiting. */
  ask?(step: PlannedStep, instruction: string): Promise<string | undefined>;
  execute?(
    argv: string[],
    options: { signal: AbortSignal; environment: { [name: string]: string } },
  ): Promise<ExecutionResult>;
  secret?(reference: string): Promise<string>;
  /** Finds the playbook of `uses: playbook/<id>`. */
  playbook?(id: string): Playbook | undefined;
  /** Members of the state that expressions may see; `findings` and `diagnosis` when not given. */
  view?(state: RunState): { readonly [root: string]: unknown };
  journal?: RunJournal;
  onProgress?(event: ProgressEvent): void;
}

export interface RunResult {
  /** In the order of the plan. */
  steps: StepRecord[];
  details: ReadonlyMap<string, StepDetail>;
  state: RunState;
  interrupted: boolean;
  /** Steps that wait for a person. */
  waiting: string[];
}

/** What was shared by a run and the playbooks nested in it. */
export interface RunContext {
  readonly options: RunOptions;
  readonly registry: StepRegistry;
  readonly state: RunState;
  readonly startedAt: number;
  readonly details: Map<string, StepDetail>;
  readonly total: number;
  readonly numbers: Map<string, number>;
}

/** Timers fire up to a millisecond before the clock shows their time. */
const TIMER_SLACK_MS = 2;

const PASSING: ReadonlySet<Outcome> = new Set(['passed', 'waived']);
const BROKEN: ReadonlySet<Outcome> = new Set(['failed', 'error', 'timed-out']);

/**
 * Runs a playbook. Never rejects because of a step: whatever a step does becomes its outcome.
 * @throws PlaybookInputError when the inputs do not fit the playbook
 */
export async function runPlaybook(playbook: Playbook, options: RunOptions): Promise<RunResult> {
  const plan = planPlaybook(playbook, options.inputs ?? {});
  const registry =
    options.implementations instanceof Map
      ? (options.implementations as StepRegistry)
      : new Map([...(options.implementations as Iterable<StepImplementation>)].map((entry) => [entry.uses, entry]));
  const steps = plannedSteps(plan);
  const context: RunContext = {
    options,
    registry,
    state: options.state ?? {},
    startedAt: performance.now(),
    details: new Map(),
    total: steps.length,
    numbers: new Map(steps.map((step, index) => [step.id, index + 1])),
  };
  await new PlanRun(plan, context, '', 0).run();
  return {
    steps: [...ordered(context.details, steps)].map((detail) => detail.record),
    details: context.details,
    state: context.state,
    interrupted: options.signal?.aborted ?? false,
    waiting: [...context.details.values()]
      .filter((detail) => detail.record.outcome === 'waiting')
      .map((detail) => detail.record.id),
  };
}

/** Details in the order of the plan; the steps of a nested playbook come before the step that runs it. */
function* ordered(details: ReadonlyMap<string, StepDetail>, steps: PlannedStep[]): Iterable<StepDetail> {
  for (const step of steps) {
    for (const [id, detail] of details) if (id.startsWith(`${step.id}/`)) yield detail;
    const own = details.get(step.id);
    if (own) yield own;
  }
}

/** One plan being run; nested playbooks are further instances that share the context. */
export class PlanRun {
  readonly context: RunContext;
  readonly plan: Plan;
  private readonly prefix: string;
  private readonly depth: number;
  private readonly groups = new Map<string, PlannedGroup>();
  private halt: string | undefined;

  constructor(plan: Plan, context: RunContext, prefix: string, depth: number) {
    this.plan = plan;
    this.context = context;
    this.prefix = prefix;
    this.depth = depth;
  }

  async run(): Promise<void> {
    for (const { units } of this.plan.phases) {
      for (const unit of units) if (unit.kind === 'group') this.groups.set(unit.id, unit);
    }
    for (const { units } of this.plan.phases) {
      const phaseHalt = { because: undefined as string | undefined };
      await this.schedule(units, 1, async (unit) => {
        const stopped = this.halt ?? phaseHalt.because;
        if (stopped) this.skipUnit(unit, stopped);
        else if (unit.kind === 'group') await this.runGroup(unit);
        else await this.runStep(unit);
        if (stopped) return;
        for (const step of unit.kind === 'group' ? [...unit.steps, unit] : [unit]) {
          const outcome = this.outcome(step.id);
          if (!outcome || !BROKEN.has(outcome) || step.onFailure === 'continue') continue;
          const because = `because ${step.id} ${SAYS[outcome]}`;
          if (step.onFailure === 'stop') this.halt ??= because;
          else phaseHalt.because ??= because;
        }
      });
    }
  }

  /** Runs units with bounded concurrency; a unit begins when those of this set that it needs have ended. */
  private async schedule<U extends PlannedUnit>(
    units: U[],
    atOnce: number,
    work: (unit: U) => Promise<void>,
  ): Promise<void> {
    const pending = [...units];
    const owner = new Map<string, U>();
    for (const unit of units) {
      owner.set(unit.id, unit);
      if (unit.kind === 'group') for (const step of unit.steps) owner.set(step.id, unit);
    }
    const waitsFor = (unit: U): U[] => {
      const steps = unit.kind === 'group' ? [unit, ...unit.steps] : [unit];
      const names = steps.flatMap((step) => [
        ...step.needs,
        ...('recovers' in step && step.recovers ? [step.recovers] : []),
      ]);
      return names.map((name) => owner.get(name)).filter((other): other is U => other !== undefined && other !== unit);
    };
    const ended = new Set<U>();
    const running = new Set<Promise<void>>();
    while (pending.length || running.size) {
      const index = pending.findIndex((unit) => waitsFor(unit).every((other) => ended.has(other)));
      if (index >= 0 && running.size < atOnce) {
        const [unit] = pending.splice(index, 1);
        const task: Promise<void> = work(unit!).then(() => {
          ended.add(unit!);
          running.delete(task);
        });
        running.add(task);
      } else if (running.size) {
        await Promise.race(running);
      } else {
        for (const unit of pending.splice(0)) this.skipUnit(unit, 'its needs form a circle');
      }
    }
  }

  private async runGroup(group: PlannedGroup): Promise<void> {
    const reason = this.reasonToSkip(group);
    if (reason) {
      this.skipUnit(group, reason.because, reason.final);
      return;
    }
    const stop = new AbortController();
    const timer =
      group.timeoutMs === undefined
        ? undefined
        : setTimeout(() => stop.abort(`the group ${group.id} reached its timeout`), group.timeoutMs);
    try {
      await this.schedule(group.steps, group.max, async (step) => {
        if (stop.signal.aborted) {
          this.settle(step, { outcome: 'skipped', because: String(stop.signal.reason) });
          return;
        }
        await this.runStep(step, stop.signal);
        if (group.failFast && BROKEN.has(this.outcome(step.id)!))
          stop.abort(`because ${step.id} did not pass and ${group.id} is fail-fast`);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  private async runStep(step: PlannedStep, groupSignal?: AbortSignal): Promise<void> {
    const reason = this.reasonToSkip(step);
    if (reason) {
      this.settle(step, { outcome: 'skipped', because: reason.because }, reason.final);
      return;
    }
    await new StepRunner(this, step, groupSignal).run();
  }

  /** Why a unit does not run at all; undefined when it does. */
  private reasonToSkip(unit: PlannedUnit): { because: string; final: boolean } | undefined {
    const { options, startedAt } = this.context;
    if (options.signal?.aborted) return { because: 'the run was interrupted', final: false };
    if (options.deadlineMs !== undefined && performance.now() - startedAt >= options.deadlineMs - TIMER_SLACK_MS)
      return { because: 'the deadline of the run was reached', final: false };
    for (const need of unit.needs) {
      const outcome = this.outcome(need);
      if (outcome === undefined) return { because: `because ${need} has not run`, final: true };
      if (!PASSING.has(outcome))
        return { because: `because ${need} ${SAYS[outcome]}${this.rootOf(need, outcome)}`, final: this.isFinal(need) };
    }
    if (unit.kind !== 'group' && unit.recovers) {
      const outcome = this.outcome(unit.recovers);
      if (outcome === undefined || !BROKEN.has(outcome))
        return {
          because: `not needed: ${unit.recovers} ${outcome ? SAYS[outcome] : 'has not run'}`,
          final: outcome === undefined || this.isFinal(unit.recovers),
        };
    }
    if (unit.if !== undefined) {
      const { value, error } = evaluateText(unit.if, this.scope());
      if (error) return { because: `its condition cannot be read: ${error}`, final: true };
      // What the condition looks at may still change, when somebody answers: a resumed run judges it again.
      if (!isTrue(value))
        return {
          because: `condition not met: ${unit.if.trim()}`,
          final: stepsNamedIn(unit.if).every((id) => this.isFinal(id)),
        };
    }
    return undefined;
  }

  /** Where a chain of skipped steps began, in brackets. */
  private rootOf(need: string, outcome: Outcome): string {
    const because = this.context.details.get(this.prefix + need)?.record.because;
    if (outcome !== 'skipped' || !because) return '';
    return ` (${/\(([^()]{1,300})\)$/.exec(because)?.[1] ?? because.slice(0, 300)})`;
  }

  private skipUnit(unit: PlannedUnit, because: string, final = true): void {
    for (const step of unit.kind === 'group' ? unit.steps : [unit])
      this.settle(step, { outcome: 'skipped', because }, final);
  }

  /** What expressions see. */
  scope(extra: { readonly [name: string]: unknown } = {}): { readonly [name: string]: unknown } {
    const { state, options, details } = this.context;
    const steps: { [id: string]: Json } = {};
    for (const [id, { record, output, answer }] of details) {
      if (!id.startsWith(this.prefix)) continue;
      const own = id.slice(this.prefix.length);
      if (!own.includes('/'))
        steps[own] = {
          outcome: record.outcome,
          because: record.because ?? '',
          output: output ?? null,
          answer: answer ?? null,
        };
    }
    const view = options.view
      ? options.view(state)
      : { findings: state.findings ?? [], diagnosis: state.diagnosis ?? [] };
    return { state: view, ...view, inputs: this.plan.inputs, evidence: options.evidence ?? [], steps, ...extra };
  }

  /** Outcome of a step or group of this plan; a group has passed when none of its steps stands in the way. */
  outcome(id: string): Outcome | undefined {
    const group = this.groups.get(id);
    if (!group) return this.context.details.get(this.prefix + id)?.record.outcome;
    const outcomes = group.steps.map((step) => this.outcome(step.id));
    if (outcomes.includes(undefined)) return undefined;
    for (const worst of ['error', 'timed-out', 'failed', 'waiting'] as const)
      if (outcomes.includes(worst)) return worst;
    return outcomes.every((outcome) => outcome === 'skipped') ? 'skipped' : 'passed';
  }

  private isFinal(id: string): boolean {
    const group = this.groups.get(id);
    if (group) return group.steps.every((step) => this.isFinal(step.id));
    return this.context.details.get(this.prefix + id)?.final ?? true;
  }

  fullId(step: PlannedStep): string {
    return this.prefix + step.id;
  }

  /** Records the end of a step. */
  settle(
    step: PlannedStep,
    ended: {
      outcome: Outcome;
      because?: string;
      milliseconds?: number;
      output?: Json;
      answer?: string;
      attempts?: number;
      evidence?: { path: string; sha256: string }[];
      instruction?: string;
    },
    final = true,
  ): void {
    const { outcome, because, milliseconds, output, answer, attempts, evidence, instruction } = ended;
    const id = this.fullId(step);
    const record: StepRecord = {
      phase: step.phase,
      id,
      title: step.title,
      outcome,
      ...(because ? { because } : {}),
      ...(milliseconds === undefined ? {} : { milliseconds: Math.round(milliseconds) }),
      ...(instruction === undefined ? {} : { instruction }),
    };
    const detail: StepDetail = {
      record,
      ...(output === undefined ? {} : { output }),
      ...(answer === undefined ? {} : { answer }),
      ...(attempts === undefined ? {} : { attempts }),
      ...(evidence ? { evidence } : {}),
      final,
    };
    this.context.details.set(id, detail);
    this.context.options.journal?.end(id, detail);
    this.report(step, 'finished', { outcome, ...(because ? { text: because } : {}) });
  }

  report(step: PlannedStep, type: ProgressEvent['type'], more: { outcome?: Outcome; text?: string } = {}): void {
    const id = this.fullId(step);
    const number = this.context.numbers.get(id.split('/', 1)[0]!) ?? 0;
    this.context.options.onProgress?.({
      type,
      phase: step.phase,
      step: id,
      title: step.title,
      number,
      total: this.context.total,
      ...more,
    });
  }

  /** Runs a nested playbook as one step of this one; says how it ended. */
  async nested(
    step: PlannedStep,
    playbook: Playbook,
    inputs: { readonly [name: string]: Json },
  ): Promise<{ outcome: Outcome; because: string; final: boolean }> {
    if (this.depth + 1 > LIMITS.nesting) throw new Error(`playbooks are nested deeper than ${LIMITS.nesting}`);
    const plan = planPlaybook(playbook, inputs);
    for (const inner of plannedSteps(plan)) inner.phase = step.phase;
    const prefix = `${this.fullId(step)}/`;
    await new PlanRun(plan, this.context, prefix, this.depth + 1).run();
    const inner = [...this.context.details].filter(([id]) => id.startsWith(prefix)).map(([, detail]) => detail);
    const worst = (['error', 'timed-out', 'failed', 'waiting'] as const).find((outcome) =>
      inner.some((detail) => detail.record.outcome === outcome),
    );
    const first = inner.find((detail) => detail.record.outcome === worst);
    return {
      outcome: worst ?? 'passed',
      because: first
        ? `${first.record.id} ${SAYS[first.record.outcome]}`
        : `${inner.filter((detail) => PASSING.has(detail.record.outcome)).length} steps passed`,
      final: inner.every((detail) => detail.final),
    };
  }
}

const SAYS: { readonly [K in Outcome]: string } = {
  passed: 'passed',
  failed: 'failed',
  error: 'ended in an error',
  skipped: 'was skipped',
  waived: 'was waived',
  'timed-out': 'timed out',
  waiting: 'waits for a person',
};

/** Ids of the steps that an expression looks at; none when it cannot be read. */
function stepsNamedIn(source: string): string[] {
  const found: string[] = [];
  try {
    walkExpression(parseExpression(/^\s*\$\{\{(.*)\}\}\s*$/s.exec(source)?.[1] ?? source), (node) => {
      const [first] = node.kind === 'path' && node.root === 'steps' ? node.members : [];
      if (typeof first === 'string') found.push(first);
    });
  } catch {
    // The condition was read a moment ago; what cannot be read names nothing.
  }
  return found;
}
