/** What `run` and `resume` do: the playbook, its inputs and answers, the case, the report. */
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { createCase, playbookOfCase, recordManifest, recordReport } from '../case/case.ts';
import { ownCommands } from '../case/command-steps.ts';
import { execute, readSecret } from '../case/environment.ts';
import { CaseError, CaseJournal } from '../case/journal.ts';
import { shippedPlaybook } from '../case/playbook-files.ts';
import type { Json } from '../finding.ts';
import { STEPS } from '../playbook/catalogue.ts';
import type { LeafStep, Playbook } from '../playbook/language.ts';
import { describePlan, PlaybookInputError, planPlaybook } from '../playbook/plan.ts';
import { didYouMean } from '../playbook/problem.ts';
import type { RunOptions } from '../playbook/run.ts';
import { safeText } from '../report/safe-text.ts';
import { sanitizeReport } from '../report/sanitize.ts';
import type { StepRecord } from '../report/types.ts';
import type { RunCommandOptions } from './commands/run.ts';
import { EXIT, UserError } from './exit.ts';
import { investigate, type RunExtension } from './investigate.ts';
import { loadForUser } from './playbook-lint.ts';
import { say } from './say.ts';
import { tell } from './tell.ts';
import type { ColorChoice } from './terminal.ts';
import { VERSION } from './version.ts';

/** `name=value` pairs of a repeatable option. */
export function pairs(option: string, values: readonly string[] = []): { [name: string]: string } {
  const result: { [name: string]: string } = {};
  for (const value of values) {
    const at = value.indexOf('=');
    if (at < 1)
      throw new UserError(`${option} ${value}: expected name=value`, { next: `for example ${option} name=value` });
    result[value.slice(0, at)] = value.slice(at + 1);
  }
  return result;
}

function checkInputs(playbook: Playbook, given: { [name: string]: Json }): void {
  try {
    planPlaybook(playbook, given);
  } catch (error) {
    if (error instanceof PlaybookInputError)
      throw new UserError(error.says.join('\n  '), { next: `paymedic playbook show ${playbook.id} lists its inputs` });
    throw error;
  }
}

/** The steps of a playbook, groups opened. */
function leafSteps(playbook: Playbook): LeafStep[] {
  return Object.values(playbook.phases).flatMap((steps) =>
    (steps ?? []).flatMap((step) => (step.parallel?.steps ?? [step]) as LeafStep[]),
  );
}

function checkAnswers(playbook: Playbook, answers: { [step: string]: string }): void {
  const known = leafSteps(playbook).map((step) => step.id);
  for (const step of Object.keys(answers)) {
    if (known.includes(step) || step.includes('/')) continue;
    const near = didYouMean(step, known);
    throw new UserError(`--answer ${step}: the playbook has no such step`, {
      next: near ? `did you mean "${near}"?` : `steps: ${known.join(', ')}`,
    });
  }
}

async function ask(title: string, instruction: string, expected: string | undefined): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    tell(
      `\n${safeText(title)}\n${instruction
        .split('\n')
        .map((line) => `  ${safeText(line)}`)
        .join('\n')}\n`,
    );
    if (expected) tell(`  expected: ${safeText(expected)}\n`);
    const answer = await terminal.question('answer (empty: leave it waiting) > ');
    return answer.trim() === '' ? undefined : answer;
  } catch {
    return undefined;
  } finally {
    terminal.close();
  }
}

function runOptions(
  playbook: Playbook,
  options: Pick<RunCommandOptions, 'answer' | 'ask' | 'allowChanges' | 'allowExec'>,
): Partial<RunOptions> {
  const answers = pairs('--answer', options.answer);
  checkAnswers(playbook, answers);
  return {
    answers,
    allowChanges: options.allowChanges ?? false,
    allowExec: options.allowExec ?? false,
    execute,
    secret: readSecret,
    playbook: shippedPlaybook,
    ...(options.ask && process.stdin.isTTY
      ? { ask: (step, instruction) => ask(step.title, instruction, step.step.manual?.['expected-evidence']) }
      : {}),
  };
}

/** `--dry-run`: the plan as text; nothing is opened, contacted or changed. */
export async function dryRun(name: string, evidence: string[], options: RunCommandOptions): Promise<number> {
  const { playbook } = await loadForUser(name);
  const inputs = pairs('--input', options.input);
  checkInputs(playbook, inputs);
  const lines = describePlan(planPlaybook(playbook, inputs), STEPS, evidence);
  let phase = '';
  for (const line of lines) {
    if (line.phase !== phase) say(`${line.phase}\n`);
    phase = line.phase;
    const notes = [
      ...(line.condition ? [`if ${line.condition}`] : []),
      ...(line.needs.length ? [`needs ${line.needs.join(', ')}`] : []),
      ...(line.contacts.length ? [`CONTACTS ${line.contacts.join(', ')}`] : []),
      ...(line.changes
        ? [`CHANGES SOMETHING (${options.allowChanges ? 'allowed' : 'refused without --allow-changes'})`]
        : []),
      ...(line.executes
        ? [`RUNS ${line.executes.join(' ')} (${options.allowExec ? 'allowed' : 'refused without --allow-exec'})`]
        : []),
      ...(line.waitsFor ? [`waits for ${line.waitsFor}`] : []),
      `at most ${line.timeoutMs / 1000} s`,
    ];
    say(
      `  ${safeText(`${line.id}: ${line.title}`)}\n    ${safeText(line.does)}\n    ${safeText(notes.join('; '), 1000)}\n`,
    );
  }
  return EXIT.ok;
}

