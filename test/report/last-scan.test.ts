import { describe, expect, it } from 'vitest';
import { parseFormatRequests, writeReports } from '../../src/cli/output.ts';
import { formatIds, renderReport } from '../../src/report/index.ts';
import { lastScan } from '../../src/report/last-scan.ts';
import { compoundReport } from './fixtures/compound.ts';
import { expiredReport } from './fixtures/expired.ts';
import { healthyReport } from './fixtures/healthy.ts';

function sink() {
  let text = '';
  return { isTTY: false, columns: 100, write: (part: string) => (text += part), text: () => text };
}

/** Made of parts, so that no field holds a number of its own. */
const [LEFT, RIGHT] = ['4111 1111', '1111 1111'];

describe('the last scan of a finished report', () => {
  it('leaves every format of clean reports as it is', async () => {
    for (const report of [expiredReport, compoundReport, healthyReport])
      for (const format of formatIds()) {
        const text = await renderReport(report, format);
        expect(lastScan(text), format).toEqual({ text, masked: 0, dropped: 0 });
      }
  });

  it.each([
    ['JSON', `{\n  "subject": "card ${LEFT}",\n  "label": "${RIGHT}"\n}`, true],
    ['minified JSON', `{"a":"4111111","b":["41111111","11111111"]}`, true],
    ['HTML cells', `<tr><td>${LEFT}</td><td>${RIGHT}</td></tr>`, false],
    ['HTML attributes', `<p title="${LEFT}" id="${RIGHT}">`, false],
    ['XML', `<a>${LEFT}</a>\n  <b>${RIGHT}</b>`, false],
    ['CSV', `x,${LEFT},${RIGHT},y`, false],
    ['quoted CSV', `"x","${LEFT}","${RIGHT}"`, false],
    ['Markdown', `| 411111 | 1111111111 |`, false],
    ['columns of the terminal', `merchant  ${LEFT}   ${RIGHT}`, false],
  ])('masks a number divided over two fields of %s', (_, document, isJson) => {
    const { text, masked } = lastScan(document, isJson);
    expect(masked).toBe(1);
    expect(text).not.toContain('1111 1111');
    expect(text).not.toContain('11111111');
    if (isJson) expect(() => JSON.parse(text)).not.toThrow();
  });

  it.each([
    ['counts', '| 4111 | 111111111111 |'],
    ['a failed check digit', '<td>4111 1111</td><td>1111 1112</td>'],
    ['times', '"1760000000","4111"'],
    ['longer columns', '1 4111 1111  1111 1111 1111'],
    ['amounts', '4111,1111,1111,1111'],
    ['a digest', '"sha256": "4111111111111111411111111111111141111111111111114111111111111111"'],
  ])('leaves %s beside each other', (_, document) => {
    expect(lastScan(document)).toEqual({ text: document, masked: 0, dropped: 0 });
  });

  it('masks whole numbers and issued keys, and keeps JSON JSON', () => {
    const key = `sk_live_${'4eC39HqLyjWDarjtT1zdp7dc'}`;
    const { text, masked } = lastScan(JSON.stringify({ card: 4111111111111111, note: `key ${key}` }), true);
    expect(masked).toBe(2);
    expect(JSON.parse(text).card).toBe('411111******1111');
    expect(text).not.toContain(key);
  });

  it('looks at a line without an end in parts, and finds what lies across two of them', () => {
    for (const length of [65_536 - 8, 65_536 - 4096 - 8, 200_000]) {
      const { text, masked } = lastScan(`${'x'.repeat(length)} card=4111111111111111 ${'y'.repeat(70_000)}`);
      expect([masked, text.includes('4111111111111111')]).toEqual([1, false]);
    }
  });

  it('costs time in proportion to the length, whatever stands in it', () => {
    for (const unit of ['"1","', '<a>1', '1 | ', '1  ', '4111 ', '1,', '\u20661', '1"   ']) {
      const document = unit.repeat(Math.ceil(2_000_000 / unit.length));
      const before = process.cpuUsage();
      lastScan(document);
      expect(process.cpuUsage(before).user / 1e6, JSON.stringify(unit)).toBeLessThan(6);
    }
  });

  it('tells on standard error that a writer let one through, and masks it, in every format that shows it', async () => {
    // Two texts, each harmless, that formats put side by side.
    const report = structuredClone(expiredReport);
    report.findings[0]!.subject.label = RIGHT;
    report.findings[0]!.id = LEFT;
    report.findings[0]!.title = RIGHT;
    const [stdout, stderr] = [sink(), sink()];
    await writeReports(report, parseFormatRequests(['csv']), { stdout, stderr }, { env: {} });
    expect(stdout.text()).not.toMatch(/4111 1111,1111 1111/);
    expect(stderr.text()).toMatch(/1 card number or secret masked in the finished report \(csv\); this is a fault/);
    const clean = sink();
    await writeReports(expiredReport, parseFormatRequests(['csv']), { stdout: sink(), stderr: clean }, { env: {} });
    expect(clean.text()).toBe('');
  });
});
