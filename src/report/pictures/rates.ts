/** Success rates by slice, the owner by priority matrix, and the protocol by cipher matrix. */
import { OWNERS, PRIORITIES } from '../../finding.ts';
import { type Child, el, type Markup } from '../html/element.ts';
import { number, percent } from '../text.ts';
import type { Report } from '../types.ts';
import type { Vocabulary } from '../words.ts';
import { figure, pct } from './axis.ts';

const MAX_SLICES = 30;
const MAX_SUITES = 120;

export function slicesPicture(report: Report, voc: Vocabulary): Markup | undefined {
  const slices = [...(report.slices ?? [])]
    .filter((s) => s.attempts > 0)
    .sort((a, b) => b.failed / b.attempts - a.failed / a.attempts || b.attempts - a.attempts);
  if (!slices.length) return undefined;
  const row = 40;
  const body = slices.slice(0, MAX_SLICES).flatMap((s, i) => {
    const success = 1 - s.failed / s.attempts;
    const y = i * row;
    return [
      el('text', { class: 'label', x: 0, y: y + 14 }, `${voc.dimension(s.dimension)}: ${s.value}`),
      el(
        'text',
        { class: 'label', x: '100%', y: y + 14, 'text-anchor': 'end' },
        `${percent(success)} (${number(s.attempts - s.failed)} / ${number(s.attempts)})`,
      ),
      el('rect', { class: 'bar expired', x: 0, y: y + 20, width: '100%', height: 10, rx: 3 }),
      el('rect', { class: 'bar fine', x: 0, y: y + 20, width: pct(success * 100), height: 10, rx: 3 }),
    ];
  });
  return figure(voc.words.slices, Math.min(slices.length, MAX_SLICES) * row, body, { caption: voc.words.success });
}

export function ownerMatrix(report: Report, voc: Vocabulary): Markup | undefined {
  if (!report.findings.length) return undefined;
  const owners = OWNERS.filter((o) => report.findings.some((f) => f.owner === o));
  const count = (owner: string | undefined, priority: string | undefined) =>
    report.findings.filter((f) => (!owner || f.owner === owner) && (!priority || f.priority === priority)).length;
  const cell = (n: number, tone: string) => el('td', { class: n ? `num ${tone}` : 'num muted' }, n ? number(n) : '–');
  return matrix(
    [
      el('th', {}, voc.words.owner),
      PRIORITIES.map((p) => el('th', { class: 'num' }, voc.priority(p))),
      el('th', { class: 'num' }, voc.words.total),
    ],
    owners.map((o) => [
      el('th', { scope: 'row' }, voc.owner(o)),
      PRIORITIES.map((p) => cell(count(o, p), p)),
      cell(count(o, undefined), ''),
    ]),
  );
}

/** Rows are suites, columns the protocol at each place; a mark says that the pair was seen. */
export function protocolMatrix(report: Report, voc: Vocabulary): Markup | undefined {
  const rows = (report.inventory?.protocols ?? []).filter((p) => p.suites.length);
  if (!rows.length) return undefined;
  const protocols = [...new Set(rows.map((p) => p.protocol))].sort();
  const suites = [...new Map(rows.flatMap((p) => p.suites.map((s) => [s.name, s] as const))).values()].slice(
    0,
    MAX_SUITES,
  );
  const seen = (suite: string, protocol: string) =>
    rows.filter((p) => p.protocol === protocol && p.suites.some((s) => s.name === suite)).map((p) => p.location);
  return matrix(
    [el('th', {}, voc.words.suite), protocols.map((p) => el('th', {}, p)), el('th', {}, voc.words.strength)],
    suites.map((s) => [
      el('th', { scope: 'row', class: 'mono' }, s.name),
      protocols.map((p) => {
        const places = seen(s.name, p);
        return el(
          'td',
          { class: places.length ? 'mark' : 'muted', title: places.slice(0, 20).join(', ') || undefined },
          places.length ? `● ${places.length}` : '–',
        );
      }),
      el('td', {}, el('span', { class: `strength ${s.strength ?? ''}` }, s.strength ?? voc.words.unknown)),
    ]),
  );
}

type Cells = readonly Child[];

/** A table that scrolls where it is wider than the page. */
const matrix = (head: Cells, rows: readonly Cells[]): Markup =>
  el(
    'figure',
    {},
    el(
      'div',
      { class: 'scroll' },
      el(
        'table',
        { class: 'matrix' },
        el('thead', {}, el('tr', {}, ...head)),
        el(
          'tbody',
          {},
          rows.map((cells) => el('tr', {}, ...cells)),
        ),
      ),
    ),
  );
