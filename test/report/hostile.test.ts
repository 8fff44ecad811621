import ICAL from 'ical.js';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/finding.ts';
import { STYLE } from '../../src/report/html/style.ts';
import { formatIds, renderReport } from '../../src/report/index.ts';
import type { Report } from '../../src/report/types.ts';
import { compoundReport } from './fixtures/compound.ts';
import { expiredReport } from './fixtures/expired.ts';
import { parseCsv, parseNagios, parsePrometheus, tagsOf } from './grammar.ts';
import { PAYLOADS, type Payload } from './payloads.ts';

/** A report that holds the payload wherever evidence can put text. */
function infected(text: string): Report {
  const ref = { file: text, line: 3, text };
  const finding: Finding = {
    ...compoundReport.findings[2]!,
    title: text,
    detail: text,
    leg: text,
    subject: { kind: 'route', id: text, label: text },
    evidence: [ref, { file: text, frame: 2, text }],
    remedy: text,
    verification: { command: text, expect: text },
    references: [text],
    data: { [text || 'x']: text },
  };
  return {
    ...expiredReport,
    incident: { ...expiredReport.incident, clockSource: text, inputs: [text], legs: [{ name: text, to: text }] },
    summary: { ...expiredReport.summary, verdict: text, because: text, nextStep: text },
    diagnosis: [
      {
        ...expiredReport.diagnosis[0]!,
        title: text,
        titles: { en: text, zh: text },
        priorityBecause: text,
        leg: text,
        scope: text,
        evidence: [ref],
        because: [text],
        against: [text],
        consequences: [text],
        coincidences: [{ time: '2026-05-30T00:00:00Z', what: text }],
        nextCheck: text,
        remedy: [text],
        verify: { command: text, before: text, after: text },
        tell: [{ owner: 'psp', what: text }],
        prevent: [text],
        deadline: '2026-05-31T00:00:00Z',
      },
    ],
    findings: [finding],
    timeline: [{ time: '2026-05-30T00:00:00Z', what: text, kind: 'onset', evidence: ref }],
    notChecked: [{ what: text, why: text, wouldShow: text }],
    evidence: [
      {
        id: 'e1',
        path: text,
        kind: 'log',
        format: text,
        size: 1,
        sha256: '00'.repeat(32),
        notes: [text],
        counts: { [text || 'x']: 1 },
      },
      { id: 'e2', path: text, kind: 'log', size: 1, sha256: text, unreadable: text || 'x' },
    ],
    clocks: [{ ...compoundReport.clocks[0]!, title: text, to: text, source: text }],
    series: [{ ...expiredReport.series[0]!, title: text, unit: text }],
    slices: [{ dimension: text, value: text, attempts: 4, failed: 1 }],
    waivers: [{ fingerprint: 'ffff', reason: text, owner: text, expires: '2026-07-01T00:00:00Z' }],
    inventory: {
      certificates: [
        {
          ...expiredReport.inventory!.certificates[0]!,
          subject: text,
          issuer: text,
          serial: text,
          key: text,
          signatureAlgorithm: text,
          names: [text],
          locations: [text],
          purpose: text,
          owner: text,
          reviewed: text,
          usage: [text],
        },
      ],
      protocols: [
        {
          ...expiredReport.inventory!.protocols[0]!,
          location: text,
          protocol: text,
          suites: [{ name: text }],
          groups: [text],
          purpose: text,
        },
      ],
    },
    ladders: [
      {
        ...expiredReport.ladders![0]!,
        file: text,
        client: text,
        server: text,
        steps: [{ from: 'client', label: text }],
        stopped: text,
      },
    ],
    playbook: {
      id: 'p',
      title: text,
      steps: [{ phase: 'verify', id: 'x', title: text, outcome: 'skipped', because: text }],
    },
  };
}

const HTML_TAGS = new Set(
  'html head meta title style body header div p span h1 h2 h3 h4 dl dt dd nav a main section article ul ol li b code pre cite table thead tbody tr th td details summary figure figcaption svg rect line circle path text footer'.split(
    ' ',
  ),
);
const HTML_ATTRIBUTES = new Set(
  'lang charset http-equiv content name class id href aria-label role width height x y x1 x2 y1 y2 cx cy r rx d dx viewBox preserveAspectRatio overflow text-anchor open title scope data-label'.split(
    ' ',
  ),
);
const XML_TAGS = new Set('testsuites testsuite testcase failure error skipped system-out'.split(' '));
const MARKDOWN_TAGS = new Set('h1 h2 h3 p ul ol li strong code pre table thead tbody tr th td input'.split(' '));

type Judge = (output: string, payload: Payload) => void;

const json: Judge = (output) => {
  JSON.parse(output);
};
const csvCells: Judge = (output) => {
  const rows = parseCsv(output);
  for (const row of rows) {
    expect(row.length).toBe(rows[0]!.length);
    for (const cell of row) expect(cell).not.toMatch(/^\s*[=+\-@|\uff1d\uff0b\uff0d\uff20](?!\d+$)/);
  }
};
const markdown: Judge = (output) => {
  const tags = tagsOf((marked.parse(output, { async: false }) as string).replaceAll('<!-- -->', ''), MARKDOWN_TAGS);
  for (const tag of tags.filter((t) => t.name === 'input')) expect(tag.attributes.get('type')).toBe('checkbox');
  // The headings are those of the report, plus one for the diagnosis.
  expect(tags.filter((t) => t.name === 'h1').length).toBeLessThanOrEqual(1);
};

