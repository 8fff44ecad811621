/** Case folders from somebody else: a chain that was written anew with hostile words, other types, other files; damaged reports. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../triage/bundle.ts';

const EVIL = '\u001b[2J\u001b]0;t\u0007<script>alert(1)</script>\u202e pan=4111111111111111 password=Tr4vel-Sun9';
const ACTS = /[\u001b\u0007\u202e]|4111111111111111|Tr4vel-Sun9/;

const root = mkdtempSync(join(tmpdir(), 'paymedic-forged-'));
const folder = join(root, 'case');
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = (...args: string[]) => {
  const r = spawnSync(process.execPath, [join(ROOT, 'bin/paymedic.js'), ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, LANG: 'C', NO_COLOR: '1' },
  });
  expect(r.stdout + r.stderr).not.toMatch(ACTS);
  // Neither an internal error nor a program that had to be stopped.
  expect([0, 1, 2, 3]).toContain(r.status);
  return r;
};

type Line = { time: string; type: string; data: { [name: string]: unknown } };
let written: Line[] = [];
let sound: { [file: string]: string } = {};
const FILES = ['journal.jsonl', 'journal.head', 'report.json', 'manifest.json'];

beforeAll(() => {
  const log = join(root, 'app.log');
  writeFileSync(log, '2026-11-23T10:00:00Z ERROR refused\n2026-11-23T10:00:01Z INFO ok\n');
  run('triage', log, '--case', folder, '-q');
  sound = Object.fromEntries(FILES.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  written = sound['journal.jsonl']!.trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
});
beforeEach(() => {
  for (const [file, text] of Object.entries(sound)) writeFileSync(join(folder, file), text);
});

/** Writes a whole chain of sound hashes. */
function forge(change: (lines: Line[]) => void): void {
  const lines = structuredClone(written);
  change(lines);
  let previous = '0'.repeat(64);
  const text = lines.map(({ time, type, data }, seq) => {
    const body = JSON.stringify({ seq, time, type, data, previous });
    previous = createHash('sha256').update(body).digest('hex');
    return `${body.slice(0, -1)},"hash":"${previous}"}\n`;
  });
  writeFileSync(join(folder, 'journal.jsonl'), text.join(''));
  writeFileSync(join(folder, 'journal.head'), `${lines.length - 1} ${previous}\n`);
}
const ended = (lines: Line[]): Line => lines.find(({ type }) => type === 'ended')!;
const manifest = (lines: Line[]): Line => lines.find(({ type }) => type === 'manifest')!;

describe('a case that somebody else wrote', () => {
  it('is shown whole where it is sound', () => {
    const { status, stdout, stderr } = run('case', 'show', folder);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').filter((line) => /^2\S+Z {2}ended/.test(line)).length).toBeGreaterThan(3);
  });

  it.each<[string, (lines: Line[]) => void]>([
    [
      'a kind that acts on terminals',
      (lines) => {
        lines[1]!.type = EVIL;
      },
    ],
    [
      'a time that acts on terminals',
      (lines) => {
        lines[1]!.time = EVIL;
      },
    ],
    [
      'no data',
      (lines) => {
        lines[1]!.data = null as never;
      },
    ],
    [
      'an opening without a playbook',
      (lines) => {
        delete lines[0]!.data.playbook;
      },
    ],
    [
      'evidence that is no list',
      (lines) => {
        lines[0]!.data.evidence = 7;
      },
    ],
    [
      'a step that is a number',
      (lines) => {
        ended(lines).data.step = 7;
      },
    ],
    [
      'an end without a record',
      (lines) => {
        ended(lines).data.detail = EVIL;
      },
    ],
  ])('is not believed where it holds %s', (_, change) => {
    forge(change);
    const show = run('case', 'show', folder);
    expect(show.status).toBe(3);
    expect(show.stderr).toContain('paymedic case verify');
    const verify = run('case', 'verify', folder);
    expect(verify.status).toBe(1);
    expect(verify.stdout).toContain('tampered');
    expect(run('resume', folder).status).toBe(2);
  });

  it('cannot have a file read that is none of its own', () => {
    for (const file of [EVIL, '../../../../../../../../../dev/zero']) {
      forge((lines) => {
        manifest(lines).data.file = file;
      });
      expect(run('case', 'verify', folder).status).toBe(1);
    }
  });

  it('shows its words without what acts in them', () => {
    forge((lines) => {
      const { record } = ended(lines).data.detail as { record: { because: string } };
      record.because = EVIL;
    });
    expect(run('case', 'show', folder).stdout).toContain('password=[masked]');
  });

  it('with inputs that the playbook has not is refused, and its options write no file', () => {
    forge((lines) => {
      lines[0]!.data.inputs = { [EVIL]: EVIL };
    });
    expect(run('resume', folder).status).toBe(2);
    const file = join(root, 'planted.html');
    forge((lines) => {
      lines[0]!.data.options = { format: [`html=${file}`], handover: join(root, 'planted') };
    });
    run('resume', folder, '-q');
    expect(() => readFileSync(file)).toThrow('ENOENT');
    expect(() => readFileSync(join(root, 'planted'))).toThrow('ENOENT');
  });

  it.each(['{', 'null', '[]', '{"playbook":{"steps":7}}', '{"playbook":{"steps":[null]}}', EVIL])(
    'with a report that is none (%#) is shown as far as that goes, and not closed',
    (text) => {
      writeFileSync(join(folder, 'report.json'), text);
      run('case', 'show', folder);
      run('verify', folder, join(root, 'app.log'));
      expect(run('case', 'close', folder, '--by', EVIL).status).toBe(2);
    },
  );

  it('keeps no card number of who closes it and why', () => {
    run('case', 'close', folder, '--by', EVIL, '--note', EVIL, '--force', EVIL);
    const journal = readFileSync(join(folder, 'journal.jsonl'), 'utf8');
    expect(journal).toContain('"closed"');
    expect(journal).not.toMatch(/4111111111111111|Tr4vel-Sun9/);
  });
});

it('a journal with a changed line shows what stands before it, and says that there is more', () => {
  const changed = sound['journal.jsonl']!.split('\n').map((line, i) => (i === 4 ? line.replace('e', 'f') : line));
  writeFileSync(join(folder, 'journal.jsonl'), changed.join('\n'));
  const { status, stdout, stderr } = run('case', 'show', folder);
  expect(status).toBe(3);
  expect(
    stdout
      .trim()
      .split('\n')
      .filter((line) => /^2/.test(line)),
  ).toHaveLength(4);
  expect(stderr).toContain('journal line 5');
});
