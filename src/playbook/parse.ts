/** Playbook text to playbook. The only part of the engine that loads a YAML parser; shipped playbooks arrive parsed. */
import { type Playbook, playbookShape } from './language.ts';
import { type Located, readYaml } from './located.ts';
import { type Problem, SourceText } from './problem.ts';
import { Validator } from './validate.ts';

export interface ParsedPlaybook {
  /** Only when nothing is structurally wrong; its meaning is for lintPlaybook. */
  playbook?: Playbook;
  problems: Problem[];
  source: SourceText;
  /** What could be read, with positions, for lint. */
  root?: Located;
}

/** A playbook is written by people; a megabyte is not one. */
const MAX_BYTES = 1_000_000;

/**
 * Parses one playbook and checks its structure.
 * @param text the file as read
 * @param file the name that problems print
 */
export function parsePlaybook(text: string, file: string): ParsedPlaybook {
  const source = new SourceText(file, text.length > MAX_BYTES ? '' : text.replace(/^\uFEFF/, ''));
  if (text.length > MAX_BYTES) {
    return {
      source,
      problems: [
        source.problem(
          [0, 0],
          'yaml-syntax',
          'error',
          `the file has ${text.length} characters; a playbook has at most ${MAX_BYTES}`,
          'check that this is a playbook',
        ),
      ],
    };
  }
  const { root, problems } = readYaml(source);
  if (!root) {
    if (problems.length === 0)
      problems.push(
        source.problem(
          [0, 0],
          'no-steps',
          'error',
          'the file holds no playbook',
          'start one with: paymedic playbook new <id>',
        ),
      );
    return { source, problems };
  }
  const broken = problems.filter((problem) => problem.rule === 'yaml-syntax' && problem.severity === 'error');
  // What follows a syntax error is guesswork: only the first is worth a person's time.
  if (broken.length) return { source, problems: broken.slice(0, 1) };
  const validator = new Validator(source);
  const value = validator.check(playbookShape, root, 'the playbook');
  problems.push(...validator.problems);
  const sound = value !== undefined && !problems.some((problem) => problem.severity === 'error');
  return { source, problems, root, ...(sound ? { playbook: value as unknown as Playbook } : {}) };
}
