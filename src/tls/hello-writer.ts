/** Writes ClientHello records byte by byte: any version, suites, groups and extensions, without a TLS library (RFC 8446 section 4.1.2). */
import { SSL2, SSL3, TLS10, TLS12 } from './registries/index.ts';

export interface HelloPlan {
  /** Highest version for the legacy field; with TLS 1.3 among `versions` this is 0x0303. */
  legacyVersion: number;
  /** Version of the record header; 0x0301 suits every server (RFC 8446 section 5.1). */
  recordVersion?: number;
  /** supported_versions; leave out below TLS 1.3. */
  versions?: readonly number[];
  suites: readonly number[];
  /** supported_groups; leave out to send none. */
  groups?: readonly number[];
  signatureAlgorithms?: readonly number[];
  /** key_share entries. An empty list asks the server for a HelloRetryRequest that names the group. */
  keyShares?: readonly { group: number; key: Buffer }[];
  serverName?: string;
  alpn?: readonly string[];
  compression?: readonly number[];
  /** Further extensions, appended in order. */
  extensions?: readonly { type: number; body: Buffer }[];
  sessionId?: Buffer;
  /** 32 bytes; a fixed default keeps a scan reproducible, no secret hangs on it. */
  random?: Buffer;
  /** Extensions are left out altogether (SSLv3 servers that reject them). */
  noExtensions?: boolean;
}

/** Not secret: the scanner never finishes a handshake with it. */
const FIXED_RANDOM = Buffer.from('7061796d656469632067656e746c65207363616e206f66206f6e65206c696e6b', 'hex');

/** The handshake record of a ClientHello, ready to send. */
export function writeClientHello(plan: HelloPlan): Buffer {
  const message = writeClientHelloMessage(plan);
  const header = Buffer.alloc(5);
  header[0] = 0x16;
  header.writeUInt16BE(plan.recordVersion ?? Math.min(Math.max(plan.legacyVersion, SSL3), TLS10), 1);
  header.writeUInt16BE(message.length, 3);
  return Buffer.concat([header, message]);
}

/** The handshake message alone, with its four-byte header. */
function writeClientHelloMessage(plan: HelloPlan): Buffer {
  const parts: Buffer[] = [];
  const legacy = Math.min(plan.legacyVersion, TLS12);
  parts.push(
    u16(legacy),
    plan.random ?? FIXED_RANDOM,
    vector8(plan.sessionId ?? Buffer.alloc(0)),
    vector16(u16s(plan.suites)),
    vector8(Buffer.from(plan.compression ?? [0])),
  );
  if (plan.noExtensions !== true) {
    const extensions = extensionsOf(plan);
    if (extensions.length > 0) parts.push(vector16(Buffer.concat(extensions)));
  }
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([1, body.length >>> 16, (body.length >>> 8) & 0xff, body.length & 0xff]), body]);
}

function extensionsOf(plan: HelloPlan): Buffer[] {
  const out: Buffer[] = [];
  if (plan.serverName !== undefined && plan.serverName !== '') {
    const name = Buffer.from(plan.serverName, 'latin1');
    out.push(extension(0, vector16(Buffer.concat([Buffer.from([0]), vector16(name)]))));
  }
  if (plan.groups && plan.groups.length > 0) {
    out.push(extension(10, vector16(u16s(plan.groups))));
    out.push(extension(11, Buffer.from([1, 0])));
  }
  if (plan.signatureAlgorithms && plan.signatureAlgorithms.length > 0)
    out.push(extension(13, vector16(u16s(plan.signatureAlgorithms))));
  if (plan.alpn && plan.alpn.length > 0)
    out.push(extension(16, vector16(Buffer.concat(plan.alpn.map((p) => vector8(Buffer.from(p, 'latin1')))))));
  if (plan.versions && plan.versions.length > 0) out.push(extension(43, vector8(u16s(plan.versions))));
  if (plan.keyShares)
    out.push(
      extension(51, vector16(Buffer.concat(plan.keyShares.map((k) => Buffer.concat([u16(k.group), vector16(k.key)]))))),
    );
  for (const { type, body } of plan.extensions ?? []) out.push(extension(type, body));
  return out;
}

/** SSL 2.0 CLIENT-HELLO with the given 24-bit cipher kinds (draft-hickman-netscape-ssl-00 section 2.5). */
export function writeSsl2Hello(kinds: readonly number[], challenge = FIXED_RANDOM.subarray(0, 16)): Buffer {
  const specs = Buffer.concat(kinds.map((k) => Buffer.from([k >>> 16, (k >>> 8) & 0xff, k & 0xff])));
  const body = Buffer.concat([
    Buffer.from([1]),
    u16(SSL2),
    u16(specs.length),
    u16(0),
    u16(challenge.length),
    specs,
    challenge,
  ]);
  const header = u16(0x8000 | body.length);
  return Buffer.concat([header, body]);
}

function u16(value: number): Buffer {
  return Buffer.from([(value >>> 8) & 0xff, value & 0xff]);
}

function u16s(values: readonly number[]): Buffer {
  // Plain byte stores: a scan writes some hundred kilobytes of these before any of this code is compiled.
  const out = Buffer.allocUnsafe(values.length * 2);
  let at = 0;
  for (const value of values) {
    out[at++] = value >>> 8;
    out[at++] = value;
  }
  return out;
}

function vector8(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([body.length]), body]);
}

function vector16(body: Buffer): Buffer {
  return Buffer.concat([u16(body.length), body]);
}

function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([u16(type), vector16(body)]);
}
