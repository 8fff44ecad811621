/** Incident timeline: error and transaction rates over time, the onset and what happened. */
import { el, type Markup } from '../html/element.ts';
import { resample } from '../sparkline.ts';
import { duration, millis, number, percent } from '../text.ts';
import type { Report, Series } from '../types.ts';
import { filled, type Vocabulary } from '../words.ts';
import { figure, pct, percentOf, timeAxis } from './axis.ts';

const LANE = 74;
const PLOT = 48;
/** Room above the lanes for the label of the onset. */
const TOP = 20;
const MAX_LANES = 8;
const MAX_POINTS = 400;

const endOf = (s: Series): number => s.start + s.step * s.values.length;

/** Area under a series in a box of 100 by 100; gaps where nothing was measured. */
function area(series: Series, from: number, to: number): Markup {
  const values = resample(series.values, MAX_POINTS);
  const top = values.reduce<number>((most, v) => Math.max(most, v ?? 0), 0) || 1;
  const width = (endOf(series) - series.start) / values.length;
  let path = '';
  values.forEach((value, i) => {
    if (value === null) return;
    const x0 = percentOf(series.start + i * width, from, to);
    const x1 = percentOf(series.start + (i + 1) * width, from, to);
    const y = 100 - (value / top) * 96;
    path += `M${x0.toFixed(2)} 100V${y.toFixed(1)}H${x1.toFixed(2)}V100Z`;
  });
  return el('path', {
    class: /error|fail|declin|refus/i.test(`${series.id} ${series.title}`) ? 'bad-area' : 'area',
    d: path,
  });
}

/** The top of a lane in words: `at most 100 %`, `at most 21 in 1 min`. */
function most(series: Series, top: number, voc: Vocabulary): string {
  if (series.unit === 'share') return filled(voc.words.most, percent(top));
  return filled(voc.words.mostIn, number(Math.round(top * 100) / 100)).replace('{t}', duration(series.step, voc));
}

export function timelinePicture(report: Report, voc: Vocabulary): Markup | undefined {
  const lanes = report.series.filter((s) => s.values.length > 0 && s.step > 0).slice(0, MAX_LANES);
  if (!lanes.length) return undefined;
  const from = Math.min(...lanes.map((s) => s.start));
  const to = Math.max(...lanes.map(endOf));
  const events = report.timeline.filter((t) => millis(t.time) >= from && millis(t.time) <= to).slice(0, 40);
  const eventLane = events.length ? 30 : 0;
  const height = TOP + lanes.length * LANE + eventLane;
  const onset = millis(report.summary.since ?? report.timeline.find((t) => t.kind === 'onset')?.time);
  const body: Markup[] = [...timeAxis(from, to, height)];
  lanes.forEach((series, i) => {
    const y = TOP + i * LANE;
    const top = Math.max(...series.values.map((v) => v ?? 0));
    body.push(
      el('text', { class: 'label', x: 0, y: y + 14 }, `${series.title} (${most(series, top, voc)})`),
      el(
        'svg',
        { x: 0, y: y + 20, width: '100%', height: PLOT, viewBox: '0 0 100 100', preserveAspectRatio: 'none' },
        area(series, from, to),
      ),
      el('line', { class: 'base', x1: 0, x2: '100%', y1: y + 20 + PLOT, y2: y + 20 + PLOT }),
    );
  });
  for (const event of events) {
    const at = pct(percentOf(millis(event.time), from, to));
    body.push(
      el(
        'circle',
        { class: `event ${event.kind}`, cx: at, cy: height - 12, r: 5 },
        el('title', {}, `${event.time} ${event.what}`),
      ),
    );
  }
  if (onset >= from && onset <= to) {
    const at = percentOf(onset, from, to);
    const right = at > 70;
    body.push(
      el('line', { class: 'onset', x1: pct(at), x2: pct(at), y1: 0, y2: height }),
      el(
        'text',
        { class: 'onset-label', x: pct(at), y: 12, dx: right ? -6 : 6, 'text-anchor': right ? 'end' : 'start' },
        `${voc.event('onset')} ${new Date(onset).toISOString().slice(11, 19)}Z`,
      ),
    );
  }
  return figure(voc.words.timeline, height + 20, body);
}
