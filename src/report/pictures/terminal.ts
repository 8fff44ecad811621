/** The pictures in small, for the terminal: handshake ladder, validity bars, owner by priority. Lines of text, no colour. */
import { OWNERS, PRIORITIES } from '../../finding.ts';
import { millis } from '../text.ts';
import type { HandshakeLadder, Report } from '../types.ts';
import { displayWidth, padEnd, shorten } from '../width.ts';
import { filled, type Vocabulary } from '../words.ts';

const DAY = 86_400_000;
const MAX_STEPS = 16;

interface Signs {
  line: string;
  right: string;
  left: string;
  life: string;
  full: string;
  rest: string;
  ellipsis: string;
}

const signs = (unicode: boolean): Signs =>
  unicode
    ? { line: '─', right: '▶', left: '◀', life: '│', full: '█', rest: '·', ellipsis: '…' }
    : { line: '-', right: '>', left: '<', life: '|', full: '#', rest: '.', ellipsis: '...' };

/** Client on the left, server on the right; `!` marks the step where it went wrong. */
export function ladderLines(ladder: HandshakeLadder, width: number, unicode: boolean): string[] {
  const s = signs(unicode);
  const inner = Math.min(width - 6, 68);
  const room = inner - 6;
  const gap = Math.max(1, inner + 4 - displayWidth(ladder.client) - displayWidth(ladder.server));
  const lines = [shorten(`${ladder.client}${' '.repeat(gap)}${ladder.server}`, width, s.ellipsis)];
  for (const step of ladder.steps.slice(0, MAX_STEPS)) {
    const label = ` ${shorten(`${step.bad ? '! ' : ''}${step.label}${step.frame !== undefined ? ` #${step.frame}` : ''}`, room, s.ellipsis)} `;
    const rest = Math.max(0, inner - 2 - displayWidth(label));
    const dash = (n: number) => s.line.repeat(n);
    const arrow =
      step.from === 'client'
        ? `${dash(1)}${label}${dash(rest)}${s.right}`
        : step.from === 'server'
          ? `${s.left}${dash(rest)}${label}${dash(1)}`
          : ` ${label}${' '.repeat(rest)} `;
    lines.push(`  ${s.life}${arrow}${s.life}`);
  }
  if (ladder.steps.length > MAX_STEPS) lines.push(`  ${s.life} ${s.ellipsis}`);
  return lines;
}

/** A span in its largest unit: `12 days`, `10 h`, `5 min`. */
function shortSpan(ms: number, voc: Vocabulary): string {
  const { days, hours, minutes } = voc.words;
  if (ms >= 2 * DAY) return `${Math.floor(ms / DAY)} ${days}`;
  return ms >= DAY / 24 ? `${Math.floor(ms / (DAY / 24))} ${hours}` : `${Math.floor(ms / 60_000)} ${minutes}`;
}

/** One line a certificate: the days left of the next year as a bar, or that it has run out. */
export function validityLines(report: Report, width: number, unicode: boolean, voc: Vocabulary): string[] {
  const s = signs(unicode);
  const clock = millis(report.incident.clock);
  const all = [...(report.inventory?.certificates ?? [])].sort((a, b) => (a.notAfter < b.notAfter ? -1 : 1));
  const name = Math.max(16, Math.min(40, width - 36));
  return all.map((c) => {
    const left = millis(c.notAfter) - clock;
    const title = `${padEnd(shorten(c.subject, name, s.ellipsis), name)}  ${c.notAfter.slice(0, 10)}`;
    if (Number.isNaN(left)) return title;
    if (left < 0) return `${title} ! ${filled(voc.words.expiredAgo, shortSpan(-left, voc))}`;
    const bars = Math.min(12, Math.ceil(left / DAY / 30.5));
    return `${title} ${s.full.repeat(bars)}${s.rest.repeat(12 - bars)} ${shortSpan(left, voc)}`;
  });
}

/** Rows of the owner by priority table; empty when there is only one owner. */
export function ownerRows(report: Report, voc: Vocabulary): string[][] {
  const owners = OWNERS.filter((o) => report.findings.some((f) => f.owner === o));
  if (owners.length < 2) return [];
  return owners.map((o) => [
    voc.owner(o),
    ...PRIORITIES.map((p) => String(report.findings.filter((f) => f.owner === o && f.priority === p).length || '-')),
  ]);
}
