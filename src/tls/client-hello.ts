/** ClientHello of SSL 2.0 to TLS 1.3, DTLS and QUIC (RFC 8446 section 4.1.2, RFC 6347, draft-hickman-netscape-ssl-00). */
import { append } from '../lists.ts';
import { ByteReader } from './byte-reader.ts';
import { ja3, ja4 } from './fingerprints.ts';
import { HashedSlots } from './hashed-slots.ts';
import { EXTENSION } from './registries/extensions.ts';
import { isGrease } from './registries/grease.ts';
import { TextCache } from './text-cache.ts';
import type { ClientHelloInfo } from './types.ts';

export type HelloTransport = 'tcp' | 'quic' | 'dtls';

export interface ParsedClientHello {
  hello: ClientHelloInfo;
  /** See `sessionIdHash`. */
  sessionId: number;
}

/** What many hellos share, made once per distinct one. */
export type HelloShape = Required<Omit<ClientHelloInfo, 'sni' | 'size' | 'recordVersion' | 'frame' | 'time'>>;

interface KnownShape {
  shape: HelloShape;
  key: Int32Array;
}

/** One hello among very many: its own facts, and those of its shape by reference. */
export class SharedHello implements ClientHelloInfo {
  readonly shape: HelloShape;
  readonly recordVersion: number;
  readonly size: number;
  // Undefined rather than absent: objects of one layout are what keeps this fast.
  readonly sni: string;
  frame = 0;
  time = 0;

  constructor(shape: HelloShape, recordVersion: number, size: number, sni: string | undefined) {
    this.shape = shape;
    this.recordVersion = recordVersion;
    this.size = size;
    this.sni = sni as string;
  }

  get legacyVersion(): number {
    return this.shape.legacyVersion;
  }
  get versions(): number[] {
    return this.shape.versions;
  }
  get suites(): number[] {
    return this.shape.suites;
  }
  get groups(): number[] {
    return this.shape.groups;
  }
  get keyShares(): number[] {
    return this.shape.keyShares;
  }
  get signatureAlgorithms(): number[] {
    return this.shape.signatureAlgorithms;
  }
  get pointFormats(): number[] {
    return this.shape.pointFormats;
  }
  get extensions(): number[] {
    return this.shape.extensions;
  }
  get alpn(): string[] {
    return this.shape.alpn;
  }
  get compression(): number[] {
    return this.shape.compression;
  }
  get ech(): boolean {
    return this.shape.ech;
  }
  get earlyData(): boolean {
    return this.shape.earlyData;
  }
  get ja3(): string {
    return this.shape.ja3;
  }
  get ja4(): string {
    return this.shape.ja4;
  }
}

const MAX_CACHED = 4096;
/** Words of the key of a shape. */
const MAX_KEY = 2048;
const MAX_EXTENSIONS = 512;
const MAX_KEY_SHARES = 64;

/** Parses hellos and remembers the shapes it has seen; one per run, bounded. */
export class ClientHelloParser {
  private readonly shapes = new HashedSlots<KnownShape>(MAX_CACHED);
  private readonly names = new TextCache();
  private readonly scratch = new Int32Array(MAX_KEY);
  private keyLength = 0;
  private keyHash = 0;
  private keyFits = true;

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
    const limit = Math.min(end, bytes.length);
    const sessionAt = start + 35;
    if (sessionAt > limit) return undefined;
    const legacyVersion = (bytes[start]! << 8) | bytes[start + 1]!;
    const sessionLength = bytes[sessionAt - 1]!;
    let at = sessionAt + sessionLength;
    if (transport === 'dtls') at += 1 + (at < limit ? bytes[at]! : 0);
    if (at + 2 > limit) return undefined;
    const suiteLength = (bytes[at]! << 8) | bytes[at + 1]!;
    const suitesAt = at + 2;
    at = suitesAt + suiteLength;
    if (at + 1 > limit || suiteLength % 2 !== 0) return undefined;
    const compressionLength = bytes[at]!;
    const compressionAt = at + 1;
    at = compressionAt + compressionLength;
    if (at > limit) return undefined;
    const extensionsAt = at + 2;
    const extensionsEnd =
      extensionsAt > limit ? at : Math.min(limit, extensionsAt + ((bytes[at]! << 8) | bytes[at + 1]!));

