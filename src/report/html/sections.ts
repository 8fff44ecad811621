/** The sections of the page, each a pure function of the report. A section without content is left out. */
import type { Finding } from '../../finding.ts';
import { waiverOf } from '../severity.ts';
import { bytes, duration, impactPhrase, isClaim, millis, number, place, rankedFindings, toldTo, utc } from '../text.ts';
import type { Diagnosis, Report } from '../types.ts';
import { filled, type Vocabulary } from '../words.ts';
import { type Child, el, type Markup } from './element.ts';
import { quotes } from './quote.ts';

export interface Section {
  id: string;
  title: string;
  /** Name in the list of contents, where the title is long. */
  short?: string;
  body: readonly Child[];
}

const listOf = (title: string, items: readonly Child[], ordered = false): Child =>
  items.length > 0 && [
    el('h4', {}, title),
    el(
      ordered ? 'ol' : 'ul',
      {},
      items.map((item) => el('li', {}, item)),
    ),
  ];

function chips(pairs: readonly (readonly [string, Child])[]): Markup {
  return el(
    'ul',
    { class: 'chips' },
    pairs.map(([name, value]) => el('li', {}, `${name} `, el('b', {}, value))),
  );
}

export function diagnosisCard(report: Report, d: Diagnosis, index: number, voc: Vocabulary, title: string): Markup {
  const { words } = voc;
  const facts: [string, string | undefined][] = [
    [words.confidence, d.confidence.toFixed(2)],
    [words.owner, voc.owner(d.owner)],
    [words.class, voc.faultClass(d.class)],
    [words.leg, d.leg],
    [words.scope, d.scope],
    [words.onset, d.onset && utc(d.onset)],
    [words.ended, d.ended && utc(d.ended)],
    [words.deadline, d.deadline && utc(d.deadline)],
  ];
  return el(
    'article',
    { class: `card ${d.priority}` },
    el('p', { class: 'eyebrow' }, el('span', { class: 'badge' }, voc.priority(d.priority)), el('code', {}, d.cause)),
    el('h3', {}, `${index}. ${title}`),
    chips(facts.flatMap(([name, value]) => (value ? [[name, value] as const] : []))),
    d.priorityBecause ? el('p', { class: 'note' }, `${words.priorityInputs}: ${d.priorityBecause}`) : undefined,
    twoColumns([listOf(words.because, d.because)], [listOf(words.remedy, d.remedy, true)]),
    d.against.length > 0 && listOf(words.against, d.against),
    d.evidence.length > 0 && [el('h4', {}, words.evidence), quotes(d.evidence, 12, voc)],
    d.verify.command
      ? [
          el('h4', {}, words.verify),
          el('pre', {}, d.verify.command),
          chips([
            [words.before, d.verify.before],
            [words.after, d.verify.after],
          ]),
        ]
      : undefined,
    twoColumns(
      [
        listOf(
          words.coincidences,
          d.coincidences.map((c) => `${utc(c.time)} ${c.what}`),
        ),
        listOf(words.consequences, d.consequences),
      ],
      [
        listOf(
          words.tell,
          d.tell.map((t) => [el('b', {}, toldTo(report, t.owner, voc)), `: ${t.what}`]),
        ),
        d.nextCheck ? [el('h4', {}, words.separates), el('p', {}, d.nextCheck)] : undefined,
      ],
    ),
  );
}

/** Two columns, or one over the whole width where the other has nothing to say. */
function twoColumns(...columns: readonly Child[][]): Markup {
  const filledOnes = columns.filter((c) => c.some((child) => child !== undefined && child !== false));
  return el(
    'div',
    filledOnes.length > 1 ? { class: 'two' } : {},
    filledOnes.map((c) => el('div', {}, c)),
  );
}

export function candidates(report: Report, voc: Vocabulary): Section | undefined {
  const list = report.diagnosis.filter((d) => !isClaim(d));
  if (!list.length) return undefined;
  const body = list.map((d) =>
    el(
      'li',
      {},
      el('b', {}, d.title),
      ` (${voc.words.confidence} ${d.confidence.toFixed(2)}) `,
      el('code', {}, d.cause),
      d.because.length > 0 && el('div', { class: 'note' }, d.because.slice(0, 3).join(' ')),
      d.nextCheck ? el('p', {}, d.nextCheck) : undefined,
    ),
  );
  return { id: 'possible', title: voc.words.candidates, body: [el('div', { class: 'card' }, el('ul', {}, body))] };
}

