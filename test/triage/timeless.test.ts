/** A console whose lines carry no time: how many requests failed is known, when is not, and that is said. */
import { expect, it } from 'vitest';
import { claims, triageFiles } from './bundle.ts';

const console = (failed: (i: number) => boolean): string =>
  `${Array.from({ length: 600 }, (_, i) => `POST /pay ${failed(i) ? 502 : 200} 31.250 ms - 512`).join('\n')}\n`;

it('says that it cannot tell when the requests of a log without times failed', async () => {
  const report = await triageFiles({ 'pay.log': console((i) => i > 300 && i < 400) }, { now: '2026-09-12T10:00:00Z' });
  expect(claims(report)).toEqual([]);
  const said = report.notChecked.find(({ what }) => what === 'when the requests of pay.log failed');
  expect(said?.why).toBe('its lines carry no time; 99 of 600 requests were answered with a server error');
  expect(said?.wouldShow).toContain('--timestamps');
});

it('gives no clean bill where most of them failed', async () => {
  const report = await triageFiles({ 'pay.log': console((i) => i % 10 !== 0) }, { now: '2026-09-12T10:00:00Z' });
  expect(claims(report)).toEqual([]);
  expect(report.summary).toMatchObject({
    verdict: '540 of 600 requests were answered with a server error (502), and no cause is proven.',
    because: 'the lines carry no time',
    proven: false,
  });
});
