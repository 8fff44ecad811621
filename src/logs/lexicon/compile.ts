/** The error-text lexicon: one search for all literals plus one verifying expression per entry. */
import type { LexiconEntry } from '../../knowledge/types.ts';
import { buildSearch, type LiteralSearch, search } from './literal-search.ts';

export interface CompiledEntry {
  entry: LexiconEntry;
  pattern: RegExp | undefined;
  /** Literal for the plain test; lower case when the entry ignores case. */
  literal: string;
}

export interface CompiledLexicon {
  entries: CompiledEntry[];
  search: LiteralSearch;
  /** Literal index to entry index. */
  owners: Uint32Array;
  /** 1 for literals of entries that may tell a text from one with other digits in the same places. */
  exact: Uint8Array;
}

/** The forms in which a literal stands inside JSON: escaped once or twice, with ASCII-only escapes of other letters. */
function spellings(literal: string): string[] {
  const all = new Set([literal]);
  const once = JSON.stringify(literal).slice(1, -1);
  all.add(once);
  all.add(JSON.stringify(once).slice(1, -1));
  if (/[^\x20-\x7e]/.test(literal)) {
    const ascii = literal.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    all.add(ascii);
    all.add(ascii.replaceAll('\\', '\\\\'));
  }
  if (/[<>&']/.test(literal))
    all.add(literal.replace(/[<>&']/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
  return [...all];
}

/**
 * Whether an entry may match a text but not the same text with other digits. Without digits of its own, save in the bounds of
 * repetitions and as the whole range, an expression tells them apart only by going back to what it matched before.
 */
function minds(entry: LexiconEntry): boolean {
  const pattern = (entry.pattern ?? '').replace(/(?<!\\)\{\d+(?:,\d*)?\}/g, '').replaceAll('0-9', '');
  return /\d|\\[kcux]/.test(pattern) || /\d/.test(entry.literal) || /\d/.test(entry.unless ?? '');
}

/**
 * @param prepared the search for these very entries, where the build made it (searches.ts).
 * @throws SyntaxError when a pattern is no regular expression; the build tests every entry.
 */
export function compileLexicon(entries: readonly LexiconEntry[], prepared?: LiteralSearch): CompiledLexicon {
  const literals: Buffer[] = [];
  const owners: number[] = [];
  const exact: number[] = [];
  const compiled = entries.map((entry, index): CompiledEntry => {
    for (const spelling of spellings(entry.literal)) {
      literals.push(Buffer.from(spelling, 'utf8'));
      owners.push(index);
      exact.push(Number(minds(entry)));
    }
    return {
      entry,
      pattern: entry.pattern === undefined ? undefined : new RegExp(entry.pattern, `us${entry.ignoreCase ? 'i' : ''}`),
      literal: entry.ignoreCase ? entry.literal.toLowerCase() : entry.literal,
    };
  });
  return {
    entries: compiled,
    search: prepared ?? buildSearch(literals),
    owners: Uint32Array.from(owners),
    exact: Uint8Array.from(exact),
  };
}

/** Collects the entries whose literal occurs in the bytes; `found` may hold repetitions. */
export function candidates(lexicon: CompiledLexicon, bytes: Buffer, start: number, end: number, found: number[]): void {
  search(lexicon.search, bytes, start, end, found);
}

export interface LexiconMatch {
  entry: LexiconEntry;
  values: { [name: string]: string };
}

/**
 * Verifies candidates on the record's text. An entry marked `generic` counts only when no other entry matched,
 * because the specific text says the same and more.
 * @param literalIndices from `candidates`. @param software what the source is known to run, if anything.
 */
export function verify(
  lexicon: CompiledLexicon,
  literalIndices: number[],
  text: string,
  software: string | undefined,
): LexiconMatch[] {
  // A lane asks whether a record speaks at all before the general reader asks what it says.
  if (
    text === last.text &&
    lexicon === last.lexicon &&
    software === last.software &&
    literalIndices.length === last.literals.length &&
    literalIndices.every((literal, i) => literal === last.literals[i])
  )
    return last.matches;
  last = { lexicon, literals: literalIndices.slice(), text, software, matches: [] };
  last.matches = find(lexicon, literalIndices, text, software);
  return last.matches;
}

/** What was verified last. */
let last: {
  lexicon: CompiledLexicon | undefined;
  literals: number[];
  text: string;
  software: string | undefined;
  matches: LexiconMatch[];
} = { lexicon: undefined, literals: [], text: '', software: undefined, matches: [] };

function find(
  lexicon: CompiledLexicon,
  literalIndices: number[],
  text: string,
  software: string | undefined,
): LexiconMatch[] {
  const matches: LexiconMatch[] = [];
  let lower: string | undefined;
  let specific = false;
  const seen = new Set<number>();
  for (const literal of literalIndices) {
    const index = lexicon.owners[literal]!;
    if (seen.has(index)) continue;
    seen.add(index);
    const { entry, pattern, literal: wanted } = lexicon.entries[index]!;
    if (entry.only !== undefined && (software === undefined || !entry.only.includes(software))) continue;
    if (entry.unless !== undefined && text.includes(entry.unless)) continue;
    let values: { [name: string]: string } = {};
    if (pattern) {
      const match = pattern.exec(text);
      if (!match) continue;
      if (match.groups) {
        for (const [name, value] of Object.entries(match.groups))
          if (value !== undefined) values[name] = value.slice(0, 512);
      }
    } else if (entry.ignoreCase) {
      lower ??= text.toLowerCase();
      if (!lower.includes(wanted)) continue;
    } else if (!text.includes(wanted)) continue;
    if (entry.values) values = { ...entry.values, ...values };
    if (!entry.generic) specific = true;
    matches.push({ entry, values });
  }
  const kept = specific ? matches.filter((match) => !match.entry.generic) : matches;
  return kept.length > 1 ? oncePerMeaning(kept, software) : kept;
}

/** One record counts once per event class: the writer's own software first, then the entry that captured most. */
function oncePerMeaning(matches: LexiconMatch[], software: string | undefined): LexiconMatch[] {
  const rank = (match: LexiconMatch): number =>
    (match.entry.software === software ? 1000 : 0) +
    Object.keys(match.values).length * 10 +
    (match.entry.pattern ? 1 : 0);
  const best = new Map<string, LexiconMatch>();
  for (const match of matches) {
    const known = best.get(match.entry.event);
    if (!known || rank(match) > rank(known)) best.set(match.entry.event, match);
  }
  return [...best.values()];
}

/** All entries that a text matches; for tests and for texts outside log files. */
export function matchText(lexicon: CompiledLexicon, text: string, software?: string): LexiconMatch[] {
  const bytes = Buffer.from(text, 'utf8');
  const found: number[] = [];
  candidates(lexicon, bytes, 0, bytes.length, found);
  return found.length === 0 ? [] : verify(lexicon, found, text, software);
}
