/** TLS options that `bind` and `server` lines of HAProxy share, with the global defaults behind them. */
import type { Located, TlsSettings } from '../types.ts';
import { options, type Section, type Word } from './haproxy-syntax.ts';
import { located, PROTOCOL_ORDER, protocolName, protocolRange } from './source.ts';

export interface Defaults {
  ciphers: Located<string> | undefined;
  suites13: Located<string> | undefined;
  groups: Located<string> | undefined;
  options: Map<string, Word>;
}

export function commonSettings(
  settings: TlsSettings,
  given: Map<string, Word>,
  file: string,
  fallback: Defaults,
): void {
  const pick = (name: string): Located<string> | undefined => {
    const word = given.get(name);
    return word ? located(word.text, file, word.line) : undefined;
  };
  const ciphers = pick('ciphers') ?? fallback.ciphers;
  const suites13 = pick('ciphersuites') ?? fallback.suites13;
  const groups = pick('curves') ?? pick('ecdhe') ?? fallback.groups;
  const trusted = pick('ca-file');
  const crl = pick('crl-file');
  const alpn = pick('alpn');
  const protocols = versions(given, fallback.options, file);
  if (ciphers) settings.ciphers = ciphers;
  if (suites13) settings.suites13 = suites13;
  if (groups) settings.groups = groups;
  if (trusted) settings.trusted = trusted;
  if (crl) settings.crl = crl;
  if (alpn) settings.alpn = alpn;
  if (protocols) settings.protocols = protocols;
}

/** ssl-min-ver, ssl-max-ver, force-* and no-* as one set of versions; a line's own options come before the global ones. */
function versions(given: Map<string, Word>, fallback: Map<string, Word>, file: string): Located<string[]> | undefined {
  let line: number | undefined;
  let min: string | undefined;
  let max: string | undefined;
  const removed = new Set<string>();
  for (const source of [fallback, given]) {
    for (const [name, word] of source) {
      const version = /^(?:force|no)-((?:ssl|tls)v[0-9]{1,2})$/.exec(name)?.[1];
      const parsed = protocolName(version ?? word.text);
      if (!parsed) continue;
      if (name === 'ssl-min-ver') min = parsed;
      else if (name === 'ssl-max-ver') max = parsed;
      else if (name.startsWith('force-')) {
        min = parsed;
        max = parsed;
      } else if (name.startsWith('no-')) removed.add(parsed);
      else continue;
      line = word.line;
    }
  }
  if (line === undefined) return undefined;
  // Since HAProxy 2.2 the floor is TLSv1.2 unless one is written; `no-*` alone does not lower it.
  const floor =
    min ??
    (max !== undefined && PROTOCOL_ORDER.indexOf(max) < PROTOCOL_ORDER.indexOf('TLSv1.2') ? undefined : 'TLSv1.2');
  // With a range, HAProxy ignores `no-*` and warns (ssl_sock_prepare_ctx; measured on 2.6.12).
  const ignored = min !== undefined || max !== undefined;
  return located(
    protocolRange(floor, max).filter((p) => ignored || !removed.has(p)),
    file,
    line,
  );
}

export function globalValue(global: Section | undefined, name: string, file: string): Located<string> | undefined {
  const words = global?.lines.findLast((w) => w[0]!.text === name);
  return words
    ? located(
        words
          .slice(1)
          .map((w) => w.text)
          .join(' '),
        file,
        words[0]!.line,
      )
    : undefined;
}

export function globalOptions(global: Section | undefined, name: string): Map<string, Word> {
  const map = new Map<string, Word>();
  for (const words of global?.lines ?? [])
    if (words[0]!.text === name) for (const [key, word] of options(words, 1)) map.set(key, word);
  return map;
}
