/**
 * One direction of a conversation: bytes in order come in, TLS records and handshake messages go out, split and
 * merged in any way. Before TLS begins there may be a preamble (STARTTLS, CONNECT, SOCKS, PROXY): it is scanned for
 * the first hello. Memory: one unfinished handshake message at most.
 */
import { RecordList } from './record-list.ts';

export interface HalfEvents {
  /** A complete handshake message; `start` is behind the 4-byte header. */
  message(half: TlsHalf, type: number, bytes: Buffer, start: number, end: number, frame: number, time: number): void;
  alert(half: TlsHalf, level: number, description: number, frame: number, time: number): void;
  changeCipherSpec(half: TlsHalf, frame: number, time: number): void;
  /** A record whose content is encrypted. */
  encrypted(half: TlsHalf, type: number, length: number, frame: number, time: number): void;
  /** SSL 2.0 message behind its record header. */
  ssl2(half: TlsHalf, bytes: Buffer, start: number, end: number, frame: number, time: number): boolean;
  /** Encrypted record content, only when `keepCipherText` is set. */
  cipherText(half: TlsHalf, type: number, version: number, content: Buffer, frame: number, time: number): void;
}

export const MODE = { undecided: 0, tls: 1, preamble: 2, resync: 3, opaque: 4 } as const;

const MAX_MESSAGE = 256 * 1024;
const MAX_RECORD = 16_384 + 2048;
/** Preamble bytes kept to name the protocol, and scanned for the first hello. */
const MAX_PREAMBLE_KEPT = 512;
const MAX_PREAMBLE_SCANNED = 256 * 1024;
const HELLO_PATTERN = 11;
/** Two bytes and the shortest protection there is (RC4 with MD5, CCM with a short tag): encrypted even where the change to encryption was not captured. */
const SEALED_ALERT = 18;

export class TlsHalf {
  readonly fromClient: boolean;
  private readonly events: HalfEvents;
  mode: number = MODE.undecided;
  /** First bytes before TLS, or of a conversation without TLS. */
  preamble: Buffer | undefined = undefined;
  preambleBytes = 0;
  /** What the server said before the client's hello, where both spoke before TLS began. */
  greeting: Buffer | undefined = undefined;
  /** Bytes from the first byte of TLS to the end of what was fed, when it has just begun behind a preamble; else 0. */
  begunBehindPreamble = 0;
  private tail: Buffer | undefined = undefined;

  /** Record header that straddles segments; made when first needed. */
  private header: Buffer | undefined = undefined;
  private headerLength = 0;
  recordType = 0;
  recordVersion = 0;
  private recordLength = 0;
  private recordLeft = 0;

  private message: Buffer | undefined = undefined;
  private messageLength = 0;
  private messageDamaged = false;
  private alertLevel = -1;
  private cipher: Buffer | undefined = undefined;
  private cipherLength = 0;

  encrypted = false;
  keepCipherText = false;
  readonly records = new RecordList();
  /** Bytes of this direction lost to the capture. */
  lost = 0;

  constructor(fromClient: boolean, events: HalfEvents) {
    this.fromClient = fromClient;
    this.events = events;
  }

  /** As new: sessions are used again for later connections. */
  reset(): void {
    this.dropMessage();
    this.mode = MODE.undecided;
    this.preamble = undefined;
    this.preambleBytes = 0;
    this.greeting = undefined;
    this.begunBehindPreamble = 0;
    this.tail = undefined;
    this.headerLength = 0;
    this.recordType = 0;
    this.recordVersion = 0;
    this.recordLength = 0;
    this.recordLeft = 0;
    this.alertLevel = -1;
    this.cipher = undefined;
    this.cipherLength = 0;
    this.encrypted = false;
    this.keepCipherText = false;
    this.lost = 0;
    this.records.reset();
  }

  /** True when nothing more of this direction needs reading. */
  get done(): boolean {
    return this.mode === MODE.opaque;
  }

  /** A handshake message has begun but is not complete. */
  get partialMessage(): number {
    return this.message ? this.messageLength : 0;
  }

