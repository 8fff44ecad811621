import type { Command } from 'commander';
import { investigate, investigationOptions, neededPlaybook } from '../investigate.ts';
import type { ColorChoice } from '../terminal.ts';
import type { RunCommandOptions } from './run.ts';

/** `paymedic triage`: the shipped triage playbook over whatever evidence is named. */
export function register(program: Command): void {
  const command = program
    .command('triage')
    .argument('<evidence...>', 'folders, files, archives, - for standard input, or host:port')
    .description('From evidence to a prioritised incident report.')
    .option(
      '--case <folder>',
      'keep a case there: journal, manifest, report; paymedic verify and case close go on with it',
    );
  investigationOptions(command).addHelpText(
    'after',
    `
Examples
  $ paymedic triage ./evidence
  $ paymedic triage gateway.log chain.pem --now 2026-05-30T10:48:38Z
  $ paymedic triage ./evidence --format html=report.html --format json=report.json
  $ paymedic triage ./evidence --case ./case-4711
  $ paymedic triage pay.example.com:443
  $ zcat app.log.gz | paymedic triage -
`,
  );
  command.action(async (evidence: string[], options: RunCommandOptions, self: Command) => {
    const color = (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto';
    if (options.case) {
      const { runWithCase } = await import('../run-playbook.ts');
      process.exitCode = await runWithCase('triage', evidence, options, color);
      return;
    }
    process.exitCode = await investigate(evidence, neededPlaybook('triage'), options, color);
  });
}
