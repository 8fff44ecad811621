/** HAProxy configurations: `bind` and `server` lines with the global and default-server TLS options behind them. */
import type { Located, ServerConfigObservation, TlsSettings, Upstream } from '../types.ts';
import type { ConfigReader, ReadHint } from './source.ts';
import {
  joinHostPort,
  LIMITS,
  located,
  ObservationBuilder,
  PROTOCOL_ORDER,
  protocolName,
  protocolRange,
  splitHostPort,
} from './source.ts';

const SECTION =
  /^(global|defaults|frontend|backend|listen|peers|resolvers|cache|program|ring|http-errors|userlist|mailers|fcgi-app|crt-store|log-forward)(?:[ \t]|$)/;

const FIRST_WORDS = new Set([
  'bind',
  'server',
  'mode',
  'log',
  'option',
  'timeout',
  'maxconn',
  'stats',
  'default_backend',
  'user',
  'group',
  'chroot',
  'daemon',
  'balance',
  'default-server',
  'ssl-server-verify',
  'acl',
  'source',
  'nbthread',
  'http-request',
  'tcp-request',
  'use_backend',
  'ca-base',
  'crt-base',
  'setenv',
  'pidfile',
  'retries',
  'hash-type',
  'errorfile',
  'http-response',
  'redirect',
  'cookie',
  'compression',
  'nbproc',
  'tune.ssl.default-dh-param',
]);

export const haproxyReader: ConfigReader = {
  software: 'haproxy',
  detect: detectHaproxy,
  read: readHaproxy,
};

/** A section name at the margin, alone or with one plain word, and below it an indented or known keyword of HAProxy. */
function detectHaproxy(head: string): boolean {
  let inSection = false;
  for (const line of head.split('\n', 2000)) {
    const words = line
      .slice(0, 300)
      .trim()
      .split(/[ \t]+/, 3);
    const first = words[0] ?? '';
    if (first === '' || first.startsWith('#')) continue;
    if (
      /^(?:global|defaults)$/.test(line.slice(0, 300).trim()) ||
      (/^(?:frontend|backend|listen|defaults)$/.test(first) &&
        /^[\w.:-]{1,200}$/.test(words[1] ?? '') &&
        !/[;{]/.test(line))
    )
      inSection = true;
    else if (
      inSection &&
      (FIRST_WORDS.has(first) || first.startsWith('ssl-default-')) &&
      !/[;{]\s{0,20}$/.test(line.slice(0, 300))
    )
      return true;
    else inSection = false;
  }
  return false;
}

interface Word {
  text: string;
  line: number;
}

interface Section {
  kind: string;
  name: string;
  line: number;
  lines: Word[][];
}

function readHaproxy(text: string, file: string, hint: ReadHint): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'haproxy');
  const sections = splitSections(text, out);
  const global = sections.find((s) => s.kind === 'global');
  let defaults: Section | undefined;
  for (const section of sections) {
    const context = section.name ? `${section.kind} ${section.name}` : section.kind;
    for (const words of section.lines) {
      out.directive(
        words[0]!.text,
        words
          .slice(1)
          .map((w) => w.text)
          .join(' '),
        words[0]!.line,
        context,
      );
      noteLogging(words, out);
    }
    if (section.kind === 'defaults') defaults = section;
    if (section.kind === 'frontend' || section.kind === 'listen') readBinds(section, global, file, hint, out);
    if (section.kind === 'backend' || section.kind === 'listen') readServers(section, defaults, global, file, out);
  }
  return out.finish();
}