    this.begin(legacyVersion, transport);
    this.put(bytes, suitesAt, suitesAt + suiteLength);
    this.put(bytes, compressionAt, compressionAt + compressionLength);
    const sni = this.putExtensions(bytes, extensionsAt, extensionsEnd);
    const shape =
      (this.keyFits ? this.lookUp() : undefined) ??
      this.newShape(
        legacyVersion,
        transport,
        new ByteReader(bytes, suitesAt, suitesAt + suiteLength),
        new ByteReader(bytes, compressionAt, compressionAt + compressionLength),
        new ByteReader(bytes, extensionsAt, extensionsEnd),
      );
    const hello = new SharedHello(shape, recordVersion, end - start + 4, sni);
    return { hello, sessionId: sessionIdHash(bytes, sessionAt, sessionAt + sessionLength) };
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
    const sessionAt = reader.at;
    reader.skip(sessionLength);
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
    return { hello, sessionId: sessionIdHash(bytes, sessionAt, sessionAt + sessionLength) };
  }

  private newShape(
    legacyVersion: number,
    transport: HelloTransport,
    suites: ByteReader,
    compression: ByteReader,
    extensions: ByteReader,
  ): HelloShape {
    const shape = readShape(legacyVersion, transport, suites, compression, walkExtensions(extensions));
    if (this.keyFits) this.shapes.add(this.keyHash, { shape, key: this.scratch.slice(0, this.keyLength) });
    return shape;
  }

  /** The key of a shape is written into `scratch` and hashed on the way, without making an object. */
  private begin(version: number, transport: HelloTransport): void {
    this.keyLength = 0;
    this.keyHash = 0x811c9dc5;
    this.keyFits = true;
    this.putWord((version << 8) | transport.charCodeAt(0));
  }

  private putWord(word: number): void {
    const { keyLength } = this;
    if (keyLength >= MAX_KEY) {
      this.keyFits = false;
      return;
    }
    this.scratch[keyLength] = word;
    this.keyLength = keyLength + 1;
    this.keyHash = mixed(this.keyHash, word);
  }

  /** Length and content. In a loop on purpose: the parts are short, and a call to copy them costs more. */
  private put(bytes: Buffer, from: number, to: number): void {
    this.putWord(to - from);
    const { scratch } = this;
    let length = this.keyLength;
    if (length + ((to - from) >>> 2) + 1 > MAX_KEY) {
      this.keyFits = false;
      return;
    }
    let hash = this.keyHash;
    let at = from;
    for (; to - at >= 4; at += 4) {
      const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      scratch[length++] = word;
      hash = mixed(hash, word);
    }
    let rest = 0;
    for (; at < to; at++) rest = (rest << 8) | bytes[at]!;
    scratch[length++] = rest;
    this.keyHash = mixed(hash, rest);
    this.keyLength = length;
  }

  /** Types of all extensions and what shapes a hello of their content; returns the server name. */
  private putExtensions(bytes: Buffer, from: number, end: number): string | undefined {
    let sni: string | undefined;
    let count = 0;
    for (let at = from; end - at >= 4 && count < MAX_EXTENSIONS; count++) {
      const type = (bytes[at]! << 8) | bytes[at + 1]!;
      const body = at + 4;
      at = Math.min(end, body + ((bytes[at + 2]! << 8) | bytes[at + 3]!));
      this.putWord(type);
      if (type === EXTENSION.serverName) sni ??= this.serverName(bytes, body, at);
      else if (type === EXTENSION.keyShare) this.putKeyShares(bytes, body, at);
      else if (
        type === EXTENSION.supportedGroups ||
        type === EXTENSION.pointFormats ||
        type === EXTENSION.signatureAlgorithms ||
        type === EXTENSION.alpn ||
        type === EXTENSION.supportedVersions
      )
        this.put(bytes, body, at);
    }
    return sni;
  }

  /** The groups alone: the shares themselves are random. */
  private putKeyShares(bytes: Buffer, from: number, to: number): void {
    let at = from + 2;
    const end = to - from < 2 ? at : Math.min(to, at + ((bytes[from]! << 8) | bytes[from + 1]!));
    for (let count = 0; end - at >= 4 && count < MAX_KEY_SHARES; count++) {
      this.putWord((bytes[at]! << 8) | bytes[at + 1]!);
      at += 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    }
    // No group: what follows is the type of the next extension.
    this.putWord(-1);
  }

  /** RFC 6066 section 3: the first host_name entry. Equal names give the same string object. */
  private serverName(bytes: Buffer, from: number, to: number): string | undefined {
    let at = from + 2;
    const end = to - from < 2 ? at : Math.min(to, at + ((bytes[from]! << 8) | bytes[from + 1]!));
    while (end - at >= 3) {
      const length = (bytes[at + 1]! << 8) | bytes[at + 2]!;
      if (at + 3 + length > end) return undefined;
      if (bytes[at] === 0) return this.names.text(bytes, at + 3, at + 3 + length);
      at += 3 + length;
    }
    return undefined;
  }

  private lookUp(): HelloShape | undefined {
    const { shapes, keyHash } = this;
    for (let slot = shapes.first(keyHash); ; slot = shapes.next(slot)) {
      const known = shapes.values[slot];
      if (known === undefined) return undefined;
      if (shapes.hashes[slot] === keyHash && this.isScratch(known.key)) return known.shape;
    }
  }

  /** In a loop for the same reason as `put`. */
  private isScratch(key: Int32Array): boolean {
    const { scratch, keyLength } = this;
    if (key.length !== keyLength) return false;
    for (let at = 0; at < keyLength; at++) if (key[at] !== scratch[at]) return false;
    return true;
  }
}

