/** ClientHello of SSL 2.0 to TLS 1.3, DTLS and QUIC (RFC 8446 section 4.1.2, RFC 6347, draft-hickman-netscape-ssl-00). */
import { ByteReader } from './byte-reader.ts';
import { ja3, ja4 } from './fingerprints.ts';
import { EXTENSION } from './registries/extensions.ts';
import { isGrease } from './registries/grease.ts';
import type { ClientHelloInfo } from './types.ts';

export type HelloTransport = 'tcp' | 'quic' | 'dtls';

export interface ParsedClientHello {
  hello: ClientHelloInfo;
  sessionId: Buffer;
}

/** The part of a hello that many connections share; parsed once per distinct hello. */
interface HelloShape {
  info: Omit<ClientHelloInfo, 'sni' | 'size' | 'recordVersion'>;
  key: Buffer;
}

const MAX_CACHED = 4096;
const MAX_KEY = 4096;

/** Parses hellos and remembers the shapes it has seen; one per run, bounded. */
export class ClientHelloParser {
  private readonly shapes = new Map<number, HelloShape[]>();
  private cached = 0;
  private readonly scratch = Buffer.alloc(MAX_KEY);

  /**
   * Parses the body of a ClientHello handshake message (without its 4-byte header).
   * Returns undefined when the bytes are no ClientHello. `size` counts the handshake header.
   */
  parse(
    bytes: Buffer,
    start: number,
    end: number,
    recordVersion: number,
    transport: HelloTransport,
  ): ParsedClientHello | undefined {
    const reader = new ByteReader(bytes, start, end);
    const legacyVersion = reader.u16();
    reader.skip(32);
    const sessionId = reader.slice(reader.u8());
    if (transport === 'dtls') reader.skip(reader.u8());
    const suites = reader.part(reader.u16());
    const compression = reader.part(reader.u8());
    if (reader.overrun || suites.left % 2 !== 0) return undefined;
    const extensions = reader.left >= 2 ? reader.part(Math.min(reader.u16(), reader.left)) : reader.part(0);
    const walk = walkExtensions(extensions);
    const key = this.shapeKey(legacyVersion, transport, suites, compression, walk.parts);
    const shape = key ? this.lookUp(key.hash, key.length) : undefined;
    const info = shape?.info ?? readShape(legacyVersion, transport, suites, compression, walk.parts);
    if (!shape && key) this.remember(key.hash, key.length, info);
    // Written out, because one object of one shape per handshake is what keeps this fast.
    const hello: ClientHelloInfo = {
      legacyVersion,
      recordVersion,
      versions: info.versions,
      suites: info.suites,
      groups: info.groups,
      keyShares: info.keyShares,
      signatureAlgorithms: info.signatureAlgorithms,
      pointFormats: info.pointFormats,
      extensions: info.extensions,
      alpn: info.alpn,
      compression: info.compression,
      size: end - start + 4,
      ja3: info.ja3!,
      ja4: info.ja4!,
      frame: 0,
      time: 0,
    };
    if (walk.sni !== undefined) hello.sni = walk.sni;
    if (info.ech) hello.ech = true;
    return { hello, sessionId };
  }

  /** SSL 2.0 CLIENT-HELLO behind its 2-byte record header (message type included). */
  parseSsl2(bytes: Buffer, start: number, end: number): ParsedClientHello | undefined {
    const reader = new ByteReader(bytes, start, end);
    if (reader.u8() !== 1) return undefined;
    const version = reader.u16();
    const suiteBytes = reader.u16();
    const sessionLength = reader.u16();
    const challenge = reader.u16();
    if (suiteBytes % 3 !== 0 || suiteBytes + sessionLength + challenge > reader.left) return undefined;
    const suites: number[] = [];
    for (let left = suiteBytes; left > 0; left -= 3) suites.push(reader.u24());
    const sessionId = reader.slice(sessionLength);
    if (reader.overrun) return undefined;
    const hello: ClientHelloInfo = {
      legacyVersion: version,
      recordVersion: 0x0002,
      versions: [],
      suites,
      groups: [],
      keyShares: [],
      signatureAlgorithms: [],
      pointFormats: [],
      extensions: [],
      alpn: [],
      compression: [],
      size: end - start,
      ja3: ja3(version, suites, [], [], []),
    };
    return { hello, sessionId };
  }

  private shapeKey(
    version: number,
    transport: HelloTransport,
    suites: ByteReader,
    compression: ByteReader,
    parts: ExtensionPart[],
  ): { hash: number; length: number } | undefined {
    const { scratch } = this;
    let at = 0;
    // Byte by byte on purpose: the parts are short, and a call to copy them costs more than the copying.
    const put = (reader: ByteReader): boolean => {
      const { bytes, at: from, end: to } = reader;
      const length = to - from;
      if (at + length + 8 > MAX_KEY) return false;
      scratch[at++] = (length >>> 8) & 255;
      scratch[at++] = length & 255;
      for (let index = from; index < to; index++) scratch[at++] = bytes[index]!;
      return true;
    };
    scratch.writeUInt16BE(version, at);
    scratch[at + 2] = transport.charCodeAt(0);
    at += 3;
    if (!put(suites) || !put(compression)) return undefined;
    for (const part of parts) {
      if (at + 4 > MAX_KEY) return undefined;
      scratch.writeUInt16BE(part.type, at);
      at += 2;
      if (part.type === EXTENSION.keyShare) {
        for (const group of keyShareGroups(part.body, false)) {
          if (at + 4 > MAX_KEY) return undefined;
          scratch.writeUInt16BE(group, at);
          at += 2;
        }
      } else if (SHAPING.has(part.type) && !put(part.body)) return undefined;
    }
    let hash = 0x811c9dc5;
    for (let index = 0; index < at; index++) hash = Math.imul(hash ^ scratch[index]!, 0x01000193);
    return { hash: hash >>> 0, length: at };
  }

