import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Knowledge, loadKnowledge } from '../../src/knowledge/load.ts';

/** The knowledge as the YAML files hold it now, compiled into a folder of the test's own. */
export async function freshKnowledge(): Promise<Knowledge> {
  const { compileKnowledge } = await import(new URL('../../tools/knowledge.mjs', import.meta.url).href);
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-knowledge-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  compileKnowledge(folder);
  return loadKnowledge(folder);
}