  feed(bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    switch (this.mode) {
      case MODE.tls:
        this.readRecords(bytes, start, end, frame, time);
        return;
      case MODE.undecided:
        this.decide(bytes, start, end, frame, time);
        return;
      case MODE.preamble:
        this.scan(bytes, start, end, frame, time);
        return;
      case MODE.resync:
        if (looksLikeRecord(bytes, start, end)) {
          this.mode = MODE.tls;
          this.headerLength = 0;
          this.recordLeft = 0;
          this.readRecords(bytes, start, end, frame, time);
        }
    }
  }

  /** `count` bytes were lost before what comes next. */
  skip(count: number): void {
    this.lost += count;
    if (this.mode === MODE.tls) {
      if (this.message) this.messageDamaged = true;
      this.cipher = undefined;
      if (this.headerLength === 0 && this.recordLeft >= count) {
        this.recordLeft -= count;
        if (!this.encrypted && this.recordType === 22) this.messageDamaged = true;
        if (this.recordLeft === 0) this.dropMessage();
      } else {
        this.mode = MODE.resync;
        this.dropMessage();
      }
    } else if (this.mode === MODE.undecided) {
      this.mode = MODE.resync;
    } else if (this.mode === MODE.preamble) {
      this.tail = undefined;
    }
  }

  /** The other direction has begun TLS, perhaps behind words of its own: what comes next here is its answer. */
  expectTls(behindWords: boolean): void {
    if (this.mode !== MODE.preamble) return;
    this.mode = MODE.undecided;
    this.tail = undefined;
    if (!behindWords) return;
    this.greeting = this.preamble;
    this.preamble = undefined;
    this.preambleBytes = 0;
  }

  private dropMessage(): void {
    if (this.message) returnBuffer(this.message);
    this.message = undefined;
    this.messageLength = 0;
    this.messageDamaged = false;
  }

  private decide(bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    let all = bytes;
    let from = start;
    let to = end;
    if (this.tail) {
      all = Buffer.concat([this.tail, bytes.subarray(start, end)]);
      from = 0;
      to = all.length;
      this.tail = undefined;
    }
    const first = all[from]!;
    const couldBeTls =
      first >= 20 && first <= 23 && (to - from < 2 || all[from + 1] === 3) && (to - from < 3 || all[from + 2]! <= 4);
    // SSL 2.0 record header with the high bit set, CLIENT-HELLO or SERVER-HELLO.
    const couldBeSsl2 = first >= 0x80 && (to - from < 3 || all[from + 2] === 1 || all[from + 2] === 4);
    if (
      (couldBeTls && to - from < 3) ||
      (couldBeSsl2 && to - from < 2 + (((first & 0x7f) << 8) | (all[from + 1] ?? 255)) && to - from < 1024)
    ) {
      this.tail = Buffer.from(all.subarray(from, to));
      return;
    }
    if (couldBeTls) {
      this.mode = MODE.tls;
      this.readRecords(all, from, to, frame, time);
      return;
    }
    if (couldBeSsl2) {
      const length = ((first & 0x7f) << 8) | all[from + 1]!;
      if (this.events.ssl2(this, all, from + 2, Math.min(to, from + 2 + length), frame, time)) {
        from += 2 + length;
        // A version 2 hello may ask for TLS: then records follow (RFC 5246 appendix E.2).
        if (from < to) this.decide(all, from, to, frame, time);
        return;
      }
    }
    this.mode = MODE.preamble;
    this.scan(all, from, to, frame, time);
  }

  private scan(bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    if (this.preambleBytes < MAX_PREAMBLE_KEPT) {
      const piece = bytes.subarray(start, Math.min(end, start + MAX_PREAMBLE_KEPT - this.preambleBytes));
      this.preamble = this.preamble ? Buffer.concat([this.preamble, piece]) : Buffer.from(piece);
    }
    let all = bytes;
    let from = start;
    let to = end;
    if (this.tail) {
      all = Buffer.concat([this.tail, bytes.subarray(start, end)]);
      from = 0;
      to = all.length;
      this.tail = undefined;
    }
    const limit = to - HELLO_PATTERN;
    for (let at = all.indexOf(0x16, from); at >= 0 && at <= limit; at = all.indexOf(0x16, at + 1)) {
      if (!isHello(all, at, this.fromClient)) continue;
      this.preambleBytes += at - from;
      this.begunBehindPreamble = to - at;
      this.mode = MODE.tls;
      this.readRecords(all, at, to, frame, time);
      return;
    }
    if (!this.fromClient && looksLikeAlert(all, from, to)) {
      this.mode = MODE.tls;
      this.readRecords(all, from, to, frame, time);
      return;
    }
    const keep = Math.min(HELLO_PATTERN - 1, to - from);
    this.tail = Buffer.from(all.subarray(to - keep, to));
    this.preambleBytes += end - start;
    if (this.preambleBytes > MAX_PREAMBLE_SCANNED) {
      this.mode = MODE.opaque;
      this.tail = undefined;
    }
  }

