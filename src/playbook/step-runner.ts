/** Runs one step: guards, waivers, tries, items, timeout, expectation. */
import type { Json } from '../finding.ts';
import { maskText } from '../report/mask.ts';
import { judgeAnswer, waiver } from './answers.ts';
import { asText, evaluate, isTrue, type Scope } from './evaluate.ts';
import { ExpressionError, parseExpression } from './expression.ts';
import type { Outcome } from './language.ts';
import type { PlannedStep } from './plan.ts';
import type { PlanRun, StepDetail } from './run.ts';
import type { StepContext, StepImplementation, StepResult } from './steps.ts';
import { fill, fillText } from './template.ts';
import { Interrupted, inParallel, pause, TimeLimitReached, withTimeLimit } from './time-limit.ts';

interface Attempt {
  outcome: Outcome;
  because?: string;
  output?: Json;
  evidence?: { path: string; sha256: string }[];
  final?: boolean;
}

/** Value of an expression given as text; a mistake is told, never thrown. */
export function evaluateText(source: string, scope: Scope): { value: Json; error?: string } {
  try {
    const inner = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(source);
    return { value: evaluate(parseExpression(inner ? inner[1]! : source), scope) };
  } catch (error) {
    return { value: null, error: error instanceof ExpressionError ? error.message : String(error) };
  }
}

export class StepRunner {
  private readonly planRun: PlanRun;
  private readonly planned: PlannedStep;
  private readonly groupSignal: AbortSignal | undefined;
  private endsAt = 0;

  constructor(run: PlanRun, planned: PlannedStep, groupSignal?: AbortSignal) {
    this.planRun = run;
    this.planned = planned;
    this.groupSignal = groupSignal;
  }

  private get options() {
    return this.planRun.context.options;
  }

  /** Runs the step to its end and records it. */
  async run(): Promise<void> {
    const { planned, options } = this;
    const id = this.planRun.fullId(planned);
    const answer = options.answers?.[id];
    const earlier = options.journal?.finished(id);
    if (earlier) {
      if (await this.restore(earlier)) return;
    }
    const waived = waiver(answer);
    if (waived) {
      this.planRun.settle(planned, waived);
      return;
    }
    if (planned.kind === 'manual') {
      await this.askPerson(answer);
      return;
    }
    const refusal = this.refusal();
    if (refusal) {
      this.planRun.settle(planned, { outcome: 'skipped', because: refusal }, false);
      return;
    }
    if (this.changes() && options.journal?.wasBegun(id)) {
      this.planRun.settle(
        planned,
        {
          outcome: 'error',
          because: `it was begun before the run broke off and may have taken effect; look, then resume with --answer ${id}="waive: done by hand"`,
        },
        false,
      );
      return;
    }
    options.journal?.begin(id);
    this.planRun.report(planned, 'started');
    const began = performance.now();
    const { attempt, attempts } = await this.withRetries(began);
    this.planRun.settle(
      planned,
      {
        ...attempt,
        milliseconds: performance.now() - began,
        ...(attempts > 1
          ? { attempts, because: `${attempt.because ? `${attempt.because}; ` : ''}after ${attempts} tries` }
          : {}),
      },
      attempt.final ?? true,
    );
  }

  private implementation(): StepImplementation | undefined {
    return this.planRun.context.registry.get(this.planned.step.uses ?? '');
  }

  private changes(): boolean {
    return this.planned.step.mutates === true || this.implementation()?.mutates === true;
  }

  private refusal(): string | undefined {
    if (this.planned.kind === 'run' && !this.options.allowExec)
      return 'refused: it runs a program; allow that with --allow-exec';
    if (this.changes() && !this.options.allowChanges)
      return 'refused: it changes something; allow that with --allow-changes';
    return undefined;
  }

  /** Takes a finished step over from the journal. False when it must be run after all. */
  private async restore(earlier: StepDetail): Promise<boolean> {
    const implementation = this.implementation();
    if (this.planned.kind === 'uses' && this.planned.step.uses?.startsWith('playbook/')) return false;
    if (implementation && (earlier.record.outcome === 'passed' || earlier.record.outcome === 'failed')) {
      const context = this.stepContext(new AbortController().signal, this.planned.timeoutMs);
      if (implementation.restore) await implementation.restore(context, earlier.output ?? null);
      else if (!implementation.contacts && !this.changes()) {
        // Readers and judges are functions of the evidence, whose hashes the journal holds: running them again rebuilds
        // the state, and the recorded outcome stands.
        this.endsAt = performance.now() + this.planned.timeoutMs;
        await this.tryOnce();
      }
    }
    const { record, output, answer, attempts, evidence } = earlier;
    this.planRun.settle(this.planned, {
      outcome: record.outcome,
      ...(record.because ? { because: record.because } : {}),
      ...(record.milliseconds === undefined ? {} : { milliseconds: record.milliseconds }),
      ...(output === undefined ? {} : { output }),
      ...(answer === undefined ? {} : { answer }),
      ...(attempts === undefined ? {} : { attempts }),
      ...(evidence ? { evidence } : {}),
    });
    return true;
  }

