/** Link layers (LINKTYPE_ values of tcpdump.org) down to the network protocol, through VLAN tags, MPLS labels and PPPoE. */

export interface LinkPayload {
  at: number;
  etherType: number;
}

export const NOT_IP = Symbol('not IP');

const result: LinkPayload = { at: 0, etherType: 0 };

function found(at: number, etherType: number): LinkPayload {
  result.at = at;
  result.etherType = etherType;
  return result;
}

const IPV4 = 0x0800;
const IPV6 = 0x86dd;

function byVersion(bytes: Buffer, at: number, end: number): LinkPayload | typeof NOT_IP {
  if (at >= end) return NOT_IP;
  const version = bytes[at]! >>> 4;
  return version === 4 ? found(at, IPV4) : version === 6 ? found(at, IPV6) : NOT_IP;
}

/** Where the network layer begins, or NOT_IP, or undefined for a link type nobody here knows. The result is reused. */
export function linkPayload(
  bytes: Buffer,
  start: number,
  end: number,
  linkType: number,
): LinkPayload | typeof NOT_IP | undefined {
  switch (linkType) {
    case 1:
      return end - start < 14 ? NOT_IP : ethernetType(bytes, start + 12, end);
    case -1:
      return ethernetType(bytes, start, end);
    case 0:
      return loopback(bytes, start, end);
    case 108:
      return end - start < 4 ? NOT_IP : loopback(bytes, start, end);
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return byVersion(bytes, start, end);
    case 113:
      // Linux cooked v1: packet type, ARPHRD, address length, address (8), protocol.
      return end - start < 16
        ? NOT_IP
        : cooked(bytes, start + 14, start + 16, end, (bytes[start + 2]! << 8) | bytes[start + 3]!);
    case 276:
      // Linux cooked v2: protocol first, payload at 20.
      return end - start < 20
        ? NOT_IP
        : cooked(bytes, start, start + 20, end, (bytes[start + 8]! << 8) | bytes[start + 9]!);
    case 9:
    case 50:
      return ppp(bytes, start, end);
    case 51:
      return end - start < 6 ? NOT_IP : ppp(bytes, start + 6, end);
    case 104:
      return chdlc(bytes, start, end);
    case 106:
      // LAN Emulation / Classical IP over ATM (SunATM header is 123): LLC follows.
      return llc(bytes, start, end);
    case 10:
      return end - start < 21 ? NOT_IP : llc(bytes, start + 13, end);
    case 6:
      return end - start < 22 ? NOT_IP : llc(bytes, start + 14, end);
    case 105:
      return wlan(bytes, start, end);
    case 127:
      return end - start < 4 ? NOT_IP : wlan(bytes, start + bytes.readUInt16LE(start + 2), end);
    case 119:
      return end - start < 8 ? NOT_IP : wlan(bytes, start + Math.min(bytes.readUInt32BE(start + 4), 65_535), end);
    case 192:
      return ppi(bytes, start, end);
    case 109: {
      // OpenBSD enc: address family in host order, then SPI and flags.
      return end - start < 12 ? NOT_IP : byVersion(bytes, start + 12, end);
    }
    case 117: {
      // OpenBSD pflog: header length in the first byte, padded to 4.
      return end - start < 4 ? NOT_IP : byVersion(bytes, start + ((bytes[start]! + 3) & ~3), end);
    }
    case 226:
      // Solaris ipnet: 24 bytes, family in byte 1.
      return end - start < 24 ? NOT_IP : byVersion(bytes, start + 24, end);
    case 239:
      return nflog(bytes, start, end);
    default:
      return undefined;
  }
}

/** Ethernet type field at `at`: VLAN, QinQ, MPLS, PPPoE and LLC are walked. */
function ethernetType(bytes: Buffer, at: number, end: number): LinkPayload | typeof NOT_IP {
  let position = at;
  for (let layers = 0; layers < 8; layers++) {
    if (end - position < 2) return NOT_IP;
    const type = (bytes[position]! << 8) | bytes[position + 1]!;
    position += 2;
    if (type === IPV4 || type === IPV6 || type === 0x6558) return found(position, type);
    if (type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200) {
      position += 2;
    } else if (type === 0x8847 || type === 0x8848) {
      return mpls(bytes, position, end);
    } else if (type === 0x8864) {
      // PPPoE session: version/type, code, session, length, then PPP (RFC 2516).
      return end - position < 8 ? NOT_IP : ppp(bytes, position + 6, end);
    } else if (type === 0x893f) {
      // IEEE 802.1BR E-tag.
      position += 6;
    } else if (type === 0x8926) {
      // Cisco VN-tag.
      position += 4;
    } else if (type === 0x8909) {
      // Cisco MetaData.
      position += 6;
    } else if (type <= 1500) {
      return llc(bytes, position, end);
    } else {
      return NOT_IP;
    }
  }
  return NOT_IP;
}

