/**
 * What a configuration really does: the protocols and suites a listener would negotiate with a stated OpenSSL, and what is
 * written but dead. Facts behind the rules were measured on nginx 1.22, Apache 2.4, HAProxy 2.6 and stunnel 5.68.
 */
import { definedIn } from '../tls/negotiation.ts';
import { parseSuite, SSL3, suiteName, TLS10, TLS11, TLS12, TLS13 } from '../tls/registries/index.ts';
import { hasDhParameters } from './dh-parameters.ts';
import { effectiveGroups } from './groups.ts';
import { type OpensslVersion, parseCipherList } from './openssl/cipher-string.ts';
import { opensslName } from './openssl/names.ts';
import { defaultSecurityLevel, versionAllowedAtLevel } from './openssl/security-level.ts';
import { isAtLeast, serverDefaults } from './server-defaults.ts';
import { opensslDefaults } from './system-settings.ts';
import { tomcatOnJsse } from './tomcat-jsse.ts';
import type { Listener, Located, ServerConfigObservation, TlsSettings } from './types.ts';

export interface EffectiveOptions {
  openssl: OpensslVersion;
  /** Debian and Ubuntu build OpenSSL with security level 2. */
  debian: boolean;
  /** Version of the server software, e.g. `1.22.1`. */
  softwareVersion?: string;
  /** Key types of the certificates of a listener, when they are at hand. */
  keyTypes?: (listener: Listener) => ('RSA' | 'EC')[] | undefined;
  /** Whether parameters for DHE stand beside a certificate of the listener; undefined when the files are not at hand. */
  hasDhInBundle?: (listener: Listener) => boolean | undefined;
}

export interface EffectiveListener {
  listener: Listener;
  protocols: string[];
  suites: { code: number; name: string; protocol: string }[];
  /** In the order of the server. */
  groups: { code: number; name: string; protocol: string }[];
  /** False where the groups do not follow from what is written. */
  groupsKnown: boolean;
  /** Written but without effect, with the reason. */
  dead: { what: string; why: string; where?: { file: string; line: number } }[];
  /** What had to be assumed. */
  assumed: string[];
  securityLevel: number;
  /** The values that decide, defaults filled in; undefined groups: the library's own. */
  inForce: { ciphers: string; protocols: string[]; suites13?: string; groups?: string };
}

const CODES: Readonly<Record<string, number>> = {
  SSLv3: SSL3,
  'TLSv1.0': TLS10,
  'TLSv1.1': TLS11,
  'TLSv1.2': TLS12,
  'TLSv1.3': TLS13,
};
const DEFAULT_13 = [0x1302, 0x1303, 0x1301];

/** Computes the effective matrix of every TLS listener of a configuration. */
export function effectiveMatrix(observation: ServerConfigObservation, options: EffectiveOptions): EffectiveListener[] {
  const listeners =
    observation.software === 'openssl-cnf' ? opensslDefaults(observation) : observation.listeners.filter((l) => l.tls);
  return listeners.map((listener) =>
    listener.software === 'tomcat' && !listener.onOpenssl
      ? tomcatOnJsse(listener, options)
      : effectiveListener(listener, listeners, observation, options),
  );
}

