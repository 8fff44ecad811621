import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/index.ts';
import type { Report } from '../../src/report/types.ts';
import { compoundReport } from './fixtures/compound.ts';
import { expiredReport } from './fixtures/expired.ts';
import { healthyReport } from './fixtures/healthy.ts';
import { PAYLOADS } from './payloads.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Every hostile string as a finding of its own. */
const hostile: Report = {
  ...expiredReport,
  findings: PAYLOADS.filter((p) => p.kind !== 'long').map((p, i) => ({
    ...compoundReport.findings[2]!,
    fingerprint: `f${i}`,
    title: p.text,
    detail: p.text,
    evidence: [{ file: p.text, line: 1, text: p.text }],
    subject: { kind: 'route', id: p.text },
  })),
};

describe.skipIf(!CHROMIUM)('the HTML page in Chromium (needs Debian chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-browser-'));
  let browser: Browser;
  beforeAll(async () => {
    const { chromium } = await import('playwright-core');
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each<[string, Report, 'en' | 'zh']>([
    ['expired', expiredReport, 'en'],
    ['compound', compoundReport, 'zh'],
    ['healthy', healthyReport, 'en'],
    ['hostile', hostile, 'en'],
  ])(
    '%s: no console message, no violation, no request, nothing wider than the screen, prints',
    async (name, report, language) => {
      const file = join(folder, `${name}.html`);
      writeFileSync(file, await renderReport(report, 'html', { language }));
      for (const width of [380, 1400]) {
        const page = await browser.newPage({ viewport: { width, height: 900 } });
        const said: string[] = [];
        const asked: string[] = [];
        page.on('console', (message) => said.push(message.text()));
        page.on('pageerror', (error) => said.push(error.message));
        page.on('dialog', (dialog) => {
          said.push('a dialog');
          void dialog.dismiss();
        });
        page.on('request', (request) => asked.push(request.url()));
        const url = pathToFileURL(file).href;
        await page.goto(url);
        const facts = await page.evaluate(`({
        overflow: document.documentElement.scrollWidth - window.innerWidth,
        scripts: document.scripts.length,
        handlers: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on'))).length,
        links: [...document.querySelectorAll('[href],[src]')].map((e) => e.getAttribute('href') ?? e.getAttribute('src')).filter((h) => !h.startsWith('#')).length,
        sections: document.querySelectorAll('main section').length,
        styled: getComputedStyle(document.querySelector('header')).borderTopWidth,
        smallest: Math.min(...[...document.querySelectorAll('body *')].filter((e) => e.textContent.trim()).map((e) => parseFloat(getComputedStyle(e).fontSize))),
      })`);
        expect(facts, `${name} at ${width}`).toMatchObject({ scripts: 0, handlers: 0, links: 0, styled: '6px' });
        expect((facts as { overflow: number }).overflow).toBeLessThanOrEqual(0);
        expect((facts as { smallest: number }).smallest).toBeGreaterThanOrEqual(11);
        expect((facts as { sections: number }).sections).toBeGreaterThanOrEqual(1);
        expect(said).toEqual([]);
        expect(asked).toEqual([url]);
        if (width === 1400) expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
        await page.close();
      }
    },
    60_000,
  );
});
