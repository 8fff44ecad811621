/** Prometheus text exposition format 0.0.4 for the textfile collector. Names follow x509-certificate-exporter where it has one. */
import { FAULT_CLASSES, OWNERS, PRIORITIES } from '../../finding.ts';
import { isClaim, millis } from '../text.ts';
import type { Report, ReportFormat } from '../types.ts';

type Labels = { [name: string]: string };

const label = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function family(name: string, help: string, samples: readonly [Labels, number][]): string[] {
  const lines = new Map<string, number>();
  for (const [labels, value] of samples) {
    if (!Number.isFinite(value)) continue;
    const inner = Object.entries(labels)
      .map(([key, text]) => `${key}="${label(text)}"`)
      .join(',');
    // A series may stand only once in an exposition.
    lines.set(inner ? `${name}{${inner}}` : name, value);
  }
  return lines.size
    ? [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...[...lines].map(([series, value]) => `${series} ${value}`)]
    : [];
}

const commonName = (name: string): string => /(?:^|,)\s*CN=((?:\\.|[^,])*)/i.exec(name)?.[1] ?? name;

function render(report: Report): string {
  const count = <T>(items: readonly T[], test: (item: T) => boolean) => items.filter(test).length;
  const lines = [
    ...family('paymedic_last_run_timestamp_seconds', 'Time of the report.', [[{}, millis(report.generated) / 1000]]),
    ...family('paymedic_incident_clock_timestamp_seconds', 'Time at which the evidence was judged.', [
      [{}, millis(report.incident.clock) / 1000],
    ]),
    ...family(
      'paymedic_findings',
      'Findings by priority, owner and class.',
      PRIORITIES.flatMap((priority) =>
        OWNERS.flatMap((owner) =>
          FAULT_CLASSES.map((c): [Labels, number] => [
            { priority, owner, class: c },
            count(report.findings, (f) => f.priority === priority && f.owner === owner && f.class === c),
          ]),
        ),
      ).filter(([, n]) => n > 0),
    ),
    ...family(
      'paymedic_findings_by_priority',
      'Findings by priority, those that are not there as 0.',
      PRIORITIES.map((priority) => [{ priority }, count(report.findings, (f) => f.priority === priority)]),
    ),
    ...family(
      'paymedic_diagnosis_confidence',
      'Confidence of each cause, 0 to 1.',
      report.diagnosis.map((d) => [
        { cause: d.cause, owner: d.owner, priority: d.priority, claim: String(isClaim(d)) },
        d.confidence,
      ]),
    ),
    ...family('paymedic_not_checked', 'Things that this evidence could not show.', [[{}, report.notChecked.length]]),
    ...family('paymedic_evidence_items', 'Evidence items by whether they could be read.', [
      [{ state: 'read' }, count(report.evidence, (e) => !e.unreadable)],
      [{ state: 'unreadable' }, count(report.evidence, (e) => Boolean(e.unreadable))],
    ]),
    ...family('paymedic_deadline_timestamp_seconds', 'When a deadline ends.', [
      ...report.clocks.map((c): [Labels, number] => [{ id: c.id }, millis(c.due) / 1000]),
      ...report.diagnosis
        .filter((d) => d.deadline)
        .map((d): [Labels, number] => [{ id: d.cause }, millis(d.deadline) / 1000]),
    ]),
    ...family(
      'paymedic_waiver_expiry_timestamp_seconds',
      'When a waiver ends.',
      (report.waivers ?? []).map((w) => [{ fingerprint: w.fingerprint }, millis(w.expires) / 1000]),
    ),
    ...family(
      'x509_cert_not_after',
      'Unix timestamp of the end of validity.',
      (report.inventory?.certificates ?? []).map((c) => [
        {
          subject_CN: commonName(c.subject),
          issuer_CN: commonName(c.issuer),
          serial_number: c.serial,
          filepath: c.locations[0] ?? '',
        },
        millis(c.notAfter) / 1000,
      ]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const format: ReportFormat = { id: 'prometheus', title: 'Prometheus text', extension: 'prom', render };
export default format;
