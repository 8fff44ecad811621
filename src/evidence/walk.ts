import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { EvidenceLimits } from './limits.ts';

export interface FoundFile {
  /** Where it is on this machine. */
  file: string;
  /** Relative to the root, with `/`. */
  path: string;
  size: number;
  modified: number;
}

export interface Skip {
  path: string;
  why: string;
  next: string;
}

const KINDS: [keyof Stats, string][] = [
  ['isSocket', 'a socket'],
  ['isFIFO', 'a named pipe'],
  ['isCharacterDevice', 'a device'],
  ['isBlockDevice', 'a device'],
];

/** Folders that hold a program's own bookkeeping, never evidence of an incident, but for the hooks that they run. */
const BOOKKEEPING = new Set(['.git', '.hg', '.svn']);
/** Git lays these down in each repository; none is run under that name (githooks(5)). */
const GIT_SAMPLE = /(?:^|\/)\.git\/hooks\/[^/]+\.sample$/;

export const errorText = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EISDIR') return 'is a folder';
  return code ?? (error instanceof Error ? error.message : String(error));
};

export const shownPath = (root: string, file: string): string => relative(root, file).split(sep).join('/');

/**
 * Regular files below `folder` in path order. Links are not followed out of the folder; a link to something inside it
 * is passed over, because its target is read in its own place. Nothing throws: what cannot be read goes to `skip`.
 */
export function walkFolder(
  folder: string,
  root: string,
  limits: EvidenceLimits,
  skip: (skip: Skip) => void,
): FoundFile[] {
  const found: FoundFile[] = [];
  const base = realpathSync(folder);
  const visit = (directory: string, depth: number): void => {
    if (depth > limits.folderDepth) {
      skip({
        path: shownPath(root, directory),
        why: `deeper than ${limits.folderDepth} folders`,
        next: 'name the inner folder itself',
      });
      return;
    }
    let entries: import('node:fs').Dirent[];
    try {
      entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      skip({
        path: shownPath(root, directory) || '.',
        why: `folder not readable: ${errorText(error)}`,
        next: 'grant read access and run again',
      });
      return;
    }
    for (const entry of entries) {
      if (found.length >= limits.files) {
        skip({
          path: shownPath(root, join(directory, entry.name)),
          why: `more than ${limits.files} files; this one and what follows was not read`,
          next: 'name the folders that matter',
        });
        return;
      }
      const file = join(directory, entry.name);
      const path = shownPath(root, file);
      try {
        const stats = lstatSync(file);
        if (stats.isDirectory()) {
          if (!BOOKKEEPING.has(entry.name)) visit(file, depth + 1);
          else {
            skip({ path, why: 'version control data', next: 'nothing to do' });
            const hooks = join(file, 'hooks');
            if (lstatSync(hooks, { throwIfNoEntry: false })?.isDirectory()) visit(hooks, depth + 2);
          }
        } else if (GIT_SAMPLE.test(path)) continue;
        else if (stats.isSymbolicLink()) skipLink(file, path, base, skip);
        else if (stats.isFile()) found.push({ file, path, size: stats.size, modified: stats.mtimeMs });
        else
          skip({
            path,
            why: `is ${KINDS.find(([test]) => (stats[test] as () => boolean)())?.[1] ?? 'no regular file'}`,
            next: 'nothing to do; only regular files are evidence',
          });
      } catch (error) {
        if (entry.name.includes('\ufffd') && (error as NodeJS.ErrnoException).code === 'ENOENT')
          skip({ path, why: 'its name is not UTF-8, so it cannot be opened', next: 'rename it and run again' });
        else skip({ path, why: errorText(error), next: 'grant read access and run again' });
      }
    }
  };
  visit(folder, 0);
  return found;
}

function skipLink(file: string, path: string, base: string, skip: (skip: Skip) => void): void {
  let target: string;
  try {
    target = realpathSync(file);
  } catch {
    skip({ path, why: 'symbolic link to nothing', next: 'copy the target into the bundle' });
    return;
  }
  if (target === base || target.startsWith(base + sep)) {
    // Its target is taken in where it stands; the link itself adds nothing.
    return;
  }
  const kind = statSync(target).isDirectory() ? 'folder' : 'file';
  skip({
    path,
    why: `symbolic link to a ${kind} outside the bundle, not followed`,
    next: 'copy the target into the bundle or name it as an input',
  });
}
