import type { Command } from 'commander';
import { EXIT } from '../exit.ts';
import { say } from '../say.ts';
import { tell } from '../tell.ts';

/** `paymedic config show`: the configuration in force and where each value came from. */
export function register(program: Command): void {
  const config = program
    .command('config')
    .description('The project file paymedic.yaml: check it and show what is in force.');
  config
    .command('show')
    .description('Show the configuration in force.')
    .option('--origin', 'with file, line and column of every value')
    .option('-C, --directory <folder>', 'folder of paymedic.yaml', '.')
    .addHelpText(
      'after',
      '\nOrder: PAYMEDIC_* variables, paymedic.yaml, $XDG_CONFIG_HOME/paymedic/config.yaml, /etc/paymedic/config.yaml\n\nExample\n  $ paymedic config show --origin\n',
    )
    .action(async (options: { origin?: boolean; directory: string }) => {
      const [{ configText, loadConfig }, { safeText }] = await Promise.all([
        import('../project/config.ts'),
        import('../../report/safe-text.ts'),
      ]);
      const { entries, problems, files } = loadConfig(options.directory, process.env);
      for (const p of problems) tell(`${p.file}:${p.line}:${p.column}: ${safeText(p.says)}\n`);
      if (problems.length) {
        process.exitCode = EXIT.usage;
        return;
      }
      if (!entries.length) tell(`no configuration${files.length ? '' : ': there is no paymedic.yaml here'}\n`);
      for (const { key, value, origin } of entries) {
        if (options.origin) say(`# ${origin}\n`);
        say(configText(key, value));
      }
      process.exitCode = EXIT.ok;
    });
}
