/** What the pictures share: percentages along a time axis and its ticks. Widths are percentages, so text keeps its size on a phone. */
import { el, type Markup } from '../html/element.ts';

export const percentOf = (value: number, from: number, to: number): number =>
  to > from ? Math.min(100, Math.max(0, ((value - from) / (to - from)) * 100)) : 0;
export const pct = (value: number): string => `${Number(value.toFixed(2))}%`;

const MINUTE = 60_000;
const DAY = 86_400_000;
const STEPS = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  120 * MINUTE,
  180 * MINUTE,
  360 * MINUTE,
  720 * MINUTE,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  91 * DAY,
  182 * DAY,
  365 * DAY,
  1825 * DAY,
];

/** Round times between two times, at most `most` of them. */
export function ticks(from: number, to: number, most = 6): { time: number; label: string }[] {
  if (!(to > from)) return [];
  const step = STEPS.find((s) => (to - from) / s <= most) ?? (to - from) / most;
  const out: { time: number; label: string }[] = [];
  for (let time = Math.ceil(from / step) * step; time <= to && out.length <= most; time += step) {
    const iso = new Date(time).toISOString();
    out.push({ time, label: step >= 30 * DAY ? iso.slice(0, 7) : step >= DAY ? iso.slice(5, 10) : iso.slice(11, 16) });
  }
  return out;
}

/** Grid lines and labels of a time axis below a picture of the given height. */
export function timeAxis(from: number, to: number, height: number, most = 6): Markup[] {
  return ticks(from, to, most).flatMap(({ time, label }) => {
    const at = percentOf(time, from, to);
    const anchor = at > 94 ? 'end' : at < 6 ? 'start' : 'middle';
    return [
      el('line', { class: 'grid', x1: pct(at), x2: pct(at), y1: 0, y2: height }),
      el('text', { class: 'tick', x: pct(at), y: height + 14, 'text-anchor': anchor }, label),
    ];
  });
}

/** A picture; the title is read aloud by screen readers, the caption stands above where it says more than the heading. */
export function figure(
  title: string,
  height: number,
  body: readonly Markup[],
  more: { caption?: string; note?: string | undefined } = {},
): Markup {
  return el(
    'figure',
    {},
    more.caption ? el('figcaption', {}, more.caption) : undefined,
    el('svg', { width: '100%', height, role: 'img', 'aria-label': title }, el('title', {}, title), body),
    more.note ? el('p', { class: 'note' }, more.note) : undefined,
  );
}
