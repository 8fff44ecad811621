import type { Command } from 'commander';
import { EXIT, UserError } from '../exit.ts';
import { tell } from '../tell.ts';
import { type ColorChoice, languageOf } from '../terminal.ts';

interface Options {
  format?: string[];
  lang?: string;
  verbose?: boolean;
  quiet?: boolean;
  send?: string;
  keyFile?: string;
  url?: string;
}

/** `paymedic report`: shows a saved report again, in any format. */
export function register(program: Command): void {
  program
    .command('report')
    .argument('<report.json>', 'a report written with --format json; - for standard input')
    .description('Show a saved report again, in any format.')
    .option(
      '-f, --format <format[=file]>',
      'output format, repeatable; =FILE writes it to a file',
      (value: string, before: string[] = []) => [...before, value],
    )
    .option('--lang <language>', 'en or zh (default: the locale)')
    .option('--send <service>', 'send it: pagerduty or slack (needs --key-file)')
    .option('--key-file <file>', 'PagerDuty routing key, or address of the Slack webhook')
    .option('--url <address>', 'another PagerDuty endpoint')
    .option('-v, --verbose', 'everything: all findings, the whole manifest')
    .option('-q, --quiet', 'no notices on standard error')
    .addHelpText(
      'after',
      `
Examples
  $ paymedic report report.json
  $ paymedic report report.json --format html=report.html --format sarif=report.sarif
  $ paymedic report report.json --lang zh
  $ paymedic report report.json --send pagerduty --key-file /etc/paymedic/routing-key
`,
    )
    .action(async (file: string, options: Options, self: Command) => {
      const [{ parseFormatRequests, writeReports }, { loadReport }] = await Promise.all([
        import('../output.ts'),
        import('../reports/load.ts'),
      ]);
      const { SERVICES, sendReport } = await import('../reports/send.ts');
      const language = languageOf(options.lang, process.env);
      const service = SERVICES.find((s) => s === options.send);
      if (options.send !== undefined && !service)
        throw new UserError(`--send ${options.send}: there is no such service`, { next: SERVICES.join(' or ') });
      if (service && !options.keyFile)
        throw new UserError('--send needs --key-file', { next: 'put the key into a file that only you can read' });
      const requests = service && !options.format ? [] : parseFormatRequests(options.format);
      const report = loadReport(file);
      const color = (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto';
      await writeReports(report, requests, process, {
        color,
        language,
        announce: !options.quiet,
        ...(options.verbose ? { verbose: true } : {}),
      });
      if (service) {
        const sent = await sendReport(
          report,
          { service, keyFile: options.keyFile!, ...(options.url ? { url: options.url } : {}) },
          language,
        );
        if (!options.quiet) tell(`sent ${sent} message${sent === 1 ? '' : 's'} to ${service}\n`);
      }
      process.exitCode = EXIT.ok;
    });
}
