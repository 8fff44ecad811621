/** The report as one self-contained page: no script, no external content, strict content security policy. */
import { createHash } from 'node:crypto';
import { type Child, el, join, Markup } from '../html/element.ts';
import * as sections from '../html/sections.ts';
import { STYLE } from '../html/style.ts';
import { calendarTable, chainPicture } from '../pictures/certificates.ts';
import { ladderPicture } from '../pictures/ladder.ts';
import { ownerMatrix, protocolMatrix, slicesPicture } from '../pictures/rates.ts';
import { timelinePicture } from '../pictures/timeline.ts';
import { headline, isClaim, priorityLabel, titleOf, utc } from '../text.ts';
import type { RenderOptions, Report, ReportFormat } from '../types.ts';
import { vocabulary } from '../words.ts';

const MAX_LADDERS = 6;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "img-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function render(report: Report, options: RenderOptions): string {
  const voc = vocabulary(options.language);
  const { words } = voc;
  const five = headline(report, voc);
  const claims = report.diagnosis.filter(isClaim);
  const ladders = (report.ladders ?? []).slice(0, MAX_LADDERS).map((l) => ladderPicture(l, voc));
  const pictures = (id: string, title: string, body: readonly Child[]): sections.Section | undefined =>
    body.some((b) => b !== undefined && b !== false) ? { id, title, body } : undefined;
  const all = [
    claims.length
      ? {
          id: 'diagnosis',
          title: words.diagnosis,
          body: claims.map((d, i) => sections.diagnosisCard(report, d, i + 1, voc, titleOf(d, voc))),
        }
      : undefined,
    sections.candidates(report, voc),
    sections.clocks(report, voc),
    pictures('timeline', words.timeline, [timelinePicture(report, voc), sections.events(report, voc)]),
    pictures('slices', words.slices, [slicesPicture(report, voc)]),
    ladders.length ? { id: 'handshakes', title: words.ladder, body: ladders } : undefined,
    pictures('certificates', words.chain, [chainPicture(report, voc), calendarTable(report, voc)]),
    pictures('matrix', words.matrix, [ownerMatrix(report, voc)]),
    sections.findings(report, voc),
    pictures('protocols', words.protocols, [protocolMatrix(report, voc)]),
    sections.inventory(report, voc),
    sections.notChecked(report, voc),
    sections.playbook(report, voc),
    sections.manifest(report, voc),
  ].filter((s) => s !== undefined);
  const page = el(
    'html',
    { lang: options.language === 'zh' ? 'zh-CN' : 'en' },
    el(
      'head',
      {},
      el('meta', { charset: 'utf-8' }),
      el('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
      el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      el('meta', { name: 'referrer', content: 'no-referrer' }),
      el('meta', { name: 'robots', content: 'noindex' }),
      el('title', {}, `${priorityLabel(report, voc)}: ${five.what}`),
      // Constant, and byte for byte what the hash in the policy was taken of.
      new Markup(`<style>${STYLE}</style>`),
    ),
    el(
      'body',
      {},
      el(
        'header',
        { class: report.summary.priority },
        el(
          'div',
          {},
          el(
            'p',
            { class: 'eyebrow' },
            el('span', { class: 'badge' }, priorityLabel(report, voc)),
            words.report,
            el('span', {}, utc(report.incident.clock)),
          ),
          el('h1', {}, five.what),
          el(
            'dl',
            { class: 'answer' },
            el('dt', {}, words.since),
            el('dd', {}, five.since),
            el('dt', {}, words.howBad),
            el('dd', {}, five.howBad),
            el('dt', {}, words.who),
            el('dd', {}, five.who),
            el('dt', {}, words.next),
            el('dd', { class: 'next' }, five.next),
          ),
          el(
            'nav',
            { 'aria-label': words.contents },
            all.map((s) => el('a', { href: `#${s.id}` }, s.short ?? s.title)),
          ),
        ),
      ),
      el(
        'main',
        {},
        all.map((s) => el('section', { id: s.id }, el('h2', {}, s.title), s.body)),
      ),
      el(
        'footer',
        {},
        `${report.tool.name} ${report.tool.version} · ${words.generated} ${utc(report.generated)} · ${words.selfContained}`,
      ),
    ),
  );
  return `<!doctype html>\n${join(page)}\n`;
}

const format: ReportFormat = { id: 'html', title: 'HTML page', extension: 'html', render };
export default format;
