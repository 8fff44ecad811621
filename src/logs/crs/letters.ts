/**
 * Which kinds of characters a text holds, and which ones every match of a pattern needs: a value without them cannot
 * match, so that most patterns are never run on most values. Nothing is lost: a kind counts as needed only when the
 * compiled pattern has no path to its end without it.
 */
import type { RE2JS } from 're2js';

/** Two bit sets: letters (case folded), digits, blanks and bytes above ASCII; and every ASCII mark by itself. */
export interface Letters {
  low: number;
  high: number;
}

const DIGIT = 1 << 26;
const BLANK = 1 << 27;
const OTHER = 1 << 28;

const LOW = new Int32Array(256);
const HIGH = new Int32Array(256);
let marks = 0;
for (let code = 0; code < 256; code++) {
  const folded = code >= 65 && code <= 90 ? code + 32 : code;
  if (folded >= 97 && folded <= 122) LOW[code] = 1 << (folded - 97);
  else if (code >= 48 && code <= 57) LOW[code] = DIGIT;
  else if (code === 32 || (code >= 9 && code <= 13)) LOW[code] = BLANK;
  else if (code > 32 && code < 127) HIGH[code] = 1 << marks++;
  else LOW[code] = OTHER;
}

export function lettersOf(text: string): Letters {
  let low = 0;
  let high = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 256) {
      low |= LOW[code]!;
      high |= HIGH[code]!;
    } else low |= OTHER;
  }
  return { low, high };
}

const holdsAll = (text: Letters, needed: Letters): boolean =>
  (text.low & needed.low) === needed.low && (text.high & needed.high) === needed.high;

/** One instruction of the compiled pattern, as re2js lays it out. */
interface Instruction {
  op: number;
  out: number;
  arg: number;
  matchRune?(rune: number): boolean;
}
const OP = { alt: 1, altMatch: 2, fail: 5, match: 6, firstRune: 8, lastRune: 11, lookbehind: 12 };
const NOTHING: Letters = { low: 0, high: 0 };
const ANY = { low: -1, high: -1 };

/** Characters that one instruction can take. */
function takes(instruction: Instruction): Letters {
  if (instruction.op < OP.firstRune || instruction.op > OP.lastRune) return NOTHING;
  if (instruction.op > 9 || !instruction.matchRune) return ANY;
  let low = 0;
  let high = 0;
  for (let code = 0; code < 256; code++) {
    if (!instruction.matchRune(code)) continue;
    low |= LOW[code]!;
    high |= HIGH[code]!;
  }
  // Only characters beyond Latin-1: none of the values holds them, but nothing is concluded from that.
  return low === 0 && high === 0 ? ANY : { low, high };
}

/** Instructions on one way from the start to a match that avoids `without`; undefined when there is none. */
function wayThrough(program: Instruction[], start: number, sets: Letters[], without: Letters): number[] | undefined {
  const from = new Int32Array(program.length).fill(-1);
  const queue = [start];
  from[start] = start;
  for (let head = 0; head < queue.length; head++) {
    const at = queue[head]!;
    const instruction = program[at]!;
    if (instruction.op === OP.match) {
      const way: number[] = [];
      for (let step = at; step !== start; step = from[step]!) way.push(step);
      way.push(start);
      return way;
    }
    if (instruction.op === OP.fail) continue;
    const rune = instruction.op >= OP.firstRune && instruction.op <= OP.lastRune;
    if (rune && (sets[at]!.low & ~without.low) === 0 && (sets[at]!.high & ~without.high) === 0) continue;
    const next =
      instruction.op === OP.alt || instruction.op === OP.altMatch
        ? [instruction.out, instruction.arg]
        : [instruction.out];
    for (const step of next) {
      if (step < program.length && from[step] === -1) {
        from[step] = at;
        queue.push(step);
      }
    }
  }
  return undefined;
}

const single = (set: Letters): boolean => {
  const bits = (value: number): number => (value === 0 ? 0 : (value & (value - 1)) === 0 ? 1 : 2);
  return bits(set.low) + bits(set.high) === 1;
};

/** Whether a text of these letters could match at all. */
export type Sieve = (text: Letters) => boolean;

const ALL_LETTERS = (1 << 26) - 1;
/** Sets of marks remembered per pattern: real values share few of them. */
const MAX_KNOWN = 2000;

/** The sieve of a compiled pattern; lets everything through where its program cannot be read. */
export function sieveOf(pattern: RE2JS): Sieve {
  const program = (pattern as unknown as { re2Input?: { prog?: { inst?: Instruction[]; start?: number } } }).re2Input
    ?.prog;
  const { inst, start } = program ?? {};
  if (!inst || start === undefined || inst.some(({ op }) => op >= OP.lookbehind)) return () => true;
  const sets = inst.map(takes);
  const needed = neededOn(inst, start, sets);
  const known = new Map<string, boolean>();
  return (text) => {
    if (!holdsAll(text, needed)) return false;
    // Letters aside: which of them a text holds says little, its marks say nearly everything.
    const absent = { low: ~(text.low | ALL_LETTERS), high: ~text.high };
    const key = `${absent.low},${absent.high}`;
    let possible = known.get(key);
    if (possible === undefined) {
      possible = wayThrough(inst, start, sets, absent) !== undefined;
      if (known.size < MAX_KNOWN) known.set(key, possible);
    }
    return possible;
  };
}

/** What every match needs. */
function neededOn(inst: Instruction[], start: number, sets: Letters[]): Letters {
  const needed = { low: 0, high: 0 };
  // Only what stands alone on one way can be needed on all of them.
  for (const step of wayThrough(inst, start, sets, NOTHING) ?? []) {
    const set = sets[step]!;
    if (!single(set) || holdsAll(needed, set)) continue;
    if (!wayThrough(inst, start, sets, set)) {
      needed.low |= set.low;
      needed.high |= set.high;
    }
  }
  return needed;
}
