/** MinuteTally for rows as they are filed, in WebAssembly (tally/*.as): compiled once for all threads, and at once. */
import { WasmModule } from '../kernel/wasm.ts';
import { BLOCK_BYTES, type IdMaps, LONGEST_ROW, type Piece, type Pieces } from './rows.ts';
import { TALLY } from './tally/tally.gen.ts';
import type { MinuteCounts, SeriesOf } from './tally.ts';

interface Global {
  readonly value: number;
}

/** What the module gives; see tally/index.as. */
interface TallyExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly MOST_SERIES: Global;
  readonly REQUESTS: Global;
  readonly FAILURES: Global;
  readonly HEARD: Global;
  readonly FAILING: Global;
  readonly REFUSED: Global;
  readonly SHARES: Global;
  readonly MOST_SHARES: Global;
  readonly PERCENTILES: Global;
  readonly DURATIONS_END: Global;
  setTables(
    endpoint: number,
    endpoints: number,
    upstream: number,
    upstreams: number,
    habitual: number,
    records: number,
    clients: number,
    none: number,
  ): void;
  setMaps(clients: number, endpoints: number, upstreams: number): void;
  setDurations(at: number): void;
  next(): void;
  add(from: number, to: number): void;
  percentiles(shares: number): number;
}

const module = new WasmModule<TallyExports>(TALLY);

const PAGE = 65_536;
/** Different maps, and their entries, beyond which they are not all held here. */
const MOST_MAPS = 16;
const MOST_MAPPED = 4 * 2 ** 20;
/** Series whose bits one word holds, and bytes of a client: the minute it was heard in last, and two words of bits. */
const NARROW = 32;
const NARROW_RECORD = 12;
const WIDE_RECORD = 20;

/** Places of what comes one after another in the memory. */
class Places {
  end: number;

  constructor(end: number) {
    this.end = end;
  }

  /** The beginning of so many bytes. */
  take(bytes: number): number {
    const at = this.end;
    // 64-bit words lie at multiples of eight.
    this.end = (at + bytes + 7) & ~7;
    return at;
  }
}

interface MapPlaces {
  clients: number;
  endpoints: number;
  upstreams: number;
}

/** Maps of the blocks; undefined where there is no room for all of them. */
function mapsOf({ blocks }: Pieces): Set<IdMaps> | undefined {
  const maps = new Set<IdMaps>();
  let entries = 0;
  for (const { maps: one } of blocks) {
    if (!one || maps.has(one)) continue;
    maps.add(one);
    entries += one.clients.length + one.endpoints.length + one.upstreams.length;
    if (maps.size > MOST_MAPS || entries > MOST_MAPPED) return undefined;
  }
  return maps;
}

export class KernelTally implements MinuteCounts {
  /** See MinuteCounts; good until the next call. */
  requests!: Uint32Array;
  failures!: Uint32Array;
  heard!: Uint32Array;
  failing!: Uint32Array;
  refused!: Uint32Array;
  readonly #exports: TallyExports;
  readonly #none: number;
  readonly #input: number;
  readonly #maps = new Map<IdMaps, MapPlaces>();
  #map: IdMaps | undefined;
  #bytes!: Uint8Array;
  #seconds!: Float32Array;

  /**
   * @param habitual by id, whether a client habitually fails. @param of what series requests count in. @param rows that will be
   * counted. @returns undefined where it cannot be done here.
   */
  static for(habitual: Uint8Array, of: SeriesOf, rows: Pieces): KernelTally | undefined {
    const maps = mapsOf(rows);
    const exports = maps && module.instance();
    if (!exports || of.none >= exports.MOST_SERIES.value) return undefined;
    return new KernelTally(exports, habitual, of, maps);
  }

  private constructor(exports: TallyExports, habitual: Uint8Array, of: SeriesOf, maps: ReadonlySet<IdMaps>) {
    this.#exports = exports;
    this.#none = of.none;
    const places = new Places(exports.DURATIONS_END.value);
    const endpoint = places.take(of.endpoint.length);
    const upstream = places.take(of.upstream.length);
    const flags = places.take(habitual.length);
    const records = places.take(habitual.length * (of.none < NARROW ? NARROW_RECORD : WIDE_RECORD));
    this.#input = places.take(BLOCK_BYTES + LONGEST_ROW);
    for (const one of maps)
      this.#maps.set(one, {
        clients: places.take(one.clients.byteLength),
        endpoints: places.take(one.endpoints.byteLength),
        upstreams: places.take(one.upstreams.byteLength),
      });
    const { memory } = exports;
    const missing = places.end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    this.#look();
    this.#bytes.set(of.endpoint, endpoint);
    this.#bytes.set(of.upstream, upstream);
    this.#bytes.set(habitual, flags);
    const ids = new Uint32Array(memory.buffer);
    for (const [one, at] of this.#maps) {
      ids.set(one.clients, at.clients / 4);
      ids.set(one.endpoints, at.endpoints / 4);
      ids.set(one.upstreams, at.upstreams / 4);
    }
    const { length } = habitual;
    exports.setTables(endpoint, of.endpoint.length, upstream, of.upstream.length, flags, records, length, of.none);
    exports.setDurations(places.end);
  }

  /** Looks at the memory where it is: it moves when it grows. */
  #look(): void {
    const { memory, MOST_SERIES, REQUESTS, FAILURES, HEARD, FAILING, REFUSED, PERCENTILES, MOST_SHARES } =
      this.#exports;
    const { buffer } = memory;
    if (this.#bytes?.buffer === buffer) return;
    const series = MOST_SERIES.value;
    const counts = ({ value }: Global): Uint32Array => new Uint32Array(buffer, value, series);
    this.#bytes = new Uint8Array(buffer);
    this.#seconds = new Float32Array(buffer, PERCENTILES.value, series * MOST_SHARES.value);
    this.requests = counts(REQUESTS);
    this.failures = counts(FAILURES);
    this.heard = counts(HEARD);
    this.failing = counts(FAILING);
    this.refused = counts(REFUSED);
  }

  /** Begins another minute. */
  next(): void {
    this.#exports.next();
  }

  /** Counts the rows of a piece of the minute. */
  add({ rows, from, to, maps }: Piece): void {
    if (maps !== this.#map) {
      const at = maps && this.#maps.get(maps);
      this.#exports.setMaps(at?.clients ?? 0, at?.endpoints ?? 0, at?.upstreams ?? 0);
      this.#map = maps;
    }
    const end = this.#input + to - from;
    this.#bytes.set(rows.subarray(from, to), this.#input);
    // A row that is cut ends there.
    this.#bytes.fill(0, end, end + LONGEST_ROW);
    this.#exports.add(this.#input, end);
    this.#look();
  }

  /**
   * Exact nearest-rank percentiles of every series that has durations in the minute.
   * @param shares 0..1, rising, few. @param found takes the series, the index of the share and the seconds.
   */
  percentiles(shares: readonly number[], found: (series: number, share: number, seconds: number) => void): void {
    const { memory, SHARES, MOST_SHARES } = this.#exports;
    const room = MOST_SHARES.value;
    new Float64Array(memory.buffer, SHARES.value, room).set(shares);
    if (this.#exports.percentiles(shares.length) === 0) return;
    for (let one = 0; one < this.#none; one++)
      for (let share = 0; share < shares.length; share++) {
        const seconds = this.#seconds[one * room + share]!;
        if (!Number.isNaN(seconds)) found(one, share, seconds);
      }
  }
}
