import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodeFor, parseFormatRequests, writeReports } from '../../src/cli/output.ts';
import { languageOf, speaksUnicode, traitsOf, wantsColor } from '../../src/cli/terminal.ts';
import { onPath } from '../programs.ts';
import { expiredReport } from './fixtures/expired.ts';
import { healthyReport } from './fixtures/healthy.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymedic-output-'));
afterAll(() => rmSync(folder, { recursive: true }));

function sink(isTTY = false) {
  let text = '';
  return { isTTY, columns: 100, write: (part: string) => (text += part), text: () => text };
}

describe('--format', () => {
  it('reads formats with and without files; nothing means the terminal', () => {
    expect(parseFormatRequests([])).toEqual([{ format: 'terminal' }]);
    expect(parseFormatRequests(['json', 'markdown=a=b.md'])).toEqual([
      { format: 'json' },
      { format: 'markdown', file: 'a=b.md' },
    ]);
    expect(parseFormatRequests(['json=-'])).toEqual([{ format: 'json' }]);
  });

  it.each([
    [['jsn'], /did you mean json/],
    [['json', 'markdown'], /standard output already takes json/],
    [['json=x', 'markdown=./x'], /named twice/],
    [['json='], /file name must follow/],
  ])('refuses %j', (values, message) => {
    expect(() => parseFormatRequests(values)).toThrow(message);
  });

  it('writes files whole and exactly one document to standard output', async () => {
    const [stdout, stderr] = [sink(), sink()];
    const file = join(folder, 'report.md');
    await writeReports(
      expiredReport,
      parseFormatRequests(['json', `markdown=${file}`]),
      { stdout, stderr },
      { env: {} },
    );
    expect(JSON.parse(stdout.text()).schemaVersion).toBe(1);
    expect(readFileSync(file, 'utf8')).toMatch(/^# Payment incident report/);
    expect(stderr.text()).toContain(`wrote markdown to ${file}`);
    expect(readdirSync(folder)).toEqual(['report.md']);
  });

  it('leaves a link a link and replaces what it points to', async () => {
    const file = join(folder, 'kept.json');
    const link = join(folder, 'link.json');
    writeFileSync(file, 'old');
    symlinkSync('kept.json', link);
    await writeReports(healthyReport, [{ format: 'json', file: link }], { stdout: sink(), stderr: sink() });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8')).schemaVersion).toBe(1);
  });

  it.skipIf(!onPath('mkfifo'))('writes into a named pipe, which stays one', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = spawn('cat', [pipe]);
    let read = '';
    reader.stdout.on('data', (part) => (read += part));
    await writeReports(healthyReport, [{ format: 'json', file: pipe }], { stdout: sink(), stderr: sink() });
    await once(reader, 'close');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(JSON.parse(read).schemaVersion).toBe(1);
  });

  it.skipIf(!existsSync('/dev/full')).each(['logs', 'logs redact'])(
    '%s says that standard output is full',
    (command) => {
      const log = join(folder, 'a.log');
      writeFileSync(log, '2026-11-21T10:00:00Z ERROR pay certificate has expired\n');
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, ['bin/paymedic.js', ...command.split(' '), log], {
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(full);
      expect([status, stderr.split('\n')[0]]).toEqual([2, 'paymedic: cannot write standard output: ENOSPC']);
      expect(stderr).not.toContain('    at ');
    },
  );

  it('says what to do when a file cannot be written', async () => {
    const requests = parseFormatRequests([`json=${join(folder, 'missing', 'x.json')}`]);
    await expect(writeReports(expiredReport, requests, { stdout: sink(), stderr: sink() })).rejects.toThrow(
      /cannot write .*x\.json: ENOENT/,
    );
  });
});

describe('exit codes with --format nagios', () => {
  it('are those of the plugins on standard output only', async () => {
    expect(await exitCodeFor(expiredReport, [{ format: 'nagios' }], 0)).toBe(2);
    expect(await exitCodeFor(healthyReport, [{ format: 'nagios' }], 0)).toBe(0);
    expect(await exitCodeFor(healthyReport, [{ format: 'nagios' }], 3)).toBe(3);
    expect(await exitCodeFor(expiredReport, [{ format: 'nagios', file: 'x' }], 0)).toBe(0);
    expect(await exitCodeFor(expiredReport, [{ format: 'json' }], 1)).toBe(1);
  });
});

describe('what a terminal can do', () => {
  const tty = { isTTY: true, columns: 132 };
  const pipe = {};

  it.each([
    ['auto', {}, tty, true],
    ['auto', {}, pipe, false],
    ['auto', { NO_COLOR: '1' }, tty, false],
    ['auto', { NO_COLOR: '' }, tty, true],
    ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, tty, false],
    ['auto', { FORCE_COLOR: '1' }, pipe, true],
    ['auto', { FORCE_COLOR: '0' }, tty, false],
    ['auto', { FORCE_COLOR: '1', TERM: 'dumb' }, pipe, true],
    ['auto', { TERM: 'dumb' }, tty, false],
    ['auto', { CI: '1' }, pipe, false],
    ['always', { NO_COLOR: '1' }, pipe, true],
    ['never', { FORCE_COLOR: '1' }, tty, false],
  ] as const)('--color %s with %j', (choice, env, stream, expected) => {
    expect(wantsColor(choice, env, stream)).toBe(expected);
  });

  it('takes width from the stream, else from COLUMNS, else 80', () => {
    expect(traitsOf(tty, {}).width).toBe(132);
    expect(traitsOf(pipe, { COLUMNS: '70' }).width).toBe(70);
    expect(traitsOf(pipe, { COLUMNS: 'wide' }).width).toBe(80);
  });

  it('reads character set and language from the locale', () => {
    expect(speaksUnicode({ LANG: 'en_US.UTF-8' }, pipe)).toBe(true);
    expect(speaksUnicode({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, pipe)).toBe(false);
    expect(languageOf(undefined, { LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(languageOf('en', { LANG: 'zh_CN.UTF-8' })).toBe('en');
    expect(languageOf(undefined, {})).toBe('en');
  });
});
