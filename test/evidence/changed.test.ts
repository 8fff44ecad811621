import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { watchFile } from '../../src/evidence/changed.ts';
import { openEvidence } from '../../src/evidence/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymedic-changed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'access.log');

describe('a file that changes while it is read', () => {
  it('is told when it was cut or replaced, not when it grew or is gone', () => {
    writeFileSync(path, 'a\nb\n');
    const changed = watchFile(path);
    expect(changed()).toBeUndefined();
    appendFileSync(path, 'c\n');
    expect(changed()).toBeUndefined();
    truncateSync(path, 1);
    expect(changed()).toMatch(/was cut/);
    renameSync(path, `${path}.1`);
    expect(changed()).toBeUndefined();
    writeFileSync(path, 'x\n'.repeat(10));
    expect(changed()).toMatch(/another file took its name/);
    unlinkSync(path);
  });

  it('has a note about it', async () => {
    const line = '10.0.0.1 - - [12/Sep/2026:08:54:04 +0000] "GET /pay HTTP/1.1" 200 512 "-" "-"\n';
    writeFileSync(path, line.repeat(200_000));
    const { sources } = await openEvidence([path], {});
    const source = sources[0]!;
    truncateSync(path, 1000);
    for await (const _ of source.passing());
    source.noteChange?.();
    source.noteChange?.();
    expect(source.item.notes).toEqual([expect.stringMatching(/was cut/)]);
  });

  it('is read as far as the file system lets it, and has a note about it', async () => {
    writeFileSync(path, 'a b c d e f g\n'.repeat(1_500_000));
    const { sources } = await openEvidence([path], {});
    unlinkSync(path);
    for (const chunks of [sources[0]!.passing(), sources[0]!.chunks()]) for await (const _ of chunks);
    expect(sources[0]!.item.notes?.[0]).toBe('could not be read to its end (ENOENT); read it again, or a copy of it');
  });
});