/** A table whose cells carry their column's name for narrow screens. */
function wideTable(
  head: readonly string[],
  rows: readonly (readonly Child[])[],
  tones: readonly (string | undefined)[] = [],
): Markup {
  return el(
    'div',
    { class: 'list' },
    el(
      'table',
      { class: 'wide' },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          head.map((name) => el('th', {}, name)),
        ),
      ),
      el(
        'tbody',
        {},
        rows.map((row, i) =>
          el(
            'tr',
            { class: tones[i] ? `row ${tones[i]}` : undefined },
            row.map((cell, c) => el('td', { 'data-label': head[c] }, cell)),
          ),
        ),
      ),
    ),
  );
}

function findingCell(f: Finding, voc: Vocabulary, waived: string | undefined): Child {
  const { words } = voc;
  const impact = impactPhrase(f.impact, voc);
  return [
    el('b', {}, f.title),
    el(
      'p',
      { class: 'fact' },
      el('code', {}, f.id),
      impact ? ` · ${impact}` : '',
      waived ? ` · ${words.waived}: ${waived}` : '',
    ),
    el(
      'details',
      {},
      el('summary', {}, words.detail),
      el('p', {}, f.detail),
      quotes(f.evidence, 6, voc),
      el('p', {}, el('b', {}, `${words.remedy}: `), f.remedy),
      el(
        'p',
        {},
        el('b', {}, `${words.verify}: `),
        el('code', {}, f.verification.command),
        ` (${f.verification.expect})`,
      ),
      f.references.length > 0 && el('p', { class: 'note' }, `${words.references}: ${f.references.join('; ')}`),
      el('p', { class: 'note' }, `${words.fingerprint}: `, el('code', {}, f.fingerprint)),
    ),
  ];
}

export function findings(report: Report, voc: Vocabulary): Section | undefined {
  const ranked = rankedFindings(report.findings);
  if (!ranked.length) return undefined;
  const { words } = voc;
  const rows = ranked.map((f) => [
    el('span', { class: `badge ${f.priority}` }, voc.priority(f.priority)),
    findingCell(f, voc, waiverOf(report, f)?.reason),
    f.evidence[0] ? el('code', {}, place(f.evidence[0], voc)) : (f.subject.label ?? f.subject.id),
    voc.owner(f.owner),
    el('span', { class: 'nowrap' }, number(f.count)),
  ]);
  return {
    id: 'findings',
    title: `${words.findings} (${number(ranked.length)})`,
    body: [
      wideTable(
        [words.priority, words.finding, words.where, words.owner, words.count],
        rows,
        ranked.map((f) => f.priority),
      ),
    ],
  };
}

export function clocks(report: Report, voc: Vocabulary): Section | undefined {
  const { words } = voc;
  if (!report.clocks.length) return undefined;
  const rows = report.clocks.map((c) => [
    el('b', { class: 'nowrap' }, utc(c.due)),
    [
      el('b', {}, c.title),
      el(
        'p',
        { class: 'fact' },
        `${words.start} ${utc(c.start)} · ${words.confidence} ${voc.level(c.confidence)} · ${c.source}`,
      ),
    ],
    c.to,
  ]);
  return {
    id: 'clocks',
    title: words.clocks,
    body: [wideTable([words.due, words.title, words.to], rows), el('p', { class: 'note' }, words.confirm)],
  };
}

export function events(report: Report, voc: Vocabulary): Markup | undefined {
  const { words } = voc;
  if (!report.timeline.length) return undefined;
  const sorted = [...report.timeline].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return wideTable(
    [words.time, words.kind, words.title, words.source],
    sorted.map((t) => [
      el('span', { class: 'mono nowrap' }, utc(t.time)),
      voc.event(t.kind),
      t.kind === 'onset' ? el('b', {}, t.what) : t.what,
      t.evidence ? el('code', {}, place(t.evidence, voc)) : '',
    ]),
    sorted.map((t) => (t.kind === 'onset' ? 'urgent' : undefined)),
  );
}

export function notChecked(report: Report, voc: Vocabulary): Section | undefined {
  if (!report.notChecked.length) return undefined;
  const items = report.notChecked.map((n) =>
    el(
      'li',
      {},
      el('b', {}, n.what),
      `: ${n.why}`,
      n.wouldShow ? [el('div', { class: 'note' }, `${voc.words.wouldShow}:`), el('pre', {}, n.wouldShow)] : undefined,
    ),
  );
  return { id: 'not-checked', title: voc.words.notChecked, body: [el('div', { class: 'card' }, el('ul', {}, items))] };
}

