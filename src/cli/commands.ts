import type { Command } from 'commander';

/** One line of the command list; `load` brings in the file that holds the command. */
export interface CommandEntry {
  name: string;
  summary: string;
  load(): Promise<{ register(program: Command): void }>;
}

/** The commands in the order of `--help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'triage',
    summary: 'from evidence to a prioritised incident report: cause, onset, owner, remedy, verification',
    load: () => import('./commands/triage.ts'),
  },
  {
    name: 'certs',
    summary: 'audit certificates, keys and revocation data in files and on live hosts',
    load: () => import('./commands/certs.ts'),
  },
  {
    name: 'playbook',
    summary: 'list, show, lint, test or make playbooks',
    load: () => import('./commands/playbook.ts'),
  },
  {
    name: 'explain',
    summary: 'what a cause, a check, a TLS alert or an error text means, and what to do about it',
    load: () => import('./commands/explain.ts'),
  },
];
