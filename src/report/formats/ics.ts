/** iCalendar (RFC 5545): ends of certificates and waivers, deadlines, notification clocks. A second import updates the first by UID. */
import { isClaim, millis, titleOf } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { vocabulary } from '../words.ts';

interface Entry {
  uid: string;
  time: number;
  summary: string;
  description: string;
  /** Durations before the time, RFC 5545 section 3.3.6. */
  alarms: string[];
}

/** TEXT values, RFC 5545 section 3.3.11. */
const text = (value: string): string => value.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');
const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
const uid = (value: string): string => `${value.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 100)}@paymedic`;

/** Lines of at most 75 octets, RFC 5545 section 3.1; never inside a character. */
function fold(line: string): string {
  const parts: string[] = [];
  let part = '';
  let size = 0;
  for (const char of line) {
    const bytes = Buffer.byteLength(char);
    if (size + bytes > 75) {
      parts.push(part);
      part = ' ';
      size = 1;
    }
    part += char;
    size += bytes;
  }
  return [...parts, part].join('\r\n');
}

function entries(report: Report, options: RenderOptions): Entry[] {
  const voc = vocabulary(options.language);
  const { words } = voc;
  return [
    ...(report.inventory?.certificates ?? []).map((c) => ({
      uid: uid(`certificate-${c.sha256}`),
      time: millis(c.notAfter),
      summary: `${words.expires}: ${c.subject}`,
      description: `${words.issuer}: ${c.issuer}; ${words.serial}: ${c.serial}; ${c.locations.slice(0, 10).join(', ')}`,
      alarms: ['-P30D', '-P14D', '-P1D'],
    })),
    ...(report.waivers ?? []).map((w) => ({
      uid: uid(`waiver-${w.fingerprint}`),
      time: millis(w.expires),
      summary: `${words.waiverEnds}: ${w.fingerprint}`,
      description: `${w.owner}: ${w.reason}`,
      alarms: ['-P14D'],
    })),
    ...report.diagnosis
      .filter((d) => d.deadline && isClaim(d))
      .map((d) => ({
        uid: uid(`deadline-${d.cause}-${d.explains[0] ?? ''}`),
        time: millis(d.deadline),
        summary: `${words.deadline}: ${titleOf(d, voc)}`,
        description: `${voc.owner(d.owner)}: ${d.remedy.join(' ')}`,
        alarms: ['-PT2H'],
      })),
    ...report.clocks.map((c) => ({
      uid: uid(`clock-${c.id}-${c.start}`),
      time: millis(c.due),
      summary: `${words.deadline}: ${c.title}`,
      description: `${words.to}: ${c.to}; ${c.source}. ${words.confirm}`,
      alarms: ['-PT1H'],
    })),
  ].filter((e) => Number.isFinite(e.time));
}

function render(report: Report, options: RenderOptions): string {
  const now = stamp(Number.isFinite(millis(report.generated)) ? millis(report.generated) : 0);
  const seen = new Set<string>();
  const events = entries(report, options)
    .filter((e) => !seen.has(e.uid) && seen.add(e.uid))
    .sort((a, b) => a.time - b.time || (a.uid < b.uid ? -1 : 1))
    .flatMap((e) => [
      'BEGIN:VEVENT',
      `UID:${e.uid}`,
      `DTSTAMP:${now}`,
      `DTSTART:${stamp(e.time)}`,
      `DTEND:${stamp(e.time + 15 * 60_000)}`,
      `SUMMARY:${text(e.summary)}`,
      `DESCRIPTION:${text(e.description)}`,
      'TRANSP:TRANSPARENT',
      ...e.alarms.flatMap((trigger) => [
        'BEGIN:VALARM',
        'ACTION:DISPLAY',
        `DESCRIPTION:${text(e.summary)}`,
        `TRIGGER:${trigger}`,
        'END:VALARM',
      ]),
      'END:VEVENT',
    ]);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:-//paymedic//paymedic ${text(report.tool.version)}//EN`,
    'CALSCALE:GREGORIAN',
    ...events,
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

const format: ReportFormat = { id: 'ics', title: 'iCalendar', extension: 'ics', render };
export default format;