  private lookUp(hash: number, length: number): HelloShape | undefined {
    return this.shapes
      .get(hash)
      ?.find((shape) => shape.key.length === length && shape.key.compare(this.scratch, 0, length) === 0);
  }

  private remember(hash: number, length: number, info: HelloShape['info']): void {
    if (this.cached >= MAX_CACHED) {
      this.shapes.clear();
      this.cached = 0;
    }
    const shape: HelloShape = { info, key: Buffer.from(this.scratch.subarray(0, length)) };
    const same = this.shapes.get(hash);
    if (same) same.push(shape);
    else this.shapes.set(hash, [shape]);
    this.cached++;
  }
}

interface ExtensionPart {
  type: number;
  body: ByteReader;
}

/** Extensions whose content belongs to the shape; others count by their type alone. */
const SHAPING: ReadonlySet<number> = new Set([
  EXTENSION.supportedGroups,
  EXTENSION.pointFormats,
  EXTENSION.signatureAlgorithms,
  EXTENSION.alpn,
  EXTENSION.supportedVersions,
]);

const MAX_EXTENSIONS = 512;

function walkExtensions(extensions: ByteReader): { parts: ExtensionPart[]; sni?: string } {
  const parts: ExtensionPart[] = [];
  let sni: string | undefined;
  while (extensions.left >= 4 && parts.length < MAX_EXTENSIONS) {
    const type = extensions.u16();
    const body = extensions.part(Math.min(extensions.u16(), extensions.left));
    parts.push({ type, body });
    if (type === EXTENSION.serverName && sni === undefined) sni = readServerName(body);
  }
  return sni === undefined ? { parts } : { parts, sni };
}

/** RFC 6066 section 3: the first host_name entry. */
function readServerName(body: ByteReader): string | undefined {
  const list = new ByteReader(body.bytes, body.at, body.end);
  const names = list.part(Math.min(list.u16(), list.left));
  while (names.left >= 3) {
    const type = names.u8();
    const name = names.text(names.u16());
    if (type === 0 && !names.overrun) return name;
  }
  return undefined;
}

function keyShareGroups(body: ByteReader, realOnly: boolean): number[] {
  const reader = new ByteReader(body.bytes, body.at, body.end);
  const shares = reader.part(Math.min(reader.u16(), reader.left));
  const groups: number[] = [];
  while (shares.left >= 4 && groups.length < 64) {
    const group = shares.u16();
    shares.skip(shares.u16());
    if (!realOnly || !isGrease(group)) groups.push(group);
  }
  return groups;
}

function readShape(
  legacyVersion: number,
  transport: HelloTransport,
  suiteBytes: ByteReader,
  compression: ByteReader,
  parts: ExtensionPart[],
): HelloShape['info'] {
  const suites = suiteBytes.u16s();
  const list16 = (type: number): number[] => {
    const body = parts.find((part) => part.type === type)?.body;
    if (!body) return [];
    const reader = new ByteReader(body.bytes, body.at, body.end);
    return reader.part(Math.min(reader.u16(), reader.left)).u16s();
  };
  const groups = list16(EXTENSION.supportedGroups);
  const signatureAlgorithms = list16(EXTENSION.signatureAlgorithms);
  const pointFormats = readBytes8(parts.find((part) => part.type === EXTENSION.pointFormats)?.body);
  const versionBody = parts.find((part) => part.type === EXTENSION.supportedVersions)?.body;
  const versions: number[] = [];
  if (versionBody) {
    const reader = new ByteReader(versionBody.bytes, versionBody.at, versionBody.end);
    versions.push(...reader.part(Math.min(reader.u8(), reader.left)).u16s());
  }
  const alpnValues = readAlpn(parts.find((part) => part.type === EXTENSION.alpn)?.body);
  const keyShare = parts.find((part) => part.type === EXTENSION.keyShare)?.body;
  const extensions = parts.map((part) => part.type);
  const ech = extensions.includes(EXTENSION.encryptedClientHello) || extensions.includes(EXTENSION.encryptedServerName);
  return {
    legacyVersion,
    versions: versions.filter((version) => !isGrease(version)),
    suites,
    groups,
    keyShares: keyShare ? keyShareGroups(keyShare, true) : [],
    signatureAlgorithms,
    pointFormats,
    extensions,
    alpn: alpnValues.map((value) => value.toString('latin1')),
    compression: [...compression.slice(compression.left)],
    ...(ech ? { ech } : {}),
    ja3: ja3(legacyVersion, suites, extensions, groups, pointFormats),
    ja4: ja4({ transport, legacyVersion, versions, suites, extensions, signatureAlgorithms, alpn: alpnValues[0] }),
  };
}

function readBytes8(body: ByteReader | undefined): number[] {
  if (!body) return [];
  const reader = new ByteReader(body.bytes, body.at, body.end);
  return [...reader.slice(Math.min(reader.u8(), reader.left))];
}

function readAlpn(body: ByteReader | undefined): Buffer[] {
  if (!body) return [];
  const reader = new ByteReader(body.bytes, body.at, body.end);
  const list = reader.part(Math.min(reader.u16(), reader.left));
  const values: Buffer[] = [];
  while (list.left >= 1 && values.length < 64) {
    const value = list.slice(list.u8());
    if (list.overrun) break;
    values.push(Buffer.from(value));
  }
  return values;
}
