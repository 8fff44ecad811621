/** What WebAssembly counts of filed rows is what the columns of rows give. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KernelTally } from '../../src/logs/traffic/kernel-tally.ts';
import { RowTally } from '../../src/logs/traffic/row-tally.ts';
import { type IdMaps, LONGEST_ROW, type Piece, writeRow } from '../../src/logs/traffic/rows.ts';
import type { SeriesOf } from '../../src/logs/traffic/tally.ts';

const SHARES = [0.5, 0.95, 0.99];
const NAMES = 300;

interface Request {
  client: number;
  endpoint: number;
  upstream: number;
  failed: boolean;
  refused: boolean;
  seconds: number;
}

const request: fc.Arbitrary<Request> = fc.record({
  client: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: NAMES - 1 })),
  endpoint: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: NAMES - 1 })),
  upstream: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: NAMES - 1 })),
  failed: fc.boolean(),
  refused: fc.boolean(),
  seconds: fc.constant(Number.NaN),
});
const milliseconds = (max: number) => fc.integer({ min: 0, max }).map((ms) => Math.fround(ms / 1000));
const timed = (seconds: fc.Arbitrary<number>) =>
  fc.tuple(request, seconds).map(([one, taken]) => ({ ...one, seconds: taken }));
/** Minutes of one kind, and of all kinds. */
const minute = fc
  .constantFrom(
    request,
    timed(milliseconds(900)),
    timed(milliseconds(40_000)),
    timed(fc.oneof(milliseconds(900), fc.float({ noDefaultInfinity: true }))),
    // Nearly all whole milliseconds, so that a float comes late.
    timed(fc.oneof({ weight: 200, arbitrary: milliseconds(3000) }, { weight: 1, arbitrary: fc.float() })),
  )
  .chain((one) => fc.array(one, { maxLength: 900, size: 'max' }));

function pieceOf(requests: readonly Request[], maps: IdMaps | undefined): Piece {
  const rows = new Uint8Array(new SharedArrayBuffer(requests.length * LONGEST_ROW + 1));
  let at = 0;
  for (const { client, endpoint, upstream, failed, refused, seconds } of requests)
    at = writeRow(rows, at, client, endpoint, upstream, failed, seconds, refused);
  return { rows, from: 0, to: at, maps };
}

/** So many series of endpoints, then of upstreams, and the rest in none. */
function seriesOf(each: number): SeriesOf {
  const none = 1 + 2 * each;
  const of = (first: number): Uint8Array =>
    Uint8Array.from({ length: NAMES }, (_, id) => (id > 0 && id <= each ? first + id : none));
  return { endpoint: of(0), upstream: of(each), none };
}

const reversed: IdMaps = {
  clients: Uint32Array.from({ length: NAMES }, (_, id) => NAMES - 1 - id),
  endpoints: Uint32Array.from({ length: NAMES }, (_, id) => (id + 1) % NAMES),
  upstreams: Uint32Array.from({ length: NAMES }, (_, id) => (id === 0 ? 0 : NAMES - id)),
};
const habitual = Uint8Array.from({ length: NAMES }, (_, id) => Number(id % 3 === 1));

/** Everything that is told of a minute, without the series that stands for none. */
function told(tally: KernelTally | RowTally, pieces: readonly Piece[], none: number) {
  tally.next();
  for (const piece of pieces) tally.add(piece);
  const { requests, failures, heard, failing, refused } = tally;
  const counts = [requests, failures, heard, failing].map((column) => [...column.subarray(0, none)]);
  const percentiles: { [place: string]: number } = {};
  tally.percentiles(SHARES, (series, share, seconds) => {
    // Negative zero is no duration of its own.
    percentiles[`${series}/${share}`] = seconds + 0;
  });
  return { counts, refused: [...refused.subarray(0, 1 + (none - 1) / 2)], percentiles };
}

it.each([3, 15, 30])('counts as the columns do, %i series of endpoints and of upstreams', (each) => {
  const of = seriesOf(each);
  fc.assert(
    fc.property(fc.array(fc.tuple(minute, minute), { minLength: 1, maxLength: 4 }), (minutes) => {
      const pieces = minutes.map(([own, merged]) => [pieceOf(own, undefined), pieceOf(merged, reversed)]);
      const blocks = pieces.flat().map(({ rows, maps }) => ({ rows, maps }));
      const kernel = KernelTally.for(habitual, of, { blocks, pieces: new Uint32Array(0) })!;
      const columns = new RowTally(habitual, of);
      for (const some of pieces) expect(told(kernel, some, of.none)).toEqual(told(columns, some, of.none));
    }),
    { numRuns: 40 },
  );
});

it('has room for any number of durations', () => {
  const of = seriesOf(3);
  const requests = Array.from({ length: 9000 }, (_, i) => ({
    client: i % NAMES,
    endpoint: i % 7,
    upstream: i % 5,
    failed: i % 11 === 0,
    refused: false,
    seconds: Math.fround(((i * 7919) % 20_011) / 1000),
  }));
  const pieces = [pieceOf(requests, undefined), pieceOf(requests, reversed)];
  const kernel = KernelTally.for(habitual, of, { blocks: pieces, pieces: new Uint32Array(0) })!;
  const columns = new RowTally(habitual, of);
  for (let i = 0; i < 2; i++) expect(told(kernel, pieces, of.none)).toEqual(told(columns, pieces, of.none));
});

it('leaves rows of more passes than it has room for to the columns', () => {
  const of = seriesOf(3);
  const blocks = Array.from({ length: 40 }, () => ({ rows: new Uint8Array(1), maps: { ...reversed } }));
  expect(KernelTally.for(habitual, of, { blocks, pieces: new Uint32Array(0) })).toBeUndefined();
});
