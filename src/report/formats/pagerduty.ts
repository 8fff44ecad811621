/** PagerDuty Events API v2 payloads, one a claim, without routing key: `--send` adds that from a file. */
import { cut } from '../safe-text.ts';
import { severityOf } from '../severity.ts';
import { isClaim, place, titleOf } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { vocabulary } from '../words.ts';

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const events = report.diagnosis.filter(isClaim).map((d) => ({
    event_action: 'trigger',
    // Stable over runs, so that a later run updates the alert instead of opening another.
    dedup_key: cut(`paymedic/${d.cause}/${[...d.explains].sort()[0] ?? ''}`, 255),
    payload: {
      summary: cut(`${voc.priority(d.priority)}: ${titleOf(d, voc)}${d.scope ? ` (${d.scope})` : ''}`, 1024),
      source: cut(d.leg ?? report.incident.inputs[0] ?? 'paymedic', 255),
      severity: severityOf(d.priority).pagerduty,
      ...(d.onset ? { timestamp: d.onset } : {}),
      component: d.owner,
      group: d.leg ?? 'payments',
      class: d.cause,
      custom_details: {
        owner: voc.owner(d.owner),
        confidence: d.confidence,
        because: d.because.slice(0, 5),
        evidence: d.evidence.slice(0, 5).map((ref) => `${place(ref, voc)}${ref.text ? `: ${ref.text}` : ''}`),
        remedy: d.remedy.slice(0, 5),
        verify: d.verify.command,
        ...(d.deadline ? { deadline: d.deadline } : {}),
      },
    },
    client: 'paymedic',
  }));
  return `${JSON.stringify(events, null, 2)}\n`;
}

const format: ReportFormat = { id: 'pagerduty', title: 'PagerDuty Events v2 payloads', extension: 'json', render };
export default format;
