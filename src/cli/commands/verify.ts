import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Report } from '../../report/types.ts';
import { EXIT, UserError } from '../exit.ts';
import { type InvestigationOptions, investigationOptions, runInvestigation, shippedPlaybook } from '../investigate.ts';

/** `paymedic verify`: is what an earlier report found still there? */
export function register(program: Command): void {
  investigationOptions(
    program
      .command('verify')
      .argument('<report.json>', 'the report whose findings are to be verified')
      .argument('<evidence...>', 'evidence taken since, or the live target as host:port')
      .description('Says for each finding of a report: resolved, still there, or could not check.')
      .addHelpText(
        'after',
        `
Exit codes here: 0 all resolved, 1 something is still there, 3 something could not be checked and nothing is still there.

Examples
  $ paymedic triage ./evidence --format json=before.json
  $ paymedic verify before.json ./evidence-after-the-fix
  $ paymedic verify before.json pay.example.com:443
`,
      ),
  ).action(async (file: string, evidence: string[], options: InvestigationOptions) => {
    const before = readReport(file);
    const playbook = shippedPlaybook('triage');
    if (!playbook)
      throw new UserError('the playbook triage is missing from this installation', {
        exitCode: EXIT.internal,
        next: 'run: npm run build',
      });
    const [{ verifyFindings }, { safeText }, run] = await Promise.all([
      import('../../diagnosis/verify.ts'),
      import('../../report/index.ts'),
      runInvestigation(evidence, playbook, options),
    ]);
    if (!run.report) {
      process.exitCode = EXIT.incomplete;
      return;
    }
    const results = verifyFindings(before, run.report);
    if (options.format?.some((f) => f === 'json'))
      process.stdout.write(
        `${JSON.stringify({ schemaVersion: 1, report: file, clock: run.report.incident.clock, results }, null, 2)}\n`,
      );
    else if (results.length === 0) process.stdout.write('The report holds no finding that needs a verification.\n');
    else
      for (const r of results)
        process.stdout.write(
          `${r.result.toUpperCase().padEnd(15)} ${safeText(r.title)}\n${' '.repeat(16)}${safeText(r.because)}\n`,
        );
    process.exitCode = results.some((r) => r.result === 'still there')
      ? EXIT.gateFailed
      : results.some((r) => r.result === 'could not check') || run.incomplete
        ? EXIT.incomplete
        : EXIT.ok;
  });
}

function readReport(file: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file}: ${error instanceof Error ? error.message : String(error)}`, {
      next: 'give a file written by --format json=FILE',
    });
  }
  const report = value as Partial<Report>;
  if (
    report.schemaVersion !== 1 ||
    !Array.isArray(report.findings) ||
    !Array.isArray(report.diagnosis) ||
    !report.incident
  ) {
    throw new UserError(`${file} is not a report of paymedic (schemaVersion 1)`, {
      next: 'give a file written by --format json=FILE',
    });
  }
  return report as Report;
}
