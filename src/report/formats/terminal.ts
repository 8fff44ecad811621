/** The report on a terminal: five lines that answer, then everything that proves them. */
import type { EvidenceKind } from '../../evidence/types.ts';
import { type Owner, PRIORITIES } from '../../finding.ts';
import { alikeTogether } from '../alike.ts';
import { asciiReport, toAscii } from '../ascii.ts';
import { endpointMatrices } from '../pictures/endpoints.ts';
import { ladderLines, ownerRows, validityLines } from '../pictures/terminal.ts';
import { sparkline } from '../sparkline.ts';
import { Page } from '../terminal-page.ts';
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
import { displayWidth, padEnd, shorten, wrap } from '../width.ts';
import { filled } from '../words.ts';

/** Rows shown of long lists unless `verbose`. */
const ROWS = {
  findings: 15,
  clocks: 5,
  evidence: 6,
  timeline: 20,
  slices: 12,
  notChecked: 8,
  unread: 10,
  ladders: 1,
  certificates: 6,
  endpoints: 4,
  suites: 40,
};

function answer(page: Page): void {
  const { words } = page.voc;
  const { priority } = page.report.summary;
  const five = headline(page.report, page.voc);
  const rows: [string, string][] = [
    [words.what, five.what],
    [words.since, five.since],
    [words.howBad, five.howBad],
    [words.who, five.who],
    [words.next, five.next],
  ];
  const label = Math.max(...rows.map(([name]) => displayWidth(name))) + 2;
  const ellipsis = page.options.unicode ? '…' : '...';
  const cutRows: [string, string][] = [];
  rows.forEach(([name, text], i) => {
    const shown = shorten(text, page.width - label, ellipsis);
    if (shown !== text) cutRows.push([name, text]);
    const painted = i === 0 ? page.chalk.bold(shown) : i === 2 ? page.priority(priority, shown) : shown;
    page.add(`${page.chalk.dim(padEnd(name, label))}${painted}`);
  });
  // The five lines stay five lines; what did not fit follows in full.
  if (cutRows.length) {
    page.add();
    for (const [name, text] of cutRows) page.labelled(name, text, 0, label);
  }
}

function diagnosisBlock(page: Page, diagnosis: Diagnosis, index: number): void {
  const { words } = page.voc;
  const { chalk, voc } = page;
  page.add();
  page.bullet(`${index}.`, `${titleOf(diagnosis, page.voc)} [${diagnosis.cause}]`, 0);
  const facts = [
    `${words.confidence} ${diagnosis.confidence.toFixed(2)}`,
    voc.priority(diagnosis.priority),
    voc.faultClass(diagnosis.class),
    `${words.owner}: ${voc.owner(diagnosis.owner)} [${diagnosis.owner}]`,
    diagnosis.leg ? `${words.leg} ${diagnosis.leg}` : '',
    diagnosis.scope ?? '',
  ].filter(Boolean);
  const dot = page.options.unicode ? ' · ' : ' | ';
  for (const line of wrap(facts.join(dot), page.width - 3)) page.add(`   ${page.priority(diagnosis.priority, line)}`);
  const label = Math.max(...[words.onset, words.ended, words.deadline, words.priorityInputs].map(displayWidth)) + 2;
  if (diagnosis.onset) page.labelled(words.onset, utc(diagnosis.onset), 3, label);
  if (diagnosis.ended) page.labelled(words.ended, utc(diagnosis.ended), 3, label);
  if (diagnosis.deadline) page.labelled(words.deadline, utc(diagnosis.deadline), 3, label, chalk.bold);
  if (diagnosis.priorityBecause) page.labelled(words.priorityInputs, diagnosis.priorityBecause, 3, label);
  const section = (title: string, items: readonly string[], mark: (i: number) => string) => {
    if (!items.length) return;
    page.add(`   ${chalk.bold(title)}`);
    items.forEach((item, i) => {
      page.bullet(mark(i), item, 5);
    });
  };
  const dash = () => '-';
  section(words.because, diagnosis.because, dash);
  section(words.against, diagnosis.against, dash);
  if (diagnosis.evidence.length) {
    page.add(`   ${chalk.bold(words.evidence)}`);
    const together = page.options.verbose
      ? diagnosis.evidence.map((ref) => ({ ref, more: 0 }))
      : alikeTogether(diagnosis.evidence);
    for (const { ref, more } of page.limit(together, ROWS.evidence)) {
      page.quote(ref, 5);
      if (more > 0) page.add(`       ${chalk.dim(filled(words.moreAlike, more))}`);
    }
    page.rest(together, ROWS.evidence, 5);
  }
  section(
    words.coincidences,
    diagnosis.coincidences.map((c) => `${utc(c.time)}  ${c.what}`),
    dash,
  );
  section(words.consequences, diagnosis.consequences, dash);
  section(words.remedy, diagnosis.remedy, (i) => `${i + 1}.`);
  if (diagnosis.verify.command) {
    page.add(`   ${chalk.bold(words.verify)}`);
    page.command(diagnosis.verify.command, 5);
    const width = Math.max(displayWidth(words.before), displayWidth(words.after)) + 2;
    if (diagnosis.verify.before) page.labelled(words.before, diagnosis.verify.before, 7, width);
    if (diagnosis.verify.after) page.labelled(words.after, diagnosis.verify.after, 7, width);
  }
  section(
    words.tell,
    diagnosis.tell.map((t) => `${toldTo(page.report, t.owner, voc)}: ${t.what}`),
    dash,
  );
  if (diagnosis.nextCheck) {
    page.add(`   ${chalk.bold(words.separates)}`);
    page.bullet('-', diagnosis.nextCheck, 5);
  }
}

