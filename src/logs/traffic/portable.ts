/** Traffic as plain JSON and back, exactly: another machine's counts can be merged as if they had been made here. */
import { OTHER_ADDRESSES } from './addresses.ts';
import type { MerchantCounts } from './merchants.ts';
import { type Piece, packRows, RowColumns, readRows } from './rows.ts';
import { Traffic } from './traffic.ts';

const MOST_MINUTE = 8.64e15 / 60_000;

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

/** The rows of a minute with the ids of the tables at hand, cut without regard to where a row ends. */
function packed(pieces: Iterable<Piece>): string[] {
  const all: Uint8Array[] = [];
  let columns: RowColumns | undefined;
  for (const piece of pieces) {
    if (!piece.maps) {
      all.push(piece.rows.subarray(piece.from, piece.to));
      continue;
    }
    columns ??= new RowColumns();
    for (let at = piece.from; at < piece.to; ) {
      at = readRows(piece, at, columns);
      all.push(packRows(columns));
    }
  }
  const bytes = Buffer.concat(all);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += TEXT_BYTES) texts.push(bytes.toString('base64', at, at + TEXT_BYTES));
  return texts;
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
      for (const index of minutes.inOrder())
        yield {
          minute: minutes.minutes[index]!,
          requests: minutes.requests[index]!,
          failures: minutes.failures[index]!,
          rows: packed(minutes.piecesOf(index)),
        };
    }),
  };
}

const count = (value: unknown): number => (Number.isInteger(value) && (value as number) >= 0 ? (value as number) : 0);
const list = (value: unknown): unknown[][] => {
  const items = value instanceof Listed ? [...value] : value;
  return Array.isArray(items) ? items.filter((item) => Array.isArray(item)) : [];
};

function restoreMerchants(
  counts: MerchantCounts,
  value: PortableMerchants | undefined,
  idsOf: (table: Traffic['endpoints'], pairs: unknown[][]) => number[],
): void {
  if (typeof value !== 'object' || value === null) return;
  const ids = idsOf(counts.names, list(value.names));
  for (const [minute, place, requests, failures] of list(value.minutes)) {
    const id = ids[count(place)];
    if (!id || !Number.isInteger(minute) || Math.abs(minute as number) > MOST_MINUTE || count(requests) === 0) continue;
    counts.restore(minute as number, id, count(requests), count(failures));
  }
  counts.beyond += count(value.beyond);
}

/** The same traffic again. Numbers that `portable` would not write count as 0, rows without their names are left out. */
export function fromPortable(value: Partial<PortableTraffic> | undefined): Traffic {
  const traffic = new Traffic();
  if (typeof value !== 'object' || value === null) return traffic;
  const clients = list(value.clients).map(([address, requests, errors, first, last], place) => {
    // A control character would be none of an address.
    const id = place <= OTHER_ADDRESSES ? place : traffic.addresses.text(String(address).replace(/[\0-\x1f]/g, ' '));
    traffic.addresses.add(id, count(requests), count(errors), count(first), count(last));
    return id;
  });
  const names = (table: Traffic['endpoints'], pairs: unknown[][]): number[] =>
    pairs.map(([name, requests], place) => {
      const id = place === 0 ? 0 : table.text(String(name));
      table.counts[id]! += count(requests);
      return id;
    });
  const columns = new RowColumns();
  const endpoints = names(traffic.endpoints, list(value.endpoints));
  const upstreams = names(traffic.upstreams, list(value.upstreams));
  restoreMerchants(traffic.merchants, value.merchants, names);
  restoreMerchants(traffic.answers, value.answers, names);
  const minutes = value.minutes as Iterable<PortableMinute> | undefined;
  for (const entry of minutes instanceof Listed || Array.isArray(minutes) ? minutes : []) {
    if (typeof entry !== 'object' || entry === null || !Array.isArray(entry.rows)) continue;
    const { minute, requests, failures, rows } = entry;
    if (!Number.isInteger(minute) || Math.abs(minute) > MOST_MINUTE) continue;
    traffic.restore(minute, count(requests), count(failures), (append) => {
      const texts = (rows as unknown[]).filter((text) => typeof text === 'string');
      const bytes = Buffer.concat(texts.map((text) => Buffer.from(text, 'base64')));
      for (let at = 0; at < bytes.length; ) {
        at = readRows({ rows: bytes, from: 0, to: bytes.length, maps: undefined }, at, columns);
        for (let row = 0; row < columns.length; row++) {
          const client = clients[columns.client[row]!];
          const endpoint = endpoints[columns.endpoint[row]!];
          const upstream = upstreams[columns.upstream[row]!];
          if (client === undefined || endpoint === undefined || upstream === undefined) continue;
          append(
            client,
            endpoint,
            upstream,
            columns.failed[row] === 1,
            columns.seconds[row]!,
            columns.refused[row] === 1,
          );
        }
      }
    });
  }
  for (const [status, requests] of list(value.statuses))
    if (Number.isInteger(status) && (status as number) >= 0 && (status as number) < 1000)
      traffic.statuses[status as number] = count(requests);
  traffic.total = count(value.total);
  traffic.failures = count(value.failures);
  traffic.beyondRows = Math.max(traffic.beyondRows, count(value.beyondRows));
  traffic.addBeyondMinutes(count(value.beyondMinutes));
  traffic.addresses.addUncertainty(count(value.uncertainty));
  traffic.addresses.thinWhereCrowded();
  return traffic;
}
