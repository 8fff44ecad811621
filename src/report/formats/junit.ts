/** JUnit XML as Jenkins and GitLab read it: one test case a finding; routine passes, waived and unjudged are skipped. */
import type { Finding } from '../../finding.ts';
import { html as xml } from '../escape.ts';
import { waiverOf } from '../severity.ts';
import { place, rankedFindings } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { type Vocabulary, vocabulary } from '../words.ts';

interface Case {
  suite: string;
  name: string;
  outcome: 'passed' | 'failure' | 'error' | 'skipped';
  type: string;
  message: string;
  body: string;
}

function caseOf(report: Report, finding: Finding, voc: Vocabulary): Case {
  const waiver = waiverOf(report, finding);
  const body = [
    finding.detail,
    ...finding.evidence.slice(0, 10).map((ref) => `${place(ref, voc)}${ref.text ? `: ${ref.text}` : ''}`),
    `${voc.words.owner}: ${voc.owner(finding.owner)}`,
    `${voc.words.remedy}: ${finding.remedy}`,
    `${voc.words.verify}: ${finding.verification.command} (${finding.verification.expect})`,
    `${voc.words.fingerprint}: ${finding.fingerprint}`,
  ].join('\n');
  return {
    suite: finding.id,
    name: finding.subject.label ?? finding.subject.id,
    outcome: waiver ? 'skipped' : finding.priority === 'routine' ? 'passed' : 'failure',
    type: finding.priority,
    message: waiver ? `${voc.words.waived}: ${waiver.reason} (${waiver.owner}, ${waiver.expires})` : finding.title,
    body,
  };
}

function element(test: Case): string {
  const open = `    <testcase classname="${xml(test.suite)}" name="${xml(test.name)}" time="0">`;
  const inner = {
    passed: `      <system-out>${xml(`${test.message}\n${test.body}`)}</system-out>`,
    failure: `      <failure type="${xml(test.type)}" message="${xml(test.message)}">${xml(test.body)}</failure>`,
    error: `      <error type="${xml(test.type)}" message="${xml(test.message)}">${xml(test.body)}</error>`,
    skipped: `      <skipped message="${xml(test.message)}"/>\n      <system-out>${xml(test.body)}</system-out>`,
  }[test.outcome];
  return `${open}\n${inner}\n    </testcase>`;
}

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const cases: Case[] = [
    ...rankedFindings(report.findings).map((finding) => caseOf(report, finding, voc)),
    ...report.notChecked.map(
      (n): Case => ({
        suite: 'not-checked',
        name: n.what,
        outcome: 'skipped',
        type: 'not-checked',
        message: n.why,
        body: `${voc.words.wouldShow}: ${n.wouldShow}`,
      }),
    ),
    ...report.evidence
      .filter((e) => e.unreadable)
      .map(
        (e): Case => ({
          suite: 'evidence',
          name: e.path,
          outcome: 'error',
          type: 'unreadable',
          message: e.unreadable!,
          body: '',
        }),
      ),
  ];
  // A suite without cases counts as broken in several CI systems.
  if (!cases.length)
    cases.push({
      suite: 'paymedic',
      name: voc.words.report,
      outcome: 'passed',
      type: '',
      message: report.summary.verdict,
      body: '',
    });
  const tally = (outcome: Case['outcome']) => cases.filter((c) => c.outcome === outcome).length;
  const counts = `tests="${cases.length}" failures="${tally('failure')}" errors="${tally('error')}" skipped="${tally('skipped')}" time="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="paymedic" tests="${cases.length}" failures="${tally('failure')}" errors="${tally('error')}" time="0">`,
    `  <testsuite name="paymedic" ${counts} timestamp="${xml(report.generated.slice(0, 19))}">`,
    ...cases.map(element),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const format: ReportFormat = { id: 'junit', title: 'JUnit XML', extension: 'xml', render };
export default format;
