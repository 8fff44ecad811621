/** `paymedic intrusion`: the answer sheet of a break-in over logs, web roots and the files of a host. */

import type { Command } from 'commander';
import { EXIT, UserError } from '../exit.ts';
import { tell } from '../tell.ts';

interface IntrusionOptions {
  zone?: string;
  now?: string;
  crs: string;
  format: string;
}

export function register(program: Command): void {
  program
    .command('intrusion')
    .description(
      'Who came, how, when first, what was left behind: attackers, guessing, web shells, accounts, persistence.',
    )
    .argument(
      '<evidence...>',
      'a folder with logs, the web root and host files (passwd, cron, authorized_keys, history), or archives',
    )
    .option('--zone <iana-zone>', 'time zone of log lines that carry none')
    .option('--now <time>', 'the time the evidence was taken; gives dates without a year theirs')
    .option(
      '--crs <rules>',
      'attack patterns of the OWASP Core Rule Set for the requests: "shipped", the folder of a release, or "none"',
      'shipped',
    )
    .option('-f, --format <format>', 'text or json', 'text')
    .addHelpText(
      'after',
      `
Examples
  $ paymedic intrusion ./host-copy
  $ paymedic intrusion auth.log access.log.1.gz www.tar.gz --zone Asia/Shanghai --format json
  $ paymedic intrusion ./host-copy --crs ./coreruleset
`,
    )
    .action(async (inputs: string[], options: IntrusionOptions) => {
      if (!['text', 'json'].includes(options.format)) {
        throw new UserError(`--format ${options.format}: there is no such format`, { next: 'text or json' });
      }
      const { readIntrusion } = await import('../logs/read-intrusion.ts');
      const { sheet, problems } = await readIntrusion(inputs, options);
      const { sheetAsJson, sheetAsText } = await import('../logs/render-intrusion.ts');
      const json = options.format === 'json';
      const { finished } = await import('../finished.ts');
      process.stdout.write(finished(json ? sheetAsJson(sheet) : sheetAsText(sheet), 'sheet', json));
      for (const { input, what, next } of problems) tell(`${input}: ${what}\n  next: ${next}\n`);
      process.exitCode = problems.some(({ named }) => named) ? EXIT.incomplete : EXIT.ok;
    });
}
