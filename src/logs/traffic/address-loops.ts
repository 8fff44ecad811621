/**
 * The loops over the addresses of many requests. Each is a function of its own: V8 compiles a function anew for each of its
 * loops that runs long, together with all that it calls, and does so in every thread on processors that others need.
 * Shifts and `| 0` keep indices whole numbers of 32 bits, which a product or a sum need not be.
 */

/** Spreads an address over all bits, so that a table of millions stays as quick as a small one. */
export function hashOf(key: number): number {
  const mixed = Math.imul(key ^ (key >>> 16), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/**
 * Ids of which the hash says that they may be those of addresses. Look-ups that do not wait for each other take a fraction of
 * the time. @param slots see AddressTable. @param words of rows that begin at `rows[from..to)`, with an address at this place.
 * @param ids receives them, 0 where there is none.
 */
export function guessIds(
  slots: Int32Array,
  words: Int32Array,
  address: number,
  rows: Int32Array,
  from: number,
  to: number,
  ids: Int32Array,
): void {
  const mask = slots.length - 1;
  for (let i = from; i < to; i++) {
    const hash = hashOf(words[(rows[i]! + address) | 0]!);
    let slot = hash & mask;
    let entry = slots[slot]!;
    while (entry !== 0 && ((entry ^ hash) & ~mask) !== 0) {
      slot = (slot + 1) & mask;
      entry = slots[slot]!;
    }
    ids[i] = entry & mask;
  }
}

/** How many of the ids are not those of the addresses. Nothing waits for these either: the rows are at hand afterwards. */
export function wrongIds(
  known: Uint32Array,
  words: Int32Array,
  address: number,
  rows: Int32Array,
  from: number,
  to: number,
  ids: Int32Array,
): number {
  let wrong = 0;
  for (let i = from; i < to; i++) {
    const id = ids[i]!;
    if (id === 0 || known[id << 2] !== words[(rows[i]! + address) | 0]! >>> 0) wrong++;
  }
  return wrong;
}

/** Counts one request of each id. @param counts and `rest` are the two tables of AddressTable. */
export function countRequests(
  counts: Uint32Array,
  rest: Uint32Array,
  words: Int32Array,
  { status, second }: { status: number; second: number },
  rows: Int32Array,
  from: number,
  to: number,
  ids: Int32Array,
): void {
  for (let i = from; i < to; i++) {
    const at = ids[i]! << 2;
    const row = rows[i]!;
    const time = words[(row + second) | 0]! >>> 0;
    counts[at + 1]!++;
    if (words[(row + status) | 0]! >= 400) counts[at + 2]!++;
    const last = counts[at + 3]!;
    if (time > last) counts[at + 3] = time;
    if (last === 0 || time < last) beginAt(rest, at, time);
  }
}

/** A request that is the first of its address, or earlier than the last one. @param at the place of the address in both tables. */
export function beginAt(rest: Uint32Array, at: number, second: number): void {
  if (second === 0) return;
  const first = rest[at]!;
  if (first === 0 || second < first) rest[at] = second;
}

/** As `guessIds` for rows of the kernel (OPERATION in count.as) that stand side by side; whatever client they have. */
export function guessClients(
  slots: Int32Array,
  words: Int32Array,
  step: number,
  from: number,
  to: number,
  ids: Int32Array,
): void {
  const mask = slots.length - 1;
  for (let at = from, i = 0; at < to; at = (at + step) | 0, i++) {
    const hash = hashOf(words[at]!);
    let slot = hash & mask;
    let entry = slots[slot]!;
    while (entry !== 0 && ((entry ^ hash) & ~mask) !== 0) {
      slot = (slot + 1) & mask;
      entry = slots[slot]!;
    }
    ids[i] = entry & mask;
  }
}

/** As `wrongIds`: how many clients are no address with the id that was guessed. */
export function otherClients(
  known: Uint32Array,
  words: Int32Array,
  step: number,
  from: number,
  to: number,
  ids: Int32Array,
): number {
  let others = 0;
  for (let at = from, i = 0; at < to; at = (at + step) | 0, i++) {
    const id = ids[i]!;
    // BY_NUMBER, NO_CLIENT, BY_TEXT.
    if ((words[(at + 1) | 0]! & 56) !== 0 || id === 0 || known[id << 2] !== words[at]! >>> 0) others++;
  }
  return others;
}

/** As `countRequests`; the first word of each row becomes the id. */
export function countClients(
  counts: Uint32Array,
  rest: Uint32Array,
  words: Int32Array,
  step: number,
  from: number,
  to: number,
  ids: Int32Array,
): void {
  for (let at = from, i = 0; at < to; at = (at + step) | 0, i++) {
    const id = ids[i]!;
    const row = id << 2;
    const time = words[(at + 4) | 0]! >>> 0;
    words[at] = id;
    counts[row + 1]!++;
    // The status.
    if (words[(at + 1) | 0]! >>> 8 >= 400) counts[row + 2]!++;
    const last = counts[row + 3]!;
    if (time > last) counts[row + 3] = time;
    if (last === 0 || time < last) beginAt(rest, row, time);
  }
}
