import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { counted } from '../../wording.ts';
import { EXIT, UserError } from '../exit.ts';
import { say } from '../say.ts';
import { tell } from '../tell.ts';

/** `paymedic redact`: a copy of a bundle for sharing. */
export function register(program: Command): void {
  program
    .command('redact')
    .argument('<bundle>', 'folder with evidence')
    .option('-o, --output <folder>', 'new folder for the copy (default: BUNDLE-redacted)')
    .description('Copy a bundle for sharing: card numbers and secrets masked, private keys removed, binaries left out.')
    .addHelpText(
      'after',
      '\nThe original is not touched. redaction.json in the copy lists every file with its hashes, and what was left out.\n\nExamples\n  $ paymedic redact ./evidence\n  $ paymedic redact ./evidence --output ./for-the-bank\n',
    )
    .action(async (bundle: string, options: { output?: string }) => {
      if (!existsSync(bundle) || !statSync(bundle).isDirectory())
        throw new UserError(`${bundle}: ${existsSync(bundle) ? 'is a file; a folder is wanted' : 'no such folder'}`, {
          exitCode: EXIT.incomplete,
          next: 'name the folder that holds the evidence',
        });
      const from = resolve(bundle);
      const to = resolve(options.output ?? `${from}-redacted`);
      if (existsSync(to)) throw new UserError(`${to} exists already`, { next: 'name a new folder with --output' });
      if (to.startsWith(`${from}/`))
        throw new UserError('the copy cannot lie inside the bundle', { next: 'name another folder with --output' });
      const { redactBundle } = await import('../reports/redact.ts');
      const { files, leftOut } = await redactBundle(from, to);
      const masked = files.reduce((sum, f) => sum + f.masked, 0);
      say(`${to}: ${counted(files.length, 'file')}, ${counted(masked, 'line')} masked, ${leftOut.length} left out\n`);
      for (const { path, why } of leftOut) tell(`left out ${JSON.stringify(path).slice(1, -1)}: ${why}\n`);
      process.exitCode = leftOut.some((l) => l.why.startsWith('cannot')) ? EXIT.incomplete : EXIT.ok;
    });
}
