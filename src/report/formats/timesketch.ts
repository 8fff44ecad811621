/** Timeline as CSV with the columns Timesketch asks for: message, datetime, timestamp_desc. */
import { csvTable } from '../escape.ts';
import { place } from '../text.ts';
import type { RenderOptions, Report, ReportFormat, TimelineEntry } from '../types.ts';
import { vocabulary } from '../words.ts';

const iso = (time: string): string =>
  Number.isFinite(Date.parse(time)) ? new Date(time).toISOString().replace('Z', '+00:00') : '';

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const seen: TimelineEntry[] = report.findings.flatMap((f) =>
    f.firstSeen
      ? [
          {
            time: f.firstSeen,
            what: f.title,
            kind: 'error' as const,
            ...(f.evidence[0] ? { evidence: f.evidence[0] } : {}),
          },
        ]
      : [],
  );
  const rows = [
    ...report.timeline.map((entry) => ({ entry, source: 'timeline' })),
    ...seen.map((entry) => ({ entry, source: 'first seen' })),
  ]
    .filter(({ entry }) => iso(entry.time))
    .sort((a, b) => Date.parse(a.entry.time) - Date.parse(b.entry.time));
  return csvTable([
    ['message', 'datetime', 'timestamp_desc', 'kind', 'source', 'quote'],
    ...rows.map(({ entry, source }) => [
      entry.what,
      iso(entry.time),
      `paymedic ${source}`,
      entry.kind,
      entry.evidence ? place(entry.evidence, voc) : '',
      entry.evidence?.text,
    ]),
  ]);
}

const format: ReportFormat = { id: 'timesketch', title: 'Timeline for Timesketch (CSV)', extension: 'csv', render };
export default format;
