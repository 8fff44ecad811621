import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trafficSeries } from '../../src/logs/traffic/series.ts';
import { MINUTE, Traffic } from '../../src/logs/traffic/traffic.ts';
import { nearestRank } from '../../src/logs/windows/series.ts';

interface Request {
  minute: number;
  client: number;
  endpoint: number;
  upstream: number;
  status: number;
  seconds: number;
}

/** What a series says of a minute, by plain counting. */
function counted(requests: readonly Request[], habitual: ReadonlySet<number>): number[] {
  const clients = new Set(requests.map(({ client }) => client));
  const served = new Set(requests.filter(({ status }) => status < 500).map(({ client }) => client));
  const failing = new Set(requests.filter(({ status }) => status >= 500).map(({ client }) => client));
  for (const client of habitual) if (served.has(client)) failing.delete(client);
  const sorted = Float32Array.from(requests.map(({ seconds }) => seconds).filter((s) => !Number.isNaN(s))).sort();
  const shares = [0.5, 0.95, 0.99].map((share) => (sorted.length === 0 ? Number.NaN : nearestRank(sorted, share)));
  const failures = requests.filter(({ status }) => status >= 500).length;
  return [requests.length, failures, clients.size, failing.size, ...shares];
}

const request = (names: number): fc.Arbitrary<Request> =>
  fc.record({
    minute: fc.integer({ min: 0, max: 4 }),
    client: fc.integer({ min: 0, max: 9 }),
    endpoint: fc.integer({ min: 0, max: names }),
    upstream: fc.integer({ min: 0, max: names }),
    status: fc.constantFrom(200, 200, 201, 302, 404, 503),
    seconds: fc.constantFrom(Number.NaN, 0, 0.004, 0.25, 1.5, 1 / 3, 40),
  });

// More names than a word has bits, and more than have a series of their own.
it.each([3, 24, 80])('counts by minute in every series what plain counting does, of %i names', (names) => {
  fc.assert(
    fc.property(fc.array(request(names), { minLength: 1, maxLength: 900, size: 'max' }), (requests) => {
      const traffic = new Traffic();
      for (const { minute, client, endpoint, upstream, status, seconds } of requests)
        traffic.add(
          minute * MINUTE,
          // A client of its own whose errors are most of what it asks for, beside those that err now and then.
          client === 0 && status < 300 ? 403 : status,
          status >= 500,
          traffic.addresses.text(`10.0.0.${client}`),
          traffic.endpoints.text(endpoint === 0 ? '' : `/e${endpoint}`),
          traffic.upstreams.text(upstream === 0 ? '' : `u${upstream}`),
          seconds,
        );
      const found = trafficSeries(traffic);
      const habitual = new Set<number>();
      for (let client = 0; client < 10; client++) {
        const all = requests.filter((one) => one.client === client);
        const errors = all.filter(({ status }) => status >= 400 || (client === 0 && status < 300)).length;
        if (errors >= 10 && errors * 2 >= all.length) habitual.add(client);
      }
      expect(found[0]!.dimension).toBe('all');
      if (names <= 24) {
        const named = new Set(requests.flatMap(({ upstream }) => (upstream === 0 ? [] : [upstream])));
        const endpoints = new Set(requests.map(({ endpoint }) => endpoint));
        expect(found).toHaveLength(1 + named.size + endpoints.size);
      }
      for (const series of found) {
        const { key, dimension, start } = series;
        const own = requests.filter(
          ({ endpoint, upstream }) =>
            dimension === 'all' ||
            (dimension === 'endpoint' ? key === (endpoint === 0 ? '' : `/e${endpoint}`) : key === `u${upstream}`),
        );
        for (let at = 0; at < series.requests.length; at++) {
          const { requests: all, failures, clients, clientsFailed, p50, p95, p99 } = series;
          const said = [all, failures, clients, clientsFailed, p50, p95, p99].map((column) => column[at]);
          const minute = start / MINUTE + at;
          expect(said).toEqual(
            counted(
              own.filter((one) => one.minute === minute),
              habitual,
            ),
          );
        }
      }
    }),
    { numRuns: 25 },
  );
});
