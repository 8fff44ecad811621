/** Aho–Corasick over bytes, flattened into a dense table: one look-up per byte, ASCII case folded. */

export interface Automaton {
  /** Byte to class. */
  classes: Uint8Array;
  width: number;
  /** `state * width + class` to next state. States at or above `firstAccepting` end at least one literal. */
  next: Uint16Array | Uint32Array;
  firstAccepting: number;
  /** Literal indices that end in each accepting state (index: state - firstAccepting). */
  outputs: Uint32Array[];
}

const fold = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);

/** @param literals non-empty byte strings; matched without regard to ASCII case. */
export function buildAutomaton(literals: Buffer[]): Automaton {
  const classes = new Uint8Array(256);
  let width = 1;
  for (const literal of literals) {
    for (const raw of literal) {
      const byte = fold(raw);
      if (classes[byte] === 0) classes[byte] = width++;
    }
  }
  for (let byte = 65; byte <= 90; byte++) classes[byte] = classes[byte + 32]!;

  const goto: Int32Array[] = [new Int32Array(width).fill(-1)];
  const ends: number[][] = [[]];
  for (const [index, literal] of literals.entries()) {
    let state = 0;
    for (const raw of literal) {
      const cls = classes[raw]!;
      let to = goto[state]![cls]!;
      if (to < 0) {
        to = goto.length;
        goto[state]![cls] = to;
        goto.push(new Int32Array(width).fill(-1));
        ends.push([]);
      }
      state = to;
    }
    ends[state]!.push(index);
  }

  const fail = new Int32Array(goto.length);
  const order: number[] = [];
  for (let cls = 0; cls < width; cls++) {
    const to = goto[0]![cls]!;
    if (to < 0) goto[0]![cls] = 0;
    else order.push(to);
  }
  for (let i = 0; i < order.length; i++) {
    const state = order[i]!;
    const row = goto[state]!;
    const back = fail[state]!;
    for (const index of ends[back]!) ends[state]!.push(index);
    for (let cls = 0; cls < width; cls++) {
      const to = row[cls]!;
      if (to < 0) row[cls] = goto[back]![cls]!;
      else {
        fail[to] = goto[back]![cls]!;
        order.push(to);
      }
    }
  }

  // Renumber so that one comparison tells an accepting state.
  const plain = [...goto.keys()].filter((state) => ends[state]!.length === 0);
  const accepting = [...goto.keys()].filter((state) => ends[state]!.length > 0);
  const renumbered = new Uint32Array(goto.length);
  let count = 0;
  for (const state of plain) renumbered[state] = count++;
  const firstAccepting = count;
  for (const state of accepting) renumbered[state] = count++;
  // Two bytes a cell keep the table in the second-level cache.
  const next = goto.length < 65_536 ? new Uint16Array(goto.length * width) : new Uint32Array(goto.length * width);
  for (const [state, row] of goto.entries()) {
    const base = renumbered[state]! * width;
    for (let cls = 0; cls < width; cls++) next[base + cls] = renumbered[row[cls]!]!;
  }
  return {
    classes,
    width,
    next,
    firstAccepting,
    outputs: accepting.map((state) => Uint32Array.from(new Set(ends[state]!))),
  };
}

/**
 * Literals that occur in bytes[start, end).
 * Kept small and separate: V8 compiles short byte loops well and long ones unreliably.
 * @param found receives literal indices, possibly repeated.
 */
export function scan(automaton: Automaton, bytes: Buffer, start: number, end: number, found: number[]): void {
  const { classes, next, firstAccepting, width } = automaton;
  let state = 0;
  for (let at = start; at < end; at++) {
    state = next[state * width + classes[bytes[at]!]!]!;
    if (state >= firstAccepting) {
      const output = automaton.outputs[state - firstAccepting]!;
      for (let i = 0; i < output.length; i++) found.push(output[i]!);
    }
  }
}
