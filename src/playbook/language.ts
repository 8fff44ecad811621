/** The playbook language: the one source of its types, its JSON Schema and its validation. Documented in docs/playbooks.md. */
import { OWNERS } from '../finding.ts';
import { anything, choice, count, either, flag, type Infer, list, mapOf, object, text } from './shape.ts';

export const PHASES = ['investigate', 'locate', 'resolve', 'verify'] as const;
export type Phase = (typeof PHASES)[number];

export const OUTCOMES = ['passed', 'failed', 'error', 'skipped', 'waived', 'timed-out', 'waiting'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Every step has a timeout; these hold where none is written. */
export const DEFAULT_TIMEOUTS = { uses: '60s', run: '60s', manual: '7d' } as const;
export const LIMITS = { steps: 500, forEach: 10_000, parallel: 64, retries: 10, nesting: 4, inputs: 100 } as const;

const duration = (description: string) =>
  text(description, { format: 'duration', maxLength: 12, examples: ['30s', '5m'] });
const expression = (description: string) => text(description, { format: 'expression', maxLength: 500 });

export const inputShape = object(
  'Input',
  'A value that whoever runs the playbook may set with --input name=value.',
  {
    type: choice('What the value is. A secret is given as a reference (env:NAME or file:PATH), never as itself.', [
      'text',
      'number',
      'flag',
      'list',
      'host',
      'duration',
      'secret',
    ]),
    description: text('What it is for, in one sentence.', { maxLength: 500 }),
  },
  {
    default: anything('The value when none is given.'),
    required: flag('The run is refused when the input has no value.'),
    choices: list('The only values allowed.', text('One allowed value.', { maxLength: 200 }), { min: 1, max: 100 }),
    examples: list('Values as a user would type them.', anything('One value.'), { max: 20 }),
  },
);

const retryShape = object(
  'Retry',
  'Tries again when a step ends in an error, with growing pauses. All tries count towards the timeout of the step.',
  { max: count('Further tries after the first.', 1, LIMITS.retries) },
  {
    wait: duration('Pause before the second try; 1s when not given.'),
    factor: count('Each pause is this many times the one before; 2 when not given.', 1, 10, false),
    'max-wait': duration('No pause is longer; 30s when not given.'),
    on: list(
      'Outcomes that are tried again; [error, timed-out] when not given.',
      choice('An outcome.', ['error', 'timed-out', 'failed']),
      {
        min: 1,
        max: 3,
        unique: true,
      },
    ),
  },
);

const forEachShape = object(
  'ForEach',
  `Runs the step once for each item of a list. The item is \${{ item }}, its number \${{ index }}.`,
  {
    in: either(`The list: a template such as \${{ inputs.targets }}, or the items themselves.`, [
      text('A template that gives a list.', { maxLength: 500 }),
      list('The items.', anything('One item.'), { max: LIMITS.forEach }),
    ]),
    max: count('The bound: items beyond it are not run, and the record says how many.', 1, LIMITS.forEach),
  },
  {
    parallel: count('How many run at the same time; 16 when not given.', 1, LIMITS.parallel),
    'item-timeout': duration('Time for one item; a quarter of the timeout of the step when not given.'),
  },
);

const manualShape = object(
  'Manual',
  'A step that a person does. The run goes on without it and waits for the answer.',
  { instruction: text('What to do, so that a tired person can do it.', { maxLength: 8000 }) },
  {
    role: choice('Who does it.', OWNERS),
    'expected-evidence': text('What proves that it was done: a file, a number, the output of a command.', {
      maxLength: 1000,
    }),
    answer: choice('What kind of answer is recorded; text when not given.', ['text', 'yes-no', 'choice']),
    choices: list('The answers allowed when answer is choice.', text('One answer.', { maxLength: 200 }), {
      min: 2,
      max: 20,
      unique: true,
    }),
    'pass-when': list(
      'Answers that count as passed when answer is choice; all when not given.',
      text('One answer.', { maxLength: 200 }),
      { min: 1, max: 20 },
    ),
  },
);

const runShape = object(
  'Run',
  'A program to run, without a shell. Refused unless the user allows it with --allow-exec.',
  {
    argv: list(
      'The program and its arguments, one item each.',
      text(`One argument; may hold \${{ }}.`, { maxLength: 4000 }),
      { min: 1, max: 100 },
    ),
  },
  {
    exit: count('The exit code that means passed; 0 when not given.', 0, 255),
    contains: text('Text that the output must hold as well.', { maxLength: 500 }),
    contacts: list('Hosts that the program contacts, for the plan.', text('A host or host:port.', { maxLength: 300 }), {
      max: 50,
    }),
    environment: mapOf(
      'Variables of the program: references to secrets only.',
      text('env:NAME, file:PATH or a secret input.', { format: 'secret-reference', maxLength: 300 }),
    ),
  },
);

const stepRequired = {
  id: text('The name of the step, unique in the playbook.', { format: 'id', maxLength: 63 }),
} as const;

const stepOptional = {
  title: text('What the step does, for the report. The id when not given.', { maxLength: 200 }),
  description: text('Why the step is there.', { maxLength: 4000 }),
  uses: text('The step to run: a reader, a group of checks, a command or another playbook (playbook/<id>).', {
    format: 'uses',
    maxLength: 100,
  }),
  with: mapOf(`The inputs of what is used. Text may hold \${{ expression }}.`, anything('One value.')),
  manual: manualShape,
  run: runShape,
  if: expression('Runs the step only when the expression is true; otherwise it is skipped.'),
  needs: list(
    'Steps that must have passed (or been waived) before; otherwise this one is skipped because of them.',
    text('A step id.', { format: 'id', maxLength: 63 }),
    {
      max: 50,
      unique: true,
    },
  ),
  expect: expression('Must be true after the step for it to have passed; output is what the step returned.'),
  timeout: duration('Time for the step as a whole, with all its tries and items.'),
  retry: retryShape,
  'for-each': forEachShape,
  'on-failure': either(
    'What a failure, an error or a timeout does to the rest. continue when not given: only the steps that need this one are skipped.',
    [
      choice('continue: go on. end-phase: skip the rest of this phase. stop: skip everything that follows.', [
        'continue',
        'end-phase',
        'stop',
      ]),
      object(
        'Recover',
        'Names a later step that runs only when this one did not pass.',
        { run: text('A later step of the same phase.', { format: 'id', maxLength: 63 }) },
        {},
      ),
    ],
  ),
  mutates: flag(
    'The step changes something outside the case folder. Refused unless the user allows it with --allow-changes.',
  ),
} as const;

const leafStepShape = object('Step', 'One step.', stepRequired, stepOptional, ['uses', 'manual', 'run']);

const parallelShape = object(
  'Parallel',
  'Steps that run at the same time.',
  { steps: list('The steps.', leafStepShape, { min: 2, max: 100 }) },
  {
    max: count('How many run at the same time; 8 when not given.', 1, LIMITS.parallel),
    mode: choice(
      'settle: all of them end. fail-fast: the first that does not pass stops those that have not ended. settle when not given.',
      ['settle', 'fail-fast'],
    ),
  },
);

const { title, description, if: condition, needs, timeout, 'on-failure': onFailure } = stepOptional;
export const stepShape = object(
  'StepOrGroup',
  'One step, or a group of steps that run at the same time. It has exactly one of uses, manual, run and parallel.',
  stepRequired,
  {
    ...stepOptional,
    parallel: parallelShape,
    title,
    description,
    if: condition,
    needs,
    timeout,
    'on-failure': onFailure,
  },
  ['uses', 'manual', 'run', 'parallel'],
);

const phase = (says: string) => list(says, stepShape, { max: LIMITS.steps });

const phasesShape = object(
  'Phases',
  'The four phases, in this order. All steps of a phase end before the next phase begins.',
  {},
  {
    investigate: phase('Take the evidence in and judge the scope: what fails, since when, for whom.'),
    locate: phase('Find the cause: which side, which component, which file.'),
    resolve: phase('Isolate where urgent, repair, tell those who must act.'),
    verify: phase('Prove that the fault is gone and stays gone.'),
  },
);

export const playbookShape = object(
  'Playbook',
  'A response written down: what to read, what to judge, what people do and how the repair is proven.',
  {
    playbook: count('Version of this language.', 1, 1),
    id: text('The name of the playbook; its file is <id>.yaml.', { format: 'id', maxLength: 63 }),
    title: text('What it is for, in one line.', { maxLength: 200 }),
    version: text('Version of this playbook.', { format: 'version', maxLength: 20 }),
    owner: choice('Who keeps it right.', OWNERS),
    phases: phasesShape,
  },
  {
    titles: mapOf('The title in other languages, by language code.', text('The title.', { maxLength: 200 }), 'id'),
    description: text('When to use it and what it does.', { maxLength: 8000 }),
    'applies-to': list(
      'Causes of the catalogue that it answers (see paymedic explain).',
      text('A cause.', { format: 'id', maxLength: 63 }),
      { max: 100, unique: true },
    ),
    labels: list('Words to find it by.', text('One label.', { maxLength: 60 }), { max: 50, unique: true }),
    references: list('Where the procedure comes from.', text('A citation or an address.', { maxLength: 500 }), {
      max: 50,
    }),
    inputs: mapOf('What whoever runs it may set.', inputShape, 'id'),
    extensions: mapOf('Members that other tools keep here; carried along and not read.', anything('Anything.')),
  },
);

export type Playbook = Infer<typeof playbookShape>;
export type Input = Infer<typeof inputShape>;
export type LeafStep = Infer<typeof leafStepShape>;
export type Step = Infer<typeof stepShape>;
export type Manual = Infer<typeof manualShape>;
export type RunCommand = Infer<typeof runShape>;

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `30s`; undefined when it is not one. */
export function durationMs(value: string): number | undefined {
  const match = /^([0-9]{1,6})(ms|s|m|h|d)$/.exec(value);
  return match ? Number(match[1]) * UNITS[match[2]!]! : undefined;
}
