/** Problems as text, JSON and SARIF. Pure. */
import type { Json } from '../finding.ts';
import { LINT_RULES } from '../playbook/lint/rules.ts';
import type { Problem } from '../playbook/problem.ts';
import { safeText } from '../report/safe-text.ts';

/** Lines for a terminal: where, what, the source line with a marker, what to do. */
export function problemsAsText(problems: readonly Problem[]): string {
  return problems
    .map((problem) => {
      const number = String(problem.line);
      const excerpt = safeText(problem.excerpt.replaceAll('\t', ' '), 160);
      // The excerpt may have grown where invisible characters were escaped; then the marker would lie.
      const exact = excerpt === problem.excerpt.replaceAll('\t', ' ') && problem.column <= 160;
      const width =
        problem.endLine === problem.line
          ? Math.max(1, Math.min(problem.endColumn - problem.column, excerpt.length - problem.column + 1))
          : Math.max(1, excerpt.length - problem.column + 1);
      const marker = exact
        ? `\n  ${' '.repeat(number.length)} | ${' '.repeat(problem.column - 1)}${'^'.repeat(Math.max(1, width))}`
        : '';
      return `${safeText(problem.file)}:${problem.line}:${problem.column}: ${problem.severity}: ${safeText(problem.message)} [${problem.rule}]\n  ${number} | ${excerpt}${marker}\n  next: ${safeText(problem.suggestion)}\n`;
    })
    .join('\n');
}

/** SARIF 2.1.0 with one rule a lint rule; results are anchored in the playbook files. */
export function problemsAsSarif(problems: readonly Problem[], version: string): Json {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'paymedic-playbook-lint',
            semanticVersion: version,
            rules: LINT_RULES.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.title },
              fullDescription: { text: rule.title },
              help: { text: `See docs/playbooks.md, section "Lint", rule ${rule.id}.` },
              defaultConfiguration: { level: rule.severity },
            })),
          },
        },
        results: problems.map((problem) => ({
          ruleId: problem.rule,
          ruleIndex: LINT_RULES.findIndex((rule) => rule.id === problem.rule),
          level: problem.severity,
          message: { text: safeText(`${problem.message}; ${problem.suggestion}`, 1000) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(problem.file.replaceAll('\\', '/').replace(/^\.\//, '')) },
                region: {
                  startLine: problem.line,
                  startColumn: problem.column,
                  endLine: problem.endLine,
                  endColumn: Math.max(problem.endColumn, problem.endLine === problem.line ? problem.column : 1),
                },
              },
            },
          ],
        })),
      },
    ],
  };
}
