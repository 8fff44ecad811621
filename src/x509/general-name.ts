/** GeneralName (RFC 5280 4.2.1.6), with the raw octets kept for the rules and name constraints. */
import type { Der, DerReader } from './der.ts';
import { comparableRdns, nameText, readName } from './name.ts';
import type { GeneralName } from './types.ts';

export interface ParsedGeneralName {
  /** Context tag: 0 otherName, 1 rfc822, 2 DNS, 3 x400, 4 directory, 5 EDI, 6 URI, 7 IP, 8 registered id. */
  tag: number;
  kind: GeneralName['kind'];
  value: string;
  octets: Buffer;
  offset: number;
  /** Comparison form of a directory name. */
  rdns?: string[];
}

const kinds: readonly GeneralName['kind'][] = [
  'other',
  'email',
  'dns',
  'other',
  'directory',
  'other',
  'uri',
  'ip',
  'other',
];

/**
 * Reads one GeneralName.
 * `constraint`: an IP then carries a mask (RFC 5280 4.2.1.10) and its text is `address/bits`.
 */
export function readGeneralName(reader: DerReader, node: Der, constraint = false): ParsedGeneralName {
  const tag = node.id & 0x1f;
  const octets = reader.contents(node);
  const name: ParsedGeneralName = { tag, kind: kinds[tag] ?? 'other', value: '', octets, offset: node.start };
  if ((node.id & 0xc0) !== 0x80 || tag > 8) {
    reader.defect(node.start, 'general-name/type', `a GeneralName cannot have the tag ${node.id.toString(16)}`);
    name.kind = 'other';
  }
  switch (tag) {
    case 1:
    case 2:
    case 6: {
      name.value = octets.toString('latin1');
      let strange = -1;
      for (let i = 0; i < octets.length; i++) {
        if (octets[i]! >= 0x20 && octets[i]! < 0x7f) continue;
        strange = i;
        break;
      }
      if (strange >= 0) {
        const octet = octets[strange]!;
        reader.defect(
          node.content + strange,
          octet === 0 ? 'general-name/null-byte' : 'general-name/ia5',
          octet === 0
            ? `a ${name.kind} name holds a NUL byte: some software reads only what stands before it`
            : `a ${name.kind} name holds the byte ${octet.toString(16).padStart(2, '0')}, not printable ASCII`,
        );
      }
      break;
    }
    case 4: {
      const inner = reader.read(node.content, node.end);
      const directory = readName(reader, inner);
      name.value = nameText(directory);
      name.rdns = comparableRdns(directory);
      break;
    }
    case 7:
      name.value = constraint ? maskedIp(octets) : ipText(octets);
      if (!name.value) {
        reader.defect(
          node.start,
          'general-name/ip-length',
          `an IP ${constraint ? 'constraint' : 'address'} of ${octets.length} bytes`,
        );
        name.value = `#${octets.toString('hex', 0, 64)}`;
      }
      break;
    case 8:
      name.value = reader.oid({ ...node, id: 0x06 });
      break;
    default:
      name.value = `#${octets.toString('hex', 0, 64)}`;
  }
  return name;
}

/** Text of a 4 or 16 byte address (RFC 5952 for IPv6); `''` for any other length. */
export function ipText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return '';
  const groups = Array.from({ length: 8 }, (_, i) => octets[i * 2]! * 256 + octets[i * 2 + 1]!);
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
  }
  const text = (part: number[]): string => part.map((g) => g.toString(16)).join(':');
  return best < 0 ? text(groups) : `${text(groups.slice(0, best))}::${text(groups.slice(best + bestLength))}`;
}

/** Number of leading one bits of a mask, or undefined when the ones are not contiguous. */
export function prefixLength(mask: Uint8Array): number | undefined {
  let bits = 0;
  let ended = false;
  for (const octet of mask) {
    for (let bit = 7; bit >= 0; bit--) {
      const one = (octet >> bit) & 1;
      if (one && ended) return undefined;
      if (one) bits++;
      else ended = true;
    }
  }
  return bits;
}

function maskedIp(octets: Buffer): string {
  if (octets.length !== 8 && octets.length !== 32) return '';
  const half = octets.length / 2;
  const bits = prefixLength(octets.subarray(half));
  return `${ipText(octets.subarray(0, half))}/${bits ?? ipText(octets.subarray(half))}`;
}

/** Bytes of an IPv4 or IPv6 address in text; undefined when the text is neither. */
export function ipOctets(text: string): Buffer | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number);
    return parts.every((p) => p <= 255) ? Buffer.from(parts) : undefined;
  }
  if (text.length > 45 || !text.includes(':') || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  let body = text;
  let tail: Buffer | undefined;
  const lastColon = body.lastIndexOf(':');
  if (body.includes('.')) {
    tail = ipOctets(body.slice(lastColon + 1));
    if (tail?.length !== 4) return undefined;
    body = `${body.slice(0, lastColon)}:${tail.readUInt16BE(0).toString(16)}:${tail.readUInt16BE(2).toString(16)}`;
  }
  const halves = body.split('::');
  if (halves.length > 2) return undefined;
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const head = groups(halves[0]!);
  const rest = halves.length === 2 ? groups(halves[1]!) : [];
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...rest];
  const out = Buffer.alloc(16);
  for (let i = 0; i < 8; i++) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(all[i]!)) return undefined;
    out.writeUInt16BE(Number.parseInt(all[i]!, 16), i * 2);
  }
  return out;
}
