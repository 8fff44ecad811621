import type { Command } from 'commander';
import { registerInvestigation } from '../investigate.ts';

/** `paymedic triage`: the shipped triage playbook over whatever evidence is named. */
export function register(program: Command): void {
  registerInvestigation(
    program
      .command('triage')
      .argument('<evidence...>', 'folders, files, archives, - for standard input, or host:port')
      .description('From evidence to a prioritised incident report.')
      .addHelpText(
        'after',
        `
Examples
  $ paymedic triage ./evidence
  $ paymedic triage gateway.log chain.pem --now 2026-05-30T10:48:38Z
  $ paymedic triage ./evidence --format html=report.html --format json=report.json
  $ paymedic triage pay.example.com:443
  $ zcat app.log.gz | paymedic triage -
`,
      ),
    'triage',
  );
}
