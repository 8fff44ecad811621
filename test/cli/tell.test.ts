import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { planFor } from '../../src/cli/logs/engine.ts';
import { say } from '../../src/cli/say.ts';
import { tell } from '../../src/cli/tell.ts';
import { expiredReport } from '../report/fixtures/expired.ts';

it('tells names of files and words of evidence without what acts on a terminal, card numbers and secrets', () => {
  const written: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  tell('esc\u001b[31m\u202e.log: card 4111111111111111\n  next: password=hunter2secret\n::error::x\n');
  spy.mockRestore();
  expect(written.join('')).toBe(
    'esc\\x1b[31m\\u202e.log: card 411111******1111\n  next: password=[masked]\n:\\:error::x\n',
  );
});

it('plans no SQL that would print such a name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-tell-'));
  const path = join(folder, 'bell\u0007.log');
  writeFileSync(path, 'x\n');
  expect(() => planFor([path], { engine: 'duckdb' } as never)).toThrow(/cannot be printed/);
  rmSync(folder, { recursive: true, force: true });
});

const program = fileURLToPath(new URL('../../bin/paymedic.js', import.meta.url));
const CARD = '4111111111111111';
const KEY = `sk_live_${'4eC39HqLyjWDarjtT1zdp7dc'}`;
const run = (...args: string[]) => {
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return stdout + stderr;
};

it('says nothing with a card number in it, and keeps JSON JSON', () => {
  const written: string[] = [];
  const [out, err] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0),
  );
  say(`{"card":${CARD}}\n`, true);
  out!.mockRestore();
  err!.mockRestore();
  expect(written).toEqual([
    '{"card":"411111******1111"}\n',
    'paymedic: 1 card number or secret masked in the output\n',
  ]);
});

it.each([
  ['an argument that is refused', ['triage', `--x${CARD}`]],
  ['a command that is none', [`cmd${CARD}`]],
  ['an error text to explain', ['explain', 'unable to get local issuer certificate', CARD, KEY]],
  ['the same as JSON', ['explain', 'unable to get local issuer certificate', CARD, KEY, '--format', 'json']],
  ['a table of a plan', ['logs', 'plan', '--emit', 'duckdb', '--table', `t${CARD}`]],
  ['a file that is missing', ['logs', `${CARD}.log`]],
  ['a drill that is missing', ['drill', 'answer', `/nowhere/${CARD}`]],
])('repeats no card number and no key of %s', (_, args) => {
  const said = run(...args);
  expect(said).not.toBe('');
  expect(said).not.toContain(CARD);
  expect(said).not.toContain(KEY.slice(8));
});

it('compares reports that somebody else wrote without what they show', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-diff-'));
  const [before, after] = ['before.json', 'after.json'].map((name) => join(folder, name));
  const report = structuredClone(expiredReport);
  report.findings[0]!.title = `declined ${CARD} with ${KEY}`;
  writeFileSync(before!, JSON.stringify({ ...report, findings: [] }));
  writeFileSync(after!, JSON.stringify(report));
  for (const format of ['terminal', 'json']) {
    const said = run('diff', before!, after!, '--format', format);
    expect(said).toContain('declined');
    expect(said).not.toContain(CARD);
    expect(said).not.toContain(KEY.slice(8));
  }
  rmSync(folder, { recursive: true, force: true });
});
