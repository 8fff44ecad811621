/** `paymedic resume CASE`: goes on with a run that broke off or waits for a person. */
import type { Command } from 'commander';
import { type InvestigationOptions, investigationOptions } from '../investigate.ts';
import type { ColorChoice } from '../terminal.ts';
import { permissionOptions } from './run.ts';

export function register(program: Command): void {
  const command = program
    .command('resume')
    .argument('<case>', 'the folder that was given with --case')
    .description('Goes on with a run that broke off or waits for a person. What was finished is not done again.');
  permissionOptions(investigationOptions(command)).addHelpText(
    'after',
    `
Examples
  $ paymedic resume ./case-4711
  $ paymedic resume ./case-4711 --answer ca-reissues="serial 03AF" --answer told-bank=yes
`,
  );
  command.action(async (folder: string, options: InvestigationOptions, self: Command) => {
    const { resumeCase } = await import('../run-playbook.ts');
    const color = (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto';
    process.exitCode = await resumeCase(folder, options, color);
  });
}
