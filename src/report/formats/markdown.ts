/** The report as a runbook page: Prepare, Detect, Contain, Eradicate, Recover, Lessons (the skeleton of NIST SP 800-61 playbooks). */
import type { EvidenceRef, Finding } from '../../finding.ts';
import { alikeTogether } from '../alike.ts';
import { markdownCode as code, markdownFence, markdown as md } from '../escape.ts';
import { endpointOffers } from '../pictures/endpoints.ts';
import { waiverOf } from '../severity.ts';
import {
  bytes,
  duration,
  headline,
  impactPhrase,
  isClaim,
  millis,
  number,
  percent,
  place,
  rankedFindings,
  titleOf,
  toldTo,
  utc,
} from '../text.ts';
import type { Diagnosis, RenderOptions, Report, ReportFormat } from '../types.ts';
import { filled, type Vocabulary, vocabulary } from '../words.ts';

const list = (items: readonly string[], mark = '-'): string[] => items.map((item) => `${mark} ${item}`);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length ? [row(head), row(head.map(() => '---')), ...rows.map(row), ''] : [];
}

function quote(ref: EvidenceRef, voc: Vocabulary): string {
  const at = code(place(ref, voc));
  return ref.text ? `${at} — ${code(ref.text)}` : at;
}

function diagnosisLines(diagnosis: Diagnosis, index: number, voc: Vocabulary): string[] {
  const { words } = voc;
  const facts: [string, string | undefined][] = [
    [words.cause, code(diagnosis.cause)],
    [words.confidence, diagnosis.confidence.toFixed(2)],
    [
      words.priority,
      `${voc.priority(diagnosis.priority)}${diagnosis.priorityBecause ? ` — ${md(diagnosis.priorityBecause)}` : ''}`,
    ],
    [words.class, voc.faultClass(diagnosis.class)],
    [words.owner, `${md(voc.owner(diagnosis.owner))} (${code(diagnosis.owner)})`],
    [words.leg, diagnosis.leg && md(diagnosis.leg)],
    [words.scope, diagnosis.scope && md(diagnosis.scope)],
    [words.onset, diagnosis.onset && md(utc(diagnosis.onset))],
    [words.ended, diagnosis.ended && md(utc(diagnosis.ended))],
    [words.deadline, diagnosis.deadline && md(utc(diagnosis.deadline))],
  ];
  const section = (title: string, items: readonly string[]) =>
    items.length ? [`**${title}**`, '', ...list(items), ''] : [];
  return [
    `### ${index}. ${md(titleOf(diagnosis, voc))}`,
    '',
    ...facts.filter(([, value]) => value).map(([name, value]) => `- ${name}: ${value}`),
    '',
    ...section(words.because, diagnosis.because.map(md)),
    ...section(words.against, diagnosis.against.map(md)),
    ...section(
      words.evidence,
      alikeTogether(diagnosis.evidence).map(
        ({ ref, more }) => quote(ref, voc) + (more > 0 ? ` (${filled(words.moreAlike, more)})` : ''),
      ),
    ),
    ...section(
      words.coincidences,
      diagnosis.coincidences.map((c) => `${md(utc(c.time))} ${md(c.what)}`),
    ),
    ...section(
      words.consequences,
      diagnosis.consequences.map((c) => code(c)),
    ),
    ...(diagnosis.nextCheck ? section(words.separates, [md(diagnosis.nextCheck)]) : []),
  ];
}

function detect(report: Report, voc: Vocabulary): string[] {
  const { words } = voc;
  const claims = report.diagnosis.filter(isClaim);
  const candidates = report.diagnosis.filter((d) => !isClaim(d));
  const ranked = rankedFindings(report.findings);
  const waived = (f: Finding): string => {
    const waiver = waiverOf(report, f);
    return waiver ? ` — ${words.waived}: ${md(waiver.reason)}` : '';
  };
  return [
    ...(claims.length
      ? claims.flatMap((d, i) => diagnosisLines(d, i + 1, voc))
      : [
          report.summary.priority !== 'none'
            ? words.none
            : report.summary.judged === false || report.summary.proven === false
              ? md(report.summary.verdict)
              : words.nothingWrong,
          '',
        ]),
    ...(candidates.length
      ? [
          `### ${words.candidates}`,
          '',
          ...list(
            candidates.map(
              (d) =>
                `${md(titleOf(d, voc))} (${code(d.cause)}, ${words.confidence} ${d.confidence.toFixed(2)})${d.nextCheck ? `: ${md(d.nextCheck)}` : ''}`,
            ),
          ),
          '',
        ]
      : []),
    ...(report.slices?.length
      ? [
          `### ${words.slices}`,
          '',
          ...tableOf(
            [words.dimension, words.value, words.attempts, words.failed, words.share],
            report.slices.map((s) => [
              md(voc.dimension(s.dimension)),
              md(s.value),
              number(s.attempts),
              number(s.failed),
              percent(s.attempts ? s.failed / s.attempts : 0),
            ]),
          ),
        ]
      : []),
    ...(ranked.length
      ? [
          `### ${words.findings} (${ranked.length})`,
          '',
          ...tableOf(
            [words.priority, words.finding, words.where, words.owner, words.impact, words.fingerprint],
            ranked.map((f) => [
              voc.priority(f.priority),
              `${md(f.title)} (${code(f.id)})${waived(f)}`,
              f.evidence[0] ? code(place(f.evidence[0], voc)) : md(f.subject.label ?? f.subject.id),
              md(voc.owner(f.owner)),
              md(impactPhrase(f.impact, voc)),
              code(f.fingerprint),
            ]),
          ),
        ]
      : []),
    ...offered(report, voc),
    ...(report.timeline.length
      ? [
          `### ${words.timeline}`,
          '',
          ...tableOf(
            [words.time, words.kind, words.title, words.source],
            report.timeline.map((t) => [
              md(utc(t.time)),
              voc.event(t.kind),
              md(t.what),
              t.evidence ? code(place(t.evidence, voc)) : '',
            ]),
          ),
        ]
      : []),
    ...(report.notChecked.length
      ? [
          `### ${words.notChecked}`,
          '',
          ...list(
            report.notChecked.map((n) =>
              `${md(n.what)}: ${md(n.why)} ${n.wouldShow ? `(${words.wouldShow}: ${code(n.wouldShow)})` : ''}`.trimEnd(),
            ),
          ),
          '',
        ]
      : []),
  ];
}

