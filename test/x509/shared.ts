import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A path in the folder of shared public data, or undefined when that folder is not there. */
export function corpus(path: string): string | undefined {
  const full = fileURLToPath(new URL(`../../../shared/corpora/${path}`, import.meta.url));
  return existsSync(full) ? full : undefined;
}