  private async askPerson(answer: string | undefined): Promise<void> {
    const { planned, options } = this;
    const manual = planned.step.manual!;
    let given = answer;
    const instruction = this.safely(
      () => asText(fillText(manual.instruction, this.planRun.scope())),
      manual.instruction,
    ).trim();
    if (given === undefined && options.ask) given = await options.ask(planned, instruction);
    const judged = judgeAnswer(manual, given === undefined ? undefined : maskText(given));
    this.planRun.settle(
      planned,
      judged.outcome === 'waiting'
        ? {
            ...judged,
            ...(judged.because.startsWith('waits for') && manual['expected-evidence']
              ? { because: `${judged.because}; expected evidence: ${manual['expected-evidence'].trim()}` }
              : {}),
            instruction,
          }
        : judged,
      judged.outcome !== 'waiting',
    );
  }

  private safely<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch {
      return otherwise;
    }
  }

  private async withRetries(began: number): Promise<{ attempt: Attempt; attempts: number }> {
    const { planned, options, planRun } = this;
    const left =
      options.deadlineMs === undefined
        ? Number.POSITIVE_INFINITY
        : options.deadlineMs - (began - planRun.context.startedAt);
    const cutByDeadline = left < planned.timeoutMs;
    this.endsAt = began + Math.max(1, Math.min(planned.timeoutMs, left));
    const timeUp = cutByDeadline
      ? 'the deadline of the run was reached'
      : `not done within ${planned.step.timeout ?? `${planned.timeoutMs / 1000}s`}`;
    const retry = planned.retry;
    let wait = retry?.waitMs ?? 0;
    for (let attempts = 1; ; attempts++) {
      const attempt = await this.tryOnce(timeUp);
      if (cutByDeadline && attempt.outcome === 'timed-out') attempt.final = false;
      const again = retry && attempts <= retry.max && retry.on.includes(attempt.outcome) && attempt.final !== false;
      if (!again || performance.now() + wait >= this.endsAt) return { attempt, attempts };
      await pause(wait, options.signal ?? new AbortController().signal);
      if (options.signal?.aborted)
        return { attempt: { outcome: 'skipped', because: 'interrupted before it ended', final: false }, attempts };
      wait = Math.min(wait * retry.factor, retry.maxWaitMs);
    }
  }

  private async tryOnce(timeUp = 'not done in time'): Promise<Attempt> {
    const { planned } = this;
    const attempt = planned.step['for-each']
      ? await this.eachItem(timeUp)
      : await this.bounded(this.endsAt - performance.now(), timeUp, (signal) => this.perform(signal, {}));
    if (attempt.outcome !== 'passed' || planned.step.expect === undefined) return attempt;
    const { value, error } = evaluateText(
      String(planned.step.expect),
      this.planRun.scope({ output: attempt.output ?? null }),
    );
    if (error) return { ...attempt, outcome: 'error', because: `its expectation cannot be read: ${error}` };
    return isTrue(value)
      ? attempt
      : { ...attempt, outcome: 'failed', because: `expected ${String(planned.step.expect).trim()}` };
  }

  /** Work within a time limit, its end as an outcome. */
  private async bounded(
    limitMs: number,
    timeUp: string,
    work: (signal: AbortSignal) => Promise<Attempt>,
  ): Promise<Attempt> {
    const { signal } = this.options;
    const signals = [signal, this.groupSignal].filter((one): one is AbortSignal => one !== undefined);
    const outer = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    try {
      return await withTimeLimit(Math.max(1, limitMs), outer, work);
    } catch (error) {
      if (error instanceof TimeLimitReached) return { outcome: 'timed-out', because: timeUp };
      if (error instanceof Interrupted) {
        return signal?.aborted
          ? { outcome: 'skipped', because: 'interrupted before it ended', final: false }
          : { outcome: 'skipped', because: String(this.groupSignal?.reason ?? 'stopped') };
      }
      return { outcome: 'error', because: saysError(error) };
    }
  }

  private async eachItem(timeUp: string): Promise<Attempt> {
    const loop = this.planned.step['for-each']!;
    const list = this.safely(
      () =>
        typeof loop.in === 'string'
          ? fillText(loop.in, this.planRun.scope())
          : fill(loop.in as Json, this.planRun.scope()),
      null,
    );
    if (!Array.isArray(list)) return { outcome: 'error', because: 'for-each.in is not a list' };
    const items = list.slice(0, loop.max);
    const results = new Array<Attempt | undefined>(items.length);
    await inParallel(items, this.planned.itemsAtOnce, async (item, index) => {
      const left = this.endsAt - performance.now();
      results[index] =
        left <= 0
          ? { outcome: 'timed-out', because: `not begun: ${timeUp}` }
          : await this.bounded(Math.min(this.planned.itemTimeoutMs, left), 'not done in time', (signal) =>
              this.perform(signal, { item, index }),
            );
    });
    return summarise(items, results as Attempt[], list.length);
  }

  /** The work itself, once. Throws for errors. */
  private async perform(signal: AbortSignal, extra: { item?: Json; index?: number }): Promise<Attempt> {
    const { planned, planRun } = this;
    const scope = planRun.scope(extra);
    if (planned.kind === 'run') return this.execute(signal, scope);
    const inputs = fill((planned.step.with ?? {}) as Json, scope) as Record<string, Json>;
    const uses = planned.step.uses!;
    if (uses.startsWith('playbook/')) {
      const playbook = this.options.playbook?.(uses.slice('playbook/'.length));
      if (!playbook) throw new Error(`there is no playbook "${uses.slice('playbook/'.length)}"`);
      return planRun.nested(planned, playbook, inputs);
    }
    const implementation = this.implementation();
    if (!implementation) throw new Error(`there is no step "${uses}"`);
    const result: StepResult = await implementation.run(this.stepContext(signal, this.planned.itemTimeoutMs), inputs);
    return { ...result };
  }

  private async execute(signal: AbortSignal, scope: Scope): Promise<Attempt> {
    const command = this.planned.step.run!;
    if (!this.options.execute) throw new Error('programs cannot be run here');
    const environment: { [name: string]: string } = {};
    for (const [name, reference] of Object.entries(command.environment ?? {}))
      environment[name] = await this.secret(asText(fillText(reference, scope)));
    const argv = command.argv.map((argument) => asText(fillText(argument, scope)));
    const { code, stdout, stderr } = await this.options.execute(argv, { signal, environment });
    const output = { code, stdout: hide(stdout, environment), stderr: hide(stderr, environment) };
    const wanted = command.exit ?? 0;
    if (code !== wanted) {
      const says = String(output.stderr).trim().split('\n', 1)[0]!.slice(0, 200);
      return {
        outcome: 'failed',
        because: `${argv[0]} ended with exit code ${code}, expected ${wanted}${says ? `: ${says}` : ''}`,
        output,
      };
    }
    if (command.contains !== undefined && !stdout.includes(command.contains) && !stderr.includes(command.contains)) {
      return { outcome: 'failed', because: `the output of ${argv[0]} does not hold "${command.contains}"`, output };
    }
    return { outcome: 'passed', output };
  }

  private async secret(reference: string): Promise<string> {
    if (!this.options.secret) throw new Error('secrets cannot be read here');
    return this.options.secret(reference);
  }

  private stepContext(signal: AbortSignal, limitMs: number): StepContext {
    const { planRun, options, planned } = this;
    const ends = Math.min(this.endsAt || Number.POSITIVE_INFINITY, performance.now() + limitMs);
    return {
      state: planRun.context.state,
      inputs: planRun.plan.inputs,
      now: () => options.clock.now(),
      signal,
      remainingMs: () => Math.max(0, ends - performance.now()),
      allowChanges: options.allowChanges ?? false,
      progress: (text) => planRun.report(planned, 'progress', { text }),
      secret: (reference) => this.secret(reference),
    };
  }
}

