/**
 * QUIC Initial packets: their keys follow from the client's first Destination Connection ID, so that the hellos are
 * readable by anyone (RFC 9001 section 5.2, RFC 9369 for version 2). Returns CRYPTO data and CONNECTION_CLOSE codes.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { hkdfExpandLabel, hkdfLabel } from './hkdf.ts';

interface QuicVersion {
  salt: Buffer;
  labels: { key: string; iv: string; hp: string };
  /** Type bits of an Initial packet. */
  initialType: number;
}

const V1_LABELS = { key: 'quic key', iv: 'quic iv', hp: 'quic hp' };
const VERSIONS: ReadonlyMap<number, QuicVersion> = new Map([
  [
    0x00000001,
    { salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'), labels: V1_LABELS, initialType: 0 },
  ],
  [
    0x6b3343cf,
    {
      salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
      labels: { key: 'quicv2 key', iv: 'quicv2 iv', hp: 'quicv2 hp' },
      initialType: 1,
    },
  ],
  ...[29, 30, 31, 32].map((draft): [number, QuicVersion] => [
    0xff000000 + draft,
    { salt: Buffer.from('afbfec289993d24c9e9786f19c6111e04390a899', 'hex'), labels: V1_LABELS, initialType: 0 },
  ]),
  ...[33, 34].map((draft): [number, QuicVersion] => [
    0xff000000 + draft,
    { salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'), labels: V1_LABELS, initialType: 0 },
  ]),
  // Drafts 23 to 28, and what Facebook's mvfst made of draft 27.
  ...[0xff000017, 0xff000018, 0xff000019, 0xff00001a, 0xff00001b, 0xff00001c, 0xfaceb002, 0xfaceb00e].map(
    (version): [number, QuicVersion] => [
      version,
      { salt: Buffer.from('c3eef712c72ebb5a11a7d2432bb46365bef9f502', 'hex'), labels: V1_LABELS, initialType: 0 },
    ],
  ),
  ...[0xff000016, 0xfaceb001].map((version): [number, QuicVersion] => [
    version,
    { salt: Buffer.from('7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a', 'hex'), labels: V1_LABELS, initialType: 0 },
  ]),
  // Google's T050 and T051: TLS inside, otherwise much as the drafts of their time.
  [
    0x54303530,
    { salt: Buffer.from('7ff579e5acd072915580304c43a2367c60488310', 'hex'), labels: V1_LABELS, initialType: 0 },
  ],
  [
    0x54303531,
    { salt: Buffer.from('7a4edef4e7ccee5fa4506c19124fc8ccda6e033d', 'hex'), labels: V1_LABELS, initialType: 0 },
  ],
]);

export interface InitialKeys {
  key: Buffer;
  iv: Buffer;
  headerProtection: Buffer;
}

export interface InitialPacket {
  version: number;
  destinationId: Buffer;
  sourceId: Buffer;
  /** Byte range of the packet in the datagram. */
  end: number;
  packetNumberAt: number;
  start: number;
}

/**
 * RFC 9000 section 15: versions 0x?a?a?a?a are reserved to force version negotiation. Which keys such a packet has is its
 * sender's choice; it takes those of a version it speaks.
 */
function isReserved(version: number): boolean {
  return (version & 0x0f0f0f0f) === 0x0a0a0a0a;
}

const KEYS_OF_RESERVED: readonly number[] = [0x00000001, 0xff00001d, 0xff00001b];

export function isQuicVersion(version: number): boolean {
  return VERSIONS.has(version) || isReserved(version);
}

/** Versions whose keys may open packets of `version`. */
export function keyVersions(version: number): readonly number[] {
  return isReserved(version) ? KEYS_OF_RESERVED : [version];
}

function layoutOf(version: number): QuicVersion | undefined {
  return VERSIONS.get(isReserved(version) ? 1 : version);
}

/** Client and server keys of the Initial packets of a connection. */
export function initialKeys(
  version: number,
  destinationId: Buffer,
): { client: InitialKeys; server: InitialKeys } | undefined {
  const parameters = VERSIONS.get(version);
  if (!parameters) return undefined;
  // HKDF-Extract is HMAC(salt, input); hkdfSync does extract and expand, so the labels are expanded from its output.
  const derive = (label: string): InitialKeys => {
    const secret = expandFromInput(destinationId, parameters.salt, label, 32);
    return {
      key: hkdfExpandLabel('sha256', secret, parameters.labels.key, 16),
      iv: hkdfExpandLabel('sha256', secret, parameters.labels.iv, 12),
      headerProtection: hkdfExpandLabel('sha256', secret, parameters.labels.hp, 16),
    };
  };
  return { client: derive('client in'), server: derive('server in') };
}

function expandFromInput(input: Buffer, salt: Buffer, label: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', input, salt, hkdfLabel(label, length), length));
}

/** Reads the long header of an Initial packet at `start`; undefined when it is something else. */
export function readInitialHeader(bytes: Buffer, start: number, end: number): InitialPacket | undefined {
  if (end - start < 21 || (bytes[start]! & 0xc0) !== 0xc0) return undefined;
  const version = bytes.readUInt32BE(start + 1);
  const parameters = layoutOf(version);
  if (!parameters || ((bytes[start]! >>> 4) & 3) !== parameters.initialType) return undefined;
  let at = start + 5;
  const destinationLength = bytes[at++]!;
  if (destinationLength > 20 || at + destinationLength + 1 > end) return undefined;
  const destinationId = bytes.subarray(at, at + destinationLength);
  at += destinationLength;
  const sourceLength = bytes[at++]!;
  if (sourceLength > 20 || at + sourceLength + 1 > end) return undefined;
  const sourceId = bytes.subarray(at, at + sourceLength);
  at += sourceLength;
  const token = readVariable(bytes, at, end);
  if (!token) return undefined;
  at = token.next + token.value;
  if (at >= end) return undefined;
  const length = readVariable(bytes, at, end);
  if (!length || length.value < 20 || length.next + length.value > end) return undefined;
  return { version, destinationId, sourceId, start, packetNumberAt: length.next, end: length.next + length.value };
}

/** Where a long-header packet of any type ends, to find the next one in the datagram; -1 when it cannot be told. */
export function longHeaderEnd(bytes: Buffer, start: number, end: number): number {
  if (end - start < 7 || (bytes[start]! & 0x80) === 0) return -1;
  const version = bytes.readUInt32BE(start + 1);
  const parameters = layoutOf(version);
  if (!parameters) return -1;
  const type = (bytes[start]! >>> 4) & 3;
  let at = start + 5;
  at += 1 + bytes[at]!;
  if (at >= end) return -1;
  at += 1 + bytes[at]!;
  if (at >= end || type === (parameters.initialType + 3) % 4) return -1;
  if (type === parameters.initialType) {
    const token = readVariable(bytes, at, end);
    if (!token) return -1;
    at = token.next + token.value;
  }
  const length = at < end ? readVariable(bytes, at, end) : undefined;
  return length && length.next + length.value <= end ? length.next + length.value : -1;
}

/** Decrypts an Initial packet; undefined when the keys do not fit (or the packet is damaged). */
export function decryptInitial(bytes: Buffer, packet: InitialPacket, keys: InitialKeys): Buffer | undefined {
  const sampleAt = packet.packetNumberAt + 4;
  if (sampleAt + 16 > packet.end) return undefined;
  const mask = aesBlock(keys.headerProtection, bytes.subarray(sampleAt, sampleAt + 16));
  const first = bytes[packet.start]! ^ (mask[0]! & 0x0f);
  const numberLength = (first & 3) + 1;
  const header = Buffer.from(bytes.subarray(packet.start, packet.packetNumberAt + numberLength));
  header[0] = first;
  const nonce = Buffer.from(keys.iv);
  for (let index = 0; index < numberLength; index++) {
    const at = header.length - numberLength + index;
    header[at] = header[at]! ^ mask[1 + index]!;
    const place = 12 - numberLength + index;
    nonce[place] = nonce[place]! ^ header[at]!;
  }
  const body = packet.packetNumberAt + numberLength;
  if (packet.end - body < 17) return undefined;
  try {
    const decipher = createDecipheriv('aes-128-gcm', keys.key, nonce);
    decipher.setAAD(header);
    decipher.setAuthTag(bytes.subarray(packet.end - 16, packet.end));
    return Buffer.concat([decipher.update(bytes.subarray(body, packet.end - 16)), decipher.final()]);
  } catch {
    return undefined;
  }
}

export interface InitialFrames {
  crypto: { offset: number; bytes: Buffer }[];
  /** Error code of a CONNECTION_CLOSE; 0x0100 + alert for TLS errors (RFC 9001 section 4.8). */
  closeCode?: number;
}

/** CRYPTO in Google's versions; a STREAM frame, which this is elsewhere, is not allowed in an Initial packet. */
const GOOGLE_CRYPTO = 8;

/** CRYPTO and CONNECTION_CLOSE frames of a decrypted Initial payload (RFC 9000 section 19). */
export function readInitialFrames(payload: Buffer): InitialFrames {
  const frames: InitialFrames = { crypto: [] };
  let at = 0;
  const variable = (): number => {
    const read = readVariable(payload, at, payload.length);
    if (!read) {
      at = payload.length;
      return 0;
    }
    at = read.next;
    return read.value;
  };
  while (at < payload.length && frames.crypto.length < 256) {
    const type = payload[at++]!;
    if (type === 0 || type === 1) continue;
    if (type === 2 || type === 3) {
      variable();
      variable();
      const ranges = variable();
      variable();
      for (let range = 0; range < ranges && at < payload.length; range++) {
        variable();
        variable();
      }
      if (type === 3) for (let count = 0; count < 3; count++) variable();
    } else if (type === 6 || type === GOOGLE_CRYPTO) {
      const offset = variable();
      const length = variable();
      if (at + length > payload.length) break;
      frames.crypto.push({ offset, bytes: payload.subarray(at, at + length) });
      at += length;
    } else if (type === 0x1c || type === 0x1d) {
      frames.closeCode = variable();
      break;
    } else break;
  }
  return frames;
}

/** Variable-length integer (RFC 9000 section 16). */
function readVariable(bytes: Buffer, at: number, end: number): { value: number; next: number } | undefined {
  if (at >= end) return undefined;
  const length = 1 << (bytes[at]! >>> 6);
  if (at + length > end) return undefined;
  let value = bytes[at]! & 0x3f;
  for (let index = 1; index < length; index++) value = value * 256 + bytes[at + index]!;
  return { value, next: at + length };
}

function aesBlock(key: Buffer, block: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-ecb', key, null);
  cipher.setAutoPadding(false);
  return cipher.update(block);
}