  private readRecords(bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    let at = start;
    while (at < end) {
      if (this.recordLeft === 0) {
        if (this.headerLength === 0 && end - at >= 5) {
          this.recordType = bytes[at]!;
          this.recordVersion = (bytes[at + 1]! << 8) | bytes[at + 2]!;
          this.recordLeft = (bytes[at + 3]! << 8) | bytes[at + 4]!;
          at += 5;
        } else {
          const take = Math.min(5 - this.headerLength, end - at);
          this.header ??= Buffer.alloc(5);
          bytes.copy(this.header, this.headerLength, at, at + take);
          this.headerLength += take;
          at += take;
          if (this.headerLength < 5) return;
          this.headerLength = 0;
          this.recordType = this.header[0]!;
          this.recordVersion = this.header.readUInt16BE(1);
          this.recordLeft = this.header.readUInt16BE(3);
        }
        if (
          this.recordType < 20 ||
          this.recordType > 24 ||
          this.recordVersion >>> 8 !== 3 ||
          this.recordLeft > MAX_RECORD
        ) {
          this.recordLeft = 0;
          this.dropMessage();
          // No TLS any more (or never was): keep the first bytes, they may say what it is instead.
          if (this.records.count === 0) {
            this.mode = MODE.preamble;
            this.scan(bytes, start, end, frame, time);
          } else this.mode = MODE.resync;
          return;
        }
        this.beginRecord(frame, time);
        if (this.recordLeft === 0) continue;
      }
      const take = Math.min(this.recordLeft, end - at);
      this.recordLeft -= take;
      this.content(bytes, at, at + take, frame, time);
      at += take;
      // An event may have ended the reading of this direction.
      if (this.mode !== MODE.tls) return;
    }
  }

  private beginRecord(frame: number, time: number): void {
    const hidden =
      this.encrypted || this.recordType === 23 || (this.recordType === 21 && this.recordLeft >= SEALED_ALERT);
    this.records.add(this.recordType, this.recordLeft, frame, time, hidden);
    this.alertLevel = -1;
    this.recordLength = this.recordLeft;
    if (this.keepCipherText && (this.encrypted || this.recordType === 23)) {
      this.cipher = Buffer.alloc(this.recordLeft);
      this.cipherLength = 0;
    }
    if (hidden) this.events.encrypted(this, this.recordType, this.recordLeft, frame, time);
  }

  private content(bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    // TLS 1.3 sends a dummy ChangeCipherSpec in clear text whenever it likes (RFC 8446 appendix D.4).
    if (this.recordType === 20 && !this.cipher) {
      if (this.recordLeft === 0) this.events.changeCipherSpec(this, frame, time);
      return;
    }
    if (this.cipher) {
      this.cipherLength += bytes.copy(this.cipher, this.cipherLength, start, end);
      if (this.recordLeft === 0) {
        const content = this.cipher;
        this.cipher = undefined;
        this.events.cipherText(this, this.recordType, this.recordVersion, content, frame, time);
      }
      return;
    }
    if (this.recordType === 22 && !this.encrypted) {
      if (this.messageDamaged) {
        if (this.recordLeft === 0) this.dropMessage();
      } else this.handshake(bytes, start, end, frame, time);
    } else if (
      this.recordType === 21 &&
      (this.encrypted ? this.recordLength === 2 : this.recordLength < SEALED_ALERT)
    ) {
      // Two bytes are never an encrypted alert: some stacks fail in clear text although keys are in use.
      for (let at = start; at < end; at++) {
        if (this.alertLevel < 0) this.alertLevel = bytes[at]!;
        else {
          this.events.alert(this, this.alertLevel, bytes[at]!, frame, time);
          this.alertLevel = -1;
        }
      }
    }
  }

