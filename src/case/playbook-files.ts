/** Playbooks on disk: the shipped ones, compiled, and the user's own. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Playbook } from '../playbook/language.ts';
import { didYouMean, type Problem } from '../playbook/problem.ts';

export interface PlaybookSummary {
  id: string;
  title: string;
  titles?: { [language: string]: string };
  version: string;
  owner: string;
  causes: string[];
  labels: string[];
}

/** A playbook that cannot be used. `problems` holds what lint found, if it came to that. */
export class PlaybookUnusable extends Error {
  readonly code = 'PLAYBOOK_UNUSABLE';
  readonly problems: Problem[];
  readonly next: string;
  constructor(message: string, next: string, problems: Problem[] = []) {
    super(message);
    this.next = next;
    this.problems = problems;
  }
}

/** Folder of this package that holds `name`, looking upward from this file, bundled or not. */
export function packageFolder(name: string): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, name);
    if (existsSync(join(folder, 'package.json')) && existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

function shippedFolder(): string {
  const folder = packageFolder('dist/playbooks');
  if (!folder) throw new PlaybookUnusable('the shipped playbooks are missing', 'build the project: npm run build');
  return folder;
}

/** The shipped playbooks, without their steps. */
export function shippedPlaybooks(): PlaybookSummary[] {
  return JSON.parse(readFileSync(join(shippedFolder(), 'index.json'), 'utf8')) as PlaybookSummary[];
}

/** A shipped playbook by id; undefined when there is none. */
export function shippedPlaybook(id: string): Playbook | undefined {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) return undefined;
  const file = join(shippedFolder(), `${id}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Playbook) : undefined;
}

/** Whether a name on the command line means a file rather than a shipped playbook. */
export function isPlaybookFile(name: string): boolean {
  return /\.(ya?ml|json)$/.test(name) || name.includes('/') || name.includes('\\');
}

/** Text of a playbook file; throws PlaybookUnusable with the next step when it cannot be read. */
export function readPlaybookFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(code ?? error);
    throw new PlaybookUnusable(
      `cannot read the playbook ${file}: ${why}`,
      'give a file, or the id of a shipped playbook (paymedic playbook list)',
    );
  }
}

/**
 * A playbook by the name a user gave: the id of a shipped one, or a YAML file, which is parsed and linted.
 * @throws PlaybookUnusable when there is none, or when it has errors
 */
export async function loadPlaybook(name: string): Promise<{ playbook: Playbook; warnings: Problem[]; file?: string }> {
  if (!isPlaybookFile(name)) {
    const playbook = shippedPlaybook(name);
    if (playbook) return { playbook, warnings: [] };
    const ids = shippedPlaybooks().map((one) => one.id);
    const near = didYouMean(name, ids);
    throw new PlaybookUnusable(
      `there is no shipped playbook "${name.slice(0, 80)}"`,
      near ? `did you mean "${near}"?` : 'paymedic playbook list names them; a file ends in .yaml',
    );
  }
  const [{ parsePlaybook }, { lintPlaybook }, { STEPS }] = await Promise.all([
    import('../playbook/parse.ts'),
    import('../playbook/lint/index.ts'),
    import('../playbook/catalogue.ts'),
  ]);
  const parsed = parsePlaybook(readPlaybookFile(name), name);
  const problems = lintPlaybook(parsed, { steps: STEPS });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length || !parsed.playbook) {
    throw new PlaybookUnusable(
      `the playbook ${name} has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`,
      `correct them; paymedic playbook lint ${name} shows all`,
      problems,
    );
  }
  return { playbook: parsed.playbook, warnings: problems, file: name };
}
