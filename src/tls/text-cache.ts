/** Short texts that come again and again (server names, protocols): equal bytes give the same string object. */
const MAX_CACHED = 4096;

export class TextCache {
  private readonly texts = new Map<number, string>();

  /** Bytes `from` to `to` as Latin-1. */
  text(bytes: Buffer, from: number, to: number): string {
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    const known = this.texts.get(hash);
    if (known !== undefined && isText(known, bytes, from, to)) return known;
    const text = bytes.toString('latin1', from, to);
    if (this.texts.size >= MAX_CACHED) this.texts.clear();
    this.texts.set(hash, text);
    return text;
  }
}

function isText(text: string, bytes: Buffer, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) !== bytes[from + index]) return false;
  return true;
}
