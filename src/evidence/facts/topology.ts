import { append } from '../../lists.ts';
import { isPlain, type Plain } from '../../plain.ts';
import { headerMeanings } from '../columns.ts';
import type { TopologyFact, TopologyLeg, TopologyNode } from '../small-facts.ts';
import { sniffTable, tableRows } from '../tabular.ts';
import { isZone } from '../time.ts';
import type { FactText } from './context.ts';

const scalar = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
const simple = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The first scalar under one of the names. */
function pick(record: Plain, ...names: string[]): string | undefined {
  for (const [key, value] of Object.entries(record))
    if (names.includes(simple(key))) return scalar(value) ?? (Array.isArray(value) ? scalar(value[0]) : undefined);
  return undefined;
}

/** Yes and no in the ways people write them; YAML 1.2 leaves `yes` a string. */
function flag(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(?:yes|true|on|1|required|mandatory|mutual|need|是|ja|si|sí)$/i.test(text)) return true;
  if (/^(?:no|false|off|0|none|optional|否|nein)$/i.test(text)) return false;
  return undefined;
}

/** Entries of a list, or of a map whose keys are the names. */
function entries(value: unknown): Plain[] {
  if (Array.isArray(value))
    return value.slice(0, 10_000).map((item) => (isPlain(item) ? nestedName(item) : { name: scalar(item) ?? '' }));
  if (!isPlain(value)) return [];
  return Object.entries(value).map(([name, item]) =>
    isPlain(item) ? { name, ...item } : { name, ip: scalar(item) ?? '' },
  );
}

/** `- edge: {ip: ...}` means the same as `- {name: edge, ip: ...}`. */
function nestedName(item: Plain): Plain {
  const keys = Object.keys(item);
  const only = item[keys[0] ?? ''];
  return keys.length === 1 && isPlain(only) ? { name: keys[0]!, ...only } : item;
}

function strings(value: unknown): string[] {
  if (Array.isArray(value))
    return value.flatMap((item) =>
      isPlain(item) ? (pick(item, 'cidr', 'range', 'network', 'dst', 'name') ?? []) : (scalar(item) ?? []),
    );
  const text = scalar(value);
  return text ? text.split(/[\s,]+/).filter(Boolean) : [];
}

function flatten(value: unknown, prefix: string, into: { [key: string]: string }): void {
  if (Object.keys(into).length > 5000) return;
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) flatten(item, prefix ? `${prefix}.${index}` : String(index), into);
  else if (isPlain(value))
    for (const [key, item] of Object.entries(value)) flatten(item, prefix ? `${prefix}.${key}` : key, into);
  else if (value !== null && value !== undefined) into[prefix] = String(value);
}

function toNode(record: Plain): TopologyNode {
  const ip = pick(record, 'ip', 'addr', 'address', 'ipaddress', 'ipv4', 'ipv6', 'vip');
  const role = pick(record, 'role', 'type', 'kind', 'tier');
  const stack = pick(record, 'stack', 'software', 'runtime', 'tech', 'language');
  return {
    name: pick(record, 'name', 'host', 'hostname', 'id', 'node', 'fqdn') ?? '',
    ...(ip ? { ip } : {}),
    ...(role ? { role } : {}),
    ...(stack ? { stack } : {}),
  };
}

function splitHostPort(text: string | undefined): { host?: string; port?: number } {
  const url = text?.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
  const match = url ? /^(\[[0-9a-f:]+\]|[^:]+)(?::(\d{1,5}))?$/i.exec(url) : undefined;
  return match ? { host: match[1]!.replace(/^\[|\]$/g, ''), ...(match[2] ? { port: Number(match[2]) } : {}) } : {};
}

/** Keys that can name the far end, from the most to the least specific; `to` often names a node, not a host. */
const TARGET_KEYS = [
  'endpoint',
  'url',
  'host',
  'peer',
  'fqdn',
  'server',
  'target',
  'sni',
  'address',
  'remote',
  'to',
  'dst',
  'destination',
  'domain',
  'upstream',
];

function targetOf(record: Plain): string | undefined {
  const values = TARGET_KEYS.flatMap((key) => pick(record, key) ?? []);
  return values.find((value) => /[a-z0-9]\.[a-z]|^[\d.]+(?::\d+)?$/i.test(value)) ?? values[0];
}

