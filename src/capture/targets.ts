/** Connections that never carried data, counted per server endpoint, in bounded memory. */
import { HashedSlots } from '../tls/hashed-slots.ts';
import type { TargetObservation } from '../tls/types.ts';
import { type AddressTable, mix } from './packet/addresses.ts';

const MAX_TARGETS = 20_000;
/** Room for all of them: the table is emptied only beyond. */
const MAX_INDEXED = 32_768;
const EXACT_CLIENTS = 512;
/** Distinct clients are counted exactly up to here, then estimated by linear counting. */
const BITMAP_BITS = 1 << 16;

interface Target {
  file: string;
  address: number;
  port: number;
  v6: boolean;
  flows: number;
  refused: number;
  unanswered: number;
  halfOpen: number;
  resets: number;
  completed: number;
  singleSyn: number;
  first: number;
  last: number;
  firstFrame: number;
  clients: Set<number> | undefined;
  bitmap: Uint32Array | undefined;
}

export type TargetOutcome = 'refused' | 'unanswered' | 'half-open' | 'reset' | 'connected';

export class TargetTable {
  private readonly targets: Target[] = [];
  private readonly index = new HashedSlots<Target>(MAX_INDEXED);
  private last: Target | undefined;
  overflow = 0;

  count(
    file: string,
    address: number,
    port: number,
    v6: boolean,
    client: number,
    outcome: TargetOutcome,
    singleSyn: boolean,
    first: number,
    last: number,
    frame: number,
  ): void {
    // A flood counts the same target over and over.
    let target = this.last;
    if (!target || !isTarget(target, address, port, v6)) target = this.find(address, port, v6);
    if (!target) {
      if (this.targets.length >= MAX_TARGETS) {
        this.overflow++;
        return;
      }
      target = {
        file,
        address,
        port,
        v6,
        flows: 0,
        refused: 0,
        unanswered: 0,
        halfOpen: 0,
        resets: 0,
        completed: 0,
        singleSyn: 0,
        first,
        last,
        firstFrame: frame,
        clients: new Set(),
        bitmap: undefined,
      };
      this.targets.push(target);
      this.index.add(hashOf(address, port, v6), target);
    }
    this.last = target;
    target.flows++;
    if (outcome === 'refused') target.refused++;
    else if (outcome === 'unanswered') target.unanswered++;
    else if (outcome === 'half-open') target.halfOpen++;
    else if (outcome === 'reset') target.resets++;
    else target.completed++;
    if (singleSyn) target.singleSyn++;
    if (first < target.first) {
      target.first = first;
      target.firstFrame = frame;
    }
    if (last > target.last) target.last = last;
    addClient(target, client);
  }

  private find(address: number, port: number, v6: boolean): Target | undefined {
    const { index } = this;
    const hash = hashOf(address, port, v6);
    for (let slot = index.first(hash); ; slot = index.next(slot)) {
      const target = index.values[slot];
      if (target === undefined || (index.hashes[slot] === hash && isTarget(target, address, port, v6))) return target;
    }
  }

  observations(addresses: AddressTable): TargetObservation[] {
    return [...this.targets]
      .sort((a, b) => a.firstFrame - b.firstFrame)
      .map((target) => ({
        file: target.file,
        server: { address: addresses.text(target.address, target.v6), port: target.port },
        flows: target.flows,
        refused: target.refused,
        unanswered: target.unanswered + target.halfOpen,
        resets: target.resets,
        first: target.first,
        last: target.last,
        distinctClients: distinct(target),
        firstFrame: target.firstFrame,
        halfOpen: target.halfOpen,
        connected: target.completed,
        ...(isFlood(target) ? { synFlood: true } : {}),
      }));
  }
}

const hashOf = (address: number, port: number, v6: boolean) => mix(address, port, v6 ? 1 : 0, 0);

function isTarget(target: Target, address: number, port: number, v6: boolean): boolean {
  return target.port === port && target.address === address && target.v6 === v6;
}

function addClient(target: Target, client: number): void {
  if (target.clients) {
    target.clients.add(client);
    if (target.clients.size <= EXACT_CLIENTS) return;
    target.bitmap = new Uint32Array(BITMAP_BITS / 32);
    const known = target.clients;
    target.clients = undefined;
    for (const one of known) mark(target.bitmap, one);
  } else mark(target.bitmap!, client);
}

function mark(bitmap: Uint32Array, client: number): void {
  let hash = Math.imul(client ^ (client >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  const bit = (hash ^ (hash >>> 16)) & (BITMAP_BITS - 1);
  bitmap[bit >>> 5] = bitmap[bit >>> 5]! | (1 << (bit & 31));
}

function distinct(target: Target): number {
  if (target.clients) return target.clients.size;
  let set = 0;
  for (const word of target.bitmap!) for (let bits = word; bits !== 0; bits &= bits - 1) set++;
  const empty = BITMAP_BITS - set;
  return empty === 0 ? BITMAP_BITS * 11 : Math.round(-BITMAP_BITS * Math.log(empty / BITMAP_BITS));
}

/** Many openings from many sources that are not repeated and never completed, beside which real ones hardly count. */
function isFlood(target: Target): boolean {
  const dangling = target.unanswered + target.halfOpen;
  const seconds = Math.max(1, (target.last - target.first) / 1000);
  return (
    dangling >= 100 && dangling >= target.flows * 0.8 && target.singleSyn >= dangling * 0.8 && dangling / seconds >= 20
  );
}