/** Secrets and card numbers that a program printed do not reach journal and report. */
function hide(output: string, secrets: { [name: string]: string }): string {
  let hidden = output.slice(0, 65_536);
  for (const secret of Object.values(secrets)) if (secret.length >= 4) hidden = hidden.replaceAll(secret, '[secret]');
  return maskText(hidden);
}

function saysError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!.slice(0, 300) || 'unknown error';
}

/** One outcome for all items: the worst; what is not passed is named. */
function summarise(items: Json[], results: Attempt[], wanted: number): Attempt {
  const output: Json = results.map((result, index) => ({
    item: items[index] ?? null,
    outcome: result.outcome,
    because: result.because ?? '',
    output: result.output ?? null,
  }));
  const evidence = results.flatMap((result) => result.evidence ?? []);
  const common = {
    output,
    ...(evidence.length ? { evidence } : {}),
    ...(results.some((result) => result.final === false) ? { final: false } : {}),
  };
  const beyond = wanted - items.length;
  if (beyond > 0)
    return {
      outcome: 'error',
      because: `${items.length} of ${wanted} items were run: the bound is ${items.length}`,
      ...common,
    };
  const worst = (['error', 'timed-out', 'failed', 'skipped', 'waiting'] as const).find((outcome) =>
    results.some((result) => result.outcome === outcome),
  );
  if (!worst) return { outcome: 'passed', because: `${items.length} items`, ...common };
  const bad = results
    .map((result, index) => ({ result, index }))
    .filter(({ result }) => result.outcome !== 'passed' && result.outcome !== 'waived');
  const names = bad
    .slice(0, 10)
    .map(
      ({ result, index }) =>
        `${asText(items[index]).slice(0, 60)} (${result.outcome}${result.because && bad.length <= 3 ? `: ${result.because.slice(0, 120)}` : ''})`,
    );
  return {
    outcome: worst,
    because: `${bad.length} of ${items.length} ended otherwise than passed, namely ${names.join(', ')}${bad.length > 10 ? ', ...' : ''}`,
    ...common,
  };
}
