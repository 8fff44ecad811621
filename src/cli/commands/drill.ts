/** `paymedic drill ...`: practice on made evidence, and be scored. */

import type { Command } from 'commander';
import { counted } from '../../wording.ts';
import type { AnswerOptions } from '../drill-answer.ts';
import { EXIT, UserError } from '../exit.ts';
import { say } from '../say.ts';

const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function register(program: Command): void {
  const drill = program
    .command('drill')
    .description(
      'Practise: made evidence of an incident, with real certificates and captures, and a score for your answer.',
    )
    .addHelpText(
      'after',
      `
Examples
  $ paymedic drill start ./drill
  $ paymedic drill start ./drill --kind intrusion
  $ paymedic drill start ./drill --cause crl-stale --seed 7
  $ paymedic drill answer ./drill --cause crl-stale --onset 2026-11-21T10:04:00Z --priority urgent --owner ca
  $ paymedic drill answer ./drill --cause web-shell --fact "attacker address=203.0.113.9" ...
`,
    );

  drill
    .command('start')
    .argument('<folder>', 'new folder; the evidence goes to <folder>/evidence')
    .description('Makes the evidence of an incident and starts the clock.')
    .option('--cause <slug>', 'what it is about (for whoever leads the drill)')
    .option(
      '--kind <kind>',
      'transport, message, network, capacity, attack, intrusion or healthy; any of them when not given',
    )
    .option('--seed <number>', 'the same number gives the same story')
    .action(async (folder: string, options: { cause?: string; kind?: string; seed?: string }) => {
      const [{ drillCauses, makeDrill }, { writeDrill, DrillError }, { didYouMean }, { randomInt }] = await Promise.all(
        [
          import('../../drill/make.ts'),
          import('../../drill/folder.ts'),
          import('../../playbook/problem.ts'),
          import('node:crypto'),
        ],
      );
      const seed = options.seed === undefined ? randomInt(1, 1_000_000) : Number(options.seed);
      if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
        throw new UserError(`--seed ${options.seed}: expected a whole number`);
      try {
        const made = await makeDrill({
          seed,
          now: Date.now(),
          ...(options.cause ? { cause: options.cause } : {}),
          ...(options.kind ? { kind: options.kind } : {}),
        });
        const state = writeDrill(folder, made, Date.now());
        say(
          `${folder}/evidence holds ${counted(made.files.size, 'file')} of an incident. The clock runs since ${state.started}.\n` +
            `Find out: cause (a slug of paymedic explain, or none), onset, priority, owner; and, where it applies, with --fact: ${state.questions.join(', ')}.\n` +
            `next: paymedic drill answer ${folder} --cause ... --onset ... --priority ... --owner ...\n` +
            `(seed ${seed}: the same number gives the same story)\n`,
        );
      } catch (error) {
        if (error instanceof DrillError) throw new UserError(error.message, { next: error.next });
        if (!(error instanceof RangeError)) throw error;
        const near = didYouMean(options.cause ?? '', drillCauses());
        throw new UserError(error.message, {
          next: near ? `did you mean "${near}"?` : `drills: ${drillCauses().join(', ')}`,
        });
      }
      // The TLS library keeps handles of the recorded handshakes alive for a while; nothing is left to do.
      process.exitCode = EXIT.ok;
    });

  drill
    .command('answer')
    .argument('<folder>', 'the folder that was given to drill start')
    .description('Scores your answer and tells the story. A drill is answered once.')
    .option('--cause <slug>', 'the cause, or none')
    .option('--onset <time>', 'first visible event, ISO-8601')
    .option('--priority <priority>', 'urgent, important, routine or none')
    .option('--owner <owner>', 'ops, app, ca, bank, psp, net, sec or risk')
    .option('--fact <question=answer>', 'a further question that drill start named, repeatable', collect)
    .option('--format <format>', 'text or json', 'text')
    .action(async (folder: string, options: AnswerOptions) => {
      const { answerDrill } = await import('../drill-answer.ts');
      process.exitCode = await answerDrill(folder, options);
    });

  drill
    .command('list')
    .description('What drills can be about.')
    .action(async () => {
      const { SCENARIOS } = await import('../../drill/scenarios/index.ts');
      for (const { cause, kind } of SCENARIOS) say(`${kind.padEnd(10)} ${cause}\n`);
    });
}