function toLeg(record: Plain): TopologyLeg {
  const raw: { [key: string]: string } = {};
  flatten(record, '', raw);
  const from = pick(record, 'from', 'src', 'source', 'client');
  const target = splitHostPort(targetOf(record));
  const upstream = splitHostPort(pick(record, 'upstream', 'backend', 'connect'));
  const isIp = (host: string | undefined): boolean => host !== undefined && /^[\d.]+$|:/.test(host);
  const ip =
    pick(record, 'ip', 'addr', 'vip') ??
    (isIp(upstream.host) ? upstream.host : undefined) ??
    (isIp(target.host) ? target.host : undefined);
  const to = target.host ?? (upstream.host && !isIp(upstream.host) ? upstream.host : undefined);
  const port = Number(pick(record, 'port') ?? target.port ?? upstream.port ?? Number.NaN);
  const tls = flag(pick(record, 'tls', 'ssl', 'https', 'encrypted'));
  const mutual = flag(pick(record, 'mutual', 'mtls', 'mutualtls', 'clientauth', 'clientcert', 'clientcertificate'));
  const channel = pick(record, 'channel', 'route', 'provider', 'psp', 'acquirer');
  const trust = pick(record, 'trust', 'truststore', 'ca', 'cafile', 'cabundle');
  return {
    name: pick(record, 'name', 'leg', 'id', 'link') ?? (from && to ? `${from}-to-${to}` : (channel ?? to ?? '')),
    ...(to ? { to } : {}),
    ...(ip ? { ip } : {}),
    ...(Number.isInteger(port) ? { port } : {}),
    ...(tls === undefined ? {} : { tls }),
    ...(mutual === undefined ? {} : { mutual }),
    ...(channel ? { channel } : {}),
    ...(trust ? { trust } : {}),
    raw,
  };
}

/** What only a service of a Compose file or of a list like it has (Compose specification, services). */
const OF_SERVICE =
  /^(?:image|build|containername|ports|expose|dependson|environment|networks|calls|uses|connectsto|dependencies|downstreams?)$/;

const isServices = (value: unknown): boolean =>
  entries(value).some((record) => Object.keys(record).some((key) => OF_SERVICE.test(simple(key))));

/** Names in a list, or the keys of a map, as Compose writes `depends_on`. */
const namesIn = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.flatMap((item) =>
        isPlain(item) ? (pick(item, 'name', 'service', 'host', 'to', 'url') ?? []) : (scalar(item) ?? []),
      )
    : isPlain(value)
      ? Object.keys(value)
      : scalar(value) === undefined
        ? []
        : [scalar(value)!];

/** Services that talk to each other: a node each, a leg to what each depends on and to the addresses in its environment. */
function addServices(fact: TopologyFact, value: unknown): void {
  for (const record of entries(value)) {
    const node = toNode(record);
    const networks = Object.entries(record).find(([key]) => simple(key) === 'networks')?.[1];
    if (!node.ip && isPlain(networks)) {
      const inner = Object.values(networks).find(
        (network): network is Plain => isPlain(network) && 'ipv4_address' in network,
      );
      const ip = inner ? scalar(inner.ipv4_address) : undefined;
      if (ip) node.ip = ip;
    }
    const image = pick(record, 'image');
    if (!node.stack && image) node.stack = image;
    fact.nodes.push(node);
    const leg = (target: string, tls?: boolean): void => {
      const { host, port } = splitHostPort(target);
      if (
        !host ||
        fact.legs.length >= 10_000 ||
        fact.legs.some((l) => l.raw.from === node.name && l.to === host && l.port === port)
      )
        return;
      fact.legs.push(
        toLeg({
          from: node.name,
          to: host,
          ...(port === undefined ? {} : { port }),
          ...(tls === undefined ? {} : { tls }),
        }),
      );
    };
    for (const [key, inner] of Object.entries(record)) {
      if (/^(?:dependson|calls|uses|connectsto|dependencies|downstreams?|upstreams?|links)$/.test(simple(key)))
        for (const target of namesIn(inner)) leg(target, /^https:/i.test(target) || undefined);
      if (simple(key) !== 'environment') continue;
      const variables = isPlain(inner) ? Object.values(inner) : Array.isArray(inner) ? inner : [];
      for (const variable of variables) {
        const url = /(?:^|=)["']?(https?):\/\/(?:[^@/\s]{0,200}@)?([\w.-]{1,253})(?::(\d{1,5}))?/i.exec(
          scalar(variable) ?? '',
        );
        if (url)
          leg(`${url[2]!}:${url[3] ?? (url[1]!.toLowerCase() === 'https' ? '443' : '80')}`, /^https$/i.test(url[1]!));
      }
    }
  }
}

