/**
 * From link layer to transport, through tunnels, without allocating: fields of the packet at hand live in the
 * decoder. Layers nest at most `MAX_DEPTH` deep, so no crafted packet can recurse for long.
 */
import { AddressTable } from './addresses.ts';
import { FragmentTable } from './fragments.ts';
import { linkPayload, NOT_IP } from './link.ts';

const MAX_DEPTH = 12;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_TRANSPARENT_BRIDGING = 0x6558;

/** What the layers above receive; `decoder` carries addresses, TTL and frame of the packet. */
export interface TransportSink {
  tcp(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): void;
  udp(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): void;
  icmp(bytes: Buffer, start: number, end: number, decoder: PacketDecoder): void;
}

export class PacketDecoder {
  readonly addresses: AddressTable;
  private readonly sink: TransportSink;
  private readonly fragments = new FragmentTable();
  private viewed: Buffer = Buffer.alloc(0);
  private view: DataView = new DataView(new ArrayBuffer(0));

  /** 1-based. */
  frame = 0;
  /** ms UTC. */
  time = 0;
  source = 0;
  destination = 0;
  v6 = false;
  ttl = 0;
  /** IPv4 identification; -1 in IPv6. */
  identification = -1;
  /** Transport bytes the packet had on the wire but the snap length cut off. */
  cutOff = 0;
  packetsNotIp = 0;
  packetsCut = 0;
  packetsMalformed = 0;
  unknownLinkTypes = new Map<number, number>();

  /** @param addresses shared by captures that are read as one, so that equal addresses are equal numbers */
  constructor(sink: TransportSink, addresses = new AddressTable()) {
    this.sink = sink;
    this.addresses = addresses;
  }

