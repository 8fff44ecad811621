/** ServerHello, HelloRetryRequest and the SSL 2.0 SERVER-HELLO (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3). */
import { ByteReader } from './byte-reader.ts';
import { ja3s } from './fingerprints.ts';
import { EXTENSION } from './registries/extensions.ts';
import type { ServerHelloInfo } from './types.ts';

/** SHA-256 of "HelloRetryRequest". */
const HELLO_RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');
const DOWNGRADE_12 = Buffer.from('444f574e47524401', 'hex');
const DOWNGRADE_11 = Buffer.from('444f574e47524400', 'hex');

export interface ParsedServerHello {
  hello: ServerHelloInfo;
  sessionId: Buffer;
  legacyVersion: number;
  /** The server agreed to resume with a pre-shared key (TLS 1.3). */
  preSharedKey: boolean;
  statusRequest: boolean;
}

const fingerprints = new Map<string, string>();
const MAX_CACHED = 4096;

/** Parses the body of a ServerHello (without handshake header); undefined when it is none. */
export function parseServerHello(bytes: Buffer, start: number, end: number): ParsedServerHello | undefined {
  const reader = new ByteReader(bytes, start, end);
  const legacyVersion = reader.u16();
  const random = reader.at;
  reader.skip(32);
  const drafts = legacyVersion >>> 8 === 0x7f;
  // Drafts of TLS 1.3 before 22 have neither session id nor compression here.
  const sessionId = drafts ? reader.slice(0) : reader.slice(reader.u8());
  const suite = reader.u16();
  if (!drafts) reader.skip(1);
  if (reader.overrun) return undefined;
  const hello: ServerHelloInfo = { version: legacyVersion, suite, extensions: [] };
  const parsed: ParsedServerHello = { hello, sessionId, legacyVersion, preSharedKey: false, statusRequest: false };
  if (bytes.compare(HELLO_RETRY_RANDOM, 0, 32, random, random + 32) === 0) hello.helloRetryRequest = true;
  if (reader.left >= 2) readExtensions(parsed, reader.part(Math.min(reader.u16(), reader.left)));
  if (bytes.compare(DOWNGRADE_12, 0, 8, random + 24, random + 32) === 0) hello.downgrade = 'TLS1.2';
  else if (bytes.compare(DOWNGRADE_11, 0, 8, random + 24, random + 32) === 0) hello.downgrade = 'TLS1.1';
  hello.ja3s = fingerprint(legacyVersion, suite, hello.extensions);
  return parsed;
}

function fingerprint(version: number, suite: number, extensions: readonly number[]): string {
  const key = `${version},${suite},${extensions.join('-')}`;
  let found = fingerprints.get(key);
  if (found === undefined) {
    if (fingerprints.size >= MAX_CACHED) fingerprints.clear();
    found = ja3s(version, suite, extensions);
    fingerprints.set(key, found);
  }
  return found;
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
