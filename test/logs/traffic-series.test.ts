import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trafficSeries } from '../../src/logs/traffic/series.ts';
import { MINUTE, Traffic } from '../../src/logs/traffic/traffic.ts';
import { nearestRank, turnsAway } from '../../src/logs/windows/series.ts';

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

/** The same of what turned clients away, each of them counted where nothing went well. */
function refused(requests: readonly Request[]): number[] {
  const clients = new Set(requests.map(({ client }) => client));
  const served = new Set(requests.filter((one) => !turnsAway(answer(one))).map(({ client }) => client));
  return [
    requests.length,
    requests.filter((one) => turnsAway(answer(one))).length,
    clients.size,
    clients.size - served.size,
  ];
}

/** One client of its own is refused what it asks for, beside those that err now and then. */
const answer = ({ client, status }: Request): number => (client === 0 && status < 300 ? 403 : status);

const request = (names: number): fc.Arbitrary<Request> =>
  fc.record({
    minute: fc.integer({ min: 0, max: 4 }),
    client: fc.integer({ min: 0, max: 9 }),
    endpoint: fc.integer({ min: 0, max: names }),
    upstream: fc.integer({ min: 0, max: names }),
    status: fc.constantFrom(200, 200, 201, 302, 402, 404, 503, 599),
    seconds: fc.constantFrom(Number.NaN, 0, 0.004, 0.25, 1.5, 1 / 3, 40),
  });

// More names than a word has bits, and more than have a series of their own.
it.each([3, 24, 80])('counts by minute in every series what plain counting does, of %i names', (names) => {
  fc.assert(
    fc.property(fc.array(request(names), { minLength: 1, maxLength: 900, size: 'max' }), (requests) => {
      const traffic = new Traffic();
      for (const one of requests) {
        const { minute, client, endpoint, upstream, status, seconds } = one;
        traffic.add(
          minute * MINUTE,
          answer(one),
          status >= 500,
          traffic.addresses.text(`10.0.0.${client}`),
          traffic.endpoints.text(endpoint === 0 ? '' : `/e${endpoint}`),
          traffic.upstreams.text(upstream === 0 ? '' : `u${upstream}`),
          seconds,
        );
      }
      const told = trafficSeries(traffic);
      const found = told.filter(({ dimension }) => dimension !== 'status' && !dimension.endsWith('refusals'));
      const habitual = new Set<number>();
      for (let client = 0; client < 10; client++) {
        const all = requests.filter((one) => one.client === client);
        const errors = all.filter((one) => answer(one) >= 400).length;
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
      for (const { key, dimension, start, failures } of told)
        if (dimension === 'status')
          expect([...failures]).toEqual(
            Array.from(failures, (_, at) => {
              const here = requests.filter(({ minute }) => minute === start / MINUTE + at);
              return here.filter((one) => String(answer(one)) === key).length;
            }),
          );
      for (const series of told.filter(({ dimension }) => dimension.endsWith('refusals')))
        for (let at = 0; at < series.requests.length; at++) {
          const own = requests.filter(
            ({ minute, endpoint }) =>
              minute === series.start / MINUTE + at &&
              (series.dimension === 'refusals' || series.key === (endpoint === 0 ? '' : `/e${endpoint}`)),
          );
          const { requests: all, failures, clients, clientsFailed } = series;
          expect([all, failures, clients, clientsFailed].map((column) => column[at])).toEqual(refused(own));
        }
    }),
    { numRuns: 25 },
  );
});