function diagnoses(page: Page): void {
  const claims = page.report.diagnosis.filter(isClaim);
  const candidates = page.report.diagnosis.filter((d) => !isClaim(d));
  if (claims.length) {
    page.heading(page.voc.words.diagnosis);
    claims.forEach((d, i) => {
      diagnosisBlock(page, d, i + 1);
    });
  }
  if (!candidates.length) return;
  page.heading(page.voc.words.candidates);
  for (const d of candidates) {
    page.bullet('?', `${titleOf(d, page.voc)} [${d.cause}] ${d.confidence.toFixed(2)}`, 0);
    for (const reason of d.because.slice(0, page.options.verbose ? 9 : 2)) page.bullet('-', reason, 2);
    if (d.nextCheck) page.bullet('>', d.nextCheck, 2);
  }
}

function clocks(page: Page): void {
  const { words } = page.voc;
  if (!page.report.clocks.length) return;
  page.heading(words.clocks);
  const shown = page.options.verbose ? page.report.clocks : page.report.clocks.slice(0, ROWS.clocks);
  for (const c of shown) page.bullet('-', `${utc(c.due)}  ${c.title}: ${c.to}`, 0);
  const left = page.report.clocks.length - shown.length;
  if (left > 0) page.add(`  ${filled(words.andMore, left)}`);
  page.bullet('!', words.confirm, 0);
}

function slices(page: Page): void {
  const { words } = page.voc;
  const all = page.report.slices ?? [];
  if (!all.length) return;
  const bar = (share: number) =>
    (page.options.unicode ? '█' : '#').repeat(Math.round(share * 10)) || (share > 0 ? '.' : '');
  page.heading(words.slices);
  const worst = [...all].sort(
    (a, b) => b.failed / (b.attempts || 1) - a.failed / (a.attempts || 1) || b.attempts - a.attempts,
  );
  page.table(
    [words.dimension, words.value, words.attempts, words.failed, words.share],
    page.limit(worst, ROWS.slices).map((s) => {
      const share = s.attempts ? s.failed / s.attempts : 0;
      return [
        page.voc.dimension(s.dimension),
        s.value,
        number(s.attempts),
        number(s.failed),
        `${percent(share)} ${bar(share)}`.trim(),
      ];
    }),
    [12, 30, 12, 12, 18],
    false,
  );
  page.rest(worst, ROWS.slices);
}