export function playbook(report: Report, voc: Vocabulary): Section | undefined {
  const book = report.playbook;
  if (!book) return undefined;
  const { words } = voc;
  const rows = book.steps.map((s) => [
    s.phase,
    s.title,
    `${voc.outcome(s.outcome)}${s.because ? `: ${s.because}` : ''}`,
  ]);
  return {
    id: 'playbook',
    short: words.playbook,
    title: `${words.playbook}: ${book.titles?.[voc.language] ?? book.title}`,
    body: [wideTable([words.phase, words.step, words.result], rows)],
  };
}

export function inventory(report: Report, voc: Vocabulary): Section | undefined {
  const { words } = voc;
  const all = report.inventory;
  if (!all || (!all.certificates.length && !all.protocols.length)) return undefined;
  const certificates = all.certificates.map((c) => [
    c.subject,
    c.issuer,
    el('code', {}, c.serial),
    c.notBefore.slice(0, 10),
    c.notAfter.slice(0, 10),
    c.key,
    c.signatureAlgorithm,
    c.locations.join(', '),
    c.purpose ?? '',
    c.owner ?? '',
    c.reviewed ?? '',
  ]);
  const suites = all.protocols.flatMap((p) =>
    p.suites.map((s) => [
      p.location,
      p.state,
      p.protocol,
      el('span', { class: 'mono' }, s.name),
      s.strength ?? words.unknown,
      p.purpose ?? '',
      p.owner ?? '',
      p.reviewed ?? '',
    ]),
  );
  const block = (title: string, table: Markup) =>
    el('details', { class: 'big' }, el('summary', {}, title), el('div', { class: 'scroll' }, table));
  return {
    id: 'inventory',
    title: 'PCI DSS',
    body: [
      certificates.length > 0 &&
        block(
          words.inventoryKeys,
          wideTable(
            [
              words.subject,
              words.issuer,
              words.serial,
              words.validFrom,
              words.validTo,
              words.key,
              words.signature,
              words.where,
              words.purpose,
              words.owner,
              words.reviewed,
            ],
            certificates,
          ),
        ),
      suites.length > 0 &&
        block(
          words.inventorySuites,
          wideTable(
            [
              words.where,
              words.state,
              words.protocol,
              words.suite,
              words.strength,
              words.purpose,
              words.owner,
              words.reviewed,
            ],
            suites,
          ),
        ),
    ],
  };
}

export function manifest(report: Report, voc: Vocabulary): Section {
  const { words } = voc;
  const { incident, evidence } = report;
  const unread = evidence.filter((e) => e.unreadable).length;
  const rows = evidence.map((e) => [
    el('code', {}, e.path),
    e.format ?? e.kind,
    el('span', { class: 'nowrap' }, bytes(e.size)),
    el('code', { title: e.sha256 }, e.sha256.slice(0, 16)),
    [
      e.unreadable ? el('b', {}, `${words.unreadable}: ${e.unreadable}`) : '',
      (e.notes ?? []).join(' '),
      ' ',
      Object.entries(e.counts ?? {})
        .map(([name, n]) => `${name} ${number(n)}`)
        .join(', '),
    ],
  ]);
  const span = incident.span
    ? `${utc(incident.span.from)} – ${utc(incident.span.to)} (${duration(millis(incident.span.to) - millis(incident.span.from), voc)})`
    : '';
  return {
    id: 'evidence',
    title: words.manifest,
    body: [
      el(
        'dl',
        { class: 'answer card' },
        el('dt', {}, words.inputs),
        el('dd', {}, incident.inputs.join(', ')),
        el('dt', {}, words.incidentClock),
        el('dd', {}, `${utc(incident.clock)} (${incident.clockSource})`),
        span ? [el('dt', {}, words.span), el('dd', {}, span)] : undefined,
        el('dt', {}, words.read),
        el('dd', {}, `${filled(words.filesRead, evidence.length - unread)}, ${filled(words.filesUnread, unread)}`),
      ),
      rows.length > 0 &&
        el(
          'details',
          { class: 'big', open: unread > 0 },
          el('summary', {}, `${words.file} (${rows.length}), SHA-256`),
          wideTable([words.file, words.kind, words.size, 'SHA-256', words.read], rows),
        ),
    ],
  };
}
