import { Argument, type Command } from 'commander';
import { EXIT } from '../exit.ts';
import { say } from '../say.ts';
import { VERSION } from '../version.ts';

/** `paymedic completion`: shell completion and manual page on standard output. */
export function register(program: Command): void {
  program
    .command('completion')
    .addArgument(
      new Argument('<shell>', 'bash, zsh, fish, or man for the manual page').choices(['bash', 'zsh', 'fish', 'man']),
    )
    .description('Shell completion for bash, zsh and fish, and the manual page.')
    .addHelpText(
      'after',
      '\nExamples\n  $ paymedic completion bash > /etc/bash_completion.d/paymedic\n  $ paymedic completion zsh > ~/.zfunc/_paymedic\n  $ paymedic completion fish > ~/.config/fish/completions/paymedic.fish\n  $ paymedic completion man > /usr/local/share/man/man1/paymedic.1\n',
    )
    .action(async (shell: 'bash' | 'zsh' | 'fish' | 'man') => {
      const make = await import('../reports/completion.ts');
      const shapes = await make.commandShapes();
      say(shell === 'man' ? make.man(shapes, VERSION) : make[shell](shapes));
      process.exitCode = EXIT.ok;
    });
}