function splitSections(text: string, out: ObservationBuilder): Section[] {
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

function noteLogging(words: Word[], out: ObservationBuilder): void {
  const name = words[0]!.text;
  if (name === 'log-format' || name === 'error-log-format' || name === 'log-format-sd') {
    out.observation.logFormats.push({
      name,
      format: words
        .slice(1)
        .map((w) => w.text)
        .join(' '),
      line: words[0]!.line,
    });
  }
}

/** Reads `name value` options of a line into a map; a flag has the value "". */
function options(words: Word[], from: number): Map<string, Word> {
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

function readBinds(
  section: Section,
  global: Section | undefined,
  file: string,
  hint: ReadHint,
  out: ObservationBuilder,
): void {
  for (const words of section.lines) {
    if (words[0]!.text !== 'bind' || !words[1]) continue;
    const given = options(words, 2);
    const settings: TlsSettings = {};
    const line = words[0]!.line;
    const crt = words.flatMap((w, i) =>
      w.text === 'crt' && words[i + 1] ? [located(words[i + 1]!.text, file, line)] : [],
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
    const entries = list ? readCrtList(list, file, hint, out) : [];
    // The first entry of a list answers clients that no entry names, like a first `crt`.
    if (!settings.certificates && entries[0]) {
      settings.certificates = entries[0].certificates;
      settings.keys = entries[0].certificates;
    }
    for (const address of words[1].text.split(',')) {
      const at = address.replace(/^(?:ipv[46]|quic[46])@/, '');
      const parsed = /^(?:unix|abns|fd)@|^\//.test(at) ? { address: at, port: 0 } : splitHostPort(at, 0);
      const listener = { software: 'haproxy', ...parsed, tls: given.has('ssl'), file, line };
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
function readCrtList(list: Word, file: string, hint: ReadHint, out: ObservationBuilder): CrtListEntry[] {
  const found = hint.include?.(list.text, file)[0];
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
      certificates: [located(match[1]!, found.file, line)],
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

interface Defaults {
  ciphers: Located<string> | undefined;
  suites13: Located<string> | undefined;
  groups: Located<string> | undefined;
  options: Map<string, Word>;
}

function commonSettings(settings: TlsSettings, given: Map<string, Word>, file: string, fallback: Defaults): void {
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
  return located(
    protocolRange(floor, max).filter((p) => !removed.has(p)),
    file,
    line,
  );
}

function globalValue(global: Section | undefined, name: string, file: string): Located<string> | undefined {
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

function globalOptions(global: Section | undefined, name: string): Map<string, Word> {
  const map = new Map<string, Word>();
  for (const words of global?.lines ?? [])
    if (words[0]!.text === name) for (const [key, word] of options(words, 1)) map.set(key, word);
  return map;
}

function readServers(
  section: Section,
  defaults: Section | undefined,
  global: Section | undefined,
  file: string,
  out: ObservationBuilder,
): void {
  const timeout = (name: string): Located<string> | undefined => {
    const words = [...(defaults?.lines ?? []), ...section.lines].findLast(
      (w) => w[0]!.text === 'timeout' && w[1]?.text === name,
    );
    return words?.[2] ? located(words[2].text, file, words[0]!.line) : undefined;
  };
  const check = [...(defaults?.lines ?? []), ...section.lines].findLast(
    (w) => w[0]!.text === 'option' && /-?chk$|-check$/.test(w[1]?.text ?? ''),
  );
  const inherited = new Map<string, Word>();
  for (const words of [...(defaults?.lines ?? []), ...section.lines]) {
    if (words[0]!.text === 'default-server') for (const [key, word] of options(words, 1)) inherited.set(key, word);
  }
  for (const words of section.lines) {
    const kind = words[0]!.text;
    if ((kind !== 'server' && kind !== 'server-template') || !words[2]) continue;
    const addressAt = kind === 'server' ? 2 : 3;
    const address = words[addressAt]?.text ?? words[2].text;
    const given = new Map([...inherited, ...options(words, addressAt + 1)]);
    const line = words[0]!.line;
    const tls = given.has('ssl');
    const { address: host, port } = splitHostPort(address, 0);
    const connect = timeout('connect');
    const read = timeout('server');
    const upstream: Upstream = {
      software: 'haproxy',
      name: section.name,
      targets: [located(port ? joinHostPort(host, port) : host, file, line)],
      tls,
      settings: tls ? serverSettings(given, global, file, line) : {},
      timeouts: { ...(connect && { connect }), ...(read && { read }) },
      ...(given.has('check')
        ? {
            healthCheck: located(
              check
                ? check
                    .slice(1)
                    .map((w) => w.text)
                    .join(' ')
                : 'tcp',
              file,
              check?.[0]?.line ?? line,
            ),
          }
        : {}),
      file,
      line,
    };
    out.observation.upstreams.push(upstream);
  }
}

function serverSettings(
  given: Map<string, Word>,
  global: Section | undefined,
  file: string,
  line: number,
): TlsSettings {
  const settings: TlsSettings = {};
  commonSettings(settings, given, file, {
    ciphers: globalValue(global, 'ssl-default-server-ciphers', file),
    suites13: globalValue(global, 'ssl-default-server-ciphersuites', file),
    groups: globalValue(global, 'ssl-default-server-curves', file),
    options: globalOptions(global, 'ssl-default-server-options'),
  });
  const verify = given.get('verify');
  const byDefault = globalValue(global, 'ssl-server-verify', file);
  // The manual: without `verify`, the global ssl-server-verify decides, which is `required` unless set.
  const text = verify?.text ?? byDefault?.value ?? 'required';
  settings.verify = located(text === 'none' ? 'off' : 'on', file, verify?.line ?? byDefault?.line ?? line);
  const sni = given.get('sni');
  // `sni` takes a sample expression; str(name) is the constant one.
  settings.sendSni = located(sni !== undefined, file, sni?.line ?? line);
  const constant = sni ? /^str\(([^)]{1,255})\)$/.exec(sni.text)?.[1] : undefined;
  if (sni) settings.sniName = located(constant ?? sni.text, file, sni.line);
  const host = given.get('verifyhost');
  if (host) settings.verifyName = located(host.text, file, host.line);
  const crt = given.get('crt');
  if (crt) {
    settings.clientCertificate = located(crt.text, file, crt.line);
    settings.clientKey = located(crt.text, file, crt.line);
  }
  return settings;
}
