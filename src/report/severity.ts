/** How the three priorities are called elsewhere. One table, so that no two formats disagree. */
import type { Finding, Priority } from '../finding.ts';
import type { Report, Waiver } from './types.ts';

export interface Severity {
  sarif: 'error' | 'warning' | 'note';
  /** GitHub: above 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, below that low. */
  security: string;
  github: 'error' | 'warning' | 'notice';
  gitlab: 'blocker' | 'major' | 'minor';
  pagerduty: 'critical' | 'error' | 'info';
  /** Monitoring Plugins: OK 0, WARNING 1, CRITICAL 2. */
  nagios: 0 | 1 | 2;
}

const SEVERITY: { [p in Priority]: Severity } = {
  urgent: { sarif: 'error', security: '9.5', github: 'error', gitlab: 'blocker', pagerduty: 'critical', nagios: 2 },
  important: { sarif: 'warning', security: '7.0', github: 'warning', gitlab: 'major', pagerduty: 'error', nagios: 1 },
  routine: { sarif: 'note', security: '3.0', github: 'notice', gitlab: 'minor', pagerduty: 'info', nagios: 0 },
};

export const severityOf = (priority: Priority): Severity => SEVERITY[priority] ?? SEVERITY.routine;

/** The waiver that covers a finding, if any. Waived findings stay in every format, marked. */
export const waiverOf = (report: Report, finding: Finding): Waiver | undefined =>
  report.waivers?.find((w) => w.fingerprint === finding.fingerprint);

/**
 * A path that CI systems accept: relative, no scheme, no leading slash, no `..`, percent-encoded where a URI needs it.
 * What has no file (a live endpoint) is anchored on `paymedic.yaml`, where targets are listed.
 */
export function anchor(finding: Finding): { path: string; uri: string; line: number } {
  const ref = finding.evidence[0];
  const parts = (ref?.file ?? '')
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part && part !== '.' && part !== '..');
  const path = parts.join('/') || 'paymedic.yaml';
  const line = ref?.line !== undefined && Number.isInteger(ref.line) && ref.line > 0 ? ref.line : 1;
  return {
    path,
    uri: path
      .split('/')
      .map((part) => encodeURIComponent(part))
      .join('/'),
    line,
  };
}
