/** Files for a test, in a folder of their own. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Files = { [path: string]: string | Buffer };

/** Writes files into a fresh folder; the caller removes it. */
export function writeBundle(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-test-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}
