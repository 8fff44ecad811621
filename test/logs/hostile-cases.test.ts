/** Small versions of the cases of bench/logs/hostile.mjs: what is said of them is safe, and they are read at all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mergeFiles } from '../../src/cli/logs/merge.ts';
import { readIntrusion } from '../../src/cli/logs/read-intrusion.ts';
import { readNamedLogs } from '../../src/cli/logs/read-named.ts';
import { redactFile } from '../../src/cli/logs/redact-file.ts';
import { renderJson, renderText } from '../../src/cli/logs/render.ts';
import { sheetAsJson, sheetAsText } from '../../src/cli/logs/render-intrusion.ts';

type Made = string | { paths: string[]; options?: string[] };
type Case = [make: (folder: string) => Made | Promise<Made>, runs: string[]];
// The bench is no TypeScript.
const { hostileCases } = (await import('../../bench/logs/hostile-cases.mjs' as string)) as {
  hostileCases: (size: number, count: number) => { [name: string]: Case };
};
const cases = Object.entries(hostileCases(1, 1000));
const folder = mkdtempSync(join(tmpdir(), 'paymedic-hostile-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ACTING = /[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u200b\u202a-\u202e\u2066-\u2069]/;
const LEAKS = /4111111\d{9}\b|sk_live_[0-9a-z]{8,}|hunter2secret/;
const NOW = { now: '2026-09-12T12:00:00Z' };

describe('hostile logs', () => {
  it.each(cases)('%s', async (name, [make, runs]) => {
    const own = mkdtempSync(join(folder, 'case-'));
    const made = await make(own);
    const paths = typeof made === 'string' ? [made] : made.paths;
    const { summary, problems } = await readNamedLogs(paths, { ...NOW, jobs: '1' });
    const partial = join(own, 'partial.json');
    if (runs.includes('logs --partial')) await readNamedLogs(paths, { ...NOW, jobs: '1', partial });
    const merged = runs.includes('logs merge') ? renderText(mergeFiles([partial, partial])) : '';
    const { sheet } = await readIntrusion(paths, { ...NOW, crs: 'none' });
    const shown = [renderText(summary), renderJson(summary), merged, sheetAsText(sheet), sheetAsJson(sheet)];
    expect(shown[0]!.length).toBeLessThan(2 ** 17);
    for (const text of shown) {
      expect(text).not.toMatch(ACTING);
      expect(text).not.toMatch(LEAKS);
    }
    for (const { what, next } of [...problems]) {
      expect(what).not.toBe('');
      expect(next).not.toBe('');
    }
    for (const source of summary.sources) expect(source.parsed).toBeGreaterThanOrEqual(0);
    if (runs.includes('logs redact')) await redactFile(paths[0]!, join(own, 'clean.log'));
    expect(name).not.toBe('');
    rmSync(own, { recursive: true, force: true });
  });
});
