import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FollowedFile } from '../../src/cli/logs/followed-file.ts';

let folder: string;
let path: string;
let file: FollowedFile;
let notes: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymedic-follow-'));
  path = join(folder, 'access.log');
  writeFileSync(path, 'first line of the log\n');
  file = new FollowedFile(path, 0);
  notes = [];
});
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true, force: true });
});

/** All lines that were not told before. */
async function lines(): Promise<string> {
  let text = '';
  do text += (await file.appended((note) => notes.push(note))) ?? '';
  while (file.more);
  return text;
}

describe('a followed file', () => {
  it('is read from where it was left, whole lines at a time', async () => {
    expect(await lines()).toBe('first line of the log\n');
    appendFileSync(path, 'a\nhal');
    expect(await lines()).toBe('a\n');
    appendFileSync(path, 'f\n');
    expect(await lines()).toBe('half\n');
    expect(notes).toEqual([]);
  });

  it('is read to its end under its new name before the file that has its name now', async () => {
    await lines();
    appendFileSync(path, 'last of the old file\nits unfinished line');
    renameSync(path, `${path}.1`);
    expect(await lines()).toBe('last of the old file\n');
    appendFileSync(`${path}.1`, ' ended\n');
    writeFileSync(path, 'first of the new file\n');
    expect((await lines()) + (await lines())).toBe('its unfinished line ended\nfirst of the new file\n');
    expect(notes).toEqual([]);
  });

  it('begins again where it was cut and has grown to the very size it had, or ends as it did', async () => {
    await lines();
    truncateSync(path);
    appendFileSync(path, 'other line of the log\n');
    expect(await lines()).toBe('other line of the log\n');
    const end = `${'the same end '.repeat(8)}\n`;
    appendFileSync(path, end);
    expect(await lines()).toBe(end);
    truncateSync(path);
    appendFileSync(path, `third line of the log\n${end}`);
    expect(await lines()).toBe(`third line of the log\n${end}`);
    expect(notes).toEqual([expect.stringMatching(/was cut/), expect.stringMatching(/was cut/)]);
  });

  it('begins again where it was copied and cut, also when it has outgrown the place reached', async () => {
    await lines();
    truncateSync(path);
    appendFileSync(path, 'b\n');
    expect(await lines()).toBe('b\n');
    truncateSync(path);
    appendFileSync(path, 'c\nd is longer than what there was before\n');
    expect(await lines()).toBe('c\nd is longer than what there was before\n');
    expect(notes).toEqual([expect.stringMatching(/was cut/), expect.stringMatching(/was cut/)]);
  });

  it('may be away for a while', async () => {
    await lines();
    unlinkSync(path);
    expect(await lines()).toBe('');
    writeFileSync(path, 'back\n');
    expect(await lines()).toBe('back\n');
  });

  it('says that a line was too long, and does not take its end for a line', async () => {
    appendFileSync(path, Buffer.alloc(5 * 2 ** 20, 'a'));
    expect(await lines()).toBe('first line of the log\n');
    appendFileSync(path, ' the end of it\nnext\n');
    expect(await lines()).toBe('next\n');
    expect(notes).toEqual([expect.stringMatching(/longer than 1048576 bytes/)]);
  });
});
