/** Patterns of include directives, as glob(3) reads them: `*`, `?` and `[...]` within each part of a path. */
import { readdirSync, statSync } from 'node:fs';
import { join, parse, sep } from 'node:path';

const MOST_FILES = 500;
const MOST_FOLDERS = 5000;
const WILDCARD = /[*?[]/;

/**
 * Files that match, in the order of their names.
 * @returns undefined when the part of the path before the first wildcard is not there
 */
export function filesMatching(pattern: string): string[] | undefined {
  const { root } = parse(pattern);
  const parts = pattern
    .slice(root.length)
    .split(sep)
    .filter((part) => part !== '');
  const first = parts.findIndex((part) => WILDCARD.test(part));
  if (first < 0) return isA('file', pattern) ? [pattern] : undefined;
  const start = join(root, ...parts.slice(0, first)) || '.';
  if (!isA('folder', start)) return undefined;
  let places = [start];
  for (const [at, part] of parts.slice(first).entries()) {
    const last = first + at === parts.length - 1;
    places = places.flatMap((folder) => namesIn(folder, part).map((name) => join(folder, name)));
    places = places.slice(0, MOST_FOLDERS).filter((path) => isA(last ? 'file' : 'folder', path));
  }
  return places.slice(0, MOST_FILES);
}

function namesIn(folder: string, part: string): string[] {
  if (!WILDCARD.test(part)) return [part];
  try {
    // A leading dot has to be written (glob(7)).
    return readdirSync(folder)
      .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && matches(name, part))
      .sort();
  } catch {
    return [];
  }
}

/** One part against one name: the shortest reach of each `*` first, so that the work stays within length times length. */
export function matches(name: string, part: string): boolean {
  let at = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (at < name.length) {
    const step = part[p] === '*' ? undefined : one(part, p, name[at]!);
    if (part[p] === '*') {
      star = p++;
      resume = at;
    } else if (step !== undefined) {
      p = step;
      at++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (part[p] === '*') p++;
  return p === part.length;
}

/** Where the pattern goes on when the item at `p` takes the character; undefined when it does not. */
function one(part: string, p: number, char: string): number | undefined {
  if (part[p] === undefined) return undefined;
  if (part[p] === '?') return p + 1;
  const close = part[p] === '[' ? part.indexOf(']', p + 2) : -1;
  if (close < 0) return part[p] === char ? p + 1 : undefined;
  const negated = part[p + 1] === '!' || part[p + 1] === '^';
  const set = part.slice(p + (negated ? 2 : 1), close);
  let within = false;
  for (let i = 0; i < set.length; i++) {
    if (set[i + 1] === '-' && i + 2 < set.length) {
      within ||= char >= set[i]! && char <= set[i + 2]!;
      i += 2;
    } else within ||= set[i] === char;
  }
  return within !== negated ? close + 1 : undefined;
}

function isA(kind: 'file' | 'folder', path: string): boolean {
  try {
    const stat = statSync(path);
    return kind === 'file' ? stat.isFile() : stat.isDirectory();
  } catch {
    return false;
  }
}
