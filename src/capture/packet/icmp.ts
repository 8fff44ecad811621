/** ICMP errors that explain a silent or refused connection (RFC 792, RFC 1812, RFC 4443). */

const UNREACHABLE_V4: readonly string[] = [
  'network-unreachable',
  'host-unreachable',
  'protocol-unreachable',
  'port-unreachable',
  'fragmentation-needed',
  'source-route-failed',
  'network-unknown',
  'host-unknown',
  'source-isolated',
  'network-prohibited',
  'host-prohibited',
  'network-unreachable-for-tos',
  'host-unreachable-for-tos',
  'admin-prohibited',
];
const UNREACHABLE_V6: readonly string[] = [
  'no-route',
  'admin-prohibited',
  'beyond-scope',
  'address-unreachable',
  'port-unreachable',
  'source-policy-failed',
  'reject-route',
];

export interface QuotedDatagram {
  what: string;
  source: number;
  destination: number;
  v6: boolean;
  sourcePort: number;
  destinationPort: number;
}

/** What an ICMP error says about the TCP segment it quotes; undefined for everything else. */
export function readIcmpError(
  bytes: Buffer,
  start: number,
  end: number,
  v6: boolean,
  intern: (buffer: Buffer, at: number) => number,
): QuotedDatagram | undefined {
  const quoted = start + 8;
  const what = v6 ? describeV6(bytes[start]!, bytes[start + 1]!) : describeV4(bytes[start]!, bytes[start + 1]!);
  if (!what || end - quoted < 28) return undefined;
  if (!v6) {
    if (bytes[quoted]! >>> 4 !== 4 || bytes[quoted + 9] !== 6) return undefined;
    const transport = quoted + (bytes[quoted]! & 15) * 4;
    if (transport + 4 > end) return undefined;
    return {
      what,
      v6,
      source: bytes.readInt32BE(quoted + 12),
      destination: bytes.readInt32BE(quoted + 16),
      sourcePort: bytes.readUInt16BE(transport),
      destinationPort: bytes.readUInt16BE(transport + 2),
    };
  }
  if (end - quoted < 44 || bytes[quoted]! >>> 4 !== 6 || bytes[quoted + 6] !== 6) return undefined;
  return {
    what,
    v6,
    source: intern(bytes, quoted + 8),
    destination: intern(bytes, quoted + 24),
    sourcePort: bytes.readUInt16BE(quoted + 40),
    destinationPort: bytes.readUInt16BE(quoted + 42),
  };
}

function describeV4(type: number, code: number): string | undefined {
  if (type === 3) return UNREACHABLE_V4[code] ?? `unreachable-${code}`;
  if (type === 11) return 'time-exceeded';
  return undefined;
}

function describeV6(type: number, code: number): string | undefined {
  if (type === 1) return UNREACHABLE_V6[code] ?? `unreachable-${code}`;
  if (type === 2) return 'packet-too-big';
  if (type === 3) return 'time-exceeded';
  return undefined;
}
