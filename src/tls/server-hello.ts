/** ServerHello, HelloRetryRequest and the SSL 2.0 SERVER-HELLO (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3). */
import { ByteReader } from './byte-reader.ts';
import { sessionIdHash } from './client-hello.ts';
import { ja3s } from './fingerprints.ts';
import { EXTENSION } from './registries/extensions.ts';
import { TextCache } from './text-cache.ts';
import type { ServerHelloInfo } from './types.ts';

/** SHA-256 of "HelloRetryRequest". */
const HELLO_RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');
const DOWNGRADE_12 = Buffer.from('444f574e47524401', 'hex');
const DOWNGRADE_11 = Buffer.from('444f574e47524400', 'hex');

export interface ParsedServerHello {
  hello: ServerHelloInfo;
  /** See `sessionIdHash`. */
  sessionId: number;
  legacyVersion: number;
  /** The server agreed to resume with a pre-shared key (TLS 1.3). */
  preSharedKey: boolean;
  statusRequest: boolean;
}

/** Every field with a place from the start, absent ones undefined: objects that grow field by field take twice the room and time. */
type Slots<T> = { [K in keyof T]-?: T[K] | undefined };

/** What many answers of a server share: its extensions in wire order and their fingerprint. */
interface AnswerShape {
  version: number;
  suite: number;
  extensions: number[];
  ja3s: string;
}

const shapes = new Map<number, AnswerShape>();
const MAX_CACHED = 4096;
const MAX_EXTENSIONS = 512;
const RANDOM = 32;
/** Until the extensions are known. */
const NO_TYPES: number[] = [];
const protocols = new TextCache();
/** Types of the extensions of the hello at hand. */
const types = new Uint16Array(MAX_EXTENSIONS);

/** A ServerHello of the one layout that all have; `frame` and `time` are filled in by whoever captured it. */
export function serverHelloOf(
  version: number,
  suite: number,
  group: number | undefined,
  alpn: string | undefined,
  extensions: number[],
  helloRetryRequest: boolean | undefined,
  downgrade: ServerHelloInfo['downgrade'] | undefined,
  frame: number | undefined,
  time: number | undefined,
  ja3s: string | undefined,
): ServerHelloInfo {
  const slots: Slots<ServerHelloInfo> = {
    version,
    suite,
    group,
    alpn,
    extensions,
    helloRetryRequest,
    downgrade,
    frame,
    time,
    ja3s,
  };
  return slots as ServerHelloInfo;
}

/** Parses the body of a ServerHello (without handshake header); undefined when it is none. */
export function parseServerHello(bytes: Buffer, start: number, end: number): ParsedServerHello | undefined {
  const reader = new ByteReader(bytes, start, end);
  const legacyVersion = reader.u16();
  const random = reader.at;
  reader.skip(RANDOM);
  const drafts = legacyVersion >>> 8 === 0x7f;
  // Drafts of TLS 1.3 before 22 have neither session id nor compression here.
  const sessionLength = drafts ? 0 : reader.u8();
  const session = reader.at;
  reader.skip(sessionLength);
  const suite = reader.u16();
  if (!drafts) reader.skip(1);
  if (reader.overrun) return undefined;
  const hello = serverHelloOf(
    legacyVersion,
    suite,
    undefined,
    undefined,
    NO_TYPES,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  );
  const sessionId = sessionIdHash(bytes, session, session + sessionLength);
  const parsed: ParsedServerHello = { hello, sessionId, legacyVersion, preSharedKey: false, statusRequest: false };
  if (isAt(bytes, random, HELLO_RETRY_RANDOM)) hello.helloRetryRequest = true;
  const length = reader.left >= 2 ? Math.min(reader.u16(), reader.left) : 0;
  const count = readExtensions(parsed, bytes, reader.at, reader.at + length);
  if (isAt(bytes, random + 24, DOWNGRADE_12)) hello.downgrade = 'TLS1.2';
  else if (isAt(bytes, random + 24, DOWNGRADE_11)) hello.downgrade = 'TLS1.1';
  const shape = shapeOf(legacyVersion, suite, count);
  hello.extensions = shape.extensions;
  hello.ja3s = shape.ja3s;
  return parsed;
}

function isAt(bytes: Buffer, at: number, what: Buffer): boolean {
  for (let index = 0; index < what.length; index++) if (bytes[at + index] !== what[index]) return false;
  return true;
}

/** The shape with the first `count` of `types`. */
function shapeOf(version: number, suite: number, count: number): AnswerShape {
  let hash = Math.imul(version ^ 0x811c9dc5, 0x01000193) ^ suite;
  for (let index = 0; index < count; index++) hash = Math.imul(hash ^ types[index]!, 0x01000193);
  const known = shapes.get(hash);
  if (known && known.version === version && known.suite === suite && isTypes(known.extensions, count)) return known;
  const extensions = Array.from(types.subarray(0, count));
  const shape: AnswerShape = { version, suite, extensions, ja3s: ja3s(version, suite, extensions) };
  if (shapes.size >= MAX_CACHED) shapes.clear();
  shapes.set(hash, shape);
  return shape;
}

function isTypes(extensions: readonly number[], count: number): boolean {
  if (extensions.length !== count) return false;
  for (let index = 0; index < count; index++) if (extensions[index] !== types[index]) return false;
  return true;
}

/** Puts the types into `types` and returns how many there are. */
function readExtensions(parsed: ParsedServerHello, bytes: Buffer, start: number, end: number): number {
  const { hello } = parsed;
  let count = 0;
  for (let at = start; end - at >= 4 && count < MAX_EXTENSIONS; ) {
    const type = (bytes[at]! << 8) | bytes[at + 1]!;
    const body = at + 4;
    at = Math.min(end, body + ((bytes[at + 2]! << 8) | bytes[at + 3]!));
    const length = at - body;
    types[count++] = type;
    if (type === EXTENSION.supportedVersions && length >= 2) hello.version = (bytes[body]! << 8) | bytes[body + 1]!;
    else if (type === EXTENSION.keyShare && length >= 2) hello.group = (bytes[body]! << 8) | bytes[body + 1]!;
    else if (type === EXTENSION.preSharedKey) parsed.preSharedKey = true;
    else if (type === EXTENSION.statusRequest) parsed.statusRequest = true;
    else if (type === EXTENSION.alpn && length > 3)
      hello.alpn = protocols.text(bytes, body + 3, Math.min(at, body + 3 + bytes[body + 2]!));
  }
  return count;
}
