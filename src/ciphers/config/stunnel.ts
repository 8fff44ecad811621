/** stunnel configurations: every service is a listener and an upstream, one of them TLS depending on `client`. */
import type { Located, ServerConfigObservation, TlsSettings, Upstream } from '../types.ts';
import { type IniEntry, parseIni } from './ini-syntax.ts';
import type { ConfigReader } from './source.ts';
import { joinHostPort, located, ObservationBuilder, protocolName, protocolRange, splitHostPort } from './source.ts';

export const stunnelReader: ConfigReader = {
  software: 'stunnel',
  detect: (head) =>
    /^[ \t]*accept[ \t]*=[ \t]*[^\n]{1,200}$/im.test(head) &&
    /^[ \t]*(?:connect|exec|protocol|client|cert|sni|psksecrets|cafile|retry)[ \t]*=/im.test(head) &&
    /^[ \t]*\[[^\]\n]{1,100}\]/m.test(head),
  read: readStunnel,
};

type Options = Map<string, IniEntry[]>;

function readStunnel(text: string, file: string): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'stunnel');
  const { entries, problems } = parseIni(text);
  for (const p of problems) out.problem(p.line, p.says, p.column);
  const globals: Options = new Map();
  const services = new Map<string, { line: number; options: Options }>();
  for (const entry of entries) {
    out.directive(entry.key, entry.value, entry.line, entry.section);
    const into = entry.section === '' ? globals : serviceOf(services, entry);
    const key = entry.key.toLowerCase();
    into.set(key, [...(into.get(key) ?? []), entry]);
  }
  const debug = globals.get('debug')?.at(-1);
  if (debug) out.observation.errorLogLevel = located(debug.value, file, debug.line);
  for (const [name, { line, options }] of services) readService(name, line, options, globals, file, out);
  return out.finish();
}

function serviceOf(services: Map<string, { line: number; options: Options }>, entry: IniEntry): Options {
  const known = services.get(entry.section);
  if (known) return known.options;
  const created = { line: entry.sectionLine, options: new Map() as Options };
  services.set(entry.section, created);
  return created.options;
}

function readService(
  name: string,
  line: number,
  options: Options,
  globals: Options,
  file: string,
  out: ObservationBuilder,
): void {
  const all = (key: string): IniEntry[] => options.get(key) ?? globals.get(key) ?? [];
  const one = (key: string): Located<string> | undefined => {
    const entry = all(key).at(-1);
    return entry ? located(entry.value, file, entry.line) : undefined;
  };
  const client = /^yes$/i.test(one('client')?.value ?? 'no');
  const settings = common(one, all, file);
  const server: TlsSettings = client ? {} : { ...settings };
  const upstream: TlsSettings = client ? { ...settings } : {};
  const certificate = one('cert');
  const key = one('key') ?? certificate;
  if (client) {
    if (certificate) upstream.clientCertificate = certificate;
    if (key) upstream.clientKey = key;
    const sni = one('sni');
    const host = one('checkhost') ?? one('checkip') ?? one('checkemail');
    // Since stunnel 5.x a client sends the connect host as SNI when it is a name and `sni` is not set.
    upstream.sendSni = located(sni ? sni.value !== '' : true, file, sni?.line ?? line);
    if (sni && sni.value !== '') upstream.sniName = sni;
    if (host) upstream.verifyName = host;
  } else {
    if (certificate) server.certificates = [certificate];
    if (key) server.keys = [key];
  }
  const accept = one('accept');
  if (accept) {
    const { address, port } = splitHostPort(accept.value, 0);
    out.observation.listeners.push({
      software: 'stunnel',
      address,
      port,
      names: [],
      tls: !client,
      settings: server,
      file,
      line: accept.line,
    });
  }
  const connects = all('connect');
  if (connects.length === 0) return;
  const connectTimeout = one('timeoutconnect');
  const idle = one('timeoutidle');
  const target: Upstream = {
    software: 'stunnel',
    name,
    targets: connects.map((c) => {
      const { address, port } = splitHostPort(c.value, 0);
      return located(joinHostPort(address === '*' ? '127.0.0.1' : address, port), file, c.line);
    }),
    tls: client,
    settings: upstream,
    timeouts: { ...(connectTimeout && { connect: connectTimeout }), ...(idle && { read: idle }) },
    file,
    line,
  };
  out.observation.upstreams.push(target);
}

function common(
  one: (key: string) => Located<string> | undefined,
  all: (key: string) => IniEntry[],
  file: string,
): TlsSettings {
  const settings: TlsSettings = {};
  const protocols = versions(one, all, file);
  const ciphers = one('ciphers');
  const suites13 = one('ciphersuites');
  const groups = one('curves') ?? one('curve');
  const trusted = one('cafile') ?? one('capath');
  const crl = one('crlfile') ?? one('crlpath');
  const verify = verifyOf(one);
  if (protocols) settings.protocols = protocols;
  if (ciphers) settings.ciphers = ciphers;
  if (suites13) settings.suites13 = suites13;
  if (groups) settings.groups = groups;
  if (trusted) settings.trusted = trusted;
  if (crl) settings.crl = crl;
  if (verify) settings.verify = verify;
  return settings;
}

/** `verify` levels 0..4 (0 and 1 accept a missing or unknown peer), or the newer verifyChain / verifyPeer / requireCert. */
function verifyOf(one: (key: string) => Located<string> | undefined): Located<string> | undefined {
  const chain = one('verifychain');
  const peer = one('verifypeer');
  const level = one('verify');
  for (const word of [chain, peer]) if (word && /^yes$/i.test(word.value)) return { ...word, value: 'on' };
  if (level) return { ...level, value: /^[2-4]$/.test(level.value) ? 'on' : level.value === '1' ? 'optional' : 'off' };
  const off = chain ?? peer;
  return off ? { ...off, value: 'off' } : undefined;
}

/** sslVersion, sslVersionMin / sslVersionMax and `options = NO_TLSv1` together. */
function versions(
  one: (key: string) => Located<string> | undefined,
  all: (key: string) => IniEntry[],
  file: string,
): Located<string[]> | undefined {
  const exact = one('sslversion');
  const min = one('sslversionmin');
  const max = one('sslversionmax');
  const options = all('options');
  const removed = options
    .map((o) => ({ o, version: protocolName(o.value.replace(/^NO_/i, '')) }))
    .filter(({ o, version }) => /^NO_/i.test(o.value) && version);
  const line = exact?.line ?? min?.line ?? max?.line ?? removed[0]?.o.line;
  if (line === undefined) return undefined;
  const named = exact && protocolName(exact.value);
  const range = named ? [named] : protocolRange(min && protocolName(min.value), max && protocolName(max.value));
  return located(
    range.filter((p) => !removed.some(({ version }) => version === p)),
    file,
    line,
  );
}
