/**
 * The numbers of observed connections, in rows of pages outside the heap of objects: moving hundreds of thousands of
 * objects between generations costs the garbage collector more time than reading their packets.
 */
import type { AddressTable } from './packet/addresses.ts';

const ROWS = 512;

/** Offsets of whole numbers in a row. */
export const INT = {
  flow: 0,
  firstFrame: 1,
  client: 2,
  server: 3,
  /** Client's port in the upper half, server's in the lower. */
  ports: 4,
  bits: 5,
  /** Client's TTL plus one above nine bits, server's plus one in them. */
  ttls: 6,
  synRetransmits: 7,
  finFrame: 8,
  helloFrame: 9,
  helloSize: 10,
  helloRecordVersion: 11,
  /** Version in the upper half, suite in the lower. */
  answerChoice: 12,
  answerGroup: 13,
  answerFrame: 14,
  /** Bit 16 when from the client, level, description. */
  alert: 15,
  alertFrame: 16,
  /** Four of them. */
  verdictFrames: 17,
} as const;
export const INTS = 21;

/** Offsets of times and counts beyond 31 bits. Times are ms UTC unless named otherwise. */
export const REAL = {
  time: 0,
  end: 1,
  helloTime: 2,
  answerTime: 3,
  alertTime: 4,
  connectMicros: 5,
  handshakeMicros: 6,
  clientBytes: 7,
  serverBytes: 8,
} as const;
export const REALS = 9;

export class HandshakePage {
  /** Evidence path of the capture. */
  readonly file: string;
  readonly addresses: AddressTable;
  readonly ints = new Int32Array(ROWS * INTS);
  readonly reals = new Float64Array(ROWS * REALS);
  private taken = 0;

  constructor(file: string, addresses: AddressTable) {
    this.file = file;
    this.addresses = addresses;
  }

  get full(): boolean {
    return this.taken === ROWS;
  }

  /** A row of zeros, taken for good. */
  take(): number {
    return this.taken++;
  }
}