/** Options of an investigation that a resumed run must have again. */
const KEPT = ['now', 'since', 'until', 'zone', 'logFormat', 'logPattern', 'threshold'] as const;

/** Those that can be named several times. */
const REPEATED: readonly string[] = ['logFormat', 'threshold'];

/** What a journal kept of the options; a line written by somebody else adds none that writes files or runs commands. */
function keptOptions(given: { [name: string]: Json }): Partial<RunCommandOptions> {
  const kept: { [name: string]: Json } = {};
  for (const key of KEPT) {
    const value = given[key];
    const sound = REPEATED.includes(key)
      ? Array.isArray(value) && value.every((one) => typeof one === 'string')
      : typeof value === 'string';
    if (sound) kept[key] = value!;
  }
  return kept as Partial<RunCommandOptions>;
}

/** Runs a playbook; with `--case` everything is journalled. */
export async function runWithCase(
  name: string,
  evidence: string[],
  options: RunCommandOptions,
  color: ColorChoice,
): Promise<number> {
  const { playbook } = await loadForUser(name);
  const inputs = pairs('--input', options.input);
  checkInputs(playbook, inputs);
  const run: Partial<RunOptions> = { ...runOptions(playbook, options), inputs };
  if (!options.case) {
    let steps: readonly StepRecord[] = [];
    const code = await investigate(evidence, playbook, options, color, {
      run,
      steps: ownCommands(),
      finished: (report) => {
        steps = report.playbook?.steps ?? [];
      },
    });
    if (!options.quiet) sayWaiting(playbook, steps, undefined);
    return code;
  }
  const system = Date.now();
  const kept: { [name: string]: Json } = {};
  for (const key of KEPT) if (options[key] !== undefined) kept[key] = options[key] as Json;
  const journal = guarded(() =>
    createCase(
      resolve(options.case!),
      playbook,
      { tool: `paymedic ${VERSION}`, inputs, evidence, folder: process.cwd(), system, options: kept },
      Date.now,
    ),
  );
  return withJournal(journal, evidence, playbook, options, color, { system, run });
}

/** Goes on with the case in a folder. */
export async function resumeCase(folder: string, options: RunCommandOptions, color: ColorChoice): Promise<number> {
  const at = resolve(folder);
  const journal = guarded(() => CaseJournal.open(at, Date.now));
  const { opening } = journal;
  const playbook = guarded(() => playbookOfCase(at, journal));
  const again = { ...options, ...keptOptions(opening.options) };
  try {
    checkInputs(playbook, opening.inputs);
  } catch (error) {
    journal.close();
    throw error;
  }
  try {
    // Evidence was named relative to this folder.
    process.chdir(opening.folder);
  } catch {
    journal.close();
    throw new UserError(`the folder ${opening.folder}, from which the run was started, is gone`, {
      next: 'put it back with the evidence in it, or start again in a new case',
    });
  }
  return withJournal(journal, opening.evidence, playbook, again, color, {
    system: opening.system,
    run: { ...runOptions(playbook, options), inputs: opening.inputs },
  });
}

async function withJournal(
  journal: CaseJournal,
  evidence: string[],
  playbook: Playbook,
  options: RunCommandOptions,
  color: ColorChoice,
  extension: RunExtension,
): Promise<number> {
  let steps: readonly StepRecord[] = [];
  try {
    const code = await investigate(evidence, playbook, options, color, {
      ...extension,
      steps: ownCommands(),
      run: { ...extension.run, journal },
      opened: (items) =>
        guarded(() =>
          recordManifest(
            journal,
            items.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
          ),
        ),
      finished: (report) => {
        recordReport(journal, sanitizeReport(report));
        steps = report.playbook?.steps ?? [];
      },
    });
    if (!options.quiet) {
      sayWaiting(playbook, steps, journal.folder);
      tell(`case ${journal.folder}: journal ends with ${journal.headHash}\n`);
    }
    return code;
  } finally {
    journal.close();
  }
}

/** Tells people what is asked of them, on standard error: the report itself is on standard output. */
function sayWaiting(playbook: Playbook, steps: readonly StepRecord[], folder: string | undefined): void {
  const waiting = steps.filter((step) => step.outcome === 'waiting');
  if (waiting.length === 0) return;
  const written = new Map(leafSteps(playbook).map((step) => [step.id, step]));
  const lines = ['', `${waiting.length} ${waiting.length === 1 ? 'step waits' : 'steps wait'} for people`];
  for (const { id, title, because = '', instruction } of waiting) {
    const manual = written.get(id)?.manual;
    lines.push(`- ${id}: ${title}`, `    ${because}`);
    if (manual?.choices) lines.push(`    answer with one of: ${manual.choices.join(', ')}`);
    else if (manual?.answer === 'yes-no') lines.push('    answer with yes or no');
    for (const line of (instruction ?? manual?.instruction ?? '').trim().split('\n')) lines.push(`    | ${line}`);
  }
  const example = waiting
    .slice(0, 4)
    .map(({ id }) => `--answer ${id}="..."`)
    .join(' ');
  lines.push(
    folder
      ? `next: paymedic resume ${folder} ${example}`
      : `next: run again with --case FOLDER to keep the case, then paymedic resume FOLDER ${example}`,
  );
  tell(`${lines.map((line) => safeText(line)).join('\n')}\n`);
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CaseError) throw new UserError(error.message, { next: error.next });
    throw error;
  }
}