  private handshake(bytes: Buffer, start: number, end: number, frame: number, time: number): void {
    let at = start;
    while (at < end && this.mode === MODE.tls && !this.encrypted) {
      if (!this.message) {
        if (end - at >= 4) {
          const length = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
          if (end - at >= 4 + length) {
            this.events.message(this, bytes[at]!, bytes, at + 4, at + 4 + length, frame, time);
            at += 4 + length;
            continue;
          }
        }
        this.message = borrowBuffer(Math.max(512, end - at));
        this.messageLength = 0;
      }
      at = this.collect(bytes, at, end, frame, time);
    }
  }

  /** Adds to the unfinished message; hands it over when it is whole. Returns where reading goes on. */
  private collect(bytes: Buffer, at: number, end: number, frame: number, time: number): number {
    const header = Math.min(Math.max(0, 4 - this.messageLength), end - at);
    if (header > 0) {
      bytes.copy(this.message!, this.messageLength, at, at + header);
      this.messageLength += header;
      if (this.messageLength < 4) return at + header;
    }
    const length = 4 + this.message!.readUIntBE(1, 3);
    if (length > MAX_MESSAGE) {
      this.mode = MODE.opaque;
      this.dropMessage();
      return end;
    }
    if (this.message!.length < length) {
      const larger = borrowBuffer(length);
      this.message!.copy(larger, 0, 0, this.messageLength);
      returnBuffer(this.message!);
      this.message = larger;
    }
    const from = at + header;
    const take = Math.min(length - this.messageLength, end - from);
    bytes.copy(this.message!, this.messageLength, from, from + take);
    this.messageLength += take;
    if (this.messageLength === length) {
      const whole = this.message!;
      this.message = undefined;
      this.dropMessage();
      this.events.message(this, whole[0]!, whole, 4, length, frame, time);
      returnBuffer(whole);
    }
    return from + take;
  }
}

/**
 * Buffers of unfinished messages, used again: allocating one for every certificate chain costs more than reading it.
 * No more than a few are made, so that a flood of unfinished messages costs what each of them has sent.
 */
const spare: Buffer[] = [];
const SPARE_SIZE = 16 * 1024;
const MAX_SPARE = 32;
let made = 0;

function borrowBuffer(size: number): Buffer {
  if (size > SPARE_SIZE) return Buffer.allocUnsafeSlow(size);
  const free = spare.pop();
  if (free) return free;
  if (made >= MAX_SPARE) return Buffer.allocUnsafeSlow(size);
  made++;
  return Buffer.allocUnsafeSlow(SPARE_SIZE);
}

/** Whoever got the message has copied what it keeps. */
function returnBuffer(buffer: Buffer): void {
  if (buffer.length === SPARE_SIZE && spare.length < MAX_SPARE) spare.push(buffer);
}

function looksLikeRecord(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 5) return false;
  const length = (bytes[start + 3]! << 8) | bytes[start + 4]!;
  return (
    bytes[start]! >= 20 &&
    bytes[start]! <= 23 &&
    bytes[start + 1] === 3 &&
    bytes[start + 2]! <= 4 &&
    length > 0 &&
    length <= MAX_RECORD
  );
}

function looksLikeAlert(bytes: Buffer, start: number, end: number): boolean {
  return (
    end - start >= 7 &&
    bytes[start] === 21 &&
    bytes[start + 1] === 3 &&
    bytes[start + 2]! <= 4 &&
    bytes[start + 3] === 0 &&
    bytes[start + 4] === 2 &&
    bytes[start + 5]! <= 2
  );
}

/** Record header, handshake header and version of a hello: eleven bytes that agree with each other. */
function isHello(bytes: Buffer, at: number, client: boolean): boolean {
  if (bytes[at + 1] !== 3 || bytes[at + 2]! > 4 || bytes[at + 5] !== (client ? 1 : 2) || bytes[at + 6] !== 0)
    return false;
  const record = (bytes[at + 3]! << 8) | bytes[at + 4]!;
  const message = (bytes[at + 7]! << 8) | bytes[at + 8]!;
  const version = (bytes[at + 9]! << 8) | bytes[at + 10]!;
  return (
    record >= 4 &&
    record <= MAX_RECORD &&
    message >= 38 &&
    message <= 0x8000 &&
    version >= 0x0300 &&
    (version <= 0x0304 || version >>> 8 === 0x7f)
  );
}
