import { isLoopback, isPrivate } from '../address.ts';
import { append } from '../lists.ts';
import type { Observations } from './observations.ts';

/** Names, addresses and roles of the parties, from topology, DNS answers, configurations and captures. */
export interface EndpointBook {
  /** Address to names. */
  namesOf: Map<string, Set<string>>;
  /** Name to addresses. */
  addressesOf: Map<string, Set<string>>;
  /** Names or addresses of our own machines. */
  own: Set<string>;
  internalNetworks: string[];
  callbackRanges: string[];
  /** One name for `host`, `host:port`, URL or address; the input itself when nothing is known. */
  canonical(peer: string): string;
  isOwn(addressOrName: string): boolean;
  isInternal(address: string): boolean;
  isCallback(address: string): boolean;
  /** Same party: equal names, or an address known for both. */
  same(a: string, b: string): boolean;
}

const stripPort = (peer: string): string => {
  if (peer.startsWith('unix:')) return peer;
  const text = peer.replace(/^[a-z][a-z0-9+.-]{1,11}:\/\//i, '').replace(/[/?#].*$/, '');
  if (text.startsWith('[')) return text.slice(1, text.indexOf(']') < 0 ? undefined : text.indexOf(']'));
  const colon = text.lastIndexOf(':');
  return colon > 0 && text.indexOf(':') === colon ? text.slice(0, colon) : text;
};

/** IPv4 address to number, NaN otherwise. */
export function ipv4Number(address: string): number {
  const parts = address.split('.');
  if (parts.length !== 4) return Number.NaN;
  let value = 0;
  for (const part of parts) {
    const octet = Number(part);
    if (!/^\d{1,3}$/.test(part) || octet > 255) return Number.NaN;
    value = value * 256 + octet;
  }
  return value;
}

/** Whether an IPv4 address lies in a CIDR range; IPv6 ranges are compared by text prefix of whole groups. */
export function inRange(address: string, range: string): boolean {
  const [base = '', bitsText = '32'] = range.trim().split('/');
  const bits = Number(bitsText);
  const a = ipv4Number(address);
  const b = ipv4Number(base);
  if (Number.isNaN(a) || Number.isNaN(b)) {
    if (!base.includes(':') || !address.includes(':')) return false;
    const groups = Math.floor(bits / 16);
    return address.split(':').slice(0, groups).join(':') === base.split(':').slice(0, groups).join(':');
  }
  const size = 2 ** (32 - bits);
  return Math.floor(a / size) === Math.floor(b / size);
}

const IP_AND_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/;

/**
 * A proxy resolves the name of its configuration and logs the address: where one name alone is configured for a port, and one
 * address alone was spoken to on it, they are the same party.
 */
function linkConfigured(o: Observations, link: (name: string, address: string) => void): void {
  const names = new Map<string, Set<string>>();
  for (const target of o.configurations.flatMap((c) => c.upstreams.flatMap((u) => u.targets))) {
    const [, host, port] = /^([\w.-]{1,253}):(\d{1,5})$/.exec(target.value) ?? [];
    if (!host || !port) continue;
    names.set(port, (names.get(port) ?? new Set()).add(host.toLowerCase()));
  }
  if (names.size === 0) return;
  const { requests, events } = o.logs;
  const spoken = new Set(events.flatMap((e) => e.peer ?? []));
  const ids = new Set<number>();
  for (let row = 0; row < requests.length; row++) ids.add(requests.upstream[row]!);
  for (const id of ids) spoken.add(requests.strings[id]!);
  const addresses = new Map<string, Set<string>>();
  for (const peer of spoken) {
    const [, address, port] = IP_AND_PORT.exec(peer) ?? [];
    if (address && port) addresses.set(port, (addresses.get(port) ?? new Set()).add(address));
  }
  for (const [port, [name, ...others]] of names) {
    const [address, ...further] = addresses.get(port) ?? [];
    if (name && address && others.length === 0 && further.length === 0 && !/^[\d.]+$/.test(name) && !isLoopback(name))
      link(name, address);
  }
}

/** Builds the book; pure. */
export function buildEndpoints(o: Observations): EndpointBook {
  const namesOf = new Map<string, Set<string>>();
  const addressesOf = new Map<string, Set<string>>();
  const own = new Set<string>();
  const link = (name: string | undefined, address: string | undefined): void => {
    if (!name || !address || name === address) return;
    const n = name.toLowerCase();
    (namesOf.get(address) ?? namesOf.set(address, new Set()).get(address)!).add(n);
    (addressesOf.get(n) ?? addressesOf.set(n, new Set()).get(n)!).add(address);
  };
  const internalNetworks: string[] = [];
  const callbackRanges: string[] = [];
  for (const t of o.facts.topology) {
    for (const node of t.nodes) {
      link(node.name, node.ip);
      if (node.role) {
        own.add(node.name.toLowerCase());
        if (node.ip) own.add(node.ip);
      }
    }
    for (const leg of t.legs) if (leg.to && leg.ip) link(stripPort(leg.to), stripPort(leg.ip));
    for (const domain of t.ownDomains ?? []) own.add(domain.toLowerCase());
    append(internalNetworks, t.internalNetworks);
    append(callbackRanges, t.callbackRanges);
  }
  for (const d of o.facts.dns) if (d.type === 'A' || d.type === 'AAAA') link(d.name.replace(/\.$/, ''), d.value);
  for (const h of o.handshakes) link(h.clientHello?.sni, h.server.address);
  for (const c of o.configurations) {
    for (const l of c.listeners) for (const name of l.names) if (l.address && l.address !== '*') link(name, l.address);
  }
  linkConfigured(o, link);
  const canonical = (peer: string): string => {
    const host = stripPort(peer).toLowerCase();
    const names = namesOf.get(host);
    return names ? [...names].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))[0]! : host;
  };
  const isInternal = (address: string): boolean => {
    const host = stripPort(address);
    return internalNetworks.length
      ? internalNetworks.some((r) => inRange(host, r)) || isLoopback(host)
      : isPrivate(host);
  };
  return {
    namesOf,
    addressesOf,
    own,
    internalNetworks,
    callbackRanges,
    canonical,
    isOwn: (x) => own.has(stripPort(x).toLowerCase()),
    isInternal,
    isCallback: (address) => callbackRanges.some((r) => inRange(stripPort(address), r)),
    same: (a, b) => {
      const x = stripPort(a).toLowerCase();
      const y = stripPort(b).toLowerCase();
      return x === y || canonical(x) === canonical(y) || !!addressesOf.get(x)?.has(y) || !!addressesOf.get(y)?.has(x);
    },
  };
}

export { stripPort };
