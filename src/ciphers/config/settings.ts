/**
 * Application settings in YAML, JSON, INI or properties form: a group of keys that names a peer and how TLS to it is set up
 * becomes an upstream. Key names follow no standard, so the vocabulary below is what client libraries and frameworks use.
 */
import type { Located, ServerConfigObservation, TlsSettings, Upstream } from '../types.ts';
import { parseIni } from './ini-syntax.ts';
import type { ConfigReader } from './source.ts';
import { joinHostPort, located, ObservationBuilder, protocolName, protocolRange } from './source.ts';
import { parseYamlTree, scalars } from './yaml-tree.ts';

interface Setting {
  path: string[];
  text: string;
  line: number;
}

/** Normalised key (lower case, no separators) to the meaning it has in a TLS client. */
const MEANINGS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    url: 'url uri endpoint baseurl bankendpoint gatewayurl serviceurl targeturl apiurl remoteurl',
    host: 'host hostname remotehost server serverhost',
    port: 'port remoteport serverport',
    certificate:
      'cert certfile clientcert clientcertificate clientcertfile clientcertpath sslcert sslcertificate tlscert tlscertificate keystore keystorepath keystorefile keystorelocation keystoreurl sslkeystorelocation',
    key: 'key keyfile clientkey clientkeyfile privatekeyfile sslkey tlskey sslcertificatekey',
    trusted:
      'ca cafile cacert cacerts cabundle cabundlefile capath truststore truststorepath truststorefile truststorelocation trustfile trustbundle rootca rootcert sslca ssltruststorelocation sslrootcert trustedcertificates',
    crl: 'crl crlfile crlpath revocationlist',
    protocols:
      'protocols sslprotocols tlsprotocols enabledprotocols sslenabledprotocols tlsversions protocol sslprotocol tlsversion sslversion httpsprotocols clientprotocols',
    min: 'minversion mintlsversion tlsminversion sslversionmin minprotocol tlsmin minimumversion',
    max: 'maxversion maxtlsversion tlsmaxversion sslversionmax maxprotocol tlsmax maximumversion',
    ciphers:
      'ciphers ciphersuites sslciphers tlsciphers enabledciphersuites cipherlist tlscipherlist cipherstring sslciphersuites',
    groups: 'curves groups namedgroups ecdhcurve ecdhcurves ellipticcurves curvepreferences supportedgroups',
    verify:
      'verify verifypeer sslverify tlsverify rejectunauthorized verifycertificate verifyssl verifytls validatecertificate sslmode verifychain',
    insecure: 'insecure insecureskipverify skipverify skiptlsverify trustall allowinsecure',
    verifyname: 'verifyhost verifyhostname checkhost checkhostname endpointidentificationalgorithm',
    sni: 'sni servername sslservername tlsservername sniname',
    connect: 'connecttimeout connecttimeoutms connectiontimeout connectiontimeoutms',
    read: 'readtimeout readtimeoutms timeout timeoutms requesttimeout requesttimeoutms sockettimeout responsetimeout',
    health: 'healthcheck healthcheckpath',
  }).flatMap(([meaning, words]) => words.split(' ').map((word) => [word, meaning])),
);

/** Keys that by themselves show that a file is about TLS. */
const TELLING = new Set(['trusted', 'protocols', 'min', 'max', 'ciphers', 'groups', 'insecure', 'crl']);
/** Words of TELLING meanings that other things use as well. */
const VAGUE = new Set([
  'protocol',
  'protocols',
  'groups',
  'ca',
  'minversion',
  'maxversion',
  'minimumversion',
  'maximumversion',
  'insecure',
  'timeout',
  'enabledprotocols',
]);

export const settingsReader: ConfigReader = {
  software: 'settings',
  detect: (head) => looksLikeSettings(head) && settingsOf(head).settings.some((s) => isTelling(s)),
  read: readSettings,
};

