/** `paymedic run PLAYBOOK EVIDENCE...`: a playbook over evidence, with a case folder when asked for. */
import type { Command } from 'commander';
import { type InvestigationOptions, investigationOptions } from '../investigate.ts';
import type { ColorChoice } from '../terminal.ts';

export interface RunCommandOptions extends InvestigationOptions {
  input?: string[];
  answer?: string[];
  allowChanges?: boolean;
  allowExec?: boolean;
  case?: string;
  dryRun?: boolean;
  ask?: boolean;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Options that `run` and `resume` share. */
export function permissionOptions(command: Command): Command {
  return command
    .option(
      '--answer <step=value>',
      'answer a step that waits for a person, repeatable; step="waive: reason" waives any step',
      collect,
    )
    .option('--ask', 'ask at the terminal where a step waits for a person')
    .option('--allow-changes', 'allow steps that change something')
    .option('--allow-exec', 'allow steps that run a program');
}

export function register(program: Command): void {
  const command = program
    .command('run')
    .argument('<playbook>', 'id of a shipped playbook (paymedic playbook list), or a file')
    .argument('[evidence...]', 'folders, files, archives, - for standard input, or host:port')
    .description('Runs a playbook over evidence.')
    .option('--input <name=value>', 'set an input of the playbook, repeatable', collect)
    .option('--case <folder>', 'keep a case there: journal, manifest, report; paymedic resume goes on with it')
    .option('--dry-run', 'print what each step does, contacts and changes, and run nothing');
  permissionOptions(investigationOptions(command)).addHelpText(
    'after',
    `
Examples
  $ paymedic run certificate-expired ./evidence
  $ paymedic run certificate-expired ./evidence --case ./case-4711
  $ paymedic resume ./case-4711 --answer ca-reissues="serial 03AF"
  $ paymedic run ./our-own.yaml ./evidence --input host=pay.example:443 --dry-run
`,
  );
  command.action(async (name: string, evidence: string[], options: RunCommandOptions, self: Command) => {
    const { dryRun, runWithCase } = await import('../run-playbook.ts');
    if (options.dryRun) {
      process.exitCode = await dryRun(name, evidence, options);
      return;
    }
    const color = (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto';
    process.exitCode = await runWithCase(name, evidence, options, color);
  });
}
