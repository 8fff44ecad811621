/** A playbook as the text of its file. */
import { stringify } from 'yaml';
import type { Playbook } from './language.ts';

export function playbookAsYaml(playbook: Playbook): string {
  return stringify(playbook, { lineWidth: 120 });
}
