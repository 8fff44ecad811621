import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import type { Verification } from '../../diagnosis/verify.ts';
import type { Json } from '../../finding.ts';
import { EXIT, UserError } from '../exit.ts';
import { finished } from '../finished.ts';
import { type InvestigationOptions, investigationOptions, neededPlaybook, runInvestigation } from '../investigate.ts';
import { say } from '../say.ts';
import { tell } from '../tell.ts';
import { told } from './case.ts';

/** The answer as text, safe to show. */
function asText(results: readonly Verification[], judged: boolean, safe: (text: string) => string): string {
  if (results.length === 0)
    return judged
      ? 'The report holds no finding that needs a verification.\n'
      : 'COULD NOT CHECK The report judged nothing, so there is nothing to hold new evidence against.\n';
  return results
    .map((r) => `${r.result.toUpperCase().padEnd(15)} ${safe(r.title)}\n${' '.repeat(16)}${safe(r.because)}\n`)
    .join('');
}

/** `paymedic verify`: is what an earlier report found still there? */
export function register(program: Command): void {
  investigationOptions(
    program
      .command('verify')
      .argument(
        '<report>',
        'the report whose findings are to be verified, or a case folder: its report, and the outcome goes into its journal',
      )
      .argument('<evidence...>', 'evidence taken since, or the live target as host:port')
      .description('Says for each finding of a report: resolved, still there, or could not check.')
      .addHelpText(
        'after',
        `
Formats are terminal and json.
Exit codes here: 0 all resolved, 1 something is still there, 3 something could not be checked and nothing is still there.

Examples
  $ paymedic triage ./evidence --format json=before.json
  $ paymedic verify before.json ./evidence-after-the-fix
  $ paymedic verify before.json pay.example.com:443
  $ paymedic triage ./evidence --case ./case-1
  $ paymedic verify ./case-1 ./evidence-after-the-fix && paymedic case close ./case-1 --by "A. Engineer"
`,
      ),
  ).action(async (named: string, evidence: string[], options: InvestigationOptions) => {
    const { parseFormatRequests, writeFileAtomically } = await import('../output.ts');
    const requests = parseFormatRequests(options.format);
    const other = requests.find(({ format }) => format !== 'terminal' && format !== 'json');
    if (other)
      throw new UserError(`--format ${other.format}: verify answers as terminal or json`, {
        next: 'paymedic triage over the new evidence writes every format',
      });
    const folder = existsSync(named) && statSync(named).isDirectory() ? named : undefined;
    const { recordVerification, reportOfCase } = await import('../../case/case.ts');
    const file = folder ? reportOfCase(folder) : named;
    const { loadReport } = await import('../reports/load.ts');
    const before = loadReport(file);
    const playbook = neededPlaybook('triage');
    const [{ verifyFindings }, { safeText, sanitized }, run] = await Promise.all([
      import('../../diagnosis/verify.ts'),
      import('../../report/index.ts'),
      runInvestigation(evidence, playbook, options),
    ]);
    if (!run.report) {
      process.exitCode = EXIT.incomplete;
      return;
    }
    const results = verifyFindings(before, run.report);
    for (const { format, file: target } of requests) {
      const json = format === 'json';
      const text = json
        ? `${JSON.stringify(sanitized({ schemaVersion: 1, report: file, clock: run.report.incident.clock, results }), null, 2)}\n`
        : asText(results, before.summary?.judged !== false, safeText);
      if (target === undefined) say(text, json);
      else {
        writeFileAtomically(target, finished(text, 'answer', json));
        if (!options.quiet) tell(`wrote ${format} to ${safeText(target)}\n`);
      }
    }
    const outcome = results.some((r) => r.result === 'still there')
      ? 'still there'
      : results.some((r) => r.result === 'could not check') || run.incomplete || before.summary?.judged === false
        ? 'could not check'
        : 'resolved';
    if (folder)
      await told(() =>
        recordVerification(
          folder,
          outcome,
          results as unknown as Json,
          run.report!.evidence.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
          Date.now,
        ),
      );
    process.exitCode = { resolved: EXIT.ok, 'still there': EXIT.gateFailed, 'could not check': EXIT.incomplete }[
      outcome
    ];
  });
}