function toShare(text: string | undefined): number {
  const value = Number(text?.replace('%', ''));
  return value > 1 || text?.includes('%') ? value / 100 : value;
}

/** A topology in any of the dialects seen, from parsed YAML or JSON. Unknown keys stay in `raw`. */
export function readTopology(file: string, data: unknown): TopologyFact | undefined {
  const wrapped =
    isPlain(data) && Object.keys(data).length === 1 && isPlain(Object.values(data)[0]) ? Object.values(data)[0] : data;
  if (!isPlain(wrapped)) return undefined;
  const fact: TopologyFact = { file, nodes: [], legs: [], internalNetworks: [], callbackRanges: [], raw: {} };
  flatten(data, '', fact.raw);
  for (const [key, value] of Object.entries(wrapped)) {
    const name = simple(key);
    const text = scalar(value);
    if (/^(?:timezone|logtimezone|tz|zone|logtz|localtime|logzone)$/.test(name) && text && isZone(text))
      fact.zone = text;
    else if (/^(?:site|shop|merchant|platform|domain)$/.test(name))
      fact.site = text ?? (isPlain(value) ? (pick(value, 'name', 'host', 'domain') ?? '') : '');
    else if (/^(?:nodes?|hosts?|servers?|machines?|instances?)$/.test(name))
      append(fact.nodes, entries(value).map(toNode));
    else if (/^services?$/.test(name) && isServices(value)) addServices(fact, value);
    else if (/^(?:legs?|links?|hops?|paths?|connections?|upstreams?|edges|services?)$/.test(name))
      append(fact.legs, entries(value).map(toLeg));
    else if (/^(?:routes?|channels?|acquirers?)$/.test(name))
      fact.routes = entries(value).map((record) => ({
        channel: pick(record, 'channel', 'name', 'route', 'id') ?? '',
        share: toShare(pick(record, 'sharepct', 'share', 'percent', 'weight', 'ip')),
      }));
    else if (/internal|privatenetworks?|ownnetworks?|lan/.test(name)) append(fact.internalNetworks, strings(value));
    else if (/callback|notif|webhook/.test(name)) append(fact.callbackRanges, strings(value));
    else if (/egress|allowedoutbound|outboundallow/.test(name))
      fact.egressAllowed = entries(value).map((record) => ({
        destination: pick(record, 'dst', 'destination', 'to', 'host', 'ip', 'name') ?? '',
        why: pick(record, 'why', 'reason', 'purpose', 'comment') ?? '',
      }));
    else if (/domains?$/.test(name)) fact.ownDomains = strings(value);
    else if (/partners?$/.test(name)) fact.partners = strings(value);
    else if (/^(?:networks?|subnets?)$/.test(name)) {
      if (isPlain(value))
        for (const [inner, ranges] of Object.entries(value))
          (/callback|psp|provider|notif/i.test(inner)
            ? fact.callbackRanges
            : /internal|own|private|lan/i.test(inner)
              ? fact.internalNetworks
              : []
          ).push(...strings(ranges));
      else append(fact.internalNetworks, strings(value));
    }
  }
  for (const leg of fact.legs) {
    // `to: gateway` may name one of the nodes.
    const node = fact.nodes.find(({ name }) => name !== '' && name === leg.to);
    if (node?.ip && !leg.ip) leg.ip = node.ip;
  }
  if (!fact.zone) {
    const nested = Object.entries(fact.raw).find(
      ([key, value]) => /(?:^|\.)(?:time_?zone|tz|log_?tz|log_timezone)$/i.test(key) && isZone(value),
    );
    if (nested) fact.zone = nested[1];
  }
  return fact;
}

/** The topology of a Compose file or another list of services, kept as settings because other readers need its values too. */
export function servicesOf(file: string, data: unknown): TopologyFact | undefined {
  const services = isPlain(data) ? Object.entries(data).find(([key]) => /^services?$/i.test(key))?.[1] : undefined;
  return services !== undefined && isServices(services) ? readTopology(file, data) : undefined;
}

const MOST_LINKS = 10_000;

/**
 * A path kept as a list of links under any name: `[{from, to, address, protocol}, ...]`. Rules of firewalls and routes say what may be
 * sent or does not, and are none.
 */
