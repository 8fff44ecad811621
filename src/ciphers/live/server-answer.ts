/** Reads what a server sends after a ClientHello, record by record, up to the point where the client would have to act. */
import { certificateRanges, HANDSHAKE, parseCertificateRequest } from '../../tls/handshake-messages.ts';
import { isTls13, parseSuite } from '../../tls/registries/index.ts';
import { parseServerHello } from '../../tls/server-hello.ts';
import type { ServerHelloInfo } from '../../tls/types.ts';

export interface KeyExchangeFacts {
  /** Named group of an ECDHE exchange. */
  group?: number;
  /** Bits of the finite-field prime, the prime itself and the public value, hex. */
  dh?: { bits: number; prime: string; generator: string; publicKey: string };
  /** Public point of an ECDHE exchange, hex. */
  point?: string;
  /** Bits of a temporary RSA key (export suites). */
  rsaBits?: number;
  signatureAlgorithm?: number;
}

export interface ServerAnswer {
  serverHello?: ServerHelloInfo;
  /** SSL 2.0: version, cipher kinds offered by the server and its certificate. */
  ssl2?: { version: number; kinds: number[]; certificate?: string };
  /** DER, base64, in the order sent. */
  certificates: string[];
  certificateRequest?: { authorities: string[]; signatureAlgorithms: number[]; certificateTypes: number[] };
  keyExchange?: KeyExchangeFacts;
  /** An OCSP response was stapled: its bytes, base64. */
  stapled?: string;
  compression?: number;
  done: boolean;
  alert?: { level: number; description: number };
  /** Warnings such as unrecognized_name that came before the ServerHello. */
  warnings: number[];
  /** First bytes that are no TLS, when the server spoke something else. */
  plaintext?: string;
  /** TLS 1.3: the encrypted flight has begun. */
  encrypted: boolean;
  malformed?: string;
}

const MAX_BYTES = 1024 * 1024;

/** Feeds on chunks; `finished` tells the caller that nothing more is worth waiting for. */
export class ServerAnswerReader {
  readonly answer: ServerAnswer = { certificates: [], warnings: [], done: false, encrypted: false };
  #input: Buffer = Buffer.alloc(0);
  #handshake: Buffer = Buffer.alloc(0);
  #total = 0;
  readonly #wantHelloOnly: boolean;

  /** @param wantHelloOnly stop at the ServerHello; the certificate and key exchange are not waited for */
  constructor(wantHelloOnly = false) {
    this.#wantHelloOnly = wantHelloOnly;
  }

  get finished(): boolean {
    const a = this.answer;
    return (
      a.done ||
      a.alert !== undefined ||
      a.plaintext !== undefined ||
      a.malformed !== undefined ||
      a.ssl2 !== undefined ||
      a.encrypted ||
      (this.#wantHelloOnly && a.serverHello !== undefined)
    );
  }

  push(chunk: Buffer): void {
    this.#total += chunk.length;
    if (this.#total > MAX_BYTES) {
      this.answer.malformed = `more than ${MAX_BYTES} bytes before the end of the server's first flight`;
      return;
    }
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    while (!this.finished && this.#readRecord()) {
      // Each turn takes one record.
    }
  }

  #readRecord(): boolean {
    const input = this.#input;
    if (input.length < 3) return false;
    const type = input[0]!;
    if ((type & 0x80) !== 0 && input[2] === 4) return this.#readSsl2(input);
    if (type < 20 || type > 24 || input[1] !== 3) {
      this.answer.plaintext = input.subarray(0, 80).toString('latin1');
      return false;
    }
    if (input.length < 5) return false;
    const length = input.readUInt16BE(3);
    if (length > 18432) {
      this.answer.malformed = `a record of ${length} bytes; TLS allows 18432`;
      return false;
    }
    if (input.length < 5 + length) return false;
    const body = input.subarray(5, 5 + length);
    this.#input = input.subarray(5 + length);
    if (type === 21) this.#readAlert(body);
    else if (type === 22) this.#readHandshake(body);
    else if (type === 23 || type === 20) {
      // After a TLS 1.3 ServerHello the rest is encrypted; a lone ChangeCipherSpec is middlebox compatibility.
      if (type === 23) this.answer.encrypted = true;
    }
    return true;
  }