const JUDGES: { [format: string]: Judge } = {
  json,
  sarif: (output) => {
    const run = JSON.parse(output).runs[0];
    for (const result of run.results) {
      expect(result.locations[0].physicalLocation.artifactLocation.uri).toMatch(
        /^(?!\/)(?!.*(^|\/)\.\.(\/|$))[A-Za-z0-9%!'()*._~/-]+$/,
      );
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    }
  },
  gitlab: json,
  pagerduty: (output) => {
    for (const event of JSON.parse(output))
      expect(event.payload.summary.length <= 1024 && event.dedup_key.length <= 255).toBe(true);
  },
  slack: (output) => {
    const { blocks } = JSON.parse(output);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) {
      expect(block.text.text.length).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3000);
      if (block.text.type === 'mrkdwn') expect(block.text.text).not.toMatch(/[<>]/);
    }
  },
  cbom: json,
  'cbom-1.7': json,
  csv: csvCells,
  'pci-certificates': csvCells,
  'pci-ciphers': csvCells,
  timesketch: csvCells,
  junit: (output) => {
    tagsOf(output.replace('<?xml version="1.0" encoding="UTF-8"?>', ''), XML_TAGS);
    expect(output).not.toMatch(/&(?!#\d+;)/);
  },
  html: (output) => {
    const tags = tagsOf(output.replace('<!doctype html>', '').replace(STYLE, ''), HTML_TAGS);
    for (const { name, attributes } of tags) {
      for (const [attribute, value] of attributes) {
        expect(HTML_ATTRIBUTES.has(attribute), `${name} ${attribute}`).toBe(true);
        if (attribute === 'href') expect(value).toMatch(/^#[a-z-]+$/);
      }
    }
    expect(output.match(/<style>/g)).toHaveLength(1);
    expect(output).not.toMatch(/&(?!#\d+;)/);
  },
  markdown,
  'github-summary': markdown,
  github: (output) => {
    const lines = output.split('\n').filter(Boolean);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^::(error|warning|notice) file=[^:,]*,line=\d+,title=[^:,]*::/);
    expect(lines[0]!.slice(lines[0]!.indexOf('::', 2) + 2)).not.toMatch(
      /::(error|warning|notice|debug|group|endgroup|add-|set-|save-|stop-|echo)/i,
    );
  },
  nagios: (output) => {
    parseNagios(output);
  },
  prometheus: (output) => {
    parsePrometheus(output);
  },
  ics: (output) => {
    for (const line of output.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(output.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const calendar = new ICAL.Component(ICAL.parse(output));
    expect(calendar.getAllSubcomponents('vevent').length).toBe(4);
    for (const event of calendar.getAllSubcomponents('vevent')) {
      expect(new Set(event.getAllProperties().map((p) => p.name))).toEqual(
        new Set(['uid', 'dtstamp', 'dtstart', 'dtend', 'summary', 'description', 'transp']),
      );
    }
  },
  terminal: () => {},
};

/** Digits only, so that a card number cannot hide behind separators. */
const digits = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\\u200b/g, '')
    .replace(/[^0-9*]/g, '');

/** Made once, so that the pass that makes texts safe runs once for all formats. */
const CASES = PAYLOADS.map((payload) => ({ payload, report: infected(payload.text) }));

describe(`${PAYLOADS.length} hostile strings in every place of a report`, () => {
  it('are at least 200 and cover every format', () => {
    expect(PAYLOADS.length).toBeGreaterThanOrEqual(200);
    expect(Object.keys(JUDGES).sort()).toEqual(formatIds().sort());
  });

  it.each(formatIds())(
    '%s: nothing live, nothing leaked',
    async (format) => {
      for (const { payload, report } of CASES) {
        const name = `${payload.kind}: ${JSON.stringify(payload.text.slice(0, 60))}`;
        const output = await renderReport(report, format, { color: true });
        const shown = format === 'terminal' ? output.replace(/\u001b\[\d{1,2}m/g, '') : output;
        expect(
          /(?![\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(
            format === 'slack' ? shown.replaceAll('\u200b', '') : shown,
          ),
          `acting character, ${name}`,
        ).toBe(false);
        if (format !== 'ics' && !format.startsWith('pci') && !['csv', 'timesketch'].includes(format))
          expect(shown, name).not.toContain('\r');
        if (format !== 'github')
          expect(shown, name).not.toMatch(
            /::(error|warning|notice|debug|group|endgroup|add-|set-|save-|stop-|echo)|##(\[|vso\[|teamcity\[)/i,
          );
        if (payload.secret) {
          const hay = payload.kind === 'card' ? digits(shown) : shown;
          expect(hay.includes(payload.secret), `leak, ${name}`).toBe(false);
        }
        try {
          JUDGES[format]!(output, payload);
        } catch (error) {
          throw new Error(`${name}: ${(error as Error).message}`);
        }
      }
    },
    120_000,
  );
});
