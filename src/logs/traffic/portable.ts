/** Traffic as plain JSON: another machine's counts can be merged as if they had been made here (restore.ts). */
import type { MerchantCounts } from './merchants.ts';
import { type Piece, packRows, RowColumns, readRows } from './rows.ts';
import type { Traffic } from './traffic.ts';

/** What is written one by one, so that it need not be in memory as a whole; JSON.stringify takes it as an array. */
export class Listed<T> implements Iterable<T> {
  readonly #each: () => Iterator<T>;

  constructor(each: () => Iterator<T>) {
    this.#each = each;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#each();
  }

  toJSON(): T[] {
    return [...this];
  }
}

/** A minute, or the further rows of one. */
interface PortableMinute {
  minute: number;
  requests: number;
  failures: number;
  /** The rows of Traffic, packed as there, in base64. */
  rows: string[];
}

interface PortableMerchants {
  names: [name: string, requests: number][];
  /** The place of the merchant among the names, and its counts of one minute. */
  minutes: Listed<[minute: number, place: number, requests: number, failures: number]>;
  beyond: number;
}

export interface PortableTraffic {
  total: number;
  failures: number;
  beyondRows: number;
  beyondMinutes: number;
  /** Requests of one client that may be counted with the others. */
  uncertainty: number;
  statuses: [status: number, count: number][];
  /** The first two stand for lines without a client and for clients counted together. Seconds since 1970, 0 when unknown. */
  clients: Listed<[address: string, requests: number, errors: number, first: number, last: number]>;
  endpoints: [name: string, requests: number][];
  upstreams: [name: string, requests: number][];
  /** Missing from what older programs wrote. */
  merchants?: PortableMerchants;
  /** Error answers by status, in the same way. */
  answers?: PortableMerchants;
  minutes: Listed<PortableMinute>;
}

const named = ({ names, counts }: { names: readonly string[]; counts: Uint32Array }): [string, number][] =>
  names.map((name, id) => [name, counts[id]!]);

/** Bytes of rows in one text; a multiple of three, as base64 has it. */
const TEXT_BYTES = 3 * 2 ** 16;

const asTexts = (bytes: Buffer): string[] => {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += TEXT_BYTES) texts.push(bytes.toString('base64', at, at + TEXT_BYTES));
  return texts;
};

/**
 * The rows of a minute with the ids of the tables at hand, some at a time: a busy minute has as many as a quiet day. Each of
 * the lists holds whole rows; its texts are cut without regard to where one ends.
 */
function* packed(pieces: Iterable<Piece>): Generator<string[]> {
  let some: Uint8Array[] = [];
  let length = 0;
  let columns: RowColumns | undefined;
  for (const piece of pieces) {
    for (let at = piece.from; at < piece.to; ) {
      let bytes: Uint8Array;
      if (piece.maps) {
        columns ??= new RowColumns();
        at = readRows(piece, at, columns);
        bytes = packRows(columns);
      } else {
        bytes = piece.rows.subarray(piece.from, piece.to);
        at = piece.to;
      }
      some.push(bytes);
      length += bytes.length;
      if (length < TEXT_BYTES) continue;
      yield asTexts(Buffer.concat(some));
      some = [];
      length = 0;
    }
  }
  if (length > 0) yield asTexts(Buffer.concat(some));
}

const portableMerchants = (counts: MerchantCounts): PortableMerchants => ({
  names: named(counts.names),
  minutes: new Listed(() => counts.entries()),
  beyond: counts.beyond,
});

export function portable(traffic: Traffic): PortableTraffic {
  const { total, failures, beyondRows, beyondMinutes, addresses, endpoints, upstreams } = traffic;
  return {
    total,
    failures,
    beyondRows,
    beyondMinutes,
    uncertainty: addresses.uncertainty,
    statuses: [...traffic.statuses].flatMap(
      (count, status) => (count > 0 ? [[status, count]] : []) as [number, number][],
    ),
    clients: new Listed(() => addresses.counts()),
    endpoints: named(endpoints),
    upstreams: named(upstreams),
    merchants: portableMerchants(traffic.merchants),
    answers: portableMerchants(traffic.answers),
    minutes: new Listed(function* () {
      const { minutes } = traffic;
      for (const index of minutes.inOrder()) {
        const minute = minutes.minutes[index]!;
        let counts = { requests: minutes.requests[index]!, failures: minutes.failures[index]! };
        let rows: string[] = [];
        for (const next of packed(minutes.piecesOf(index))) {
          if (rows.length > 0) {
            yield { minute, ...counts, rows };
            // Counted once; what else there is of the minute are rows.
            counts = { requests: 0, failures: 0 };
          }
          rows = next;
        }
        yield { minute, ...counts, rows };
      }
    }),
  };
}