  #readAlert(body: Buffer): void {
    if (body.length !== 2) {
      this.answer.malformed = `an alert of ${body.length} bytes`;
      return;
    }
    // A warning such as unrecognized_name may precede the ServerHello; close_notify is the end all the same.
    if (body[0] === 1 && body[1] !== 0) this.answer.warnings.push(body[1]!);
    else this.answer.alert = { level: body[0]!, description: body[1]! };
  }

  #readHandshake(body: Buffer): void {
    this.#handshake = this.#handshake.length === 0 ? body : Buffer.concat([this.#handshake, body]);
    while (this.#handshake.length >= 4 && !this.finished) {
      const length = this.#handshake.readUIntBE(1, 3);
      if (length > MAX_BYTES) {
        this.answer.malformed = `a handshake message of ${length} bytes`;
        return;
      }
      if (this.#handshake.length < 4 + length) return;
      const type = this.#handshake[0]!;
      const message = this.#handshake.subarray(4, 4 + length);
      this.#handshake = this.#handshake.subarray(4 + length);
      this.#readMessage(type, message);
    }
  }

  #readMessage(type: number, message: Buffer): void {
    const answer = this.answer;
    if (type === HANDSHAKE.serverHello) {
      const hello = parseServerHello(message, 0, message.length)?.hello;
      if (!hello) {
        answer.malformed = 'a ServerHello that cannot be read';
        return;
      }
      answer.serverHello = hello;
      const sessionLength = message[34] ?? 0;
      answer.compression = message[37 + sessionLength] ?? 0;
      if (hello.helloRetryRequest) answer.done = true;
    } else if (type === HANDSHAKE.certificate) {
      answer.certificates = certificateRanges(message, 0, message.length, false).map((r) =>
        message.subarray(r.start, r.end).toString('base64'),
      );
    } else if (type === HANDSHAKE.certificateStatus) {
      if (message[0] === 1 && message.length > 4) answer.stapled = message.subarray(4).toString('base64');
    } else if (type === HANDSHAKE.serverKeyExchange) {
      const facts = readKeyExchange(message, answer.serverHello);
      if (facts) answer.keyExchange = facts;
    } else if (type === HANDSHAKE.certificateRequest) {
      answer.certificateRequest = parseCertificateRequest(
        message,
        0,
        message.length,
        answer.serverHello?.version ?? 0x0303,
        false,
      );
    } else if (type === HANDSHAKE.serverHelloDone) answer.done = true;
  }

  /** SERVER-HELLO of SSL 2.0: all cipher kinds of the server at once. */
  #readSsl2(input: Buffer): boolean {
    const length = input.readUInt16BE(0) & 0x7fff;
    if (input.length < 2 + length) return false;
    const body = input.subarray(2, 2 + length);
    if (body.length < 11) {
      this.answer.malformed = 'an SSL 2.0 SERVER-HELLO that is too short';
      return false;
    }
    const certificateLength = body.readUInt16BE(5);
    const specsLength = body.readUInt16BE(7);
    const specs = body.subarray(11 + certificateLength, 11 + certificateLength + specsLength);
    const kinds: number[] = [];
    for (let at = 0; at + 3 <= specs.length; at += 3) kinds.push(specs.readUIntBE(at, 3));
    this.answer.ssl2 = {
      version: body.readUInt16BE(3),
      kinds,
      ...(certificateLength > 0 ? { certificate: body.subarray(11, 11 + certificateLength).toString('base64') } : {}),
    };
    return true;
  }
}

/** ServerKeyExchange of (EC)DHE and export RSA (RFC 5246 section 7.4.3, RFC 8422 section 5.4). */
function readKeyExchange(message: Buffer, hello: ServerHelloInfo | undefined): KeyExchangeFacts | undefined {
  const suite = hello && !isTls13(hello.version) ? parseSuite(hello.suite) : undefined;
  if (!suite) return undefined;
  let at = 0;
  const vector = (): Buffer => {
    const length = at + 2 <= message.length ? message.readUInt16BE(at) : 0;
    const value = message.subarray(at + 2, at + 2 + length);
    at += 2 + length;
    return value;
  };
  const signature = (): Pick<KeyExchangeFacts, 'signatureAlgorithm'> =>
    hello!.version >= 0x0303 && suite.authentication !== 'anon' && at + 2 <= message.length
      ? { signatureAlgorithm: message.readUInt16BE(at) }
      : {};
  if (suite.keyExchange === 'ECDHE') {
    if (message[0] !== 3 || message.length < 4) return undefined;
    const group = message.readUInt16BE(1);
    const point = message.subarray(4, 4 + message[3]!);
    at = 4 + message[3]!;
    return { group, point: point.toString('hex'), ...signature() };
  }
  if (suite.keyExchange === 'DHE') {
    const prime = stripZeros(vector());
    const generator = vector();
    const publicKey = vector();
    return {
      dh: {
        bits: bitLength(prime),
        prime: prime.toString('hex'),
        generator: generator.toString('hex'),
        publicKey: publicKey.toString('hex'),
      },
      ...signature(),
    };
  }
  if (suite.keyExchange === 'RSA' && suite.exportGrade) return { rsaBits: bitLength(stripZeros(vector())) };
  return undefined;
}

function stripZeros(value: Buffer): Buffer {
  let at = 0;
  while (at < value.length && value[at] === 0) at++;
  return value.subarray(at);
}

function bitLength(value: Buffer): number {
  return value.length === 0 ? 0 : (value.length - 1) * 8 + (32 - Math.clz32(value[0]!));
}
