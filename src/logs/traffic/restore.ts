/** Adds traffic that `portable` wrote to what was counted here, as it is read: nothing of it is in memory a second time. */
import { type JsonCursor, JsonTextError } from '../json-cursor.ts';
import { ADDRESS_LIMIT, OTHER_ADDRESSES } from './addresses.ts';
import type { MerchantCounts } from './merchants.ts';
import { NAME_LIMIT, type NameTable } from './names.ts';
import { RowColumns, readRows } from './rows.ts';
import { MOST_TOGETHER, type Traffic } from './traffic.ts';

const MOST_MINUTE = 8.64e15 / 60_000;
/** Clients of one pass: those that are told apart, those that came together beyond them, and the two that stand for none. */
const MOST_CLIENTS = ADDRESS_LIMIT + 2 * MOST_TOGETHER + 2;

/** A count as `portable` writes it; anything else is 0. */
export const asCount = (value: unknown): number =>
  Number.isInteger(value) && (value as number) >= 0 ? (value as number) : 0;

function* lists(cursor: JsonCursor): Generator<unknown[]> {
  for (const some of cursor.handfuls()) for (const item of some) if (Array.isArray(item)) yield item as unknown[];
}

/** Adds names with their requests. @returns the ids here of what they are there. */
function restoreNames(table: NameTable, cursor: JsonCursor): Uint32Array {
  const names: string[] = [];
  const counts: number[] = [];
  for (const [name, requests] of lists(cursor)) {
    if (names.length > NAME_LIMIT) throw new JsonTextError(`names more than ${NAME_LIMIT} endpoints or partners`);
    // The first stands for lines without a name.
    names.push(names.length === 0 ? '' : String(name));
    counts.push(asCount(requests));
  }
  if (names.length === 0) return new Uint32Array(0);
  return table.merge({ names, counts: Uint32Array.from(counts) });
}

function restoreMerchants(counts: MerchantCounts, cursor: JsonCursor): void {
  let ids = new Uint32Array(0);
  for (const name of cursor.members()) {
    if (name === 'names') ids = restoreNames(counts.names, cursor) as typeof ids;
    else if (name === 'beyond') counts.beyond += asCount(cursor.value());
    else if (name === 'minutes')
      for (const [minute, place, requests, failures] of lists(cursor)) {
        const id = ids[asCount(place)];
        if (!id || !Number.isInteger(minute) || Math.abs(minute as number) > MOST_MINUTE || asCount(requests) === 0)
          continue;
        counts.restore(minute as number, id, asCount(requests), asCount(failures));
      }
  }
}

/** @returns the ids here of the clients there. */
function restoreClients({ addresses }: Traffic, cursor: JsonCursor): Uint32Array {
  const ids = new Uint32Array(MOST_CLIENTS);
  let place = 0;
  for (const [address, requests, errors, first, last] of lists(cursor)) {
    if (place === MOST_CLIENTS) throw new JsonTextError(`names more than ${MOST_CLIENTS} clients`);
    // A control character would be none of an address.
    const id = place <= OTHER_ADDRESSES ? place : addresses.text(String(address).replace(/[\0-\x1f]/g, ' '));
    addresses.add(id, asCount(requests), asCount(errors), asCount(first), asCount(last));
    ids[place++] = id;
  }
  return ids.subarray(0, place);
}

/** What the ids of the rows are here. */
interface Ids {
  clients: Uint32Array | undefined;
  endpoints: Uint32Array | undefined;
  upstreams: Uint32Array | undefined;
}

/** Adds minutes with their rows. @returns how many requests came without a row. */
function restoreMinutes(traffic: Traffic, { clients, endpoints, upstreams }: Ids, cursor: JsonCursor): number {
  const columns = new RowColumns();
  let lacking = 0;
  for (const some of cursor.handfuls())
    for (const item of some) {
      if (typeof item !== 'object' || item === null) continue;
      const { minute, requests, failures, rows } = item as { [member: string]: unknown };
      if (!Number.isInteger(minute) || Math.abs(minute as number) > MOST_MINUTE || !Array.isArray(rows)) continue;
      traffic.restore(minute as number, asCount(requests), asCount(failures), (append) => {
        lacking += asCount(requests);
        const texts = (rows as unknown[]).filter((text) => typeof text === 'string');
        const bytes = Buffer.concat(texts.map((text) => Buffer.from(text, 'base64')));
        for (let at = 0; at < bytes.length; ) {
          at = readRows({ rows: bytes, from: 0, to: bytes.length, maps: undefined }, at, columns);
          for (let row = 0; row < columns.length; row++) {
            const client = clients?.[columns.client[row]!];
            const endpoint = endpoints?.[columns.endpoint[row]!];
            const upstream = upstreams?.[columns.upstream[row]!];
            if (client === undefined || endpoint === undefined || upstream === undefined) continue;
            lacking--;
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
  return Math.max(0, lacking);
}

/**
 * Adds traffic that stands at the cursor. Numbers that `portable` would not write count as 0, rows without their names are counted
 * by minute only, as are rows for which there is no room here.
 * @throws JsonTextError for what is no JSON, or holds more than one pass tells apart.
 */
export function restoreTraffic(traffic: Traffic, cursor: JsonCursor): void {
  const ids: Ids = { clients: undefined, endpoints: undefined, upstreams: undefined };
  for (const name of cursor.members()) {
    if (name === 'total') traffic.total += asCount(cursor.value());
    else if (name === 'failures') traffic.failures += asCount(cursor.value());
    else if (name === 'beyondMinutes') traffic.addBeyondMinutes(asCount(cursor.value()));
    else if (name === 'uncertainty') traffic.addresses.addUncertainty(asCount(cursor.value()));
    else if (name === 'clients') ids.clients = restoreClients(traffic, cursor);
    else if (name === 'endpoints' || name === 'upstreams') ids[name] = restoreNames(traffic[name], cursor);
    else if (name === 'merchants' || name === 'answers') restoreMerchants(traffic[name], cursor);
    else if (name === 'minutes') {
      const lacking = restoreMinutes(traffic, ids, cursor);
      traffic.beyondRows += lacking;
    } else if (name === 'statuses')
      for (const [status, requests] of lists(cursor))
        if (Number.isInteger(status) && (status as number) >= 0 && (status as number) < 1000)
          traffic.statuses[status as number]! += asCount(requests);
  }
  traffic.addresses.thinWhereCrowded();
}
