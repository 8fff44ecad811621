/** `paymedic case ...`: prove that a case is as it was written, and close it. */

import type { Command } from 'commander';
import { counted } from '../../wording.ts';
import { EXIT, UserError } from '../exit.ts';
import { say } from '../say.ts';
import { tell } from '../tell.ts';

export function register(program: Command): void {
  const command = program
    .command('case')
    .description('Verify and close the folders that --case leaves.')
    .addHelpText(
      'after',
      `
Examples
  $ paymedic case verify ./case-4711
  $ paymedic case verify ./case-4711 --expect 5f0c...
  $ paymedic case show ./case-4711
  $ paymedic case close ./case-4711 --by "A. Engineer" --note "renewed, watched for an hour"
`,
    );

  command
    .command('verify')
    .argument('<folder>', 'the case folder')
    .description('Checks every byte of the journal, and the files that it names.')
    .option('--expect <hash>', 'hash of a line as you noted it elsewhere; shows a journal that was written anew')
    .option('--format <format>', 'text or json', 'text')
    .action(async (folder: string, options: { expect?: string; format: string }) => {
      const { verifyCase } = await import('../../case/case.ts');
      const verdict = await told(() => verifyCase(folder, options.expect));
      if (options.format === 'json') say(`${JSON.stringify(verdict, null, 2)}\n`, true);
      else {
        const { safeText } = await import('../../report/safe-text.ts');
        say(
          `${safeText(folder)}: ${verdict.state}, ${counted(verdict.lines, 'line')}${verdict.closed ? ', closed' : ''}\n`,
        );
        for (const says of [...verdict.problems, ...verdict.notes]) say(`  ${safeText(says)}\n`);
        say(`  last hash ${verdict.headHash}\n`);
      }
      process.exitCode = verdict.state === 'tampered' ? EXIT.gateFailed : EXIT.ok;
    });

  command
    .command('show')
    .argument('<folder>', 'the case folder')
    .description('The steps of a case, what waits for whom, and the journal as a timeline.')
    .action(async (folder: string) => {
      const { stepsOfCase } = await import('../../case/case.ts');
      const { readJournal } = await import('../../case/journal.ts');
      const { safeText } = await import('../../report/safe-text.ts');
      const { entries, problems, torn } = await told(() => readJournal(folder));
      for (const { time, type, data } of entries) {
        const { step, detail } = data as { step?: string; detail?: { record: { outcome: string; because?: string } } };
        const what = detail
          ? `${step}: ${detail.record.outcome}${detail.record.because ? `, ${detail.record.because}` : ''}`
          : (step ?? '');
        say(`${time}  ${type.padEnd(8)}  ${safeText(what)}\n`);
      }
      for (const step of await told(() => stepsOfCase(folder)))
        if (step.outcome === 'waiting') say(`waiting: ${safeText(step.id)} ${safeText(step.because ?? '')}\n`);
      // Lines behind one that was changed prove nothing, so none of them is shown as what happened.
      for (const { line, says } of problems) tell(`journal line ${line} ${safeText(says)}\n`);
      if (torn !== '') tell(`the last line of the journal was broken off and is not shown\n`);
      if (problems.length > 0) {
        tell(`shown is what stands before that; look at it with: paymedic case verify ${safeText(folder)}\n`);
        process.exitCode = EXIT.incomplete;
      }
    });

  command
    .command('close')
    .argument('<folder>', 'the case folder')
    .description('Closes a case whose verification passed; nothing can be added afterwards.')
    .requiredOption('--by <name>', 'who closes it')
    .option('--note <text>', 'what is worth remembering', '')
    .option('--force <reason>', 'close it although the verification has not passed')
    .action(async (folder: string, options: { by: string; note: string; force?: string }) => {
      const { closeCase } = await import('../../case/case.ts');
      await told(() => closeCase(folder, options.by, options.note, Date.now, options.force));
      const { safeText } = await import('../../report/safe-text.ts');
      say(`${safeText(folder)}: closed\n`);
    });
}

/** Runs work on a case; what is wrong with it becomes a message for the user. */
export async function told<T>(work: () => T): Promise<T> {
  const { CaseError } = await import('../../case/journal.ts');
  try {
    return work();
  } catch (error) {
    if (error instanceof CaseError) throw new UserError(error.message, { next: error.next });
    throw error;
  }
}
