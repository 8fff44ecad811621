import type { Playbook } from '../../src/playbook/language.ts';
import { parsePlaybook } from '../../src/playbook/parse.ts';

/** A playbook with the given phases (YAML, indented by two) and further members. */
export function playbookText(phases: string, head = '', id = 'sample'): string {
  return `playbook: 1\nid: ${id}\ntitle: A sample\nversion: 1.0.0\nowner: ops\n${head}phases:${phases}\n`;
}

export function playbookOf(phases: string, head = '', id = 'sample'): Playbook {
  const { playbook, problems } = parsePlaybook(playbookText(phases, head, id), `${id}.yaml`);
  if (!playbook) throw new Error(problems.map((p) => `${p.line}:${p.column} ${p.message}`).join('\n'));
  return playbook;
}
