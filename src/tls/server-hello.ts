/** ServerHello, HelloRetryRequest and the SSL 2.0 SERVER-HELLO (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3). */
import { sessionIdHash } from './client-hello.ts';
import { ja3s } from './fingerprints.ts';
import { HashedSlots } from './hashed-slots.ts';
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

const MAX_CACHED = 4096;
const shapes = new HashedSlots<AnswerShape>(MAX_CACHED);
const MAX_EXTENSIONS = 512;
const RANDOM = 32;
const protocols = new TextCache();
/** Types of the extensions of the hello at hand. */
const types = new Uint16Array(MAX_EXTENSIONS);

/** A ServerHello of the one layout that all have; without `frame` and `time` where nobody captured it. */
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
export function parseServerHello(
  bytes: Buffer,
  start: number,
  end: number,
  frame?: number,
  time?: number,
): ParsedServerHello | undefined {
  const limit = Math.min(end, bytes.length);
  const random = start + 2;
  let at = random + RANDOM;
  if (at > limit) return undefined;
  const legacyVersion = (bytes[start]! << 8) | bytes[start + 1]!;
  // Drafts of TLS 1.3 before 22 have neither session id nor compression here.
  const drafts = legacyVersion >>> 8 === 0x7f;
  let sessionId = 0;
  if (!drafts) {
    const session = at + 1;
    at = session + (at < limit ? bytes[at]! : 0);
    if (at <= limit) sessionId = sessionIdHash(bytes, session, at);
  }
  const suiteAt = at;
  at += drafts ? 2 : 3;
  if (at > limit) return undefined;
  const suite = (bytes[suiteAt]! << 8) | bytes[suiteAt + 1]!;
  const extensions = at + 2;
  const extensionsEnd =
    extensions > limit ? extensions : Math.min(limit, extensions + ((bytes[at]! << 8) | bytes[at + 1]!));
  const shape = shapeOf(legacyVersion, suite, readExtensions(bytes, extensions, extensionsEnd));
  const hello = serverHelloOf(
    facts.version < 0 ? legacyVersion : facts.version,
    suite,
    facts.group,
    facts.alpn,
    shape.extensions,
    isAt(bytes, random, HELLO_RETRY_RANDOM) ? true : undefined,
    downgrade(bytes, random + 24),
    frame,
    time,
    shape.ja3s,
  );
  const { preSharedKey, statusRequest } = facts;
  return { hello, sessionId, legacyVersion, preSharedKey, statusRequest };
}

function downgrade(bytes: Buffer, at: number): ServerHelloInfo['downgrade'] {
  if (isAt(bytes, at, DOWNGRADE_12)) return 'TLS1.2';
  return isAt(bytes, at, DOWNGRADE_11) ? 'TLS1.1' : undefined;
}

function isAt(bytes: Buffer, at: number, what: Buffer): boolean {
  for (let index = 0; index < what.length; index++) if (bytes[at + index] !== what[index]) return false;
  return true;
}

/** The shape with the first `count` of `types`. */
function shapeOf(version: number, suite: number, count: number): AnswerShape {
  let hash = Math.imul(version ^ 0x811c9dc5, 0x01000193) ^ suite;
  for (let index = 0; index < count; index++) hash = Math.imul(hash ^ types[index]!, 0x01000193);
  for (let slot = shapes.first(hash); ; slot = shapes.next(slot)) {
    const known = shapes.values[slot];
    if (known === undefined) return newShape(hash, version, suite, Array.from(types.subarray(0, count)));
    if (known.version === version && known.suite === suite && isTypes(known.extensions, count)) return known;
  }
}

function newShape(hash: number, version: number, suite: number, extensions: number[]): AnswerShape {
  const shape: AnswerShape = { version, suite, extensions, ja3s: ja3s(version, suite, extensions) };
  shapes.add(hash, shape);
  return shape;
}

function isTypes(extensions: readonly number[], count: number): boolean {
  if (extensions.length !== count) return false;
  for (let index = 0; index < count; index++) if (extensions[index] !== types[index]) return false;
  return true;
}

/** What the extensions of the answer at hand say; a version below 0 is none. */
const facts = {
  version: -1,
  group: undefined as number | undefined,
  alpn: undefined as string | undefined,
  preSharedKey: false,
  statusRequest: false,
};

/** Puts the types into `types`, what they say into `facts`, and returns how many there are. */
function readExtensions(bytes: Buffer, start: number, end: number): number {
  facts.version = -1;
  facts.group = undefined;
  facts.alpn = undefined;
  facts.preSharedKey = false;
  facts.statusRequest = false;
  let count = 0;
  for (let at = start; end - at >= 4 && count < MAX_EXTENSIONS; ) {
    const type = (bytes[at]! << 8) | bytes[at + 1]!;
    const body = at + 4;
    at = Math.min(end, body + ((bytes[at + 2]! << 8) | bytes[at + 3]!));
    const length = at - body;
    types[count++] = type;
    if (type === EXTENSION.supportedVersions && length >= 2) facts.version = (bytes[body]! << 8) | bytes[body + 1]!;
    else if (type === EXTENSION.keyShare && length >= 2) facts.group = (bytes[body]! << 8) | bytes[body + 1]!;
    else if (type === EXTENSION.preSharedKey) facts.preSharedKey = true;
    else if (type === EXTENSION.statusRequest) facts.statusRequest = true;
    else if (type === EXTENSION.alpn && length > 3)
      facts.alpn = protocols.text(bytes, body + 3, Math.min(at, body + 3 + bytes[body + 2]!));
  }
  return count;
}
