/** The syntax of HAProxy configurations: sections, words with their quoting, options of a line. */
import { LIMITS, type ObservationBuilder } from './source.ts';

const SECTION =
  /^(global|defaults|frontend|backend|listen|peers|resolvers|cache|program|ring|http-errors|userlist|mailers|fcgi-app|crt-store|log-forward|log-profile|traces|acme|healthcheck)(?:[ \t]|$)/;

export interface Word {
  text: string;
  line: number;
}

export interface Section {
  kind: string;
  name: string;
  line: number;
  lines: Word[][];
}

export function splitSections(text: string, out: ObservationBuilder): Section[] {
  const sections: Section[] = [];
  const conditions = new Conditions();
  const lines = text.slice(0, LIMITS.characters).split('\n');
  for (const [index, raw] of lines.entries()) {
    const words = splitWords(raw, index + 1, out);
    const first = words[0];
    if (!first) continue;
    if (first.text.startsWith('.') && conditions.take(words, out)) continue;
    conditions.see(first.text);
    if (conditions.skips) continue;
    if (SECTION.test(`${first.text} `)) {
      const kind = first.text;
      sections.push({ kind, name: words[1]?.text ?? '', line: first.line, lines: [] });
      // Old style: `listen name address:port` binds right away.
      if (kind === 'listen' && words[2])
        sections.at(-1)!.lines.push([{ text: 'bind', line: first.line }, ...words.slice(2)]);
      continue;
    }
    const section = sections.at(-1);
    if (section) section.lines.push(words);
    else out.problem(index + 1, `"${first.text.slice(0, 60)}" stands before any section; it was ignored`);
  }
  conditions.end(out);
  return sections;
}

/** Words of a line with HAProxy's quoting: '..' verbatim, ".." with backslash, backslash outside quotes, # starts a comment. */
function splitWords(raw: string, line: number, out: ObservationBuilder): Word[] {
  const words: Word[] = [];
  let current: string | undefined;
  let quote = '';
  for (let i = 0; i < raw.length; i++) {
    const c = raw[i]!;
    if (quote) {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"' && i + 1 < raw.length) current += raw[++i]!;
      else current += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      current ??= '';
    } else if (c === '\\' && i + 1 < raw.length) current = (current ?? '') + raw[++i]!;
    else if (c === '#') break;
    else if (c === ' ' || c === '\t' || c === '\r') {
      if (current !== undefined) words.push({ text: current, line });
      current = undefined;
    } else current = (current ?? '') + c;
  }
  if (quote) out.problem(line, `the quote ${quote} is never closed on this line`, raw.length);
  if (current !== undefined) words.push({ text: current, line });
  return words;
}

/** Reads `name value` options of a line into a map; a flag has the value "". */
export function options(words: Word[], from: number): Map<string, Word> {
  const map = new Map<string, Word>();
  for (let i = from; i < words.length; i++) {
    const word = words[i]!;
    if (VALUELESS.has(word.text)) map.set(word.text, { text: '', line: word.line });
    else if (words[i + 1]) map.set(word.text, { text: words[++i]!.text, line: word.line });
    else map.set(word.text, { text: '', line: word.line });
  }
  return map;
}

const VALUELESS = new Set([
  'ssl',
  'check',
  'backup',
  'check-ssl',
  'no-sslv3',
  'no-tlsv10',
  'no-tlsv11',
  'no-tlsv12',
  'no-tlsv13',
  'no-tls-tickets',
  'force-sslv3',
  'force-tlsv10',
  'force-tlsv11',
  'force-tlsv12',
  'force-tlsv13',
  'prefer-client-ciphers',
  'strict-sni',
  'allow-0rtt',
  'send-proxy',
  'send-proxy-v2',
  'accept-proxy',
  'v4v6',
  'v6only',
  'transparent',
  'tfo',
  'defer-accept',
  'no-ssl-reuse',
  'no-check-ssl',
  'ssl-reuse',
  'no-check',
  'no-verifyhost',
  'disabled',
  'enabled',
  'generate-certificates',
  'no-ca-names',
  'no-alpn',
]);

/** First words of lines that say something about TLS or about where it is spoken. */
const ABOUT_TLS =
  /^(?:bind|server|server-template|default-server|ssl-.*|tune\.ssl.*|frontend|backend|listen|global|defaults)$/;

interface Block {
  /** Its lines are read now. */
  reads: boolean;
  /** A branch of it was read already. */
  done: boolean;
  /** A condition that could not be decided, and whether it matters here. */
  undecided?: { condition: string; line: number };
  matters: boolean;
}

/**
 * `.if`, `.elif`, `.else` and `.endif` (HAProxy manual, section 2.4). Constants are decided; what depends on the running program
 * is taken to hold, and that is said where the lines are about TLS.
 */
class Conditions {
  readonly #blocks: Block[] = [];

  get skips(): boolean {
    return this.#blocks.some((block) => !block.reads);
  }

  /** Notes the first word of a line of the configuration proper. */
  see(word: string): void {
    if (this.#blocks.length > 0 && ABOUT_TLS.test(word)) for (const block of this.#blocks) block.matters = true;
  }

  /** True when the line is one of the preprocessor's. */
  take(words: readonly Word[], out: ObservationBuilder): boolean {
    const { text, line } = words[0]!;
    const block = this.#blocks.at(-1);
    if (/^\.(?:notice|warning|alert|diag)$/.test(text)) return true;
    if (text === '.if' && this.#blocks.length < LIMITS.depth) {
      const opened: Block = { reads: false, done: false, matters: false };
      this.#blocks.push(opened);
      this.#decide(opened, words);
    } else if (text === '.elif' && block) {
      block.reads = false;
      if (!block.done) this.#decide(block, words);
    } else if (text === '.else' && block) {
      block.reads = !block.done;
      block.done = true;
    } else if (text === '.endif' && block) this.#close(out);
    else if (/^\.(?:if|elif|else|endif)$/.test(text)) out.problem(line, `"${text}" has no place here; it was ignored`);
    else return false;
    return true;
  }

  /** The file ends; what is still open is closed. */
  end(out: ObservationBuilder): void {
    while (this.#blocks.length > 0) this.#close(out);
  }

  #close(out: ObservationBuilder): void {
    const block = this.#blocks.pop();
    if (block?.matters && block.undecided)
      out.problem(
        block.undecided.line,
        `whether "${block.undecided.condition}" holds could not be read here; its lines were taken as in force`,
      );
  }

  #decide(block: Block, words: readonly Word[]): void {
    const condition = words
      .slice(1)
      .map((word) => word.text)
      .join(' ')
      .trim();
    block.reads = !/^(?:0|false)?$/.test(condition);
    block.done ||= block.reads;
    if (block.reads && !/^(?:1|true)$/.test(condition))
      block.undecided ??= { condition: condition.slice(0, 100), line: words[0]!.line };
  }
}
