/** Validity bars of the certificates and the calendar of what runs out next. */
import { el, type Markup } from '../html/element.ts';
import { millis } from '../text.ts';
import type { InventoryCertificate, Report } from '../types.ts';
import { shorten } from '../width.ts';
import type { Vocabulary } from '../words.ts';
import { figure, pct, percentOf, timeAxis } from './axis.ts';

const DAY = 86_400_000;
const MAX_BARS = 24;

const toneOf = (c: InventoryCertificate, clock: number): string => {
  if (clock > millis(c.notAfter) || clock < millis(c.notBefore)) return 'expired';
  return millis(c.notAfter) - clock < 30 * DAY ? 'soon' : 'fine';
};

/** Leaves first, each followed by its issuers, so that a chain reads downwards. */
function inChainOrder(all: readonly InventoryCertificate[]): InventoryCertificate[] {
  const bySha = new Map(all.map((c) => [c.sha256, c]));
  const out: InventoryCertificate[] = [];
  const placed = new Set<string>();
  const place = (c: InventoryCertificate | undefined): void => {
    if (!c || placed.has(c.sha256)) return;
    placed.add(c.sha256);
    out.push(c);
    if (c.issuedBy !== c.sha256) place(c.issuedBy ? bySha.get(c.issuedBy) : undefined);
  };
  for (const c of [...all].sort((a, b) => Number(a.ca) - Number(b.ca) || (a.notAfter < b.notAfter ? -1 : 1))) place(c);
  return out;
}

/** Bars over one year before and two years after the incident clock; what reaches further runs off the edge. */
export function chainPicture(report: Report, voc: Vocabulary): Markup | undefined {
  const clock = millis(report.incident.clock);
  const certificates = inChainOrder(report.inventory?.certificates ?? []).slice(0, MAX_BARS);
  if (!certificates.length || !Number.isFinite(clock)) return undefined;
  const [from, to] = [clock - 365 * DAY, clock + 730 * DAY];
  const row = 44;
  const height = certificates.length * row;
  const body = [...timeAxis(from, to, height, 6)];
  certificates.forEach((c, i) => {
    const y = i * row;
    const x0 = percentOf(millis(c.notBefore), from, to);
    const x1 = percentOf(millis(c.notAfter), from, to);
    body.push(
      el('text', { class: 'label', x: 0, y: y + 16 }, shorten(`${c.subject} (${c.key})`, 38)),
      el(
        'rect',
        {
          class: `bar ${toneOf(c, clock)}`,
          x: pct(x0),
          y: y + 23,
          width: pct(Math.max(0.6, x1 - x0)),
          height: 13,
          rx: 3,
        },
        el('title', {}, `${c.subject}: ${c.notBefore} – ${c.notAfter}`),
      ),
      el('text', { class: 'label', x: '100%', y: y + 16, 'text-anchor': 'end' }, c.notAfter.slice(0, 10)),
    );
  });
  const at = percentOf(clock, from, to);
  body.push(el('line', { class: 'now', x1: pct(at), x2: pct(at), y1: 0, y2: height }));
  return figure(voc.words.chain, height + 20, body, {
    note: `│ ${voc.words.now}: ${report.incident.clock.slice(0, 10)}`,
  });
}

/** One row a month for twelve months, the certificates that run out in it. */
export function calendarTable(report: Report, voc: Vocabulary): Markup | undefined {
  const clock = millis(report.incident.clock);
  const all = report.inventory?.certificates ?? [];
  if (!all.length || !Number.isFinite(clock)) return undefined;
  const start = new Date(clock);
  const months = Array.from({ length: 12 }, (_u, i) =>
    new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + i, 1)).toISOString().slice(0, 7),
  );
  const due = all.filter((c) => millis(c.notAfter) >= clock).sort((a, b) => (a.notAfter < b.notAfter ? -1 : 1));
  const cells = months.map((month) => {
    const inMonth = due.filter((c) => c.notAfter.startsWith(month));
    const tone = inMonth.some((c) => toneOf(c, clock) === 'soon') ? 'soon' : inMonth.length ? 'some' : '';
    return el(
      'li',
      { class: tone },
      el('b', {}, month),
      inMonth.length
        ? el(
            'ul',
            {},
            inMonth.slice(0, 8).map((c) => el('li', {}, `${c.notAfter.slice(8, 10)}: ${c.subject}`)),
            inMonth.length > 8 && el('li', {}, `+${inMonth.length - 8}`),
          )
        : el('span', { class: 'muted' }, '–'),
    );
  });
  const none = !due.some((c) => months.includes(c.notAfter.slice(0, 7)));
  return el(
    'figure',
    {},
    el('figcaption', {}, voc.words.calendar),
    none ? el('p', { class: 'note' }, voc.words.noExpiry) : el('ol', { class: 'calendar' }, cells),
  );
}
