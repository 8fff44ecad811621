/** Finds secrets in lines: one search for the texts that stand in them, and a verifying pattern where one was seen. */
import { createHmac } from 'node:crypto';
import { buildSearch, type LiteralSearch, search } from '../lexicon/literal-search.ts';
import { SECRET_KINDS, type SecretKind } from './kinds.ts';

export interface SecretHit {
  file: string;
  line: number;
  /** 1-based byte where the secret itself begins. */
  column: number;
  kind: string;
  /** The format's own letters at most, and the length. */
  masked: string;
  /** Keyed hash: equal secrets have equal digests within one run. */
  digest: string;
  /** ms UTC; that of the line before where the line has none. */
  time: number;
  confidence: number;
}

export interface SecretSpan {
  from: number;
  to: number;
  kind: SecretKind;
}

const MAX_HITS = 2000;
/** A longer line is looked at in windows that overlap by more than any secret is long. */
const WINDOW = 32 * 1024;
const OVERLAP = 12 * 1024;

const LITERALS = SECRET_KINDS.flatMap(({ literals }, kind) =>
  literals.flatMap((literal) => {
    const bytes = Buffer.from(literal);
    return bytes.length >= 3 ? [{ bytes, kind }] : [];
  }),
);

let known: LiteralSearch | undefined;
let prepared: (() => LiteralSearch | undefined) | undefined;

/** Names what gives the search that the build made of these very literals; it is asked when a first text is searched. */
export function useSecretSearch(given: () => LiteralSearch | undefined): void {
  prepared = given;
}

/** The search for what stands in secrets. */
export function secretSearch(): LiteralSearch {
  if (known) return known;
  const given = prepared?.();
  known = given?.literals.length === LITERALS.length ? given : buildSearch(LITERALS.map(({ bytes }) => bytes));
  return known;
}

export class SecretScanner {
  readonly #key: Buffer;
  readonly #hits: SecretHit[] = [];
  readonly #kinds = new Map<string, number>();
  readonly #found: number[] = [];
  #total = 0;

  /** @param key secret of this run, for digests. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** Looks at bytes[start, end) of one line. */
  scan(b: Buffer, start: number, end: number, file: string, line: number, time: number): void {
    for (const { from, to, kind } of this.spans(b, start, end)) {
      this.#total++;
      this.#kinds.set(kind.id, (this.#kinds.get(kind.id) ?? 0) + 1);
      if (this.#hits.length >= MAX_HITS) continue;
      const length = to - from;
      const shown = b.toString('latin1', from, from + (kind.shown ?? 0));
      this.#hits.push({
        file,
        line,
        column: from - start + 1,
        kind: kind.id,
        masked: `${shown}*** (${length} characters)`,
        digest: createHmac('sha256', this.#key).update(b.subarray(from, to)).digest('hex').slice(0, 16),
        time,
        confidence: kind.confidence,
      });
    }
  }

  /** Byte ranges of the secrets of a line, none inside another; most certain kinds first where they overlap. */
  spans(b: Buffer, start: number, end: number): SecretSpan[] {
    const found = this.#found;
    found.length = 0;
    search(secretSearch(), b, start, end, found);
    if (found.length === 0) return [];
    const kinds = [...new Set(found.map((index) => LITERALS[index]!.kind))].sort((x, y) => x - y);
    const spans: SecretSpan[] = [];
    for (let at = start; at < end; at += WINDOW - OVERLAP) {
      let text: string | undefined;
      for (const index of kinds) {
        const kind = SECRET_KINDS[index]!;
        // Most lines with an address hold no password: there is one only before an at sign.
        if (kind.id === 'password-in-url' && !b.subarray(start, end).includes(64)) continue;
        text ??= b.toString('latin1', at, Math.min(end, at + WINDOW));
        collect(kind, text, at, spans);
      }
      if (at + WINDOW >= end) break;
    }
    return spans.sort((x, y) => x.from - y.from);
  }

  finish(): { total: number; kinds: { [kind: string]: number }; hits: SecretHit[] } {
    return {
      total: this.#total,
      kinds: Object.fromEntries([...this.#kinds].sort((a, b) => b[1] - a[1])),
      hits: this.#hits,
    };
  }
}

function collect(kind: SecretKind, text: string, start: number, spans: SecretSpan[]): void {
  const { pattern } = kind;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match[0] === '') pattern.lastIndex++;
    const secret = Object.values(match.groups ?? {}).find((group) => group !== undefined) ?? match[0];
    const whole = kind.id === 'private-key' && secret.length < 16 ? match[0] : secret;
    if (kind.accepts && !kind.accepts(secret, match)) continue;
    // The secret is the last part of every pattern but that of a URL, whose end is one character and an at sign.
    const at = match.index + match[0].lastIndexOf(whole);
    const from = start + at;
    const to = from + whole.length;
    if (!spans.some((span) => from < span.to && to > span.from)) spans.push({ from, to, kind });
  }
}
