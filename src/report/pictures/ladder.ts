/** Handshake ladder: who sent what, and where it stopped. */
import { el, type Markup } from '../html/element.ts';
import type { HandshakeLadder } from '../types.ts';
import { wrap } from '../width.ts';
import type { Vocabulary } from '../words.ts';
import { figure } from './axis.ts';

const LEFT = 8;
const RIGHT = 92;
const MAX_STEPS = 60;
/** Characters a label line may have so that it fits between the lines on a phone. */
const LABEL = 40;

export function ladderPicture(ladder: HandshakeLadder, voc: Vocabulary): Markup {
  const body: Markup[] = [];
  let y = 46;
  for (const step of ladder.steps.slice(0, MAX_STEPS)) {
    const meta = [
      step.frame !== undefined ? `${voc.words.frame} ${step.frame}` : '',
      step.milliseconds !== undefined ? `+${step.milliseconds} ms` : '',
    ]
      .filter(Boolean)
      .join(', ');
    const lines = wrap(step.label, LABEL).slice(0, 3);
    const tone = step.bad ? ' bad' : '';
    lines.forEach((line, i) => {
      body.push(el('text', { class: `step${tone}`, x: '50%', y: y + i * 16, 'text-anchor': 'middle' }, line));
    });
    y += lines.length * 16 - 4;
    if (step.from === 'between') {
      body.push(el('line', { class: `gap${tone}`, x1: `${LEFT}%`, x2: `${RIGHT}%`, y1: y, y2: y }));
    } else {
      const right = step.from === 'client';
      const tip = right ? RIGHT : LEFT;
      body.push(
        el('line', { class: `arrow${tone}`, x1: `${LEFT}%`, x2: `${RIGHT}%`, y1: y, y2: y }),
        el(
          'svg',
          { x: `${tip}%`, y: y - 5, width: 10, height: 10, overflow: 'visible' },
          el('path', { class: `tip${tone}`, d: right ? 'M-10 0L0 5L-10 10Z' : 'M10 0L0 5L10 10Z' }),
        ),
      );
    }
    body.push(el('text', { class: 'tick', x: '50%', y: y + 14, 'text-anchor': 'middle' }, meta));
    y += 36;
  }
  const bottom = y - 10;
  const frame = [LEFT, RIGHT].map((x) => el('line', { class: 'life', x1: `${x}%`, x2: `${x}%`, y1: 26, y2: bottom }));
  const heads = [
    el('text', { class: 'label', x: '0', y: 14, 'text-anchor': 'start' }, `${voc.words.clients} ${ladder.client}`),
    el('text', { class: 'label', x: '100%', y: 14, 'text-anchor': 'end' }, `${voc.words.server} ${ladder.server}`),
  ];
  const caption = `${ladder.file}${ladder.flow !== undefined ? ` #${ladder.flow}` : ''}`;
  return figure(`${voc.words.ladder}: ${caption}`, bottom + 6, [...frame, ...heads, ...body], {
    caption,
    note: ladder.stopped,
  });
}
