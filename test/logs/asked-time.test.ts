import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeFiles } from '../../src/cli/logs/merge.ts';
import { readNamedLogs } from '../../src/cli/logs/read-named.ts';
import { renderJson, renderText } from '../../src/cli/logs/render.ts';

const built = existsSync(new URL('../../dist/knowledge/lexicon.json', import.meta.url));
let folder: string;
let log: string;

/** Three hours of ten requests a minute; from 09:20 to 09:40 seven of ten fail. */
const lines = (): string =>
  Array.from({ length: 180 }, (_, minute) =>
    Array.from({ length: 10 }, (_, i) => {
      const failed = minute >= 80 && minute < 100 && i < 7;
      const at = `${String(8 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:${String(i * 6).padStart(2, '0')}`;
      return `198.51.100.${(minute * 10 + i) % 250} - - [12/Sep/2026:${at} +0000] "POST /pay HTTP/1.1" ${failed ? 502 : 200} 120 "-" "okhttp/4"\n`;
    }).join(''),
  ).join('');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymedic-asked-'));
  log = join(folder, 'access.log');
  writeFileSync(log, lines());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!built)('a part of the time (needs the compiled knowledge: npm run build)', () => {
  it('is told as a part, and what goes on at its edges as open', async () => {
    const { summary } = await readNamedLogs([log], { since: '2026-09-12T08:30:00Z', until: '2026-09-12T09:30:00Z' });
    expect(renderText(summary)).toContain(
      'of these times only what lies from 2026-09-12T08:30:00Z on (--since) and before 2026-09-12T09:30:00Z (--until) was counted',
    );
    expect(renderText(summary)).toMatch(/failures +2026-09-12T09:20:00Z to the end of what was read/);
    expect(JSON.parse(renderJson(summary)).within).toEqual({
      from: '2026-09-12T08:30:00.000Z',
      to: '2026-09-12T09:30:00.000Z',
    });
    const { summary: rest } = await readNamedLogs([log], { since: '2026-09-12T09:30:00Z' });
    expect(renderText(rest)).toMatch(/failures +2026-09-12T09:30:00Z or before to 2026-09-12T09:40:00Z/);
  });

  it('says nothing of it where all was read, also where the time asked for is longer', async () => {
    const { summary } = await readNamedLogs([log], {});
    expect(renderText(summary)).not.toMatch(/only what lies|or before|what was read/);
    expect(summary.within).toBeUndefined();
    const { summary: wide } = await readNamedLogs([log], {
      since: '2026-09-12T09:00:00Z',
      until: '2026-09-13T00:00:00Z',
    });
    expect(renderText(wide)).not.toMatch(/or before|end of what was read/);
  });

  it('does not say that nothing is wrong where nothing was counted, and refuses what cannot be', async () => {
    const { summary } = await readNamedLogs([log], { since: '2026-09-13T00:00:00Z' });
    expect(renderText(summary)).toMatch(/cannot tell +nothing was counted in the time that was asked for/);
    expect(renderText(summary)).not.toContain('none found');
    await expect(
      readNamedLogs([log], { since: '2026-09-12T09:00:00Z', until: '2026-09-12T08:00:00Z' }),
    ).rejects.toThrow(/--since .* is not before --until/);
  });
});

describe.skipIf(!built)('partials (needs the compiled knowledge: npm run build)', () => {
  it('of the same log say that it counts twice; those of two logs do not', async () => {
    const [one, two] = [join(folder, 'one.json'), join(folder, 'two.json')];
    await readNamedLogs([log], { partial: one });
    const other = join(folder, 'other.log');
    writeFileSync(other, lines().replaceAll('okhttp/4', 'okhttp/5.1'));
    await readNamedLogs([other], { partial: two });
    expect(mergeFiles([one, one, two]).approximated).toEqual([
      expect.stringMatching(
        /^the same log, .* stands in several of the files and counts as often: .*access\.log \(2 times\);/,
      ),
    ]);
    expect(mergeFiles([one, two]).approximated).toEqual([]);
  });
});
