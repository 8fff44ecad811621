/** Findings as a table for spreadsheets (RFC 4180); no cell can be a formula. */
import { csvTable } from '../escape.ts';
import { waiverOf } from '../severity.ts';
import { place, rankedFindings } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { vocabulary } from '../words.ts';

const HEADER = [
  'fingerprint',
  'priority',
  'class',
  'check',
  'title',
  'subject',
  'leg',
  'side',
  'owner',
  'count',
  'affected_share',
  'first_seen',
  'last_seen',
  'evidence',
  'quote',
  'remedy',
  'verify',
  'expect',
  'waived',
];

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  return csvTable([
    HEADER,
    ...rankedFindings(report.findings).map((f) => [
      f.fingerprint,
      f.priority,
      f.class,
      f.id,
      f.title,
      f.subject.label ?? f.subject.id,
      f.leg,
      f.side,
      f.owner,
      f.count,
      f.affectedShare,
      f.firstSeen,
      f.lastSeen,
      f.evidence.map((ref) => place(ref, voc)).join('; '),
      f.evidence[0]?.text,
      f.remedy,
      f.verification.command,
      f.verification.expect,
      waiverOf(report, f)?.reason,
    ]),
  ]);
}

const format: ReportFormat = { id: 'csv', title: 'CSV', extension: 'csv', render };
export default format;
