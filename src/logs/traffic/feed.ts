/** Hands the requests that the general readers build as rows on to the traffic counters and the attack signatures. */
import { type AttackCounter, isOddTarget, literalsToSweep } from '../attacks/matcher.ts';
import { merchantInQuery } from '../formats/merchant-members.ts';
import { LONGEST } from '../interner.ts';
import { search } from '../lexicon/literal-search.ts';
import type { RequestRow, RequestTableBuilder } from '../request-table.ts';
import { endpointOf, isFailure } from '../windows/series.ts';
import type { Traffic } from './traffic.ts';

/** Values are forgotten beyond this many, and bytes of them, when no rows are kept that refer to them. */
const FORGET_BEYOND = 100_000;
const FORGET_BYTES = 4 * 2 ** 20;
/** Path, question mark and query, or another text; one for all sources, of which there may be many. */
const text = Buffer.allocUnsafe(2 * LONGEST + 1);

/** Interned id to something found out about its text; 0 is not asked yet. */
class Known {
  #values = new Uint32Array(0);

  get(id: number, find: () => number): number {
    if (id >= this.#values.length) {
      const bigger = new Uint32Array(Math.max(id + 1, this.#values.length * 2, 1024));
      bigger.set(this.#values);
      this.#values = bigger;
    }
    let value = this.#values[id]!;
    if (value === 0) {
      value = find() + 1;
      this.#values[id] = value;
    }
    return value - 1;
  }

  clear(): void {
    this.#values.fill(0);
  }
}

export class TrafficFeed {
  readonly #traffic: Traffic;
  readonly #attacks: AttackCounter;
  readonly #table: RequestTableBuilder;
  readonly #clients = new Known();
  /** Of the addresses whose ids are known. */
  #generation = 0;
  readonly #endpoints = new Known();
  readonly #upstreams = new Known();
  readonly #merchants = new Known();
  /** By query, the value of the merchant that it names. */
  readonly #named = new Known();
  /** Of the values whose meanings are known. */
  #values = 0;
  readonly #odd = new Known();
  readonly #worded = new Known();
  readonly #found: number[] = [];
  readonly #literals = literalsToSweep();

  constructor(traffic: Traffic, attacks: AttackCounter, table: RequestTableBuilder) {
    this.#traffic = traffic;
    this.#attacks = attacks;
    this.#table = table;
  }

  /** Counts a row, keeps it where rows are kept, and looks closer where it asks for it. */
  add(row: RequestRow): void {
    const { interner } = this.#table;
    const traffic = this.#traffic;
    if (interner.generation !== this.#values) {
      this.#values = interner.generation;
      for (const known of [
        this.#clients,
        this.#endpoints,
        this.#upstreams,
        this.#merchants,
        this.#named,
        this.#odd,
        this.#worded,
      ])
        known.clear();
    }
    if (row.merchant === 0 && row.query !== 0)
      row.merchant = this.#named.get(row.query, () => interner.text(merchantInQuery(interner.get(row.query))));
    const { client, path, query, upstream, termination, merchant } = row;
    if (traffic.addresses.generation !== this.#generation) {
      this.#generation = traffic.addresses.generation;
      this.#clients.clear();
    }
    const failed = isFailure(row.status, termination === 0 ? '' : interner.get(termination));
    const endpoint =
      path === 0 ? 0 : this.#endpoints.get(path, () => traffic.endpoints.text(endpointOf(interner.get(path))));
    traffic.add(
      row.time,
      row.status,
      failed,
      this.#clients.get(client, () => traffic.addresses.text(interner.get(client))),
      endpoint,
      this.#upstreams.get(upstream, () => traffic.upstreams.text(interner.get(upstream))),
      row.requestTime,
      merchant === 0
        ? traffic.asksForMerchant(endpoint)
          ? traffic.merchantOf(interner.get(path))
          : 0
        : this.#merchants.get(merchant, () => traffic.merchants.names.text(interner.get(merchant))),
    );
    const odd = (id: number): boolean => this.#odd.get(id, () => Number(isOddTarget(interner.get(id)))) === 1;
    if (odd(path) || odd(query) || this.#holdsLiteral(row)) {
      this.#attacks.check({
        source: row.source,
        line: row.line,
        time: row.time,
        client: interner.get(client),
        status: row.status,
        target: query === 0 ? interner.get(path) : `${interner.get(path)}?${interner.get(query)}`,
        referer: interner.get(row.referer),
        userAgent: interner.get(row.userAgent),
      });
    }
    this.#table.add(row);
    if (!this.#table.keeps && (interner.length > FORGET_BEYOND || interner.size > FORGET_BYTES)) interner.clear();
  }

  /** Whether target, referer or user agent hold a literal of the signatures; asked once for each value. */
  #holdsLiteral({ path, query, referer, userAgent }: RequestRow): boolean {
    const { interner } = this.#table;
    const holds = (id: number): boolean =>
      this.#worded.get(id, () => Number(this.#isWorded(interner.copyTo(id, text, 0)))) === 1;
    if (holds(referer) || holds(userAgent)) return true;
    if (query === 0) return holds(path);
    const mark = interner.copyTo(path, text, 0);
    text[mark] = 63;
    return this.#isWorded(interner.copyTo(query, text, mark + 1));
  }

  /** @param length of what was copied to the text. */
  #isWorded(length: number): boolean {
    this.#found.length = 0;
    search(this.#literals, text, 0, length, this.#found);
    return this.#found.length > 0;
  }
}
