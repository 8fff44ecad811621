/** Reads encrypted handshake records of one session with secrets of a key log: certificates and alerts of TLS 1.3. */
import type { KeyLog, SessionSecrets } from '../../tls/key-log.ts';
import { type RecordDecrypter, tls12Decrypters, tls13Decrypter } from '../../tls/record-cipher.ts';

const MAX_MESSAGES = 512 * 1024;
const FINISHED = 20;

export interface DecryptedEvents {
  decryptedMessage(
    fromClient: boolean,
    type: number,
    bytes: Buffer,
    start: number,
    end: number,
    frame: number,
    time: number,
  ): void;
  decryptedAlert(fromClient: boolean, level: number, description: number, frame: number, time: number): void;
}

interface Direction {
  decrypter: RecordDecrypter | undefined;
  /** Takes over after Finished (TLS 1.3). */
  next: RecordDecrypter | undefined;
  pending: Buffer;
}

export interface NegotiatedParameters {
  tls13: boolean;
  suite: number;
  version: number;
  encryptThenMac: boolean;
}

export class SessionDecryption {
  private readonly secrets: SessionSecrets;
  private readonly clientRandom: Buffer;
  private readonly serverRandom: Buffer;
  private directions: { client: Direction; server: Direction } | undefined;
  private bytes = 0;
  /** Records that were opened. */
  opened = 0;

  constructor(secrets: SessionSecrets, clientRandom: Buffer, serverRandom: Buffer) {
    this.secrets = secrets;
    this.clientRandom = clientRandom;
    this.serverRandom = serverRandom;
  }

  static forSession(
    keyLog: KeyLog | undefined,
    clientRandom: Buffer | undefined,
    serverRandom: Buffer | undefined,
  ): SessionDecryption | undefined {
    const secrets = keyLog && clientRandom && serverRandom ? keyLog.find(clientRandom) : undefined;
    return secrets ? new SessionDecryption(secrets, clientRandom!, serverRandom!) : undefined;
  }

  record(
    fromClient: boolean,
    type: number,
    version: number,
    content: Buffer,
    parameters: NegotiatedParameters,
    events: DecryptedEvents,
    frame: number,
    time: number,
  ): void {
    this.bytes += content.length;
    if (this.bytes > MAX_MESSAGES) return;
    this.directions ??= this.open(parameters);
    const direction = fromClient ? this.directions.client : this.directions.server;
    let plain = direction.decrypter?.decrypt(type, version, content);
    if (!plain && direction.next) {
      // A lost Finished must not cost the rest.
      plain = direction.next.decrypt(type, version, content);
      if (plain) {
        direction.decrypter = direction.next;
        direction.next = undefined;
      }
    }
    if (!plain) return;
    this.opened++;
    if (plain.type === 21 && plain.content.length >= 2)
      events.decryptedAlert(fromClient, plain.content[0]!, plain.content[1]!, frame, time);
    else if (plain.type === 22) this.messages(fromClient, direction, plain.content, events, frame, time);
  }

  private messages(
    fromClient: boolean,
    direction: Direction,
    content: Buffer,
    events: DecryptedEvents,
    frame: number,
    time: number,
  ): void {
    const all = direction.pending.length > 0 ? Buffer.concat([direction.pending, content]) : content;
    let at = 0;
    while (all.length - at >= 4) {
      const length = all.readUIntBE(at + 1, 3);
      if (all.length - at - 4 < length) break;
      events.decryptedMessage(fromClient, all[at]!, all, at + 4, at + 4 + length, frame, time);
      if (all[at] === FINISHED && direction.next) {
        direction.decrypter = direction.next;
        direction.next = undefined;
      }
      at += 4 + length;
    }
    direction.pending = Buffer.from(all.subarray(at));
  }

  private open(parameters: NegotiatedParameters): { client: Direction; server: Direction } {
    const { secrets } = this;
    const direction = (decrypter: RecordDecrypter | undefined, next?: RecordDecrypter): Direction => ({
      decrypter,
      next,
      pending: Buffer.alloc(0),
    });
    if (parameters.tls13) {
      const from = (secret: Buffer | undefined) => (secret ? tls13Decrypter(parameters.suite, secret) : undefined);
      return {
        client: direction(from(secrets.clientHandshake), from(secrets.clientTraffic)),
        server: direction(from(secrets.serverHandshake), from(secrets.serverTraffic)),
      };
    }
    const both = secrets.master
      ? tls12Decrypters(
          parameters.suite,
          parameters.version,
          secrets.master,
          this.clientRandom,
          this.serverRandom,
          parameters.encryptThenMac,
        )
      : undefined;
    return { client: direction(both?.client), server: direction(both?.server) };
  }
}
