import { append } from '../../lists.ts';
import type { TopologyFact, TopologyLeg, TopologyNode } from '../small-facts.ts';
import { sniffTable, tableRows } from '../tabular.ts';
import { isZone } from '../time.ts';
import type { FactText } from './context.ts';

type Plain = { [key: string]: unknown };

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
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

const SYSTEM =
  /^(?:system|host|node|service|component|server|name|systeme?|knoten|dienst|servicio|serviço|系统|主机|服务|システム)$/i;
const OWNER =
  /^(?:owner|team|responsible|verantwortlich|zuständig|besitzer|propriétaire|responsable|responsável|负责人|责任人|所有者|担当)$/i;
const ADDRESS = /^(?:address|ip|ips|ip[ _]?address|addresses|adresse|dirección|endereço|地址|アドレス)$/i;

/** A table of systems with whose they are, and their addresses where it has them. */
export function ownersOfTable(file: FactText): TopologyFact[] {
  const shape = sniffTable(file.text);
  if (!shape) return [];
  const column = (pattern: RegExp): number => shape.header.findIndex((cell) => pattern.test(cell.trim()));
  const [name, owner, address] = [column(SYSTEM), column(OWNER), column(ADDRESS)];
  if (name === -1 || owner === -1 || (address === -1 && shape.header.length > 4)) return [];
  const nodes = [...tableRows(file.text, shape.separator, shape.bodyOffset, shape.headerLine + 1)].flatMap(
    ({ cells }) => {
      const system = cells[name]?.trim() ?? '';
      return system === ''
        ? []
        : [{ name: system, owner: cells[owner]?.trim() ?? '', host: cells[address]?.trim() ?? '' }];
    },
  );
  const topology = readTopology(file.file, { nodes });
  return topology ? [topology] : [];
}
