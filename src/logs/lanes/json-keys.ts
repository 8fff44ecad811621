/** What the members of a file's JSON lines mean, found out once per member name and then known by its hash. */
import { ACCESS_KEYS } from '../formats/access-json.ts';
import { MEANINGS, ROLES } from '../formats/json-record.ts';
import { mixHigh, mixLow, NameTable, SEED_HIGH, SEED_LOW } from '../traffic/names.ts';
import { OPERATION_KEYS, OPERATION_PARTS } from '../traffic/operations.ts';

/** Slots of values: the meanings of `JsonShape` (time, level, message, logger, node), then the parts of an operation. */
export const SLOTS = MEANINGS.length + OPERATION_PARTS.length;
export const TIME = MEANINGS.indexOf('time');
export const LEVEL = MEANINGS.indexOf('level');
export const MESSAGE = MEANINGS.indexOf('message');
export const slotOfPart = (part: (typeof OPERATION_PARTS)[number]): number =>
  MEANINGS.length + OPERATION_PARTS.indexOf(part);

/** Slots whose values the lane reads; logger and node only matter to records that are kept. */
const READ = new Set([TIME, LEVEL, MESSAGE, ...OPERATION_PARTS.map(slotOfPart)]);
const MOST_KEYS = 2000;
const NO_SLOT = 255;

interface Alias {
  slot: number;
  rank: number;
}
const ALIASES = new Map<string, Alias[]>();
const alias = (key: string, slot: number, rank: number): void => {
  ALIASES.set(key, [...(ALIASES.get(key) ?? []), { slot, rank }]);
};
for (const [key, { meaning, rank }] of ROLES) if (READ.has(meaning)) alias(key, meaning, rank);
for (const part of OPERATION_PARTS)
  for (const [rank, key] of OPERATION_KEYS[part].entries()) alias(key, slotOfPart(part), rank);

/** Bits of what makes a request: a status with a request line, or with a method and a target. */
const STATUS = 1;
const REQUEST_LINE = 2;
const METHOD = 4;
const TARGET = 8;
const ACCESS = new Map<string, number>();
for (const [bit, key] of [
  [STATUS, 'status'],
  [REQUEST_LINE, 'requestLine'],
  [METHOD, 'method'],
  [TARGET, 'target'],
] as const)
  for (const name of ACCESS_KEYS[key]) ACCESS.set(name, (ACCESS.get(name) ?? 0) | bit);

export const mayBeRequest = (bits: number): boolean =>
  (bits & STATUS) !== 0 && ((bits & REQUEST_LINE) !== 0 || (bits & (METHOD | TARGET)) === (METHOD | TARGET));

/** Every name that means something, and every beginning of one before a dot. */
const PREFIXES = new Set(
  [...ROLES.keys(), ...ALIASES.keys(), ...ACCESS.keys()].flatMap((name) => {
    const parts = name.split('.');
    return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
  }),
);

export class JsonKeys {
  readonly #names = new NameTable();
  readonly #prefixes: string[] = [];
  readonly #hashes: (readonly [number, number])[] = [];
  /** Up to two meanings of each name. */
  slot: Uint8Array = new Uint8Array(MOST_KEYS).fill(NO_SLOT);
  rank: Uint8Array = new Uint8Array(MOST_KEYS);
  otherSlot: Uint8Array = new Uint8Array(MOST_KEYS).fill(NO_SLOT);
  otherRank: Uint8Array = new Uint8Array(MOST_KEYS);
  /** Bits of what makes a request. */
  access: Uint8Array = new Uint8Array(MOST_KEYS);
  /** 1 where the name means something or begins one that does. */
  matters: Uint8Array = new Uint8Array(MOST_KEYS);

  /** Id of a flat name with this double hash, or -1 when it is new. */
  find(high: number, low: number): number {
    return this.#names.find(high, low);
  }

  name(id: number): string {
    return this.#names.names[id]!;
  }

  /** The name with a dot behind, always the same string. */
  prefix(id: number): string {
    this.#prefixes[id] ??= `${this.name(id)}.`;
    return this.#prefixes[id]!;
  }

  /** The double hash of the name with a dot behind. */
  hashBehind(id: number): readonly [number, number] {
    let hashes = this.#hashes[id];
    if (!hashes) {
      let high = SEED_HIGH;
      let low = SEED_LOW;
      for (const byte of Buffer.from(this.prefix(id), 'latin1')) {
        high = mixHigh(high, byte);
        low = mixLow(low, byte);
      }
      hashes = [high, low];
      this.#hashes[id] = hashes;
    }
    return hashes;
  }

  /** Learns a name. @returns its id, or -1 when there are too many. */
  learn(name: string, high: number, low: number): number {
    if (this.#names.names.length >= MOST_KEYS) return -1;
    const id = this.#names.add(name, high, low);
    const [main, other] = ALIASES.get(name) ?? [];
    if (main) {
      this.slot[id] = main.slot;
      this.rank[id] = main.rank;
    }
    if (other) {
      this.otherSlot[id] = other.slot;
      this.otherRank[id] = other.rank;
    }
    this.access[id] = ACCESS.get(name) ?? 0;
    this.matters[id] = Number(PREFIXES.has(name));
    return id;
  }
}