export function linksOf(file: string, data: unknown): TopologyFact | undefined {
  if (!isPlain(data) || data.services !== undefined) return undefined;
  for (const [key, list] of Object.entries(data)) {
    if (!/path|link|flow|connection|edge|chain|hop|leg/i.test(key) || !Array.isArray(list) || list.length === 0)
      continue;
    const legs = list.slice(0, MOST_LINKS);
    const joins = legs.every(
      (leg) =>
        isPlain(leg) &&
        Object.entries(leg).some(([name, value]) => FROM.test(name) && typeof value === 'string') &&
        Object.entries(leg).some(([name, value]) => TO.test(name) && typeof value === 'string') &&
        !Object.keys(leg).some((name) => /^(?:action|permission|rule|verdict|allow|deny)$/i.test(name)),
    );
    if (!joins) continue;
    return readTopology(file, {
      nodes: [],
      legs: legs.map((leg: { [name: string]: unknown }) => {
        const address = typeof leg.address === 'string' ? leg.address : '';
        const end = /^(?:[a-z]+:\/\/)?([^\s:/]{1,253})(?::(\d{2,5}))?/i.exec(address);
        const protocol = String(Object.entries(leg).find(([name]) => PROTOCOL.test(name))?.[1] ?? '');
        return {
          ...leg,
          ...(end && /[a-z]/i.test(end[1]!) ? { to: end[1] } : end ? { ip: end[1] } : {}),
          ...(end?.[2] === undefined ? {} : { port: end[2] }),
          ...(/https|tls|ssl/i.test(protocol) ? { tls: 'yes' } : {}),
          ...(/mtls|mutual/i.test(protocol) ? { mtls: 'yes' } : {}),
        };
      }),
    });
  }
  return undefined;
}

const NAME =
  'system|host|node|service|component|server|name|systeme?|knoten|rechner|dienst|servidor|servicio|serveur|servi\u00e7o';
const SYSTEM = new RegExp(
  `^(?:${NAME}|hostname|\u7cfb\u7edf|\u4e3b\u673a|\u8282\u70b9|\u670d\u52a1\u5668?|\u30b7\u30b9\u30c6\u30e0|\u30b5\u30fc\u30d0\u30fc|\u30db\u30b9\u30c8)$`,
  'i',
);
const OWNER =
  /^(?:owner|team|responsible|verantwortlich|zust\u00e4ndig|besitzer|propri\u00e9taire|responsable|respons\u00e1vel|\u8d1f\u8d23\u4eba|\u8d23\u4efb\u4eba|\u6240\u6709\u8005|\u62c5\u5f53)$/i;
const ADDRESS =
  /^(?:address|ip|ips|ip[-_ ]?(?:address|adresse)|addresses|adresse(?:[-_ ]ip)?|direcci\u00f3n(?:[-_ ]ip)?|endere\u00e7o(?:[-_ ]ip)?|ip ?\u5730\u5740|\u5730\u5740|\u30a2\u30c9\u30ec\u30b9|ip\u30a2\u30c9\u30ec\u30b9)$/i;
const ROLE =
  /^(?:role|function|purpose|type|rolle|aufgabe|funktion|zweck|r\u00f4le|fonction|rol|funci\u00f3n|fun\u00e7\u00e3o|\u89d2\u8272|\u7528\u9014|\u529f\u80fd|\u5f79\u5272)$/i;
const STACK =
  /^(?:software|stack|runtime|technology|tech|language|technologie|logiciel|tecnolog\u00eda|\u8f6f\u4ef6|\u6280\u672f\u6808|\u8bed\u8a00|\u30bd\u30d5\u30c8\u30a6\u30a7\u30a2)$/i;
const FROM =
  /^(?:from|source|src|client|caller|von|quelle|desde|origen|de|origem|\u6e90|\u6765\u6e90|\u53d1\u8d77\u65b9|\u8c03\u7528\u65b9|\u9001\u4fe1\u5143|\u63a5\u7d9a\u5143)$/i;
const TO =
  /^(?:to|target|destination|dst|peer|server|callee|nach|ziel|an|hacia|destino|vers|para|destinataire|\u76ee\u6807|\u76ee\u7684|\u76ee\u7684\u5730|\u88ab\u8c03\u7528\u65b9|\u5b9b\u5148|\u63a5\u7d9a\u5148)$/i;
const PORT = /^(?:port|ports?|dst[-_ ]?port|zielport|puerto|porta|\u7aef\u53e3|\u30dd\u30fc\u30c8)$/i;
const PROTOCOL = /^(?:protocol|proto|protokoll|protocole|protocolo|\u534f\u8bae|\u30d7\u30ed\u30c8\u30b3\u30eb)$/i;
const TLS =
  /^(?:tls|ssl|https|encrypted|encryption|verschl\u00fcsselt|verschl\u00fcsselung|chiffr\u00e9|chiffrement|cifrado|\u52a0\u5bc6|\u6697\u53f7\u5316)$/i;
