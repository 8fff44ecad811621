/** Short texts that come again and again (server names, protocols): equal bytes give the same string object. */
import { HashedSlots } from './hashed-slots.ts';

const MAX_CACHED = 4096;

export class TextCache {
  private readonly texts = new HashedSlots<string>(MAX_CACHED);

  /** Bytes `from` to `to` as Latin-1. */
  text(bytes: Buffer, from: number, to: number): string {
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    const { texts } = this;
    for (let slot = texts.first(hash); ; slot = texts.next(slot)) {
      const known = texts.values[slot];
      if (known === undefined) return this.remember(hash, bytes.toString('latin1', from, to));
      if (texts.hashes[slot] === hash && isText(known, bytes, from, to)) return known;
    }
  }

  private remember(hash: number, text: string): string {
    this.texts.add(hash, text);
    return text;
  }
}

function isText(text: string, bytes: Buffer, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) !== bytes[from + index]) return false;
  return true;
}
