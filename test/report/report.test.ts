import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { formatIds, renderReport } from '../../src/report/index.ts';
import { sanitizeReport } from '../../src/report/sanitize.ts';
import type { Report } from '../../src/report/types.ts';
import { displayWidth } from '../../src/report/width.ts';
import { compoundReport } from './fixtures/compound.ts';
import { expiredReport } from './fixtures/expired.ts';
import { healthyReport } from './fixtures/healthy.ts';

const reports: [string, Report][] = [
  ['expired', expiredReport],
  ['healthy', healthyReport],
  ['compound', compoundReport],
];

const ESC = '\u001b';

describe('terminal', () => {
  it('answers what, since when, how bad, who and what next in its first five lines', async () => {
    const lines = (await renderReport(expiredReport, 'terminal')).split('\n').slice(0, 5);
    expect(lines[0]).toMatch(/^What +The certificate of pay\.gateway\.example has run out/);
    expect(lines[1]).toMatch(/^Since +2026-05-30 00:00:07Z \(10 h 48 min, still going on\)/);
    expect(lines[2]).toMatch(/^How bad +URGENT: 100 %/);
    expect(lines[3]).toMatch(/^Who +gateway provider \[psp\]; leg shop→gateway/);
    expect(lines[4]).toMatch(/^Next +Call the gateway provider/);
  });

  it('shows proof, remedy and verification of a claim, and marks a candidate as unproven', async () => {
    const text = await renderReport(expiredReport, 'terminal', { width: 200 });
    for (const part of [
      'captures/gateway.pcap frame 41',
      'logs/nginx-error.log:2317',
      'certificate has expired',
      'Priority decided by',
      '$ openssl s_client',
      'Verify return code: 0 (ok)',
      'would show it:',
      'old.log.gz: the gzip stream ends early',
    ])
      expect(text).toContain(part);
    expect(text.indexOf('A clock is wrong')).toBeGreaterThan(text.indexOf('Possible, not proven'));
  });

  it.each(reports)(
    '%s keeps within its width at 60, 80 and 120 columns, in both languages and in ASCII',
    async (_name, report) => {
      for (const width of [60, 80, 120]) {
        for (const language of ['en', 'zh'] as const) {
          const text = await renderReport(report, 'terminal', { width, language });
          // A quoted argument of a command is not broken for the sake of the width.
          for (const line of text.split('\n').filter((l) => !/["']/.test(l) || !/^ {5}/.test(l)))
            expect(displayWidth(line), line).toBeLessThanOrEqual(width);
          const table = text.split('\n').filter((line) => line.startsWith('│'));
          for (const line of table) expect(line.endsWith('│'), line).toBe(true);
        }
        const ascii = await renderReport(report, 'terminal', { width, unicode: false });
        expect(ascii).toMatch(/^[\x20-\x7e\n]*$/);
        for (const line of ascii.split('\n').filter((l) => !/["']/.test(l)))
          expect(line.length, line).toBeLessThanOrEqual(width);
      }
    },
  );

  it('colours only when told, and says in words what colour says', async () => {
    const plain = await renderReport(compoundReport, 'terminal', { color: false });
    const colored = await renderReport(compoundReport, 'terminal', { color: true });
    expect(plain).not.toContain(ESC);
    expect(colored).toContain(`${ESC}[31m`);
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
    expect(plain).toContain('URGENT');
  });

  it('answers in Chinese with the title of the catalogue', async () => {
    const lines = (await renderReport(expiredReport, 'terminal', { language: 'zh' })).split('\n');
    expect(lines[0]).toBe('现象    服务器证书已过期');
    expect(lines[2]).toMatch(/^影响 {4}紧急/);
  });

  it('says that nothing is wrong without a diagnosis', async () => {
    const text = await renderReport(healthyReport, 'terminal');
    expect(text).toContain('NOTHING WRONG');
    expect(text).not.toContain('Diagnosis');
  });
});

describe('json', () => {
  const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8'));
  // The published schema lets later members pass; here an undeclared one is a mistake.
  const strict = JSON.parse(JSON.stringify(schema), (_key, value) =>
    value?.type === 'object' && value.properties ? { additionalProperties: false, ...value } : value,
  );
  const ajv = new Ajv2020({
    allErrors: true,
    formats: { 'date-time': (text: string) => Number.isFinite(Date.parse(text)) && text.endsWith('Z') },
  });
  const validate = ajv.compile({ ...strict, $id: 'strict' });

  it.each(reports)('%s matches the published schema', async (_name, report) => {
    validate(JSON.parse(await renderReport(report, 'json')));
    expect(validate.errors).toBeNull();
  });

  it('refuses what is no report', () => {
    expect(validate({ ...healthyReport, summary: { ...healthyReport.summary, priority: 'high' } })).toBe(false);
    expect(validate({ ...healthyReport, schemaVersion: 2 })).toBe(false);
    expect(validate({ ...healthyReport, surprise: 1 })).toBe(false);
  });

  it('prints the model with its texts made safe', async () => {
    expect(JSON.parse(await renderReport(compoundReport, 'json'))).toEqual(
      JSON.parse(JSON.stringify(sanitizeReport(compoundReport))),
    );
  });
});

describe('markdown', () => {
  it('follows the runbook skeleton', async () => {
    const text = await renderReport(compoundReport, 'markdown');
    const headings = [...text.matchAll(/^## (.*)$/gm)].map((m) => m[1]);
    expect(headings).toEqual(['Prepare', 'Detect and analyse', 'Contain', 'Eradicate', 'Recover', 'Lessons']);
    expect(text).toContain('- [ ] Unplug node web-2');
  });
});

describe('every format', () => {
  it('is a pure function of the report', async () => {
    for (const id of formatIds())
      for (const [, report] of reports)
        expect(await renderReport(structuredClone(report), id), id).toBe(await renderReport(report, id));
  });

  it('does not depend on how long the run took', async () => {
    const slower = {
      ...expiredReport,
      playbook: {
        ...expiredReport.playbook!,
        steps: expiredReport.playbook!.steps.map((s) => ({ ...s, milliseconds: 99_999 })),
      },
    };
    for (const id of formatIds())
      expect(await renderReport(slower, id), id).toBe(await renderReport(expiredReport, id));
  });

  it('refuses an unknown id with the list of the known ones', async () => {
    await expect(renderReport(healthyReport, 'pdf')).rejects.toThrow(/no report format "pdf"; there are: .*json/);
  });
});
