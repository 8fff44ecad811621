/** Whether a file on disk is still what it was when it was opened. */
import { statSync } from 'node:fs';

/** @returns what says so when the file was cut or replaced since; growing is what logs do, and one that is gone was read. */
export function watchFile(file: string): () => string | undefined {
  const before = statSync(file, { throwIfNoEntry: false });
  return () => {
    const after = statSync(file, { throwIfNoEntry: false });
    if (!before || !after) return undefined;
    if (after.ino !== before.ino)
      return 'another file took its name while it was read: lines of either may be missing; read it again, or a copy of it';
    if (after.size < before.size)
      return 'was cut while it was read: lines behind the cut are missing; read it again, or a copy of it';
    return undefined;
  };
}
