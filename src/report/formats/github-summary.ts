/** Step summary of GitHub Actions: short Markdown, within the 1 MiB that a step may write. */
import { markdownCode as code, markdown as md } from '../escape.ts';
import { headline, isClaim, priorityLabel, rankedFindings, titleOf } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { filled, vocabulary } from '../words.ts';

const MAX_BYTES = 900_000;

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const { words } = voc;
  const five = headline(report, voc);
  const head = [
    `## ${words.report}: ${priorityLabel(report, voc)}`,
    '',
    `| | |`,
    '| --- | --- |',
    ...(
      [
        [words.what, five.what],
        [words.since, five.since],
        [words.howBad, five.howBad],
        [words.who, five.who],
        [words.next, five.next],
      ] as const
    ).map(([name, text]) => `| **${name}** | ${md(text)} |`),
    '',
    ...report.diagnosis
      .filter(isClaim)
      .map(
        (d, i) =>
          `${i + 1}. ${md(titleOf(d, voc))} (${code(d.cause)}, ${words.confidence} ${d.confidence.toFixed(2)}, ${md(voc.owner(d.owner))})`,
      ),
    '',
  ];
  const ranked = rankedFindings(report.findings);
  const rows: string[] = [];
  let size = Buffer.byteLength(head.join('\n'));
  for (const f of ranked) {
    const row = `| ${voc.priority(f.priority)} | ${md(f.title)} | ${md(voc.owner(f.owner))} | ${code(f.fingerprint)} |`;
    size += Buffer.byteLength(row) + 1;
    if (size > MAX_BYTES) break;
    rows.push(row);
  }
  const table = rows.length
    ? [
        `| ${words.priority} | ${words.finding} | ${words.owner} | ${words.fingerprint} |`,
        '| --- | --- | --- | --- |',
        ...rows,
        '',
      ]
    : [];
  const rest = ranked.length > rows.length ? [filled(words.andMore, ranked.length - rows.length), ''] : [];
  return [...head, ...table, ...rest].join('\n');
}

const format: ReportFormat = { id: 'github-summary', title: 'GitHub step summary', extension: 'md', render };
export default format;
