/** The partner at which payments stop or fail, read from requests in JSON. */
import { expect, it } from 'vitest';
import { type Files, iso, triageFiles } from './bundle.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 7, 30, 6);
const ONSET = START + 180 * MINUTE;
const END = START + 360 * MINUTE;
const PARTNERS = ['northbank', 'eurocard', 'pacific'];

/** A gateway's requests, one in five seconds to one of three acquirers. */
function gateway(change: (partner: string, during: boolean) => number | undefined): Files {
  const lines: string[] = [];
  for (let t = START, i = 0; t < END; t += 3000 + ((i * 7919) % 4001), i++) {
    const acquirer = PARTNERS[(i * 31) % 3]!;
    const status = change(acquirer, t >= ONSET && t < ONSET + 25 * MINUTE);
    if (status === undefined) continue;
    const client_ip = `198.51.100.${i % 200}`;
    const request = {
      method: 'POST',
      path: '/v1/payments',
      status,
      latency_ms: 210.5,
      merchant_id: `M${1000 + (i % 40)}`,
    };
    lines.push(
      JSON.stringify({ ts: iso(t), level: 'info', msg: 'request completed', client_ip, ...request, acquirer }),
    );
  }
  return { 'meta/now': iso(END), 'logs/gateway.jsonl': `${lines.join('\n')}\n` };
}

it('names the acquirer to which no request goes any more', async () => {
  const report = await triageFiles(gateway((partner, during) => (during && partner === 'eurocard' ? undefined : 201)));
  expect(report.summary.verdict).toContain('through eurocard');
});

it('names the acquirer whose requests fail', async () => {
  const report = await triageFiles(gateway((partner, during) => (during && partner === 'pacific' ? 502 : 201)));
  expect(report.summary.verdict).toContain('through pacific');
});
