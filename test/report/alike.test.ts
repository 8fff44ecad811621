import { expect, it } from 'vitest';
import { renderReport } from '../../src/report/index.ts';
import type { Report } from '../../src/report/types.ts';
import { expiredReport } from './fixtures/expired.ts';

const line = (n: number, text: string, file = 'logs/edge.log') => ({ file, line: n, text });
const refused = (n: number) => line(n, `connect() to 192.0.2.9:443 failed (111: refused), client: 10.0.0.${n}`);

function reportWith(evidence: ReturnType<typeof line>[]): Report {
  const [first, ...rest] = expiredReport.diagnosis;
  return { ...expiredReport, diagnosis: [{ ...first!, evidence }, ...rest] };
}
const count = (text: string, part: string): number => text.split(part).length - 1;
const render = (report: Report, format: string, verbose = false): Promise<string> =>
  renderReport(report, format, { width: 120, verbose });

it.each(['terminal', 'html', 'markdown'])(
  '%s shows lines that differ in their numbers once, with their count',
  async (format) => {
    const report = reportWith([...[1, 2, 3, 4].map(refused), line(5, 'upstream timed out'), refused(6)]);
    const shown = await render(report, format);
    expect(count(shown, '(111: refused)')).toBe(2); // the last one stands behind another line
    expect(shown).toContain('and 3 more that differ in numbers only');
    expect(count(shown, 'upstream timed out')).toBe(1);
  },
);

it('keeps lines of different files or words apart, and all of them where everything is asked for', async () => {
  const apart = reportWith([line(1, 'closed', 'a.log'), line(1, 'closed', 'b.log'), line(2, 'opened', 'b.log')]);
  expect(await render(apart, 'terminal')).not.toContain('differ in numbers only');
  const alike = reportWith([1, 2, 3].map(refused));
  expect(count(await render(alike, 'terminal', true), '(111: refused)')).toBe(3);
  expect(count(await render(alike, 'json'), '(111: refused)')).toBe(3);
});

it('html says how much evidence it leaves to JSON', async () => {
  const many = reportWith(Array.from({ length: 30 }, (_, i) => line(i + 1, `words ${'x'.repeat(i + 1)}`)));
  expect(await render(many, 'html')).toContain('and 18 more; --format json shows all');
});
