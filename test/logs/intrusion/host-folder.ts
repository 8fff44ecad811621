/** Files of a host in a folder of their own. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface HostFiles {
  [path: string]: string | Buffer;
}

/** @returns the folder, which the caller removes. */
export function hostFolder(files: HostFiles): string {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-host-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
