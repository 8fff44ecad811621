/** Key schedule of TLS 1.3 without pre-shared keys (RFC 8446 section 7.1). */
import { createHash, createHmac } from 'node:crypto';
import { hkdfExpandLabel } from './hkdf.ts';
import { parseSuite } from './registries/index.ts';

export interface TrafficSecrets {
  client: Buffer;
  server: Buffer;
}

export interface Tls13Schedule {
  /** Secrets of the handshake messages; `transcript` holds ClientHello and ServerHello. */
  handshake(transcript: Buffer): TrafficSecrets;
  /** Secrets of application data; `transcript` ends with the server's Finished. */
  application(transcript: Buffer): TrafficSecrets;
  /** verify_data of a Finished message (section 4.4.4). */
  finished(secret: Buffer, transcript: Buffer): Buffer;
}

/** The schedule of a suite over the (EC)DHE secret; undefined for a suite that is not of TLS 1.3. */
export function tls13Schedule(suite: number, shared: Buffer): Tls13Schedule | undefined {
  const parts = parseSuite(suite);
  if (!parts?.tls13) return undefined;
  const hash = parts.hash === 'SHA384' ? 'sha384' : 'sha256';
  const digest = (bytes: Buffer): Buffer => createHash(hash).update(bytes).digest();
  const nothing = digest(Buffer.alloc(0));
  const size = nothing.length;
  const extract = (salt: Buffer, secret: Buffer): Buffer => createHmac(hash, salt).update(secret).digest();
  const derive = (secret: Buffer, label: string, context: Buffer): Buffer =>
    hkdfExpandLabel(hash, secret, label, size, context);
  const zeros = Buffer.alloc(size);
  const early = extract(zeros, zeros);
  const handshake = extract(derive(early, 'derived', nothing), shared);
  const master = extract(derive(handshake, 'derived', nothing), zeros);
  const pair = (secret: Buffer, kind: string, transcript: Buffer): TrafficSecrets => {
    const context = digest(transcript);
    return {
      client: derive(secret, `c ${kind} traffic`, context),
      server: derive(secret, `s ${kind} traffic`, context),
    };
  };
  return {
    handshake: (transcript) => pair(handshake, 'hs', transcript),
    application: (transcript) => pair(master, 'ap', transcript),
    finished: (secret, transcript) =>
      createHmac(hash, hkdfExpandLabel(hash, secret, 'finished', size))
        .update(digest(transcript))
        .digest(),
  };
}