const MUTUAL =
  /^(?:m-?tls|mutual(?:[-_ ]tls)?|client[-_ ]?(?:cert(?:ificate)?|auth)|clientzertifikat|\u53cc\u5411(?:\u8ba4\u8bc1|tls)?|\u76f8\u4e92\u8a8d\u8a3c)$/i;

/** Cells of a Markdown table may be code or links: `` `10.0.0.5` ``, `[api](https://api.example)`. */
const plainCell = (cell: string | undefined): string =>
  (cell ?? '')
    .trim()
    .replace(/^\[([^\]]{1,200})\]\([^)]{0,400}\)$/, '$1')
    .replace(/^[`*_]{1,3}|[`*_]{1,3}$/g, '');
const isAddress = (cell: string): boolean => /^(?:\d{1,3}\.){3}\d{1,3}$|^[0-9a-f:]{0,45}:[0-9a-f:]{1,45}$/i.test(cell);
const isMarked = (cell: string): string | undefined =>
  /^(?:\u2713|\u2714|\u2705|x|y)$/i.test(cell) ? 'yes' : /^(?:\u2717|\u274c|n|-|\u2014|)$/i.test(cell) ? 'no' : cell;

/**
 * A table of systems with whose they are, what they do or their addresses, or of the links between them. Tables of events, which have
 * a time, are none.
 */
export function topologyOfTable(file: FactText): TopologyFact[] {
  const shape = sniffTable(file.text);
  if (!shape || shape.header.some((cell) => headerMeanings(cell)[0] === 'time')) return [];
  const column = (pattern: RegExp): number =>
    shape.header.findIndex((cell) => pattern.test(plainCell(cell).normalize('NFKC')));
  const rows = [...tableRows(file.text, shape.separator, shape.bodyOffset, shape.headerLine + 1)].slice(0, 10_000);
  const at = (cells: string[], index: number): string => (index === -1 ? '' : plainCell(cells[index]));
  const [from, to, port] = [column(FROM), column(TO), column(PORT)];
  const [protocol, tls, mutual] = [column(PROTOCOL), column(TLS), column(MUTUAL)];
  const [name, owner, address] = [column(SYSTEM), column(OWNER), column(ADDRESS)];
  const [role, stack] = [column(ROLE), column(STACK)];
  if (from !== -1 && to !== -1 && from !== to && (port !== -1 || tls !== -1 || protocol !== -1)) {
    const legs = rows.flatMap(({ cells }) => {
      const [source, target] = [at(cells, from), at(cells, to)];
      if (source === '' || target === '') return [];
      const said = { tls: isMarked(at(cells, tls)), mtls: isMarked(at(cells, mutual)) };
      return [
        {
          from: source,
          to: target,
          ...(/^\d{1,5}$/.test(at(cells, port)) ? { port: at(cells, port) } : {}),
          ...(tls === -1 ? (/https|tls|ssl/i.test(at(cells, protocol)) ? { tls: 'yes' } : {}) : { tls: said.tls }),
          ...(mutual === -1 ? {} : { mtls: said.mtls }),
          ...(isAddress(at(cells, address)) ? { ip: at(cells, address) } : {}),
        },
      ];
    });
    const topology = readTopology(file.file, { legs });
    return topology && legs.length > 0 ? [topology] : [];
  }
  // Whose it is says enough beside a name; an address needs something that tells the table from any other list of hosts.
  const told =
    owner !== -1 ? address !== -1 || shape.header.length <= 4 : address !== -1 && (role !== -1 || stack !== -1);
  if (name === -1 || !told) return [];
  const nodes = rows.flatMap(({ cells }) => {
    const system = at(cells, name);
    if (system === '') return [];
    return [
      {
        name: system,
        ...(at(cells, owner) ? { owner: at(cells, owner) } : {}),
        ...(at(cells, address) ? { [isAddress(at(cells, address)) ? 'ip' : 'host']: at(cells, address) } : {}),
        ...(at(cells, role) ? { role: at(cells, role) } : {}),
        ...(at(cells, stack) ? { stack: at(cells, stack) } : {}),
      },
    ];
  });
  const topology = readTopology(file.file, { nodes });
  return topology && nodes.length > 0 ? [topology] : [];
}
