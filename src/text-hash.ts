/** A number of 32 bits for a text, equal for equal texts: FNV-1a (Fowler, Noll and Vo) over its UTF-16 units. Not for hostile collisions. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
