/** What the commands that read playbooks have in common. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  isPlaybookFile,
  loadPlaybook,
  PlaybookUnusable,
  packageFolder,
  readPlaybookFile,
  shippedPlaybook,
  shippedPlaybooks,
} from '../case/playbook-files.ts';
import type { Playbook } from '../playbook/language.ts';
import type { LintKnowledge } from '../playbook/lint/index.ts';
import type { Problem } from '../playbook/problem.ts';
import { EXIT, UserError } from './exit.ts';
import { tell } from './tell.ts';

/** Loads a playbook by id or file; problems go to stderr and end the command. */
export async function loadForUser(name: string): Promise<{ playbook: Playbook; file?: string }> {
  try {
    const loaded = await loadPlaybook(name);
    if (loaded.file) {
      const errors = (await lintFiles([loaded.file])).filter((problem) => problem.severity === 'error');
      if (errors.length)
        throw new PlaybookUnusable(
          `the playbook ${name} has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`,
          `correct them; paymedic playbook lint ${name} shows all`,
          errors,
        );
    }
    return loaded;
  } catch (error) {
    if (!(error instanceof PlaybookUnusable)) throw error;
    if (error.problems.length) {
      const { problemsAsText } = await import('./playbook-problems.ts');
      tell(`${problemsAsText(error.problems)}\n`);
    }
    throw new UserError(error.message, { exitCode: EXIT.usage, next: error.next });
  }
}

/** Everything a playbook may refer to. */
export async function lintKnowledge(): Promise<LintKnowledge> {
  const [{ STEPS }, { loadKnowledge }, { CHECKS }, { RULES }] = await Promise.all([
    import('../playbook/catalogue.ts'),
    import('../knowledge/load.ts'),
    import('../checks/registry.gen.ts'),
    import('../x509/rules/registry.gen.ts'),
  ]);
  const playbooks = new Map<string, Playbook>();
  for (const { id } of shippedPlaybooks()) playbooks.set(id, shippedPlaybook(id)!);
  return {
    steps: STEPS,
    causes: loadKnowledge().causes.map((cause) => cause.id),
    checks: CHECKS.map((check) => check.meta.id),
    auditFindings: RULES.map((rule) => `certificate/rule/${rule.id}`),
    playbooks,
  };
}

/** Lints files, and shipped playbooks by id, together: they may refer to each other. Test files are held against their own language. */
export async function lintFiles(names: readonly string[]): Promise<Problem[]> {
  const tests = names.filter((name) => name.endsWith('.test.yaml'));
  const problems = await lintPlaybooks(names.filter((name) => !tests.includes(name)));
  if (tests.length === 0) return problems;
  return [...problems, ...(await lintTestFiles(tests))];
}

/** Problems of test files, structure and names, each held against the playbook beside it. */
export async function lintTestFiles(files: readonly string[]): Promise<Problem[]> {
  const [{ parseExpectations }, { lintTests }, { parsePlaybook }, { drillCauses }, knowledge] = await Promise.all([
    import('../playbook/expectations.ts'),
    import('../playbook/lint/tests.ts'),
    import('../playbook/parse.ts'),
    import('../drill/make.ts'),
    lintKnowledge(),
  ]);
  return files.flatMap((file) => {
    const content = read(file);
    const { expectations, problems, root } = parseExpectations(content, file);
    if (!expectations || !root) return problems;
    const beside = join(dirname(file), `${expectations.playbook}.yaml`);
    const playbook = existsSync(beside) ? parsePlaybook(read(beside), beside) : undefined;
    const drills = drillCauses();
    return [...problems, ...lintTests(content, file, root, playbook, { ...knowledge, drills })];
  });
}

function read(file: string): string {
  try {
    return readPlaybookFile(file);
  } catch (error) {
    if (error instanceof PlaybookUnusable)
      throw new UserError(error.message, { exitCode: EXIT.usage, next: error.next });
    throw error;
  }
}

async function lintPlaybooks(names: readonly string[]): Promise<Problem[]> {
  const [{ parsePlaybook }, { lintPlaybook }, knowledge] = await Promise.all([
    import('../playbook/parse.ts'),
    import('../playbook/lint/index.ts'),
    lintKnowledge(),
  ]);
  const sources = packageFolder('playbooks/triage.yaml');
  const parsed = names.map((name) => {
    const file = isPlaybookFile(name) || !sources ? name : join(dirname(sources), `${name}.yaml`);
    return parsePlaybook(read(file), file);
  });
  const playbooks = new Map(knowledge.playbooks);
  for (const { playbook } of parsed) if (playbook) playbooks.set(playbook.id, playbook);
  return parsed.flatMap((one) => lintPlaybook(one, { ...knowledge, playbooks }));
}
