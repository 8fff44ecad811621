/** Gives a run of the tests a temporary folder of its own, for all that they and the programs they start leave in one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const before = process.env.TMPDIR;
const folder = mkdtempSync(join(tmpdir(), 'paymedic-tests-'));

/** Workers inherit the environment; `os.tmpdir()` reads TMPDIR, on Windows TEMP. */
export function setup(): void {
  process.env.TMPDIR = folder;
  process.env.TEMP = folder;
  process.env.TMP = folder;
}

export function teardown(): void {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