function mpls(bytes: Buffer, start: number, end: number): LinkPayload | typeof NOT_IP {
  let at = start;
  for (let labels = 0; labels < 16; labels++) {
    if (end - at < 5) return NOT_IP;
    const bottom = (bytes[at + 2]! & 1) !== 0;
    at += 4;
    if (!bottom) continue;
    const plain = byVersion(bytes, at, end);
    if (plain !== NOT_IP) return plain;
    // Ethernet pseudowire with or without control word (RFC 4448); the control word begins with 0000.
    const frame = bytes[at]! >>> 4 === 0 ? at + 4 : at;
    return end - frame < 14 ? NOT_IP : ethernetType(bytes, frame + 12, end);
  }
  return NOT_IP;
}

function llc(bytes: Buffer, at: number, end: number): LinkPayload | typeof NOT_IP {
  // SNAP with an Ethernet type (RFC 1042).
  if (end - at >= 8 && bytes[at] === 0xaa && bytes[at + 1] === 0xaa && bytes[at + 2] === 3)
    return ethernetType(bytes, at + 6, end);
  // IP over LLC (SAP 06).
  if (end - at >= 3 && bytes[at] === 6 && bytes[at + 1] === 6) return byVersion(bytes, at + 3, end);
  return NOT_IP;
}

function cooked(bytes: Buffer, typeAt: number, at: number, end: number, hardware: number): LinkPayload | typeof NOT_IP {
  // ARPHRD_NETLINK, ARPHRD_IPGRE and radiotap say in the protocol field something else.
  if (hardware === 824) return NOT_IP;
  const type = (bytes[typeAt]! << 8) | bytes[typeAt + 1]!;
  if (type === IPV4 || type === IPV6) return found(at, type);
  if (type === 4) return llc(bytes, at, end);
  if (type === 0x8847) return mpls(bytes, at, end);
  if (type === 0x8100 || type === 0x88a8) return end - at < 4 ? NOT_IP : ethernetType(bytes, at + 2, end);
  if (type === 0x8864) return end - at < 8 ? NOT_IP : ppp(bytes, at + 6, end);
  return NOT_IP;
}

/** BSD loopback: address family in the byte order of the writer; only small numbers are families. */
function loopback(bytes: Buffer, start: number, end: number): LinkPayload | typeof NOT_IP {
  if (end - start < 5) return NOT_IP;
  const little = bytes.readUInt32LE(start);
  const family = little > 0xffff ? bytes.readUInt32BE(start) : little;
  if (family === 2) return found(start + 4, IPV4);
  // AF_INET6 is 10 on Linux, 24 NetBSD and OpenBSD, 28 FreeBSD, 30 Darwin.
  if (family === 10 || family === 24 || family === 28 || family === 30) return found(start + 4, IPV6);
  return NOT_IP;
}

function ppp(bytes: Buffer, start: number, end: number): LinkPayload | typeof NOT_IP {
  let at = start;
  // Address and control field FF 03 may be compressed away (RFC 1661 section 6.6).
  if (end - at >= 2 && bytes[at] === 0xff && bytes[at + 1] === 3) at += 2;
  if (end - at < 2) return NOT_IP;
  let protocol = bytes[at]!;
  if (protocol & 1) at += 1;
  else {
    protocol = (protocol << 8) | bytes[at + 1]!;
    at += 2;
  }
  if (protocol === 0x21) return found(at, IPV4);
  if (protocol === 0x57) return found(at, IPV6);
  if (protocol === 0x281) return mpls(bytes, at, end);
  return NOT_IP;
}

function chdlc(bytes: Buffer, start: number, end: number): LinkPayload | typeof NOT_IP {
  return end - start < 5 ? NOT_IP : ethernetType(bytes, start + 2, end);
}

/** IEEE 802.11 data frames that are not encrypted. */
function wlan(bytes: Buffer, start: number, end: number): LinkPayload | typeof NOT_IP {
  if (end - start < 32) return NOT_IP;
  const control = bytes[start]!;
  const flags = bytes[start + 1]!;
  if (((control >>> 2) & 3) !== 2 || flags & 0x40) return NOT_IP;
  const subtype = control >>> 4;
  // Null-function frames carry no data.
  if (subtype & 4) return NOT_IP;
  let at = start + 24;
  if ((flags & 3) === 3) at += 6;
  if (subtype & 8) at += 2;
  if (subtype & 8 && flags & 0x80) at += 4;
  return llc(bytes, at, end);
}

/** Per-Packet Information: a header that names the link type inside. */
function ppi(bytes: Buffer, start: number, end: number): LinkPayload | typeof NOT_IP | undefined {
  if (end - start < 8) return NOT_IP;
  const length = bytes.readUInt16LE(start + 2);
  const inner = bytes.readUInt32LE(start + 4);
  if (inner === 192 || length < 8) return NOT_IP;
  return linkPayload(bytes, start + length, end, inner);
}

/** Linux netfilter log: type-length-value fields; type 9 holds the packet. */
function nflog(bytes: Buffer, start: number, end: number): LinkPayload | typeof NOT_IP {
  for (let at = start + 4; end - at >= 4; ) {
    const length = bytes.readUInt16LE(at);
    const type = bytes.readUInt16LE(at + 2);
    if (length < 4) return NOT_IP;
    if (type === 9) return byVersion(bytes, at + 4, end);
    at += (length + 3) & ~3;
  }
  return NOT_IP;
}
