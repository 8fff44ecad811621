/** Traffic that stops, becomes slow or is refused, where no cause is named. */
import { describe, expect, it } from 'vitest';
import { claims, type Files, iso, triageFiles } from './bundle.ts';

const MINUTE = 60_000;
const ONSET = Date.UTC(2026, 7, 30, 12);
const END = ONSET + 60 * MINUTE;
const now: Files = { 'meta/now': iso(END) };
/** Moments from `from` to `to`, one in some three seconds, never quite even. */
const moments = (from: number, to: number): number[] => {
  const out: number[] = [];
  for (let t = from, i = 0; t < to; i++) {
    t += 1000 + ((i * 7919) % 4001);
    if (t < to) out.push(t);
  }
  return out;
};
const clf = (t: number): string =>
  `${String(new Date(t).getUTCDate()).padStart(2, '0')}/Aug/2026:${iso(t).slice(11, 19)} +0000`;
const line = (t: number, i: number, { path = '/pay', status = 200, client = `198.51.100.${i % 90}` } = {}): string =>
  `${client} - - [${clf(t)}] "POST ${path} HTTP/1.1" ${status} 120 "-" "okhttp/4"`;
const hour = ONSET - 60 * MINUTE;
const ids = ({ findings }: { findings: { id: string }[] }): string[] => findings.map(({ id }) => id);

describe('requests that stop coming', () => {
  const silence = (from: number, to: number): string =>
    moments(hour, END)
      .filter((t) => t < from || t >= to)
      .map((t, i) => line(t, i))
      .join('\n');

  it('are told with their edges', async () => {
    const report = await triageFiles({ ...now, 'access.log': silence(ONSET, ONSET + 15 * MINUTE) });
    const [finding] = report.findings.filter(({ id }) => id === 'capacity/traffic-stopped');
    expect(finding?.title).toContain('No requests came for');
    expect(Math.abs(Date.parse(finding!.firstSeen!) - ONSET)).toBeLessThanOrEqual(MINUTE);
    expect(Math.abs(Date.parse(finding!.lastSeen!) - ONSET - 15 * MINUTE)).toBeLessThanOrEqual(MINUTE);
    expect(finding!.impact.ongoing).toBe(false);
    expect(claims(report)).toEqual([]);
    expect(report.timeline.map(({ kind }) => kind)).toEqual(['onset', 'end', 'clock']);
    expect(report.series.map(({ title }) => title)).toEqual(['requests']);
  });

  it('are a hole in the log alone where payments went on', async () => {
    const payments = moments(hour, END).map((t, i) => `${iso(t)},o${i},m1,10.00,EUR,approved`);
    const report = await triageFiles({
      ...now,
      'access.log': silence(ONSET, ONSET + 15 * MINUTE),
      'payments.csv': `time,order,merchant,amount,currency,status\n${payments.join('\n')}\n`,
    });
    expect(ids(report)).not.toContain('capacity/traffic-stopped');
    expect(JSON.stringify(report.notChecked)).toContain('shows payments as before');
  });

  it('are no interruption where a file between two is missing', async () => {
    const lines = silence(ONSET, ONSET + 15 * MINUTE).split('\n');
    const cut = lines.findIndex((text) => text.includes('30/Aug/2026:12:'));
    const report = await triageFiles({
      ...now,
      'access.log.1': lines.slice(0, cut).join('\n'),
      'access.log': lines.slice(cut).join('\n'),
    });
    expect(ids(report)).not.toContain('capacity/traffic-stopped');
    expect(JSON.stringify(report.notChecked)).toContain('a file between them may be missing');
  });

  it('are nothing in a minute or two', async () => {
    const report = await triageFiles({ ...now, 'access.log': silence(ONSET, ONSET + 2 * MINUTE) });
    expect(report.summary.priority).toBe('none');
  });
});

describe('answers that become slow', () => {
  const timed = (seconds: (t: number) => number): string =>
    moments(hour, END)
      .map((t, i) =>
        JSON.stringify({
          time: iso(t),
          remote_addr: `198.51.100.${i % 90}`,
          request: 'POST /pay HTTP/1.1',
          status: 200,
          request_time: Number((seconds(t) * (0.7 + ((i * 613) % 600) / 1000)).toFixed(3)),
        }),
      )
      .join('\n');

  it('are told with how much slower and until when', async () => {
    const report = await triageFiles({
      ...now,
      'access.log': timed((t) => (t >= ONSET && t < ONSET + 20 * MINUTE ? 2.4 : 0.4)),
    });
    const [finding] = report.findings.filter(({ id }) => id === 'capacity/answers-slow');
    expect(finding?.title).toMatch(/^Answers took [56]\.\d times as long as usual/);
    expect(Math.abs(Date.parse(finding!.firstSeen!) - ONSET)).toBeLessThanOrEqual(3 * MINUTE);
    expect(Math.abs(Date.parse(finding!.lastSeen!) - ONSET - 20 * MINUTE)).toBeLessThanOrEqual(3 * MINUTE);
  });

  it('are nothing where they take as long as ever', async () => {
    const report = await triageFiles({ ...now, 'access.log': timed(() => 2.4) });
    expect(report.summary.priority).toBe('none');
  });
});

describe('payment calls that are refused', () => {
  const calls = (client: string | undefined, status: (i: number) => number): string =>
    [
      ...moments(hour, END).map((t, i) => ({ t, text: line(t, i, { status: i % 12 === 5 ? 402 : 200 }) })),
      ...moments(ONSET, ONSET + 5 * MINUTE).map((t, i) => ({
        t,
        text: line(t, i, { client: client ?? `203.0.113.${i}`, status: status(i) }),
      })),
    ]
      .sort((a, b) => a.t - b.t)
      .map(({ text }) => text)
      .join('\n');

  it('one after the other to one client are a suspicion of card testing', async () => {
    const report = await triageFiles({ ...now, 'access.log': calls('203.0.113.9', (i) => (i % 20 === 7 ? 200 : 402)) });
    expect(report.diagnosis[0]).toMatchObject({ cause: 'card-testing', owner: 'risk', priority: 'urgent' });
    expect(report.diagnosis[0]!.confidence).toBeLessThan(0.85);
    expect(ids(report)).toContain('payments/refused-requests');
  });

  it.each([
    ['one in five of a partner server', '203.0.113.9', (i: number) => (i % 5 === 2 ? 402 : 200)],
    ['a rush of customers', undefined, (i: number) => (i % 12 === 5 ? 402 : 200)],
  ])('are ordinary where they are %s', async (_what, client, status) => {
    const report = await triageFiles({ ...now, 'access.log': calls(client, status) });
    expect(ids(report)).not.toContain('payments/refused-requests');
    expect(claims(report)).not.toContain('card-testing');
  });
});
