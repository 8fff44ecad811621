/** `bind` lines of HAProxy and the certificate lists they name. */
import type { Located, TlsSettings } from '../types.ts';
import { options, type Section, type Word } from './haproxy-syntax.ts';
import { commonSettings, type Defaults, globalOptions, globalValue } from './haproxy-tls.ts';
import { LIMITS, located, type ObservationBuilder, type ReadHint, splitHostPort } from './source.ts';

export function readBinds(
  section: Section,
  global: Section | undefined,
  file: string,
  hint: ReadHint,
  out: ObservationBuilder,
): void {
  const base = globalValue(global, 'crt-base', file)?.value;
  // crt-base stands before every path that is not absolute (HAProxy manual, crt).
  const at = (path: string): string => (base === undefined || path.startsWith('/') ? path : `${base}/${path}`);
  for (const words of section.lines) {
    if (words[0]!.text !== 'bind' || !words[1]) continue;
    const given = options(words, 2);
    const settings: TlsSettings = {};
    const line = words[0]!.line;
    const crt = words.flatMap((w, i) =>
      w.text === 'crt' && words[i + 1] ? [located(at(words[i + 1]!.text), file, line)] : [],
    );
    if (crt.length > 0) {
      settings.certificates = crt;
      // HAProxy reads the key from the same PEM unless a .key file stands beside it.
      settings.keys = crt;
    }
    const fallback: Defaults = {
      ciphers: globalValue(global, 'ssl-default-bind-ciphers', file),
      suites13: globalValue(global, 'ssl-default-bind-ciphersuites', file),
      groups: globalValue(global, 'ssl-default-bind-curves', file),
      options: globalOptions(global, 'ssl-default-bind-options'),
    };
    commonSettings(settings, given, file, fallback);
    const verify = given.get('verify');
    if (verify) settings.verify = located(bindVerify(verify.text), file, verify.line);
    const list = given.get('crt-list');
    const entries = list ? readCrtList(list, at, file, hint, out) : [];
    // The first entry of a list answers clients that no entry names, like a first `crt`.
    if (!settings.certificates && entries[0]) {
      settings.certificates = entries[0].certificates;
      settings.keys = entries[0].certificates;
    }
    for (const address of words[1].text.split(',')) {
      const where = address.replace(/^(?:ipv[46]|quic[46])@/, '');
      const parsed = /^(?:unix|abns|fd)@|^\//.test(where) ? { address: where, port: 0 } : splitHostPort(where, 0);
      const quic = /^quic[46]@/.test(address) ? { quic: true } : {};
      const listener = { software: 'haproxy', ...parsed, tls: given.has('ssl'), ...quic, file, line };
      out.observation.listeners.push({ ...listener, names: [], isDefault: true, settings });
      for (const entry of entries.filter((e) => e.names.length > 0))
        out.observation.listeners.push({
          ...listener,
          names: entry.names,
          settings: entrySettings(settings, entry, given, fallback),
          file: entry.file,
          line: entry.line,
        });
    }
  }
}

interface CrtListEntry {
  certificates: Located<string>[];
  given: Map<string, Word>;
  names: string[];
  file: string;
  line: number;
}

/** `certificate [options] name ...` per line; options in brackets stand before those of the bind line (HAProxy manual, crt-list). */
function readCrtList(
  list: Word,
  at: (path: string) => string,
  file: string,
  hint: ReadHint,
  out: ObservationBuilder,
): CrtListEntry[] {
  const found = hint.include?.(list.text, file)?.[0];
  if (!found) {
    out.problem(
      list.line,
      `crt-list "${list.text.slice(0, 200)}" could not be read; its names and options are unknown here`,
    );
    return [];
  }
  const entries: CrtListEntry[] = [];
  for (const [index, raw] of found.text.slice(0, LIMITS.characters).split('\n').entries()) {
    const match = /^\s*([^\s#[\]]{1,500})\s*(?:\[([^\]]{0,2000})\])?\s*([^#]{0,4000})/.exec(raw);
    if (!match) continue;
    const line = index + 1;
    const words = (match[2] ?? '').split(/\s+/).flatMap((text) => (text === '' ? [] : [{ text, line }]));
    entries.push({
      certificates: [located(at(match[1]!), found.file, line)],
      given: options(words, 0),
      // A name that begins with `!` is excluded.
      names: (match[3] ?? '').split(/\s+/).filter((n) => n !== '' && !n.startsWith('!')),
      file: found.file,
      line,
    });
    if (entries.length >= LIMITS.directives) break;
  }
  return entries;
}

function entrySettings(
  bind: TlsSettings,
  entry: CrtListEntry,
  given: Map<string, Word>,
  fallback: Defaults,
): TlsSettings {
  const settings: TlsSettings = { ...bind, certificates: entry.certificates, keys: entry.certificates };
  if (entry.given.size === 0) return settings;
  const merged = new Map([...given, ...entry.given]);
  const own: TlsSettings = {};
  commonSettings(own, merged, entry.file, fallback);
  // Not the groups: OpenSSL takes them from the bind line when the name becomes known (measured on HAProxy 2.6).
  for (const name of ['ciphers', 'suites13', 'trusted', 'crl', 'alpn', 'protocols'] as const)
    if (entryNames(entry.given, name)) Object.assign(settings, { [name]: own[name] });
  const verify = entry.given.get('verify');
  if (verify) settings.verify = located(bindVerify(verify.text), entry.file, verify.line);
  return settings;
}

const OPTION_OF: Readonly<Record<string, RegExp>> = {
  ciphers: /^ciphers$/,
  suites13: /^ciphersuites$/,
  trusted: /^ca-file$/,
  crl: /^crl-file$/,
  alpn: /^alpn$/,
  protocols: /^(?:ssl-m(?:in|ax)-ver|(?:no|force)-(?:ssl|tls)v\d+)$/,
};

function entryNames(given: Map<string, Word>, setting: string): boolean {
  return [...given.keys()].some((name) => OPTION_OF[setting]!.test(name));
}

function bindVerify(text: string): string {
  return text === 'required' ? 'on' : text === 'optional' ? 'optional' : 'off';
}
