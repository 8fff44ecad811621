import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeInFiles } from '../../src/cli/certs/files.ts';
import { redactBundle } from '../../src/cli/reports/redact.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymedic-strange-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('certificates are looked for beside links that lead to themselves or nowhere', () => {
  symlinkSync('b', join(folder, 'a'));
  symlinkSync('a', join(folder, 'b'));
  symlinkSync('nowhere', join(folder, 'c'));
  writeFileSync(join(folder, 'notes.txt'), 'no certificate\n');
  const { skipped, problems } = takeInFiles([folder], undefined);
  expect(skipped).toBe(1);
  expect(problems.map(({ what }) => what)).toEqual(['no certificate, key or revocation list in this folder']);
});

it('folders too deep to be looked into are told', () => {
  mkdirSync(join(folder, ...Array.from({ length: 60 }, () => 'd')), { recursive: true });
  const { problems } = takeInFiles([folder], undefined);
  expect(problems[0]!.what).toMatch(/^deeper than 40 folders/);
});

it('a copy for sharing lists what it had to leave out, its names masked', async () => {
  const bundle = join(folder, 'bundle');
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'a.log'), 'card 4111111111111111\n');
  // A name that is no UTF-8 cannot be opened by the text it becomes.
  writeFileSync(Buffer.concat([Buffer.from(`${bundle}/bad`), Buffer.from([0xff, 0xfe]), Buffer.from('.log')]), 'x\n');
  symlinkSync('a.log', join(bundle, '4111111111111111.log'));
  mkdirSync(join(bundle, ...Array.from({ length: 40 }, () => 'd')), { recursive: true });
  const { files, leftOut } = await redactBundle(bundle, join(folder, 'out'));
  expect(files.map(({ path }) => path)).toEqual(['a.log']);
  expect(readFileSync(join(folder, 'out', 'a.log'), 'utf8')).not.toContain('4111111111111111');
  const whys = leftOut.map(({ why }) => why);
  expect(whys).toContain('a link');
  expect(whys).toContain('cannot be read or written (ENOENT)');
  expect(JSON.stringify(leftOut)).not.toContain('4111111111111111');
});
