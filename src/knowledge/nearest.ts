/** Did-you-mean: the known words closest to a mistyped one. Pure. */

const LONGEST = 64;

/** Edits (insert, delete, replace, swap of neighbours) between two words; both are cut to 64 characters. */
export function editDistance(left: string, right: string): number {
  const a = left.slice(0, LONGEST);
  const b = right.slice(0, LONGEST);
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_unused, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1);
      row[j] = least;
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** Words of an identifier: `tls/server-cert_expired` gives tls, server, cert, expired. */
const wordsOf = (id: string): string[] =>
  id
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/**
 * Known identifiers that the query probably meant, best first: near spelling, or identifiers that hold all its words.
 * @param limit how many at most
 */
export function nearest(query: string, known: readonly string[], limit = 3): string[] {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  const tolerated = Math.max(1, Math.floor(Math.min(wanted.length, LONGEST) / 4));
  const words = wordsOf(wanted);
  const scored: { id: string; score: number }[] = [];
  for (const id of known) {
    const name = id.toLowerCase();
    const spelled = Math.min(editDistance(wanted, name), editDistance(wanted, name.split('/').at(-1)!));
    const parts = wordsOf(name);
    const held = words.filter((word) =>
      parts.some(
        (part) =>
          part === word ||
          (word.length > 3 && (part.startsWith(word) || word.startsWith(part)) && part.length > 3) ||
          (word.length > 4 && editDistance(word, part) <= 1),
      ),
    ).length;
    if (spelled <= tolerated) scored.push({ id, score: spelled });
    else if (held === words.length) scored.push({ id, score: tolerated + 1 + parts.length - held });
  }
  scored.sort((a, b) => a.score - b.score || (a.id < b.id ? -1 : 1));
  return scored.slice(0, limit).map((s) => s.id);
}
