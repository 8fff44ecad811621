/** SARIF 2.1.0 (OASIS) within the rules of GitHub code scanning: every result has a relative physical location and a stable fingerprint. */

import type { Finding } from '../../finding.ts';
import { cut } from '../safe-text.ts';
import { anchor, severityOf, waiverOf } from '../severity.ts';
import { place, rankedFindings } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { vocabulary } from '../words.ts';

/** Limits of GitHub code scanning. */
const MAX_RESULTS = 25_000;
const MAX_TEXT = 1024;

const PRECISION = { structural: 'very-high', observed: 'high', textual: 'medium', circumstantial: 'low' } as const;
const RANK = { urgent: 2, important: 1, routine: 0 } as const;

/** Security severity stands on the rule only, so a rule takes the highest priority among its results. */
function ruleOf(findings: readonly Finding[]) {
  const worst = findings.reduce((a, b) => (RANK[b.priority] > RANK[a.priority] ? b : a));
  const severity = severityOf(worst.priority);
  const help = `${worst.remedy} Verify: ${worst.verification.command} (${worst.verification.expect})`;
  return {
    id: worst.id,
    name: worst.id.replace(/[^A-Za-z0-9]+(.)/g, (_all, c: string) => c.toUpperCase()),
    shortDescription: { text: cut(worst.id, MAX_TEXT) },
    fullDescription: { text: cut(worst.detail || worst.title, MAX_TEXT) },
    help: { text: cut(help, MAX_TEXT) },
    defaultConfiguration: { level: severity.sarif },
    properties: {
      tags: ['security', worst.class],
      precision: PRECISION[worst.proof] ?? 'medium',
      'security-severity': severity.security,
    },
  };
}

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const findings = rankedFindings(report.findings).slice(0, MAX_RESULTS);
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) byRule.set(finding.id, [...(byRule.get(finding.id) ?? []), finding]);
  const ids = [...byRule.keys()].sort();
  const indexOf = new Map(ids.map((id, i) => [id, i]));
  const results = findings.map((finding) => {
    const { uri, line } = anchor(finding);
    const waiver = waiverOf(report, finding);
    const where = finding.evidence.slice(0, 3).map((ref) => place(ref, voc));
    return {
      ruleId: finding.id,
      ruleIndex: indexOf.get(finding.id),
      level: severityOf(finding.priority).sarif,
      message: {
        text: cut(
          `${finding.title} ${voc.words.owner}: ${voc.owner(finding.owner)}. ${voc.words.remedy}: ${finding.remedy}${where.length ? ` (${where.join(', ')})` : ''}`,
          MAX_TEXT,
        ),
      },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri }, region: { startLine: line } },
          logicalLocations: [
            {
              name: finding.subject.label ?? finding.subject.id,
              fullyQualifiedName: `${finding.subject.kind}:${finding.subject.id}`,
            },
          ],
        },
      ],
      partialFingerprints: { primaryLocationLineHash: finding.fingerprint },
      ...(waiver
        ? {
            suppressions: [
              {
                kind: 'external',
                status: 'accepted',
                justification: `${waiver.reason} (${waiver.owner}, ${waiver.expires})`,
              },
            ],
          }
        : {}),
      properties: { priority: finding.priority, owner: finding.owner, count: finding.count },
    };
  });
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            semanticVersion: report.tool.version,
            rules: ids.map((id) => ruleOf(byRule.get(id)!)),
          },
        },
        automationDetails: { id: 'paymedic/' },
        invocations: [
          {
            executionSuccessful: true,
            endTimeUtc: report.generated,
            toolExecutionNotifications: report.notChecked.slice(0, 1000).map((n) => ({
              level: 'note',
              message: { text: cut(`${n.what}: ${n.why} ${n.wouldShow}`.trim(), MAX_TEXT) },
            })),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const format: ReportFormat = { id: 'sarif', title: 'SARIF 2.1.0', extension: 'sarif', render };
export default format;