function effectiveListener(
  listener: Listener,
  all: Listener[],
  observation: ServerConfigObservation,
  options: EffectiveOptions,
): EffectiveListener {
  const defaults = serverDefaults(listener.software, options.softwareVersion);
  const out: EffectiveListener = {
    listener,
    protocols: [],
    suites: [],
    groups: [],
    groupsKnown: false,
    dead: [],
    assumed: [...defaults.assumed],
    securityLevel: 0,
    inForce: { ciphers: '', protocols: [] },
  };
  const { settings } = listener;
  if (listener.refuses) {
    out.assumed.push('every handshake for these names is refused');
    return out;
  }
  // mod_ssl ends every list with these (ssl_cmd_SSLCipherSuite), whatever was written.
  const written = `${settings.ciphers?.value ?? defaults.ciphers}${listener.software === 'httpd' ? ':!aNULL:!eNULL:!EXP' : ''}`;
  const list = parseCipherList(written, options.openssl, 0);
  const level = list.securityLevel ?? securityLevelOf(observation, listener, options);
  out.securityLevel = level;
  for (const word of list.unknown.filter((w) => w !== 'EXP'))
    out.dead.push({
      what: word,
      why: `OpenSSL ${options.openssl} knows no such cipher word and skips it`,
      ...placeOf(settings.ciphers),
    });
  if (list.empty)
    out.dead.push({
      what: written,
      why: `OpenSSL ${options.openssl} finds no cipher in this string; the server does not start with it`,
      ...placeOf(settings.ciphers),
    });
  const suites = parseCipherList(written, options.openssl, level).suites;
  if (suites.length < list.suites.length) {
    const lost = list.suites.filter((c) => !suites.includes(c)).map((c) => opensslName(c) ?? suiteName(c));
    if (settings.ciphers && explicitly(written, lost))
      out.dead.push({
        what: lost.join(', '),
        why: `security level ${level} forbids them`,
        ...placeOf(settings.ciphers),
      });
  }

  const protocolSource = inForce('protocols', listener, all, out, options.softwareVersion);
  const written13 = inForce('suites13', listener, all, out, options.softwareVersion);
  const configured = protocolSource?.value ?? defaults.protocols;
  const named = listener.quic ? configured.filter((p) => p === 'TLSv1.3') : configured;
  for (const protocol of named) {
    const code = CODES[protocol];
    if (code === undefined) {
      out.dead.push({ what: protocol, why: 'no current OpenSSL has it', ...placeOf(protocolSource) });
      continue;
    }
    const why = whyProtocolDead(code, options, level);
    if (why) {
      if (protocolSource) out.dead.push({ what: protocol, why, ...placeOf(protocolSource) });
      continue;
    }
    const usable =
      code === TLS13
        ? suites13(written13)
        : suites.filter((s) => definedIn(s, code) && servable(s, code, listener, observation, options, out));
    if (usable.length === 0) {
      if (protocolSource)
        out.dead.push({ what: protocol, why: 'no configured cipher suite works with it', ...placeOf(protocolSource) });
      continue;
    }
    out.protocols.push(protocol);
    out.suites.push(...usable.map((c) => ({ code: c, name: suiteName(c), protocol })));
  }
  noteUnservable(suites, listener, observation, options, out);
  const curves = inForce('groups', listener, all, out, options.softwareVersion);
  const groups = effectiveGroups(listener.software, curves, out.suites, options.openssl, level);
  out.inForce = {
    ciphers: written,
    protocols: [...named],
    ...(written13 ? { suites13: written13.value } : {}),
    ...(curves && curves.value !== 'auto' ? { groups: curves.value } : {}),
  };
  out.groups = groups.groups;
  out.groupsKnown = groups.known;
  out.dead.push(...groups.dead);
  return out;
}

function placeOf(value: Located<unknown> | undefined): { where?: { file: string; line: number } } {
  return value ? { where: { file: value.file, line: value.line } } : {};
}

/** True when the string names one of the lost suites itself; HIGH or ALL losing members is no drift. */
function explicitly(written: string, lost: string[]): boolean {
  const words = new Set(written.split(/[:, ]+/));
  return lost.some((name) => words.has(name));
}

/**
 * The listener whose setting counts, where several names share a socket: OpenSSL has taken some settings from the default one
 * before the server learns the name. Measured with OpenSSL 3.0 on nginx 1.22 (versions, TLS 1.3 suites, groups) and Apache 2.4.71,
 * whose virtual hosts keep their own versions and suites (groups only). From 1.29.2 on nginx learns the name before the version is
 * chosen, so that each name has its own versions (nginx-tests, ssl_sni_protocols.t).
 */
function deciding(
  setting: 'protocols' | 'suites13' | 'groups',
  listener: Listener,
  all: Listener[],
  version: string | undefined,
): Listener {
  const shared =
    (listener.software === 'nginx' && !(setting === 'protocols' && isAtLeast(version, 1, 29, 2))) ||
    (listener.software === 'httpd' && setting === 'groups');
  if (!shared) return listener;
  const same = all.filter(
    (l) => l.address === listener.address && l.port === listener.port && l.quic === listener.quic,
  );
  return same.find((l) => l.isDefault) ?? same[0] ?? listener;
}

/** The setting that is in force for a listener; a different one written for it does nothing, and that is noted. */
function inForce<K extends 'protocols' | 'suites13' | 'groups'>(
  setting: K,
  listener: Listener,
  all: Listener[],
  out: EffectiveListener,
  version: string | undefined,
): TlsSettings[K] {
  const first = deciding(setting, listener, all, version);
  const own = listener.settings[setting];
  const decided = first.settings[setting];
  if (first !== listener && own && String(own.value) !== String(decided?.value))
    out.dead.push({
      what: `${DIRECTIVES[setting]} ${Array.isArray(own.value) ? own.value.join(' ') : own.value}`,
      why: `the default server of ${listener.address}:${listener.port} (line ${first.line}) decides ${SUBJECT[setting]}${setting === 'protocols' ? ' before nginx 1.29.2' : ''}`,
      where: { file: own.file, line: own.line },
    });
  return decided;
}

