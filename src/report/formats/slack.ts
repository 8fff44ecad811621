/** Slack message in Block Kit: at most 50 blocks, sections of 3,000 characters, headers of 150. */
import { cut } from '../safe-text.ts';
import { headline, isClaim, place, priorityLabel, titleOf } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { vocabulary } from '../words.ts';

const MAX_CLAIMS = 10;

/** Slack reads & < > as markup (links, mentions, channels); the marks of its own formatting are parted from words by a zero-width space. */
const mrkdwn = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`@]/g, (c) => `${c}\u200b`);
const code = (text: string): string =>
  `\`${text.replaceAll('`', "'").replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\``;
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: cut(text, 3000) } });

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const { words } = voc;
  const five = headline(report, voc);
  const claims = report.diagnosis.filter(isClaim).slice(0, MAX_CLAIMS);
  const message = {
    text: cut(mrkdwn(`${priorityLabel(report, voc)}: ${five.what}`), 3000),
    blocks: [
      {
        type: 'header',
        text: {
          type: 'plain_text',
          text: cut(`${priorityLabel(report, voc)}: ${five.what}`, 150),
          emoji: false,
        },
      },
      section(
        [
          `*${words.since}:* ${mrkdwn(five.since)}`,
          `*${words.howBad}:* ${mrkdwn(five.howBad)}`,
          `*${words.who}:* ${mrkdwn(five.who)}`,
          `*${words.next}:* ${mrkdwn(five.next)}`,
        ].join('\n'),
      ),
      ...claims.map((d) =>
        section(
          [
            `*${mrkdwn(titleOf(d, voc))}* (${code(d.cause)}, ${words.confidence} ${d.confidence.toFixed(2)})`,
            ...d.evidence
              .slice(0, 3)
              .map((ref) => `• ${code(place(ref, voc))}${ref.text ? ` ${code(cut(ref.text, 200))}` : ''}`),
            ...d.remedy.slice(0, 3).map((step, i) => `${i + 1}. ${mrkdwn(step)}`),
            ...(d.verify.command ? [`${words.verify}: ${code(d.verify.command)}`] : []),
          ].join('\n'),
        ),
      ),
    ],
  };
  return `${JSON.stringify(message, null, 2)}\n`;
}

const format: ReportFormat = { id: 'slack', title: 'Slack message', extension: 'json', render };
export default format;
