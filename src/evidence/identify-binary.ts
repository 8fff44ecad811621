import type { EvidenceKind } from './types.ts';

export interface Identity {
  kind: EvidenceKind;
  format?: string;
}

const CAPTURE_MAGIC: { [hex: string]: string } = {
  d4c3b2a1: 'pcap',
  a1b2c3d4: 'pcap',
  '4d3cb2a1': 'pcap-nanoseconds',
  a1b23c4d: 'pcap-nanoseconds',
  '0a0d0d0a': 'pcapng',
};

interface Tlv {
  tag: number;
  start: number;
  end: number;
}

/** One DER tag and length (X.690 section 8.1); the value may lie partly outside the head. */
function tlv(head: Buffer, at: number): Tlv | undefined {
  if (at + 2 > head.length) return undefined;
  const first = head[at + 1]!;
  if (first < 0x80) return { tag: head[at]!, start: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4 || at + 2 + octets > head.length) return undefined;
  const length = head.readUIntBE(at + 2, octets);
  return { tag: head[at]!, start: at + 2 + octets, end: at + 2 + octets + length };
}

/** Tags of the first members of a constructed value. */
function memberTags(head: Buffer, parent: Tlv, maximum: number): Tlv[] {
  const members: Tlv[] = [];
  for (let at = parent.start; at < parent.end && members.length < maximum; ) {
    const member = tlv(head, at);
    if (!member) break;
    members.push(member);
    at = member.end;
  }
  return members;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OID_CMS = Buffer.from('06092a864886f70d0107', 'hex'); // 1.2.840.113549.1.7.*

/** Tells the DER structures of PKIX apart by their outer shape (RFC 5280, 2986, 6960, 7292, 5958, 8017, 5652). */
function identifyDer(head: Buffer, size: number): Identity | undefined {
  const outer = tlv(head, 0);
  if (outer?.tag !== SEQUENCE || outer.end > size + 16 || outer.end < 16) return undefined;
  const members = memberTags(head, outer, 4);
  const [first, second] = members;
  if (!first) return undefined;
  if (first.tag === 0x0a) return { kind: 'ocsp', format: 'der' };
  if (first.tag === 0x06)
    return head.subarray(first.start - 2, first.end).indexOf(OID_CMS) === 0
      ? { kind: 'message', format: 'cms-der' }
      : undefined;
  if (first.tag === INTEGER) {
    const value = head[first.start];
    if (first.end - first.start === 1 && value === 3 && second?.tag === SEQUENCE)
      return { kind: 'keystore', format: 'pkcs12' };
    if (second?.tag === INTEGER || second?.tag === SEQUENCE || second?.tag === 0x04)
      return { kind: 'key', format: 'der' };
    return undefined;
  }
  if (first.tag !== SEQUENCE) return undefined;
  if (second?.tag === 0x03) return { kind: 'key', format: 'der-public' };
  if (second?.tag === 0x04) return { kind: 'key', format: 'der-encrypted' };
  if (second && second.tag !== SEQUENCE) return undefined;
  const body = memberTags(head, first, 6);
  if (body[0]?.tag === 0xa0) return { kind: 'certificate', format: 'der' };
  // A request's version is 0 and its second member a name, directly before the public key.
  const skip = body[0]?.tag === INTEGER ? 1 : 0;
  if (body[skip]?.tag !== SEQUENCE || body[skip + 1]?.tag !== SEQUENCE) return undefined;
  const third = body[skip + 2];
  if (third?.tag === 0x17 || third?.tag === 0x18) return { kind: 'crl', format: 'der' };
  if (third?.tag === 0xa0) return { kind: 'csr', format: 'der' };
  return third?.tag === SEQUENCE ? { kind: 'certificate', format: 'der' } : undefined;
}

/** Formats that are told by magic bytes or outer DER shape. */
export function identifyBinary(head: Buffer, size: number): Identity | undefined {
  if (head.length < 4) return undefined;
  const magic = head.toString('hex', 0, 4);
  const capture = CAPTURE_MAGIC[magic];
  if (capture) return { kind: 'capture', format: capture };
  if (head.toString('latin1', 0, 5) === 'snoop') return { kind: 'capture', format: 'snoop' };
  if (magic === 'feedfeed') return { kind: 'keystore', format: 'jks' };
  if (magic === 'cececece') return { kind: 'keystore', format: 'jceks' };
  if (head.toString('latin1', 0, 8) === 'ElfFile\0') return { kind: 'binary', format: 'evtx' };
  if (magic === '72656766') return { kind: 'binary', format: 'registry-hive' };
  if (head[0] === SEQUENCE) return identifyDer(head, size);
  return undefined;
}

/** Text holds no NUL (UTF-16 aside) and few control bytes. */
export function looksLikeText(head: Buffer): boolean {
  const sample = head.subarray(0, 8192);
  if (sample.length >= 2 && ((sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff)))
    return true;
  let control = 0;
  let zero = 0;
  let holes = 0;
  let before = 1;
  for (const byte of sample) {
    if (byte === 0) {
      zero++;
      if (before !== 0) holes++;
    } else if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27 && byte !== 12) control++;
    before = byte;
  }
  // A log that was damaged by a crash may hold a run of NUL bytes, however long; a binary file holds control bytes throughout.
  const text = sample.length - zero;
  if (zero > sample.length * 0.3) return holes <= 2 && text >= 64 && control === 0 && sample.includes(10);
  return control <= sample.length * 0.02;
}
