/** GitLab Code Quality: a JSON array without byte order mark; waived findings are left at `info`. */
import { anchor, severityOf, waiverOf } from '../severity.ts';
import { asSentence, rankedFindings } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { vocabulary } from '../words.ts';

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const issues = rankedFindings(report.findings).map((finding) => {
    const { path, line } = anchor(finding);
    const waiver = waiverOf(report, finding);
    return {
      description: `${waiver ? `${voc.words.waived} (${waiver.reason}): ` : ''}${asSentence(finding.title)} ${voc.words.owner}: ${voc.owner(finding.owner)}. ${voc.words.remedy}: ${finding.remedy}`,
      check_name: finding.id,
      fingerprint: finding.fingerprint,
      severity: waiver ? 'info' : severityOf(finding.priority).gitlab,
      location: { path, lines: { begin: line } },
    };
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
}

const format: ReportFormat = { id: 'gitlab', title: 'GitLab Code Quality', extension: 'json', render };
export default format;
