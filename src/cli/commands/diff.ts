import type { Command } from 'commander';
import type { Finding, Priority } from '../../finding.ts';
import type { Comparison } from '../../report/compare.ts';
import { EXIT, UserError } from '../exit.ts';
import { say } from '../say.ts';
import { type ColorChoice, traitsOf } from '../terminal.ts';

const RANK = { urgent: 3, important: 2, routine: 1 } as const;

/** The comparison as text; words say what colour would. */
function renderComparison(c: Comparison, color: boolean): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[39m` : text);
  const line = (sign: string, code: number, f: Finding, more = '') =>
    paint(code, `${sign} ${f.priority.toUpperCase()} ${f.title} [${f.fingerprint}]${more}`);
  const { findings: f, diagnosis: d } = c;
  const lines = [
    `${f.new.length} new, ${f.resolved.length} resolved, ${f.changed.length} with another priority, ${f.unchanged.length} unchanged (${c.old.generated} to ${c.new.generated})`,
    ...d.new.map((x) => paint(31, `+ cause ${x.cause}: ${x.title}`)),
    ...d.resolved.map((x) => paint(32, `- cause ${x.cause}: ${x.title}`)),
    ...f.new.map((x) => line('+', 31, x)),
    ...f.changed.map(({ finding, was }) => line('!', 33, finding, ` (was ${was})`)),
    ...f.resolved.map((x) => line('-', 32, x)),
  ];
  return `${lines.join('\n')}\n`;
}

/** `paymedic diff`: new, resolved, unchanged. */
export function register(program: Command): void {
  program
    .command('diff')
    .argument('<old.json>', 'the earlier report')
    .argument('<new.json>', 'the later report')
    .description('What is new, resolved or unchanged between two reports.')
    .option('-f, --format <format>', 'terminal or json', 'terminal')
    .option(
      '--fail-on <priority>',
      'exit 1 when a new finding is at or above: urgent, important, routine, never',
      'never',
    )
    .addHelpText(
      'after',
      '\nExamples\n  $ paymedic diff yesterday.json today.json\n  $ paymedic diff baseline.json report.json --fail-on important\n',
    )
    .action(async (before: string, after: string, options: { format: string; failOn: string }, self: Command) => {
      if (!['terminal', 'json'].includes(options.format))
        throw new UserError(`--format ${options.format}: terminal or json`);
      if (!['never', ...Object.keys(RANK)].includes(options.failOn))
        throw new UserError(`--fail-on ${options.failOn}: there is no such priority`, {
          next: 'urgent, important, routine or never',
        });
      const [{ loadReport }, { compareReports }, { sanitized }] = await Promise.all([
        import('../reports/load.ts'),
        import('../../report/compare.ts'),
        import('../../report/sanitize.ts'),
      ]);
      // Saved reports were masked when they were written; who wrote these is not known.
      const comparison = sanitized(compareReports(loadReport(before), loadReport(after)));
      const { color } = traitsOf(
        process.stdout,
        process.env,
        (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto',
      );
      const json = options.format === 'json';
      say(json ? `${JSON.stringify(comparison, null, 2)}\n` : renderComparison(comparison, color), json);
      const gate = options.failOn as Priority | 'never';
      const appeared = [
        ...comparison.findings.new,
        ...comparison.findings.changed
          .filter(({ finding, was }) => RANK[finding.priority] > RANK[was])
          .map(({ finding }) => finding),
      ];
      process.exitCode =
        gate !== 'never' && appeared.some((f) => RANK[f.priority] >= RANK[gate]) ? EXIT.gateFailed : EXIT.ok;
    });
}