  /** The same bytes read as words, which is one load where single bytes are four: the buffer stays the same for thousands of packets. */
  viewOf(bytes: Buffer): DataView {
    if (bytes !== this.viewed) {
      this.viewed = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.view;
  }

  packet(bytes: Buffer, start: number, end: number, originalLength: number, time: number, linkType: number): void {
    this.frame++;
    if (time !== 0) this.time = time;
    this.cutOff = 0;
    if (originalLength > end - start) this.packetsCut++;
    // IP straight on Ethernet, by far the most frequent, without the general path.
    if (linkType === 1 && end - start >= 34) {
      const etherType = this.viewOf(bytes).getUint16(start + 12);
      if (etherType === ETHERTYPE_IPV4) {
        this.ipv4(bytes, start + 14, end, 0);
        return;
      }
      if (etherType === ETHERTYPE_IPV6) {
        this.ipv6(bytes, start + 14, end, 0);
        return;
      }
    }
    this.link(bytes, start, end, linkType, 0);
  }

  private link(bytes: Buffer, start: number, end: number, linkType: number, depth: number): void {
    const found = linkPayload(bytes, start, end, linkType);
    if (found === NOT_IP) {
      this.packetsNotIp++;
      return;
    }
    if (found === undefined) {
      if (this.unknownLinkTypes.size < 64 || this.unknownLinkTypes.has(linkType))
        this.unknownLinkTypes.set(linkType, (this.unknownLinkTypes.get(linkType) ?? 0) + 1);
      return;
    }
    this.network(bytes, found.at, end, found.etherType, depth + 1);
  }

  private network(bytes: Buffer, start: number, end: number, etherType: number, depth: number): void {
    if (depth > MAX_DEPTH || start >= end) {
      this.packetsMalformed++;
      return;
    }
    if (etherType === ETHERTYPE_IPV4) this.ipv4(bytes, start, end, depth);
    else if (etherType === ETHERTYPE_IPV6) this.ipv6(bytes, start, end, depth);
    else if (etherType === ETHERTYPE_TRANSPARENT_BRIDGING) this.link(bytes, start, end, 1, depth);
    else this.packetsNotIp++;
  }

  private ipv4(bytes: Buffer, start: number, end: number, depth: number): void {
    if (end - start < 20) {
      this.packetsMalformed++;
      return;
    }
    const view = this.viewOf(bytes);
    const first = view.getUint32(start);
    const headerLength = ((first >>> 24) & 0x0f) * 4;
    if (first >>> 28 !== 4 || headerLength < 20 || end - start < headerLength) {
      this.packetsMalformed++;
      return;
    }
    // Segmentation offload captures may carry 0 as total length: then the frame decides (Linux, tcpdump).
    const total = first & 0xffff || end - start;
    const limit = Math.min(end, start + total);
    this.cutOff = Math.max(0, start + total - end);
    this.source = view.getInt32(start + 12);
    this.destination = view.getInt32(start + 16);
    this.v6 = false;
    const second = view.getUint32(start + 4);
    this.identification = second >>> 16;
    const fragment = second & 0xffff;
    const third = view.getUint16(start + 8);
    this.ttl = third >>> 8;
    const protocol = third & 0xff;
    if ((fragment & 0x3fff) !== 0) {
      const whole = this.fragments.add(
        bytes,
        start + headerLength,
        limit,
        (fragment & 0x1fff) * 8,
        (fragment & 0x2000) !== 0,
        this.source,
        this.destination,
        (protocol << 16) | this.identification,
        this.time,
      );
      if (whole) this.transport(whole, 0, whole.length, protocol, depth);
      return;
    }
    this.transport(bytes, start + headerLength, limit, protocol, depth);
  }

  private ipv6(bytes: Buffer, start: number, end: number, depth: number): void {
    if (end - start < 40 || bytes[start]! >>> 4 !== 6) {
      this.packetsMalformed++;
      return;
    }
    const view = this.viewOf(bytes);
    const payload = view.getUint16(start + 4);
    const limit = payload === 0 ? end : Math.min(end, start + 40 + payload);
    this.cutOff = payload === 0 ? 0 : Math.max(0, start + 40 + payload - end);
    this.source = this.addresses.intern(view, start + 8);
    this.destination = this.addresses.intern(view, start + 24);
    this.v6 = true;
    this.ttl = bytes[start + 7]!;
    this.identification = -1;
    let next = bytes[start + 6]!;
    let at = start + 40;
    for (let headers = 0; headers < 16; headers++) {
      if (next === 44) {
        // RFC 8200 section 4.5.
        if (limit - at < 8) break;
        const offset = (bytes[at + 2]! << 8) | (bytes[at + 3]! & 0xf8);
        const more = (bytes[at + 3]! & 1) !== 0;
        next = bytes[at]!;
        if (offset === 0 && !more) {
          at += 8;
          continue;
        }
        const id = view.getInt32(at + 4);
        const whole = this.fragments.add(
          bytes,
          at + 8,
          limit,
          offset,
          more,
          this.source,
          this.destination,
          id,
          this.time,
        );
        if (whole) this.transport(whole, 0, whole.length, next, depth);
        return;
      }
      // Hop-by-hop, routing, destination options, mobility, HIP, shim6: length in units of 8 without the first.
      if (next === 0 || next === 43 || next === 60 || next === 135 || next === 139 || next === 140) {
        if (limit - at < 8) break;
        next = bytes[at]!;
        at += (bytes[at + 1]! + 1) * 8;
      } else if (next === 51) {
        // Authentication header: RFC 4302, length in units of 4 without the first two.
        if (limit - at < 8) break;
        next = bytes[at]!;
        at += (bytes[at + 1]! + 2) * 4;
      } else {
        if (at <= limit) this.transport(bytes, at, limit, next, depth);
        return;
      }
      if (at > limit) break;
    }
    this.packetsMalformed++;
  }

  private transport(bytes: Buffer, start: number, end: number, protocol: number, depth: number): void {
    switch (protocol) {
      case 6:
        this.sink.tcp(bytes, start, end, this);
        return;
      case 17:
        this.udp(bytes, start, end, depth);
        return;
      case 1:
      case 58:
        this.sink.icmp(bytes, start, end, this);
        return;
      case 4:
        this.network(bytes, start, end, ETHERTYPE_IPV4, depth + 1);
        return;
      case 41:
        this.network(bytes, start, end, ETHERTYPE_IPV6, depth + 1);
        return;
      case 47:
        this.gre(bytes, start, end, depth);
        return;
      case 97:
        // EtherIP, RFC 3378.
        if (end - start > 16) this.link(bytes, start + 2, end, 1, depth + 1);
        return;
      default:
        this.packetsNotIp++;
    }
  }

  /** RFC 2784 and 2890; PPTP's version 1 (RFC 2637); ERSPAN types I and II/III (draft-foschiano-erspan). */
  private gre(bytes: Buffer, start: number, end: number, depth: number): void {
    if (depth > MAX_DEPTH || end - start < 4) {
      this.packetsMalformed++;
      return;
    }
    const flags = (bytes[start]! << 8) | bytes[start + 1]!;
    const type = (bytes[start + 2]! << 8) | bytes[start + 3]!;
    let at = start + 4;
    if (flags & 0x8000) at += 4;
    if (flags & 0x2000) at += 4;
    const sequence = (flags & 0x1000) !== 0;
    if (sequence) at += 4;
    if ((flags & 7) === 1 && flags & 0x0080) at += 4;
    if (at >= end) {
      this.packetsMalformed++;
    } else if (type === 0x88be) {
      this.link(bytes, sequence ? at + 8 : at, end, 1, depth + 1);
    } else if (type === 0x22eb) {
      const optional = at + 12 <= end && bytes[at + 11]! & 1 ? 8 : 0;
      this.link(bytes, at + 12 + optional, end, 1, depth + 1);
    } else if (type === 0x880b) {
      this.link(bytes, at, end, 9, depth + 1);
    } else if (type === 0x8847 || type === 0x8848 || type === 0x8100 || type === 0x88a8) {
      // An Ethernet header without addresses: let the link code walk labels and tags.
      this.link(bytes, at - 2, end, ETHER_TYPE_FIRST, depth + 1);
    } else {
      this.network(bytes, at, end, type, depth + 1);
    }
  }

  private udp(bytes: Buffer, start: number, end: number, depth: number): void {
    if (end - start < 8) {
      this.packetsMalformed++;
      return;
    }
    const sourcePort = (bytes[start]! << 8) | bytes[start + 1]!;
    const port = (bytes[start + 2]! << 8) | bytes[start + 3]!;
    if (depth < MAX_DEPTH) {
      const at = start + 8;
      // VXLAN (RFC 7348, and 8472 of older Linux) with the I flag; VXLAN-GPE is passed by its next-protocol byte.
      if ((port === 4789 || port === 8472) && end - at > 8 + 14 && (bytes[at]! & 0x08) !== 0) {
        this.link(bytes, at + 8, end, 1, depth + 1);
        return;
      }
      // GENEVE, RFC 8926: version 0, option length in words.
      if (port === 6081 && end - at > 8 && bytes[at]! >>> 6 === 0) {
        const inner = at + 8 + (bytes[at]! & 0x3f) * 4;
        this.network(bytes, inner, end, (bytes[at + 2]! << 8) | bytes[at + 3]!, depth + 1);
        return;
      }
      // GTP-U, 3GPP TS 29.281: version 1, G-PDU (type 255), optional fields when any of E, S or PN is set.
      if (port === 2152 && end - at > 12 && (bytes[at]! & 0xf0) === 0x30 && bytes[at + 1] === 255) {
        const inner = gtpPayload(bytes, at, end);
        if (inner > 0 && (bytes[inner]! >>> 4 === 4 || bytes[inner]! >>> 4 === 6)) {
          this.network(bytes, inner, end, bytes[inner]! >>> 4 === 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6, depth + 1);
          return;
        }
      }
      // Teredo, RFC 4380 section 5.1.1: plain IPv6 or behind an origin or authentication indication.
      if ((port === 3544 || sourcePort === 3544) && end - at >= 40) {
        let inner = at;
        if (bytes[inner] === 0 && bytes[inner + 1] === 1) inner += 4 + bytes[inner + 2]! + bytes[inner + 3]! + 9;
        if (inner + 8 < end && bytes[inner] === 0 && bytes[inner + 1] === 0) inner += 8;
        if (inner + 40 <= end && bytes[inner]! >>> 4 === 6) {
          this.network(bytes, inner, end, ETHERTYPE_IPV6, depth + 1);
          return;
        }
      }
    }
    this.sink.udp(bytes, start, end, this);
  }
}

/** Pseudo link type: the bytes begin with an Ethernet type field. */
const ETHER_TYPE_FIRST = -1;

/** Where the user packet begins behind the GTP-U header and its extension headers; -1 when it does not fit. */
function gtpPayload(bytes: Buffer, start: number, end: number): number {
  let at = start + 8;
  if ((bytes[start]! & 7) === 0) return at < end ? at : -1;
  let next = bytes[start + 11]!;
  at += 4;
  for (let headers = 0; next !== 0 && headers < 8 && at < end; headers++) {
    const length = bytes[at]! * 4;
    if (length === 0 || at + length > end) return -1;
    next = bytes[at + length - 1]!;
    at += length;
  }
  return at < end ? at : -1;
}
