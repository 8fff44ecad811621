import { rmSync } from 'node:fs';
import { readIntrusion } from '../../../src/cli/logs/read-intrusion.ts';
import type { IntrusionSheet } from '../../../src/logs/intrusion/types.ts';
import { type Files, writeBundle } from '../../files.ts';

/** The answer sheet of a host that has these files; `crs` says which rules judge its requests. */
export async function sheetOf(files: Files, crs = 'none'): Promise<IntrusionSheet> {
  const folder = writeBundle(files);
  try {
    return (await readIntrusion([folder], { now: '2026-11-21T06:00:00Z', crs })).sheet;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
