/** `<id>.test.yaml` beside a playbook: evidence, and what a run over it must give. One source of type, schema and validation. */
import { PRIORITIES } from '../finding.ts';
import { OUTCOMES } from './language.ts';
import { type Located, readYaml } from './located.ts';
import { type Problem, SourceText } from './problem.ts';
import { anything, choice, count, either, type Infer, list, mapOf, object, text } from './shape.ts';
import { Validator } from './validate.ts';

const slug = (says: string) => text(says, { format: 'id', maxLength: 63 });

const bundleShape = either('The evidence.', [
  text('A folder or file, relative to the test file.', { maxLength: 300 }),
  object(
    'TestBundle',
    'A practice bundle made for this test (see paymedic drill), or evidence written out here.',
    {},
    {
      drill: slug('Cause of the practice bundle, or none for a healthy shop.'),
      seed: count('Which of the stories of the drill; 1 when not given.', 0, 4_294_967_295),
      files: mapOf('Evidence written out: content by path.', text('Content of the file.', { maxLength: 100_000 })),
    },
    ['drill', 'files'],
  ),
]);

const expectShape = object(
  'Expectations',
  'What the run must give. What is not named is not compared.',
  {},
  {
    causes: list(
      'Causes that the diagnosis must claim, the first of them in the first place; [] for none at all.',
      slug('A cause.'),
      { max: 20 },
    ),
    'not-causes': list('Causes that it must not claim.', slug('A cause.'), { max: 50 }),
    findings: list('Findings that there must be.', text('A finding id.', { maxLength: 100 }), { max: 100 }),
    priority: choice('Priority of the report.', [...PRIORITIES, 'none']),
    steps: mapOf('Outcomes of steps by id.', choice('An outcome.', OUTCOMES)),
  },
);

const caseShape = object(
  'PlaybookTest',
  'One run.',
  { name: text('What it shows.', { maxLength: 200 }), bundle: bundleShape, expect: expectShape },
  {
    inputs: mapOf(
      'Inputs of the playbook; {bundle} stands for the folder of the evidence.',
      anything('A value.'),
      'id',
    ),
    answers: mapOf('Answers of people, by step.', text('An answer.', { maxLength: 1000 })),
  },
);

export const expectationsShape = object(
  'PlaybookTests',
  'Expectations of a playbook, run by paymedic playbook test.',
  {
    playbook: slug('The playbook; its file is <id>.yaml beside this one.'),
    cases: list('The runs.', caseShape, { min: 1, max: 50 }),
  },
  {},
);

export type Expectations = Infer<typeof expectationsShape>;
export type PlaybookTest = Infer<typeof caseShape>;

/** Parses a test file. */
export function parseExpectations(
  content: string,
  file: string,
): { expectations?: Expectations; problems: Problem[]; root?: Located } {
  const source = new SourceText(file, content);
  const { root, problems } = readYaml(source);
  if (!root || problems.some((problem) => problem.severity === 'error')) return { problems };
  const validator = new Validator(source);
  const value = validator.check(expectationsShape, root, 'the test file');
  problems.push(...validator.problems);
  return {
    problems,
    root,
    ...(validator.problems.length === 0 ? { expectations: value as unknown as Expectations } : {}),
  };
}
