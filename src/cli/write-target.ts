import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where a file that the user named is written, and how. */
export interface WriteTarget {
  path: string;
  /** Whether the whole file may take the place of the old one; devices and pipes are written into instead. */
  replace: boolean;
}

/**
 * A link stays a link: what it points to is replaced. `/dev/null`, `/dev/stdout` and named pipes stay what they are; renaming a file
 * over them would take them away from the whole machine where root does it.
 */
export function writeTarget(file: string): WriteTarget {
  const path = resolve(file);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { path, replace: true };
  return stats.isFile() ? { path: realpathSync(path), replace: true } : { path, replace: false };
}