const DIRECTIVES = { protocols: 'ssl_protocols', suites13: 'Ciphersuites', groups: 'curves' } as const;
const SUBJECT = { protocols: 'the protocol versions', suites13: 'the TLS 1.3 suites', groups: 'the groups' } as const;

function whyProtocolDead(code: number, options: EffectiveOptions, level: number): string | undefined {
  if (code === SSL3)
    return options.openssl === '1.0.2' ? undefined : `OpenSSL ${options.openssl} is built without SSL 3.0`;
  if (code === TLS13 && options.openssl === '1.0.2') return 'OpenSSL 1.0.2 has no TLS 1.3';
  if (versionAllowedAtLevel(code, options.openssl, level)) return undefined;
  return `OpenSSL ${options.openssl} at security level ${level} refuses it; it becomes live with @SECLEVEL=0 or an older OpenSSL`;
}

function securityLevelOf(observation: ServerConfigObservation, listener: Listener, options: EffectiveOptions): number {
  const directive = observation.directives.findLast((d) => /^(?:securityLevel|ssl-security-level)$/i.test(d.name));
  if (directive && /^[0-5]$/.test(directive.value)) return Number(directive.value);
  // stunnel sets level 2 itself, whatever the library was built with.
  return listener.software === 'stunnel' && options.openssl !== '1.0.2'
    ? 2
    : defaultSecurityLevel(options.openssl, options.debian);
}

function suites13(written: Located<string> | undefined): number[] {
  if (!written) return DEFAULT_13;
  const byName = new Map([0x1301, 0x1302, 0x1303, 0x1304, 0x1305].map((c) => [suiteName(c), c]));
  return written.value
    .split(/[:, ]+/)
    .map((n) => byName.get(n))
    .filter((c) => c !== undefined);
}

/** Whether the listener has the key, and for DHE the parameters, that a suite needs. */
function servable(
  code: number,
  version: number,
  listener: Listener,
  observation: ServerConfigObservation,
  options: EffectiveOptions,
  out: EffectiveListener,
): boolean {
  const suite = parseSuite(code);
  if (!suite || suite.signal || suite.tls13) return false;
  if (
    suite.authentication === 'PSK' ||
    suite.keyExchange === 'RSA_PSK' ||
    suite.keyExchange === 'SRP' ||
    suite.keyExchange === 'DH' ||
    suite.keyExchange === 'ECDH'
  )
    return false;
  if (suite.keyExchange === 'DHE' && !hasDhParameters(listener, observation, options, out.securityLevel)) return false;
  if (suite.authentication === 'anon') return true;
  if (suite.authentication === 'DSS') return false;
  const keys = options.keyTypes?.(listener);
  if (!keys) {
    const note = 'the certificate is not at hand: suites for RSA and for ECDSA keys are both listed';
    if (!out.assumed.includes(note)) out.assumed.push(note);
    return true;
  }
  // HAProxy with both keys takes ECDSA only for clients that send signature_algorithms, so not below TLS 1.2.
  if (listener.software === 'haproxy' && keys.length > 1 && version < TLS12 && suite.authentication === 'ECDSA')
    return false;
  return keys.includes(suite.authentication === 'ECDSA' ? 'EC' : 'RSA');
}

/** Suites that the string names one by one but that no key or parameter of the server can serve. */
function noteUnservable(
  suites: number[],
  listener: Listener,
  observation: ServerConfigObservation,
  options: EffectiveOptions,
  out: EffectiveListener,
): void {
  const written = listener.settings.ciphers;
  if (!written) return;
  const words = new Set(written.value.split(/[:, ]+/));
  const named = suites.filter((c) => words.has(opensslName(c) ?? ''));
  const dhe = named.filter((c) => parseSuite(c)?.keyExchange === 'DHE');
  if (dhe.length > 0 && !hasDhParameters(listener, observation, options, out.securityLevel)) {
    out.dead.push({
      what: dhe.map((c) => opensslName(c)).join(', '),
      why: `${listener.software} serves DHE only with a parameter file, and none is configured`,
      ...placeOf(written),
    });
  }
  const keys = options.keyTypes?.(listener);
  for (const [auth, key] of [
    ['ECDSA', 'EC'],
    ['RSA', 'RSA'],
  ] as const) {
    const lost = named.filter((c) => parseSuite(c)?.authentication === auth);
    if (keys && !keys.includes(key) && lost.length > 0)
      out.dead.push({
        what: lost.map((c) => opensslName(c)).join(', '),
        why: `no ${auth} certificate is configured`,
        ...placeOf(written),
      });
  }
}
