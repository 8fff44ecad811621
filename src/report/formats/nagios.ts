/** Output for Nagios, Icinga and Sensu after the Monitoring Plugins guidelines: status line, performance data, long text. */
import { PRIORITIES } from '../../finding.ts';
import { severityOf, waiverOf } from '../severity.ts';
import { headline, millis, rankedFindings } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { vocabulary } from '../words.ts';

const STATUS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

/** Exit code of the plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (something named could not be read or judged and nothing is worse). */
export function nagiosCode(report: Report): 0 | 1 | 2 | 3 {
  const open = report.findings.filter((f) => !waiverOf(report, f)).map((f) => severityOf(f.priority).nagios);
  const claimed = report.summary.priority === 'none' ? 0 : severityOf(report.summary.priority).nagios;
  const worst = Math.max(0, claimed, ...open) as 0 | 1 | 2;
  return worst === 0 && (report.summary.judged === false || report.evidence.some((e) => e.unreadable)) ? 3 : worst;
}

/** A bar ends the text and begins the performance data. */
const plain = (text: string): string => text.replaceAll('|', '/');

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const five = headline(report, voc);
  const count = (priority: string) => report.findings.filter((f) => f.priority === priority).length;
  const limits = { urgent: ';;0;0', important: ';0;;0', routine: ';;;0' } as const;
  const perf = PRIORITIES.map((p) => `'${p}'=${count(p)}${limits[p]}`);
  const left = (report.inventory?.certificates ?? [])
    .filter((c) => !c.ca)
    .map((c) => (millis(c.notAfter) - millis(report.incident.clock)) / 86_400_000)
    .filter(Number.isFinite);
  if (left.length) perf.push(`'days_to_first_expiry'=${Math.floor(Math.min(...left))};30:;14:`);
  const lines = [
    `PAYMEDIC ${STATUS[nagiosCode(report)]} - ${plain(five.what)} | ${perf.join(' ')}`,
    plain(`${voc.words.since}: ${five.since}`),
    plain(`${voc.words.who}: ${five.who}`),
    plain(`${voc.words.next}: ${five.next}`),
    ...rankedFindings(report.findings).map((f) =>
      plain(
        `${voc.priority(f.priority)} ${f.title} [${f.fingerprint}]${waiverOf(report, f) ? ` (${voc.words.waived})` : ''}`,
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const format: ReportFormat = { id: 'nagios', title: 'Nagios plugin output', extension: 'txt', render };
export default format;