/** Every line is an entry, a list item, a section or a comment; log lines and prose are not. */
function looksLikeSettings(head: string): boolean {
  const lines = head
    .split('\n', 400)
    .map((l) => l.trimEnd())
    .filter((l) => l.trim() !== '' && !/^\s*(?:#|;|\/\/|!)/.test(l));
  if (lines.length === 0 || lines.length > 390) return false;
  const fitting = lines.filter(
    (l) =>
      l.length < 400 &&
      (/^\s*(?:- {0,4})?"?[A-Za-z_][\w.\-/ ]{0,80}"?\s{0,10}(?:[:=](?:\s|$|\S)).{0,300}$/.test(l) ||
        /^\s*(?:[[\]{}],?|- .{0,300}|\[[^\]]{1,100}\]|---|\},?)$/.test(l)),
  );
  return fitting.length >= lines.length * 0.9;
}

function normalise(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The last word of a dotted key, or its last two joined (`ssl.truststore.location`, `tls.min-version`). */
function meaningOf(setting: Setting): { meaning: string; word: string } | undefined {
  const parts = setting.path
    .flatMap((p) => p.split('.'))
    .filter((p) => !/^\d{1,6}$/.test(p))
    .map(normalise);
  for (const take of [3, 2, 1]) {
    const word = parts.slice(-take).join('');
    const meaning = MEANINGS[word];
    if (parts.length >= take && meaning) return { meaning, word };
  }
  return undefined;
}

function isTelling(setting: Setting): boolean {
  const found = meaningOf(setting);
  if (!found || setting.text === '') return false;
  const { meaning, word } = found;
  if (word.startsWith('keystore') || word.startsWith('clientcert') || word.startsWith('truststore')) return true;
  if (!TELLING.has(meaning)) return false;
  if (!VAGUE.has(word)) return true;
  // A vague word counts when its value can only be about TLS.
  return /(?:TLSv?1|SSLv?[23]|\.pem$|\.crt$|\.jks$|\.p12$|X25519|P-256|secp\d)/i.test(setting.text);
}

function settingsOf(text: string): {
  settings: Setting[];
  form: 'yaml' | 'ini' | 'properties';
  problems: { line: number; column?: number; says: string }[];
} {
  const equals = text.split('\n', 400).filter((l) => /^\s*[A-Za-z_][\w.\-/]{0,80}\s{0,10}=/.test(l)).length;
  if (equals > 0) {
    const { entries, problems } = parseIni(text, { continuation: true });
    const form =
      entries.some((e) => e.section !== '') || !entries.some((e) => e.key.includes('.')) ? 'ini' : 'properties';
    return {
      settings: entries.map((e) => ({ path: e.section ? [e.section, e.key] : [e.key], text: e.value, line: e.line })),
      form,
      problems,
    };
  }
  const { documents, problems } = parseYamlTree(text);
  return { settings: documents.flatMap((d) => [...scalars(d)]), form: 'yaml', problems };
}

function readSettings(text: string, file: string): ServerConfigObservation {
  const { settings, form, problems } = settingsOf(text);
  const out = new ObservationBuilder(file, form);
  for (const p of problems) out.problem(p.line, p.says, p.column);
  const groups = new Map<string, Setting[]>();
  for (const setting of settings) {
    out.directive(setting.path.join('.'), setting.text, setting.line);
    const dotted = setting.path.flatMap((p) => p.split('.'));
    const parents = dotted
      .filter((p, i) => i < dotted.length - 1 && !/^(?:tls|ssl|https?|timeouts?|client)$/i.test(p))
      .join('.');
    groups.set(parents, [...(groups.get(parents) ?? []), setting]);
  }
  for (const [name, members] of groups) {
    const upstream = upstreamOf(name, members, file);
    if (upstream) out.observation.upstreams.push(upstream);
  }
  return out.finish();
}

function upstreamOf(name: string, members: Setting[], file: string): Upstream | undefined {
  const found = new Map<string, { value: Located<string>; all: Located<string>[] }>();
  for (const m of members) {
    const meaning = meaningOf(m)?.meaning;
    if (!meaning) continue;
    const value = located(m.text, file, m.line);
    const before = found.get(meaning);
    if (before) before.all.push(value);
    else found.set(meaning, { value, all: [value] });
  }
  const get = (meaning: string): Located<string> | undefined => found.get(meaning)?.value;
  const target = targetOf(get('url'), get('host'), get('port'));
  const telling = members.some(isTelling);
  if (
    !telling &&
    !(target?.tls && (found.has('certificate') || found.has('trusted') || found.has('verify') || found.has('sni')))
  )
    return undefined;
  const connect = get('connect');
  const read = get('read');
  const health = get('health');
  const first = members[0]!;
  return {
    software: 'application',
    name: name || 'settings',
    targets: target ? [located(target.text, file, target.line)] : [],
    tls: target ? target.tls : true,
    settings: tlsSettings(found, get),
    timeouts: { ...(connect && { connect }), ...(read && { read }) },
    ...(health ? { healthCheck: health } : {}),
    file,
    line: first.line,
  };
}

function targetOf(
  url: Located<string> | undefined,
  host: Located<string> | undefined,
  port: Located<string> | undefined,
): { text: string; tls: boolean; line: number } | undefined {
  if (url && /^[a-z][a-z0-9+.-]{0,20}:\/\//i.test(url.value)) {
    try {
      const parsed = new URL(url.value);
      const tls = /^(?:https|wss|tls|ssl|ldaps|amqps):$/.test(parsed.protocol);
      const at = parsed.port ? Number(parsed.port) : tls ? 443 : 80;
      return { text: joinHostPort(parsed.hostname.replace(/^\[|\]$/g, ''), at), tls, line: url.line };
    } catch {
      return undefined;
    }
  }
  if (!host || host.value === '') return undefined;
  const number = port && /^\d{1,5}$/.test(port.value) ? Number(port.value) : 0;
  return { text: number ? joinHostPort(host.value, number) : host.value, tls: true, line: host.line };
}

function tlsSettings(
  found: Map<string, { value: Located<string>; all: Located<string>[] }>,
  get: (meaning: string) => Located<string> | undefined,
): TlsSettings {
  const settings: TlsSettings = {};
  const certificate = get('certificate');
  const key =
    get('key') ??
    (certificate && /\.(?:p12|pfx|jks|keystore|bcfks)$/i.test(certificate.value) ? certificate : undefined);
  if (certificate) settings.clientCertificate = certificate;
  if (key) settings.clientKey = key;
  const joined = (meaning: string): Located<string> | undefined => {
    const entry = found.get(meaning);
    return entry ? { ...entry.value, value: entry.all.map((v) => v.value).join(',') } : undefined;
  };
  const ciphers = joined('ciphers');
  const groups = joined('groups');
  const trusted = get('trusted');
  const crl = get('crl');
  if (ciphers) settings.ciphers = ciphers;
  if (groups) settings.groups = groups;
  if (trusted) settings.trusted = trusted;
  if (crl) settings.crl = crl;
  const protocols = protocolsOf(joined('protocols'), get('min'), get('max'));
  if (protocols) settings.protocols = protocols;
  const verify = get('verify');
  const insecure = get('insecure');
  if (insecure && /^(?:true|yes|1|on)$/i.test(insecure.value)) settings.verify = { ...insecure, value: 'off' };
  else if (verify)
    settings.verify = {
      ...verify,
      value: /^(?:false|no|0|off|none|disable|allow|prefer)$/i.test(verify.value) ? 'off' : 'on',
    };
  const name = get('verifyname');
  if (name && !/^(?:true|false|yes|no|on|off|https|)$/i.test(name.value)) settings.verifyName = name;
  const sni = get('sni');
  if (sni) {
    const off = /^(?:false|no|off|0|)$/i.test(sni.value);
    settings.sendSni = { ...sni, value: !off };
    if (!off && !/^(?:true|yes|on|1)$/i.test(sni.value)) settings.sniName = sni;
  }
  return settings;
}

function protocolsOf(
  list: Located<string> | undefined,
  min: Located<string> | undefined,
  max: Located<string> | undefined,
): Located<string[]> | undefined {
  if (list) {
    const names = list.value
      .split(/[\s,:;|+[\]"]+/)
      .map(protocolName)
      .filter((n) => n !== undefined);
    if (names.length > 0) return { ...list, value: [...new Set(names)] };
  }
  const from = min && protocolName(min.value);
  const to = max && protocolName(max.value);
  const at = min ?? max;
  return at && (from || to) ? { ...at, value: protocolRange(from, to) } : undefined;
}
