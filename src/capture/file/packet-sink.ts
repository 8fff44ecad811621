/** What a capture file reader hands over: packets where they lie, and what could not be read. */

export interface PacketSink {
  /**
   * One captured packet: bytes `start` to `end` of `bytes`, valid only during the call.
   * `time` is ms UTC with fraction (0 when the file records none), `linkType` a LINKTYPE_ value of tcpdump.org.
   */
  packet(bytes: Buffer, start: number, end: number, originalLength: number, time: number, linkType: number): void;
  /** A defect: what happened, where, and what was done about it. */
  problem(says: string): void;
  /** Text of a Decryption Secrets Block holding an NSS key log. */
  secrets(keyLog: string): void;
}

/** A reader of one container format, fed in chunks of any size. */
export interface ContainerReader {
  /** Offers bytes; returns how many were consumed. Whatever is left is offered again with more behind it. */
  consume(bytes: Buffer, start: number, end: number): number;
  /** How many bytes the next record needs at least; 0 when only its header can tell. */
  needs(): number;
  /** End of input with `left` bytes unconsumed. */
  finish(left: number): void;
  /** True once the file is too broken to go on. */
  stopped: boolean;
  readonly format: string;
}

/** Largest packet believed: above every snap length of tcpdump (262,144) with room for jumbo super-frames. */
export const MAX_PACKET = 16 * 1024 * 1024;