function findings(page: Page): void {
  const { words } = page.voc;
  const ranked = rankedFindings(page.report.findings);
  if (!ranked.length) return;
  page.heading(`${words.findings} (${ranked.length})`);
  page.table(
    [words.priority, words.finding, words.where, words.owner],
    page.limit(ranked, ROWS.findings).map((f) => {
      const impact = impactPhrase(f.impact, page.voc);
      return [
        page.voc.priority(f.priority),
        `${f.title}\n${f.id}${impact ? ` (${impact})` : ''}`,
        f.evidence[0] ? place(f.evidence[0], page.voc) : (f.subject.label ?? f.subject.id),
        page.voc.owner(f.owner as Owner),
      ];
    }),
    [10, 52, 24, 14],
  );
  page.rest(ranked, ROWS.findings);
}

function timeline(page: Page): void {
  const { words } = page.voc;
  const { timeline: all, series } = page.report;
  if (!all.length && !series.length) return;
  page.heading(words.timeline);
  const label = Math.min(28, Math.max(0, ...series.map((s) => displayWidth(s.title))) + 2);
  const onset = millis(page.report.summary.since);
  const columns = page.width - label - 1;
  for (const one of series.slice(0, page.options.verbose ? 20 : 4)) {
    page.add(`${padEnd(shorten(one.title, label - 1), label)}${sparkline(one, columns, page.options.unicode)}`);
    const mark = Math.floor(
      ((onset - one.start) / (one.step * one.values.length)) * Math.min(one.values.length, columns),
    );
    if (mark >= 0 && mark < columns)
      page.add(`${' '.repeat(label + mark)}${page.chalk.red(`^ ${page.voc.event('onset')}`)}`);
  }
  const sorted = [...all].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  for (const entry of page.limit(sorted, ROWS.timeline)) {
    const from = entry.evidence ? ` (${place(entry.evidence, page.voc)})` : '';
    page.labelled(
      utc(entry.time),
      `${page.voc.event(entry.kind)}: ${entry.what}${from}`,
      0,
      22,
      entry.kind === 'onset' ? page.chalk.red.bold : (s) => s,
    );
  }
  page.rest(sorted, ROWS.timeline);
}

/** What was enumerated or computed, with the number of connections it took. */
function endpoints(page: Page): void {
  const all = endpointMatrices(page.report, page.width, page.options.unicode, page.voc);
  if (!all.length) return;
  page.heading(page.voc.words.protocols);
  page.limit(all, ROWS.endpoints).forEach((endpoint, i) => {
    if (i > 0) page.add();
    page.add(page.chalk.bold(endpoint.heading));
    for (const line of page.limit(endpoint.rows, ROWS.suites)) page.add(line);
    page.rest(endpoint.rows, ROWS.suites);
    for (const line of endpoint.groups) page.add(line);
  });
  page.rest(all, ROWS.endpoints);
}

/** Where handshakes stopped, what runs out, who has what to do. */
function pictures(page: Page): void {
  const { report, voc, options } = page;
  const ladders = report.ladders ?? [];
  if (ladders.length) page.heading(voc.words.ladder);
  for (const ladder of page.limit(ladders, ROWS.ladders)) {
    for (const line of ladderLines(ladder, page.width, options.unicode)) page.add(line);
    if (ladder.stopped) page.bullet('=', `${ladder.file}: ${ladder.stopped}`, 2);
  }
  page.rest(ladders, ROWS.ladders);
  const bars = validityLines(report, page.width, options.unicode, voc);
  if (bars.length) {
    page.heading(voc.words.chain);
    for (const line of page.limit(bars, ROWS.certificates)) page.add(line);
    page.rest(bars, ROWS.certificates);
  }
  const owners = ownerRows(report, voc);
  if (owners.length) {
    page.heading(voc.words.matrix);
    page.table([voc.words.owner, ...PRIORITIES.map((p) => voc.priority(p))], owners, [30, 12, 12, 12], false);
  }
}