/** What endpoints negotiate: one table of suites and protocol versions each. */
function offered(report: Report, voc: Vocabulary): string[] {
  const { words } = voc;
  const offers = endpointOffers(report, voc);
  if (offers.length === 0) return [];
  return [
    `### ${words.protocols}`,
    '',
    ...offers.flatMap(({ heading, protocols, suites, groups }) => [
      `**${md(heading)}**`,
      '',
      ...tableOf(
        [words.suite, ...protocols.map(md)],
        suites.map((s) => [code(s.name), ...s.in.map((yes) => (yes ? '●' : ''))]),
      ),
      ...list(groups.map((g) => `${words.groups} ${md(g.protocol)}: ${g.names.map(md).join(', ')}`)),
      ...(groups.length > 0 ? [''] : []),
    ]),
  ];
}

function prepare(report: Report, voc: Vocabulary): string[] {
  const { words } = voc;
  const { incident, evidence } = report;
  const unread = evidence.filter((e) => e.unreadable);
  return [
    `- ${words.incidentClock}: ${md(utc(incident.clock))} (${md(incident.clockSource)})`,
    ...(incident.span
      ? [
          `- ${words.span}: ${md(utc(incident.span.from))} – ${md(utc(incident.span.to))} (${duration(millis(incident.span.to) - millis(incident.span.from), voc)})`,
        ]
      : []),
    `- ${words.read}: ${filled(words.filesRead, evidence.length - unread.length)}, ${filled(words.filesUnread, unread.length)}`,
    '',
    ...tableOf(
      [words.file, words.kind, words.size, 'SHA-256', words.countsSkipped],
      evidence.map((e) => [
        code(e.path),
        md(e.format ?? e.kind),
        bytes(e.size),
        code(e.sha256.slice(0, 16)),
        md([e.unreadable ?? '', ...(e.notes ?? [])].filter(Boolean).join('; ')),
      ]),
    ),
  ];
}

function contain(report: Report, voc: Vocabulary): string[] {
  const { words } = voc;
  const tell = report.diagnosis.filter(isClaim).flatMap((d) => d.tell);
  return [
    ...list([md(report.summary.nextStep)], '- [ ]'),
    ...list(
      tell.map((t) => `${words.tell} ${md(toldTo(report, t.owner, voc))}: ${md(t.what)}`),
      '- [ ]',
    ),
    '',
    ...(report.clocks.length
      ? [
          `**${words.clocks}**`,
          '',
          ...tableOf(
            [words.due, words.title, words.to, words.start, words.confidence, words.source],
            report.clocks.map((c) => [
              md(utc(c.due)),
              md(c.title),
              md(c.to),
              md(utc(c.start)),
              md(voc.level(c.confidence)),
              md(c.source),
            ]),
          ),
          words.confirm,
          '',
        ]
      : []),
  ];
}

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const { words } = voc;
  const claims = report.diagnosis.filter(isClaim);
  const five = headline(report, voc);
  const lessons = [
    ...claims.flatMap((d) => d.prevent ?? []).map(md),
    ...report.notChecked.filter((n) => n.wouldShow).map((n) => `${md(n.what)}: ${code(n.wouldShow)}`),
  ];
  const lines = [
    `# ${words.report}`,
    '',
    ...list([
      `**${words.what}:** ${md(five.what)}`,
      `**${words.since}:** ${md(five.since)}`,
      `**${words.howBad}:** ${md(five.howBad)}`,
      `**${words.who}:** ${md(five.who)}`,
      `**${words.next}:** ${md(five.next)}`,
    ]),
    '',
    `## ${words.prepare}`,
    '',
    ...prepare(report, voc),
    `## ${words.detect}`,
    '',
    ...detect(report, voc),
    `## ${words.contain}`,
    '',
    ...contain(report, voc),
    `## ${words.eradicate}`,
    '',
    ...claims.flatMap((d) => [
      ...(claims.length > 1 ? [`**${md(titleOf(d, voc))}**`, ''] : []),
      ...list(d.remedy.map(md), '- [ ]'),
      '',
    ]),
    `## ${words.recover}`,
    '',
    ...claims
      .filter((d) => d.verify.command)
      .flatMap((d) => [
        markdownFence(d.verify.command, 'sh'),
        '',
        `- ${words.before}: ${md(d.verify.before)}`,
        `- [ ] ${words.after}: ${md(d.verify.after)}`,
        '',
      ]),
    `## ${words.lessons}`,
    '',
    ...list(lessons, '- [ ]'),
    '',
    `${words.generated}: ${md(utc(report.generated))}, ${report.tool.name} ${md(report.tool.version)}`,
  ];
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

const format: ReportFormat = { id: 'markdown', title: 'Markdown', extension: 'md', render };
export default format;