/** One step of the hash (the multiplier is 2^32 over the golden ratio); what it finds is compared word by word. */
function mixed(hash: number, word: number): number {
  return Math.imul(hash ^ word, 0x9e3779b1);
}

/** Hash of a session identifier or a random, by words: enough to see that it comes again; 0 for none. */
export function sessionIdHash(bytes: Buffer, from: number, to: number): number {
  if (from >= to) return 0;
  let hash = 0x811c9dc5;
  let at = from;
  for (; to - at >= 4; at += 4) {
    const word = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    hash = Math.imul(hash ^ (hash >>> 15) ^ word, 0x9e3779b1);
  }
  for (; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x9e3779b1);
  return hash | 1;
}

interface ExtensionPart {
  type: number;
  body: ByteReader;
}

function walkExtensions(extensions: ByteReader): ExtensionPart[] {
  const parts: ExtensionPart[] = [];
  while (extensions.left >= 4 && parts.length < MAX_EXTENSIONS) {
    const type = extensions.u16();
    parts.push({ type, body: extensions.part(Math.min(extensions.u16(), extensions.left)) });
  }
  return parts;
}

function keyShareGroups(body: ByteReader): number[] {
  const reader = new ByteReader(body.bytes, body.at, body.end);
  const shares = reader.part(Math.min(reader.u16(), reader.left));
  const groups: number[] = [];
  while (shares.left >= 4 && groups.length < MAX_KEY_SHARES) {
    const group = shares.u16();
    shares.skip(shares.u16());
    if (!isGrease(group)) groups.push(group);
  }
  return groups;
}

function readShape(
  legacyVersion: number,
  transport: HelloTransport,
  suiteBytes: ByteReader,
  compression: ByteReader,
  parts: ExtensionPart[],
): HelloShape {
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
    append(versions, reader.part(Math.min(reader.u8(), reader.left)).u16s());
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
    keyShares: keyShare ? keyShareGroups(keyShare) : [],
    signatureAlgorithms,
    pointFormats,
    extensions,
    alpn: alpnValues.map((value) => value.toString('latin1')),
    compression: [...compression.slice(compression.left)],
    ech,
    earlyData: extensions.includes(EXTENSION.earlyData),
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
