/** The syntax of HAProxy configurations: sections, words with their quoting, options of a line. */
import { LIMITS, type ObservationBuilder } from './source.ts';

const SECTION =
  /^(global|defaults|frontend|backend|listen|peers|resolvers|cache|program|ring|http-errors|userlist|mailers|fcgi-app|crt-store|log-forward)(?:[ \t]|$)/;

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
  const lines = text.slice(0, LIMITS.characters).split('\n');
  for (const [index, raw] of lines.entries()) {
    const words = splitWords(raw, index + 1, out);
    const first = words[0];
    if (!first) continue;
    if (SECTION.test(`${first.text} `) && !/^[ \t]{2,}/.test(raw)) {
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
