/** What the members of a file's JSON lines mean, found out once per member name and then known by its hash. */
import { ACCESS_KEYS, type AccessKey, COUNTS_MILLISECONDS, ERROR_OF_REQUEST } from '../formats/access-json.ts';
import { type DurationUnit, unitOfDuration } from '../formats/duration-names.ts';
import { MEANINGS, ROLES } from '../formats/json-record.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { mixHigh, mixLow } from '../traffic/names.ts';
import { OPERATION_KEYS, OPERATION_PARTS } from '../traffic/operations.ts';

/**
 * Slots of values: the meanings of `JsonShape` (time, level, message, logger, node), then the parts of an operation (client,
 * endpoint, partner, duration, outcome). The kernel has the same numbers (json.as).
 */
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
/** The kernel has room for two meanings of a name. */
const MOST_MEANINGS = 2;
const ALIASES = new Map<string, Alias[]>();
/** A name may stand in a list more than once (by itself and among those of a product); its best place counts. */
const alias = (key: string, slot: number, rank: number): void => {
  const known = ALIASES.get(key) ?? [];
  if (known.some((other) => other.slot === slot)) return;
  if (known.length === MOST_MEANINGS) throw new Error(`${key} means more than ${MOST_MEANINGS} things`);
  ALIASES.set(key, [...known, { slot, rank }]);
};
for (const [key, { meaning, rank }] of ROLES)
  if (meaning < MEANINGS.length && READ.has(meaning)) alias(key, meaning, rank);
for (const part of OPERATION_PARTS)
  for (const [rank, key] of OPERATION_KEYS[part].entries()) alias(key, slotOfPart(part), rank);
const ACCESS_PARTS = Object.keys(ACCESS_KEYS) as AccessKey[];
/** Slots of what a request has, behind those of operations. The kernel passes over a client that is empty or a dash. */
export const slotOfAccess = (part: AccessKey): number =>
  MEANINGS.length + OPERATION_PARTS.length + ACCESS_PARTS.indexOf(part);
for (const part of ACCESS_PARTS)
  for (const [rank, key] of ACCESS_KEYS[part].entries()) alias(key, slotOfAccess(part), rank);

/** Bits of what makes a request: a status with a request line, or with a method and a target. */
const STATUS = 1;
const REQUEST_LINE = 2;
const METHOD = 4;
const TARGET = 8;
/** Not needed for it, but of programs whose durations are milliseconds. */
const IN_MILLISECONDS = 16;
/** Bits by name. */
export const ACCESS = new Map<string, number>();
for (const [bit, key] of [
  [STATUS, 'status'],
  [REQUEST_LINE, 'requestLine'],
  [METHOD, 'method'],
  [TARGET, 'target'],
] as const)
  for (const name of ACCESS_KEYS[key]) ACCESS.set(name, (ACCESS.get(name) ?? 0) | bit);

for (const name of COUNTS_MILLISECONDS) ACCESS.set(name, IN_MILLISECONDS);
/** Not either, but texts of errors stand for a message that is missing. */
const ERROR = 32;
for (const [name, { meaning }] of ROLES)
  if (meaning === MEANINGS.length) ACCESS.set(name, (ACCESS.get(name) ?? 0) | ERROR);

/** Two bits of which both make a record the error that met a request, not the request. */
const ERROR_ID = 64;
const ERROR_TRACE = 128;
for (const [i, name] of ERROR_OF_REQUEST.entries())
  ACCESS.set(name, (ACCESS.get(name) ?? 0) | [ERROR_ID, ERROR_TRACE][i]!);

export const namesError = (bits: number): boolean => (bits & ERROR) !== 0;
export const countsMilliseconds = (bits: number): boolean => (bits & IN_MILLISECONDS) !== 0;
export const mayBeRequest = (bits: number): boolean =>
  (bits & STATUS) !== 0 &&
  (bits & (ERROR_ID | ERROR_TRACE)) !== (ERROR_ID | ERROR_TRACE) &&
  ((bits & REQUEST_LINE) !== 0 || (bits & (METHOD | TARGET)) === (METHOD | TARGET));

/** Units of durations by the name of their member, as the kernel numbers them (values.as). */
export const UNITS: { readonly [unit in DurationUnit]: number } = {
  seconds: 1,
  'milliseconds-when-whole': 2,
  nanoseconds: 3,
  'milliseconds-from-ten': 4,
  milliseconds: 5,
  microseconds: 6,
};

/** Every name that means something, and every beginning of one before a dot. */
const PREFIXES = new Set(
  [...ROLES.keys(), ...ALIASES.keys(), ...ACCESS.keys()].flatMap((name) => {
    const parts = name.split('.');
    return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
  }),
);

/** The names of one source's members, filed in the kernel by their double hash. */
export class JsonKeys {
  readonly #kernel: Kernel;
  /** By id; '' is that of the lines themselves. */
  readonly #names: string[] = [''];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.resetJson();
  }

  name(id: number): string {
    return this.#names[id]!;
  }

  /** Learns the name that the kernel met for the first time. @returns false when it cannot be told apart, or there are too many. */
  learn(): boolean {
    const { start, end, parent, high, low } = this.#kernel.unknownName;
    const id = this.#names.length;
    if (id >= MOST_KEYS) return false;
    const own = this.#kernel.bytes.toString('utf8', start, end);
    // Bytes that are no UTF-8 make one name of several.
    if (own.includes('\ufffd')) return false;
    const name = parent === 0 ? own : `${this.#names[parent]!}.${own}`;
    this.#names.push(name);
    const [main, other] = ALIASES.get(name) ?? [];
    const packed = ({ slot, rank }: Alias = { slot: NO_SLOT, rank: 0 }): number => slot | (rank << 8);
    // The members of an object in it are named with a dot behind.
    this.#kernel.fileKey(
      id,
      high,
      low,
      packed(main) | (packed(other) << 16),
      ACCESS.get(name) ?? 0,
      PREFIXES.has(name),
      mixHigh(high, 46),
      mixLow(low, 46),
      UNITS[unitOfDuration(name)],
    );
    return true;
  }
}
