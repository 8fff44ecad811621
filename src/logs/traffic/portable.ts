/** Traffic as plain JSON and back, exactly: another machine's counts can be merged as if they had been made here. */
import { OTHER_ADDRESSES } from './addresses.ts';
import { piecesOf, RowColumns, Traffic } from './traffic.ts';

const MOST_MINUTE = 8.64e15 / 60_000;

export interface PortableTraffic {
  total: number;
  failures: number;
  beyondRows: number;
  statuses: [status: number, count: number][];
  /** The first two stand for lines without a client and for clients counted together. Seconds since 1970, 0 when unknown. */
  clients: [address: string, requests: number, errors: number, first: number, last: number][];
  endpoints: [name: string, requests: number][];
  upstreams: [name: string, requests: number][];
  minutes: {
    minute: number;
    requests: number;
    failures: number;
    /** Five numbers a request: client, endpoint, upstream, failed, seconds; -1 for no duration. */
    rows: number[];
  }[];
}

const named = ({ names, counts }: { names: readonly string[]; counts: Uint32Array }): [string, number][] =>
  names.map((name, id) => [name, counts[id]!]);

export function portable(traffic: Traffic): PortableTraffic {
  const { total, failures, beyondRows, addresses, endpoints, upstreams } = traffic;
  const columns = new RowColumns();
  const minutes = [...traffic.minutes.values()]
    .sort((a, b) => a.minute - b.minute)
    .map((minute) => {
      const rows: number[] = [];
      for (const piece of piecesOf(minute))
        for (let at = 0; at < piece.used; ) {
          at = Traffic.columns(piece, at, columns);
          const { length, client, endpoint, upstream, failed, seconds } = columns;
          for (let i = 0; i < length; i++) {
            const duration = Number.isNaN(seconds[i]) ? -1 : seconds[i]!;
            rows.push(client[i]!, endpoint[i]!, upstream[i]!, failed[i]!, duration);
          }
        }
      return { minute: minute.minute, requests: minute.requests, failures: minute.failures, rows };
    });
  return {
    total,
    failures,
    beyondRows,
    statuses: [...traffic.statuses].flatMap(
      (count, status) => (count > 0 ? [[status, count]] : []) as [number, number][],
    ),
    clients: addresses.counts(),
    endpoints: named(endpoints),
    upstreams: named(upstreams),
    minutes,
  };
}

const count = (value: unknown): number => (Number.isInteger(value) && (value as number) >= 0 ? (value as number) : 0);
const list = (value: unknown): unknown[][] => (Array.isArray(value) ? value.filter((item) => Array.isArray(item)) : []);

/** The same traffic again. Numbers that `portable` would not write count as 0, rows without their names are left out. */
export function fromPortable(value: Partial<PortableTraffic> | undefined): Traffic {
  const traffic = new Traffic();
  if (typeof value !== 'object' || value === null) return traffic;
  const clients = list(value.clients).map(([address, requests, errors, first, last], place) => {
    const id = place <= OTHER_ADDRESSES ? place : traffic.addresses.text(String(address));
    traffic.addresses.add(id, count(requests), count(errors), count(first), count(last));
    return id;
  });
  const names = (table: Traffic['endpoints'], pairs: unknown[][]): number[] =>
    pairs.map(([name, requests], place) => {
      const id = place === 0 ? 0 : table.text(String(name));
      table.counts[id]! += count(requests);
      return id;
    });
  const endpoints = names(traffic.endpoints, list(value.endpoints));
  const upstreams = names(traffic.upstreams, list(value.upstreams));
  for (const entry of Array.isArray(value.minutes) ? value.minutes : []) {
    if (typeof entry !== 'object' || entry === null || !Array.isArray(entry.rows)) continue;
    const { minute, requests, failures, rows } = entry;
    if (!Number.isInteger(minute) || Math.abs(minute) > MOST_MINUTE) continue;
    traffic.restore(minute, count(requests), count(failures), (append) => {
      for (let at = 0; at + 4 < rows.length; at += 5) {
        const client = clients[rows[at]!];
        const endpoint = endpoints[rows[at + 1]!];
        const upstream = upstreams[rows[at + 2]!];
        const seconds = Number(rows[at + 4]);
        if (client === undefined || endpoint === undefined || upstream === undefined) continue;
        append(client, endpoint, upstream, rows[at + 3] === 1, seconds < 0 ? Number.NaN : seconds);
      }
    });
  }
  for (const [status, requests] of list(value.statuses))
    if (Number.isInteger(status) && (status as number) >= 0 && (status as number) < 1000)
      traffic.statuses[status as number] = count(requests);
  traffic.total = count(value.total);
  traffic.failures = count(value.failures);
  traffic.beyondRows = Math.max(traffic.beyondRows, count(value.beyondRows));
  return traffic;
}
