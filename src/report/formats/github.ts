/** GitHub workflow annotations: one command a finding on standard output. GitHub shows the first ten of each level, so the worst come first. */

import { anchor, severityOf, waiverOf } from '../severity.ts';
import { asSentence, rankedFindings } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { vocabulary } from '../words.ts';

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const lines = rankedFindings(report.findings).map((finding) => {
    const { path, line } = anchor(finding);
    const waiver = waiverOf(report, finding);
    const level = waiver ? 'notice' : severityOf(finding.priority).github;
    const title = `${waiver ? `${voc.words.waived}: ` : ''}${voc.priority(finding.priority)} ${finding.id}`;
    return `::${level} file=${property(path)},line=${line},title=${property(title)}::${data(`${asSentence(finding.title)} ${voc.words.owner}: ${voc.owner(finding.owner)}. ${voc.words.remedy}: ${finding.remedy} [${finding.fingerprint}]`)}`;
  });
  return lines.map((line) => `${line}\n`).join('');
}

const format: ReportFormat = { id: 'github', title: 'GitHub annotations', extension: 'txt', render };
export default format;
