import { describe, expect, it } from 'vitest';
import { trafficSeries } from '../../src/logs/traffic/series.ts';
import { read } from './read.ts';

/** Members of one record beside its time, and the milliseconds that its request took. */
const requests: [name: string, members: string, milliseconds: number][] = [
  ['a unit in the name, with a fraction', '"verb":"POST","route":"/pay","code":200,"elapsed_ms":76.2', 76.2],
  ['a unit in the name, whole', '"method":"POST","path":"/pay","status":200,"latency_ms":76', 76],
  ['microseconds', '"method":"POST","path":"/pay","status":200,"duration_us":76200', 76.2],
  ['camel case', '"method":"POST","path":"/pay","status":200,"durationMs":76.2', 76.2],
  [
    'Serilog',
    '"RequestMethod":"POST","RequestPath":"/pay","StatusCode":200,"Elapsed":76.2,"SourceContext":"Serilog.AspNetCore.RequestLoggingMiddleware"',
    76.2,
  ],
  [
    'Echo',
    '"remote_ip":"192.0.2.7","host":"pay.example","method":"POST","uri":"/pay","status":200,"error":"","latency":76200000,"latency_human":"76.2ms"',
    76.2,
  ],
  ['Morgan', '"method":"POST","url":"/pay","status":200,"responseTime":76.2', 76.2],
  ['seconds with a fraction', '"method":"POST","uri":"/pay","status":200,"request_time":0.0762', 76.2],
  ['Caddy', '"request":{"method":"POST","uri":"/pay"},"status":200,"duration":0.0762', 76.2],
];

describe('the time that a request took', () => {
  it.each(requests)('%s', async (_, members, milliseconds) => {
    const lines = Array.from(
      { length: 20 },
      (_, i) => `{"time":"2026-09-12T08:00:${String(i).padStart(2, '0')}.000Z",${members}}\n`,
    ).join('');
    // Kept as a table, and only counted.
    const { requests } = await read(lines);
    expect(requests.length).toBe(20);
    expect(requests.requestTime[19]! * 1000).toBeCloseTo(milliseconds, 2);
    const { traffic } = await read(lines, { keep: 'counts' });
    expect(traffic.total).toBe(20);
    expect(trafficSeries(traffic)[0]!.p95[0]).toBeCloseTo(milliseconds / 1000, 5);
  });
});
