/** ServerHello, HelloRetryRequest and the SSL 2.0 SERVER-HELLO (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3). */
import { ByteReader } from './byte-reader.ts';
import { sessionIdHash } from './client-hello.ts';
import { ja3s } from './fingerprints.ts';
import { EXTENSION } from './registries/extensions.ts';
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
const RANDOM = 32;

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
  const slots: Slots<ServerHelloInfo> = {
    version: legacyVersion,
    suite,
    group: undefined,
    alpn: undefined,
    extensions: [],
    helloRetryRequest: undefined,
    downgrade: undefined,
    frame: undefined,
    time: undefined,
    ja3s: undefined,
  };
  const hello = slots as ServerHelloInfo;
  const sessionId = sessionIdHash(bytes, session, session + sessionLength);
  const parsed: ParsedServerHello = { hello, sessionId, legacyVersion, preSharedKey: false, statusRequest: false };
  if (isAt(bytes, random, HELLO_RETRY_RANDOM)) hello.helloRetryRequest = true;
  if (reader.left >= 2) readExtensions(parsed, reader.part(Math.min(reader.u16(), reader.left)));
  if (isAt(bytes, random + 24, DOWNGRADE_12)) hello.downgrade = 'TLS1.2';
  else if (isAt(bytes, random + 24, DOWNGRADE_11)) hello.downgrade = 'TLS1.1';
  const shape = shapeOf(legacyVersion, suite, hello.extensions);
  hello.extensions = shape.extensions;
  hello.ja3s = shape.ja3s;
  return parsed;
}

function isAt(bytes: Buffer, at: number, what: Buffer): boolean {
  for (let index = 0; index < what.length; index++) if (bytes[at + index] !== what[index]) return false;
  return true;
}

function shapeOf(version: number, suite: number, extensions: number[]): AnswerShape {
  let hash = Math.imul(version ^ 0x811c9dc5, 0x01000193) ^ suite;
  for (const type of extensions) hash = Math.imul(hash ^ type, 0x01000193);
  const known = shapes.get(hash);
  if (known && known.version === version && known.suite === suite && sameNumbers(known.extensions, extensions))
    return known;
  const shape: AnswerShape = { version, suite, extensions, ja3s: ja3s(version, suite, extensions) };
  if (shapes.size >= MAX_CACHED) shapes.clear();
  shapes.set(hash, shape);
  return shape;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function readExtensions(parsed: ParsedServerHello, extensions: ByteReader): void {
  const { hello } = parsed;
  while (extensions.left >= 4 && hello.extensions.length < 512) {
    const type = extensions.u16();
    const body = extensions.part(Math.min(extensions.u16(), extensions.left));
    hello.extensions.push(type);
    if (type === EXTENSION.supportedVersions && body.left >= 2) hello.version = body.u16();
    else if (type === EXTENSION.keyShare && body.left >= 2) hello.group = body.u16();
    else if (type === EXTENSION.preSharedKey) parsed.preSharedKey = true;
    else if (type === EXTENSION.statusRequest) parsed.statusRequest = true;
    else if (type === EXTENSION.alpn && body.left > 3) {
      body.skip(2);
      hello.alpn = body.text(Math.min(body.u8(), body.left));
    }
  }
}
