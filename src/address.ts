/** Which network an IP address belongs to. */
import { BlockList, isIP } from 'node:net';

const PRIVATE = new BlockList();
for (const [network, prefix, family] of [
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const)
  PRIVATE.addSubnet(network, prefix, family);

/**
 * Whether an address is of no public network: private (RFC 1918, RFC 4193), shared (RFC 6598), loopback or link-local (RFC 3927,
 * RFC 4291). False for what is no IP address.
 */
export function isPrivate(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a host is the one that says so: 127.0.0.0/8 (RFC 1122 section 3.2.1.3), ::1 (RFC 4291), `localhost` (RFC 6761 section 6.3). */
export function isLoopback(host: string): boolean {
  return host === '::1' || /^(?:127(?:\.\d{1,3}){3}|(?:[\w-]{1,63}\.)?localhost(?:\.localdomain)?)$/i.test(host);
}
