/** Shipped playbooks made ready at build time, so that no YAML is parsed when they run. */
import { STEPS } from './catalogue.ts';
import type { Playbook } from './language.ts';
import { lintPlaybook } from './lint/index.ts';
import { parsePlaybook } from './parse.ts';
import type { Problem } from './problem.ts';

export { expectationsShape } from './expectations.ts';
export { jsonSchemaOf } from './json-schema.ts';
export { playbookShape } from './language.ts';

/**
 * Parses and lints a set of playbooks together.
 * @returns the playbooks that are sound, and every problem of all of them
 */
export function compilePlaybooks(files: readonly { file: string; text: string }[]): {
  playbooks: Playbook[];
  problems: Problem[];
} {
  const parsed = files.map(({ file, text }) => parsePlaybook(text, file));
  const playbooks = parsed.flatMap(({ playbook }) => (playbook ? [playbook] : []));
  const byId = new Map(playbooks.map((playbook) => [playbook.id, playbook]));
  return { playbooks, problems: parsed.flatMap((one) => lintPlaybook(one, { steps: STEPS, playbooks: byId })) };
}
