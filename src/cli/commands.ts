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
    name: 'run',
    summary: 'run a playbook over evidence, with a case folder when asked for',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'resume',
    summary: 'go on with the run of a case folder',
    load: () => import('./commands/resume.ts'),
  },
  {
    name: 'verify',
    summary: 're-check what a report found: resolved, still there, or could not check',
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'case',
    summary: 'verify, show and close case folders',
    load: () => import('./commands/case.ts'),
  },
  {
    name: 'logs',
    summary: 'logs and their windows: formats, error texts, rates, card numbers',
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'payments',
    summary: 'payment tables: outcomes, failures, card testing, duplicates, what to reconcile',
    load: () => import('./commands/payments.ts'),
  },
  {
    name: 'intrusion',
    summary: 'the answer sheet of an intrusion: attackers, entry, shells, accounts, persistence',
    load: () => import('./commands/intrusion.ts'),
  },
  {
    name: 'pcap',
    summary: 'one verdict per failed handshake of packet captures',
    load: () => import('./commands/pcap.ts'),
  },
  {
    name: 'certs',
    summary: 'audit certificates, keys and revocation data in files and on live hosts',
    load: () => import('./commands/certs.ts'),
  },
  {
    name: 'ciphers',
    summary: 'what live servers and configurations offer, gated on cited policies',
    load: () => import('./commands/ciphers.ts'),
  },
  {
    name: 'message',
    summary: 'verify signed payment messages and say why a signature does not hold',
    load: () => import('./commands/message.ts'),
  },
  {
    name: 'waive',
    summary: 'write a waiver for a finding of an auditing command',
    load: () => import('./commands/waive.ts'),
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
  {
    name: 'drill',
    summary: 'practise on a made incident and be scored',
    load: () => import('./commands/drill.ts'),
  },
  {
    name: 'report',
    summary: 'render a saved report again in any format',
    load: () => import('./commands/report.ts'),
  },
  {
    name: 'diff',
    summary: 'what is new, resolved and unchanged between two reports',
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'inventory',
    summary: 'inventories of certificates, keys and cipher suites from files, hosts and captures',
    load: () => import('./commands/inventory.ts'),
  },
  {
    name: 'collect',
    summary: 'gather a bundle of evidence on a host, read-only',
    load: () => import('./commands/collect.ts'),
  },
  {
    name: 'redact',
    summary: 'copy a bundle for sharing, with card numbers and secrets masked',
    load: () => import('./commands/redact.ts'),
  },
  {
    name: 'config',
    summary: 'show the project file and where each value comes from',
    load: () => import('./commands/config.ts'),
  },
  {
    name: 'doctor',
    summary: 'check this machine: Node, clock, certificates, permissions',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'shell completion for bash, zsh and fish',
    load: () => import('./commands/completion.ts'),
  },
];