function notChecked(page: Page): void {
  const { words } = page.voc;
  if (!page.report.notChecked.length) return;
  page.heading(words.notChecked);
  for (const entry of page.limit(page.report.notChecked, ROWS.notChecked)) {
    page.bullet('-', `${entry.what}: ${entry.why}`, 0);
    if (entry.wouldShow) page.labelled(`${words.wouldShow}:`, entry.wouldShow, 2, displayWidth(words.wouldShow) + 2);
  }
  page.rest(page.report.notChecked, ROWS.notChecked);
}

function playbook(page: Page): void {
  const { playbook: book } = page.report;
  // The triage always has the same steps; what a playbook did, and what waits for a person, is part of its answer.
  if (!book || (book.id === 'triage' && !page.options.verbose)) return;
  const { words } = page.voc;
  page.heading(`${words.playbook}: ${book.titles?.[page.voc.language] ?? book.title}`);
  page.table(
    [words.phase, words.step, words.result],
    book.steps.map((s) => [s.phase, s.title, `${page.voc.outcome(s.outcome)}${s.because ? `: ${s.because}` : ''}`]),
    [14, 44, 30],
    false,
  );
}

function manifest(page: Page): void {
  const { words } = page.voc;
  const { evidence, incident } = page.report;
  page.heading(words.manifest);
  const unread = evidence.filter((e) => e.unreadable);
  const kinds = new Map<EvidenceKind, number>();
  for (const item of evidence) kinds.set(item.kind, (kinds.get(item.kind) ?? 0) + 1);
  const list = [...kinds]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([kind, n]) => `${n} ${page.voc.kind(kind)}`);
  const size = evidence.reduce((sum, e) => sum + e.size, 0);
  const label = Math.max(...[words.inputs, words.read, words.incidentClock, words.span].map(displayWidth)) + 2;
  page.labelled(words.inputs, incident.inputs.join(', ') || '-', 0, label);
  page.labelled(
    words.read,
    `${filled(words.filesRead, evidence.length - unread.length)}${unread.length ? `, ${filled(words.filesUnread, unread.length)}` : ''}; ${bytes(size)}${list.length ? `; ${list.join(', ')}` : ''}`,
    0,
    label,
  );
  page.labelled(words.incidentClock, `${utc(incident.clock)} (${incident.clockSource})`, 0, label);
  if (incident.span)
    page.labelled(
      words.span,
      `${utc(incident.span.from)} ${page.options.unicode ? '–' : '-'} ${utc(incident.span.to)} (${duration(millis(incident.span.to) - millis(incident.span.from), page.voc)})`,
      0,
      label,
    );
  const defects = evidence.flatMap((e) => [
    ...(e.unreadable ? [`${e.path}: ${e.unreadable}`] : []),
    ...(e.notes ?? []).map((n) => `${e.path}: ${n}`),
    ...left(e.counts).map((c) => `${e.path}: ${c}`),
  ]);
  for (const defect of page.limit(defects, ROWS.unread)) page.bullet('!', defect, 0);
  page.rest(defects, ROWS.unread);
}

/** Counts that tell of something left out: their names say so (`skippedLines`, `dropped`, `unparsed`, `truncated`). */
function left(counts: { [name: string]: number } | undefined): string[] {
  return Object.entries(counts ?? {})
    .filter(([name, n]) => n > 0 && /skip|drop|unparsed|truncat|lost|bad|unread|sampledOut/i.test(name))
    .map(([name, n]) => `${name} ${number(n)}`);
}

function render(original: Report, options: RenderOptions): string {
  const report = options.unicode ? original : asciiReport(original);
  const page = new Page(report, options);
  answer(page);
  diagnoses(page);
  clocks(page);
  slices(page);
  findings(page);
  timeline(page);
  pictures(page);
  endpoints(page);
  notChecked(page);
  playbook(page);
  manifest(page);
  const text = `${page.lines.map((line) => line.trimEnd()).join('\n')}\n`;
  return options.unicode ? text : toAscii(text);
}

const format: ReportFormat = { id: 'terminal', title: 'Terminal', extension: 'txt', render };
export default format;
