/** `paymedic payments`: rates, windows, abuse and what to reconcile, from payment tables. */

import type { Command } from 'commander';
import { EXIT, UserError } from '../exit.ts';
import { tell } from '../tell.ts';

const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function register(program: Command): void {
  program
    .command('payments')
    .description(
      'Payment tables: outcomes by merchant, route, BIN and client; failures, card testing, duplicates, what to reconcile.',
    )
    .argument('<evidence...>', 'payment tables, statements and BIN tables, folders or archives')
    .option('--zone <iana-zone>', 'time zone of times that carry none')
    .option('--now <time>', 'the time the tables were taken; younger attempts may still be answered')
    .option('--threshold <name=number>', 'another threshold, repeatable', collect)
    .option('--codes <file>', 'response codes and status words of your own, as YAML')
    .option('-f, --format <format>', 'text or json', 'text')
    .option(
      '--fail-on <what>',
      'exit 1 on: never, windows (failures, volume or slowness), abuse (testing, enumeration)',
      'never',
    )
    .addHelpText(
      'after',
      `
Examples
  $ paymedic payments transactions.csv
  $ paymedic payments transactions.csv settlement.csv bins.csv --format json
  $ paymedic payments transactions.csv --threshold cardTesting.attempts=20 --fail-on abuse
  $ paymedic payments transactions.csv --codes our-bank.yaml
`,
    )
    .action(
      async (
        inputs: string[],
        options: { zone?: string; now?: string; threshold?: string[]; codes?: string; format: string; failOn: string },
      ) => {
        if (!['text', 'json'].includes(options.format))
          throw new UserError(`--format ${options.format}: there is no such format`, { next: 'text or json' });
        if (!['never', 'windows', 'abuse'].includes(options.failOn))
          throw new UserError(`--fail-on ${options.failOn}: not known`, { next: 'never, windows or abuse' });
        const { readPayments } = await import('../payments/read.ts');
        const { summaries, problems } = await readPayments(inputs, options);
        const { paymentsAsJson, paymentsAsText } = await import('../payments/render.ts');
        const json = options.format === 'json';
        const { finished } = await import('../finished.ts');
        process.stdout.write(finished(json ? paymentsAsJson(summaries) : paymentsAsText(summaries), 'summary', json));
        for (const { input, what, next } of problems) tell(`${input}: ${what}\n  next: ${next}\n`);
        const { gateOf } = await import('../payments/gate.ts');
        const gate = gateOf(summaries, options.failOn);
        const incomplete = gate === 'unsure' || problems.some(({ named }) => named);
        process.exitCode = gate === 'failed' ? EXIT.gateFailed : incomplete ? EXIT.incomplete : EXIT.ok;
      },
    );
}
