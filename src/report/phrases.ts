/**
 * A phrase book: sentences of reports in another language. Reports are written in English and stay so in every machine
 * format; a reader's format translates what the book knows and leaves the rest, evidence above all, as it is.
 */

/** English to other language; `{name}` stands for what differs from report to report, `{n}` `{m}` `{p}` `{k}` `{u}` for a number. */
export type PhraseEntries = { readonly [english: string]: string };

interface Pattern {
  literals: string[];
  names: string[];
  /** Characters that must be there as written; the most demanding pattern that fits wins. */
  weight: number;
  target: string;
}

/** Names that stand for a number and nothing else. */
const COUNTS: ReadonlySet<string> = new Set(['n', 'm', 'p', 'k', 'u']);
/** Nested sentences are followed this deep. */
const DEPTH = 4;
const LONGEST = 4000;
/** Words that are counted, where there is one of them. */
const ONE =
  /(^|[\s(])1 (capture|cause|certificate|change|check|clock|complaint|connection|configuration file|finding|line|log|member|payment|refusal|setting|signed message|step|table|time|topology)(?=[\s,;]|$)/g;

export class PhraseBook {
  private readonly exact = new Map<string, string>();
  private readonly patterns: Pattern[] = [];

  constructor(books: Iterable<PhraseEntries>) {
    for (const book of books)
      for (const [english, other] of Object.entries(book)) {
        const names = [...english.matchAll(/\{([a-z][A-Za-z0-9]*)\}/g)].map((match) => match[1]!);
        if (names.length === 0) this.exact.set(english, other);
        else {
          const literals = english.split(/\{[a-z][A-Za-z0-9]*\}/);
          this.patterns.push({ literals, names, weight: literals.join('').length, target: other });
        }
      }
    this.patterns.sort((a, b) => b.weight - a.weight);
  }

  /** The text in the language of the book, as far as it is known; linear in its length for each phrase. */
  say(text: string, depth = 0): string {
    if (text.length === 0 || text.length > LONGEST || depth > DEPTH) return text;
    const known = this.exact.get(text);
    if (known !== undefined) return known;
    for (const pattern of this.patterns) {
      const values = valuesIn(pattern, text);
      if (values)
        return pattern.target.replace(/\{([a-z][A-Za-z0-9]*)\}/g, (whole, name: string) => {
          const value = values.get(name);
          return value === undefined ? whole : this.say(value, depth + 1);
        });
    }
    const said = this.parts(text, depth);
    if (said !== text) return said;
    // Of one thing the book says the same as of many.
    const many = text.replace(ONE, (_, before: string, word: string) => `${before}1 ${word.replace(/y$/, 'ie')}s`);
    if (many === text) return text;
    const asMany = this.say(many, depth + 1);
    return asMany === many ? text : asMany;
  }

  /** A sentence that is only known in parts: `nginx: do this`, `this; that`. */
  private parts(text: string, depth: number): string {
    const label = /^([A-Za-z][A-Za-z0-9 .-]{0,24}): (?=\S)/.exec(text);
    if (label) {
      const rest = text.slice(label[0].length);
      const said = this.say(rest, depth + 1);
      if (said !== rest) return `${this.exact.get(label[1]!) ?? label[1]}：${said}`;
    }
    for (const [mark, target] of [
      ['; ', '；'],
      ['. ', '。'],
    ] as const) {
      const pieces = text.split(mark);
      if (pieces.length < 2) continue;
      const said = pieces.map((piece) => this.say(piece, depth + 1));
      if (said.some((piece, i) => piece !== pieces[i])) return said.join(target).replace(/。。/g, '。');
    }
    if (text.endsWith('.')) {
      const plain = text.slice(0, -1);
      const said = this.say(plain, depth + 1);
      if (said !== plain) return `${said}。`;
    }
    return text;
  }
}

/** What stands for each name when the text fits the pattern; undefined when it does not. */
function valuesIn({ literals, names }: Pattern, text: string): Map<string, string> | undefined {
  const first = literals[0]!;
  if (!text.startsWith(first)) return undefined;
  const values = new Map<string, string>();
  let at = first.length;
  for (let i = 1; i < literals.length; i++) {
    const literal = literals[i]!;
    const last = i === literals.length - 1;
    const end = last ? text.length - literal.length : text.indexOf(literal, at + 1);
    if (end <= at || (last && !text.endsWith(literal))) return undefined;
    const value = text.slice(at, end);
    // The full stop ends the sentence, not what stands for the last name.
    if (last && literal === '' && value.endsWith('.') && !value.endsWith('..')) return undefined;
    // What stands for a name is one part of a sentence; sentences strung together are said one by one.
    if (value.includes('; ') || (COUNTS.has(names[i - 1]!) && !/^[\d.,]{1,20}$/.test(value))) return undefined;
    values.set(names[i - 1]!, value);
    at = end + literal.length;
  }
  return values;
}
