import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCase, createCase, recordManifest, recordReport, verifyCase } from '../../src/case/case.ts';
import { CaseJournal } from '../../src/case/journal.ts';
import type { Report } from '../../src/report/types.ts';
import { playbookOf } from '../playbook/support.ts';

const root = mkdtempSync(join(tmpdir(), 'paymedic-case-'));
const program = join(root, 'twenty-steps.mjs');
beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('twenty-steps.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, [program, folder, ...args], { encoding: 'utf8' });

describe('a run that is killed', () => {
  const whole = join(root, 'whole');
  beforeAll(() => {
    expect(run(whole, 'new').stderr).toBe('');
  });
  const expected = (): string => readFileSync(join(whole, 'result.json'), 'utf8');

  it.each([0, 1, 2, 3])(
    'gives the same report after kill -9 at every step boundary and a resume (part %i of 4)',
    (part) => {
      for (let n = part; n < 20; n += 4) {
        for (const event of ['begin', 'end']) {
          const folder = join(root, `${event}-${n}`);
          const killed = run(folder, 'new', `${event} s${n}`);
          // Steps that were skipped because of another have no beginning.
          if (killed.signal !== 'SIGKILL') {
            expect(event).toBe('begin');
            continue;
          }
          expect(existsSync(join(folder, 'result.json'))).toBe(false);
          const resumed = run(folder, 'resume');
          expect(resumed.stderr).toBe('');
          expect(readFileSync(join(folder, 'result.json'), 'utf8')).toBe(expected());
          expect(verifyCase(folder)).toMatchObject({ state: 'intact', problems: [] });
        }
      }
    },
  );

  it('cuts away a line that the crash broke off', () => {
    const folder = join(root, 'torn');
    run(folder, 'new', 'end s7');
    const file = join(folder, 'journal.jsonl');
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"seq":99,"time":"2026-`);
    expect(verifyCase(folder).state).toBe('broken-off');
    expect(run(folder, 'resume').stderr).toBe('');
    expect(readFileSync(join(folder, 'result.json'), 'utf8')).toBe(expected());
    expect(verifyCase(folder).state).toBe('intact');
  });
});

describe('tampering', () => {
  const folder = join(root, 'evidence-case');
  const file = join(folder, 'journal.jsonl');
  const make = (): void => {
    rmSync(folder, { recursive: true, force: true });
    const playbook = playbookOf('\n  verify:\n    - { id: a, uses: read/logs }');
    const journal = createCase(
      folder,
      playbook,
      { tool: 'test', inputs: {}, evidence: ['ä'], folder: '/', system: 0, options: {} },
      () => 0,
    );
    recordManifest(journal, [{ path: 'a.log', size: 3, sha256: 'ff' }]);
    journal.begin('a');
    journal.end('a', { record: { phase: 'verify', id: 'a', title: 'a', outcome: 'passed' }, final: true });
    recordReport(journal, {
      summary: { verdict: 'v' },
      playbook: { steps: [{ phase: 'verify', id: 'a', title: 'a', outcome: 'passed' }] },
    } as unknown as Report);
    journal.close();
  };

  it('is found whichever byte of the journal changes', () => {
    make();
    const sound = readFileSync(file);
    expect(verifyCase(folder).state).toBe('intact');
    const missed: number[] = [];
    for (let at = 0; at < sound.length; at++) {
      const changed = Buffer.from(sound);
      changed[at] = changed[at]! ^ (at % 2 ? 0x01 : 0x80);
      writeFileSync(file, changed);
      if (verifyCase(folder).state !== 'tampered') missed.push(at);
    }
    writeFileSync(file, sound);
    expect(missed).toEqual([]);
  });

  it('is found when a line is removed, doubled, moved or the end is cut', () => {
    make();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const variants = [
      lines.slice(0, -1),
      lines.slice(1),
      [lines[0]!, ...lines.slice(2)],
      [...lines, lines.at(-1)!],
      [lines[1]!, lines[0]!, ...lines.slice(2)],
      [lines[0]!],
    ];
    for (const variant of variants) {
      writeFileSync(file, `${variant.join('\n')}\n`);
      expect(verifyCase(folder).state).toBe('tampered');
    }
    writeFileSync(file, '');
    expect(verifyCase(folder).state).toBe('tampered');
  });

  it('names no card number that stands in the name of a file', () => {
    const own = join(root, 'named');
    const evidence = (hash: string) => [{ path: 'disputes/card-4539578763621486.log', size: 12, sha256: hash }];
    const journal = createCase(
      own,
      playbookOf('\n  verify:\n    - { id: a, uses: read/logs }'),
      { tool: 'test', inputs: {}, evidence: ['disputes'], folder: '/', system: 0, options: {} },
      () => 0,
    );
    try {
      recordManifest(journal, evidence('a'.repeat(64)));
      expect(JSON.parse(readFileSync(join(own, 'manifest.json'), 'utf8'))[0].path).toBe(
        'disputes/card-453957******1486.log',
      );
      // The same evidence is the same again, and other evidence is not.
      recordManifest(journal, evidence('a'.repeat(64)));
      expect(() => recordManifest(journal, evidence('b'.repeat(64)))).toThrow('card-453957******1486.log is different');
    } finally {
      journal.close();
    }
  });

  it.each(['playbook.json', 'manifest.json', 'report.json', 'journal.head'])('is found in %s', (name) => {
    make();
    writeFileSync(join(folder, name), `${readFileSync(join(folder, name), 'utf8')} `);
    expect(verifyCase(folder).state).toBe('tampered');
    rmSync(join(folder, name));
    expect(verifyCase(folder).state).toBe('tampered');
  });

  it('shows a journal that was written anew against a hash noted elsewhere', () => {
    make();
    const noted = verifyCase(folder).headHash;
    expect(verifyCase(folder, noted).state).toBe('intact');
    const old = readFileSync(file, 'utf8');
    rmSync(folder, { recursive: true });
    const journal = createCase(
      folder,
      playbookOf('\n  verify:\n    - { id: a, uses: read/logs }'),
      { tool: 'forged', inputs: {}, evidence: [], folder: '/', system: 0, options: {} },
      () => 0,
    );
    journal.close();
    expect(readFileSync(file, 'utf8')).not.toBe(old);
    expect(verifyCase(folder).state).toBe('intact');
    expect(verifyCase(folder, noted).problems[0]).toContain(noted);
  });

  it('keeps a case from being resumed', () => {
    make();
    writeFileSync(file, readFileSync(file, 'utf8').replace('a.log', 'b.log').replace('"passed"', '"failed"'));
    expect(() => CaseJournal.open(folder, () => 0)).toThrow(/cannot be trusted: line [0-9]+/);
  });

  it('of the evidence keeps a case from being resumed', () => {
    make();
    const journal = CaseJournal.open(folder, () => 0);
    expect(() => recordManifest(journal, [{ path: 'a.log', size: 3, sha256: 'ee' }])).toThrow('a.log is different');
    expect(() => recordManifest(journal, [])).toThrow('a.log is gone');
    recordManifest(journal, [{ path: 'a.log', size: 3, sha256: 'ff' }]);
    journal.close();
  });
});

describe('a case folder', () => {
  const opening = { tool: 'test', inputs: {}, evidence: [], folder: '/', system: 0, options: {} };
  const playbook = playbookOf('\n  verify:\n    - { id: a, uses: read/logs }');
  const report = (outcome: string): Report =>
    ({
      summary: { verdict: '' },
      playbook: { steps: [{ phase: 'verify', id: 'a', title: 'a', outcome }] },
    }) as unknown as Report;

  it('is never begun on top of something else', () => {
    const folder = join(root, 'used');
    mkdirSync(folder);
    copyFileSync(program, join(folder, 'notes.txt'));
    expect(() => createCase(folder, playbook, opening, () => 0)).toThrow('is not empty');
    const taken = join(root, 'taken');
    createCase(taken, playbook, opening, () => 0).close();
    expect(() => createCase(taken, playbook, opening, () => 0)).toThrow('holds a case already');
    expect(() => CaseJournal.open(folder, () => 0)).toThrow('is not a case');
  });

  it('closes only when the verification has passed, and then for good', () => {
    const folder = join(root, 'closing');
    const journal = createCase(folder, playbook, opening, () => 0);
    expect(() => closeCase(folder, 'me', '', () => 0)).toThrow('it has no report');
    recordReport(journal, report('waiting'));
    journal.close();
    expect(() => closeCase(folder, 'me', '', () => 0)).toThrow('wait for an answer: a');
    const again = CaseJournal.open(folder, () => 0);
    recordReport(again, report('failed'));
    again.close();
    const last = CaseJournal.open(folder, () => 0);
    recordReport(last, report('passed'));
    expect(() => closeCase(folder, 'me', '', () => 0)).toThrow('in use by process');
    last.close();
    closeCase(folder, 'me', '', () => 0);
    expect(verifyCase(folder)).toMatchObject({ state: 'intact', closed: true });
  });

  it('closes with the reason when forced', () => {
    const folder = join(root, 'forced');
    const journal = createCase(folder, playbook, opening, () => 0);
    recordReport(journal, report('failed'));
    journal.close();
    expect(() => closeCase(folder, 'me', '', () => 0)).toThrow('its verification has not passed: a failed');
    closeCase(folder, 'me', 'bank is closed for the night', () => 0, 'agreed with the duty manager');
    expect(verifyCase(folder)).toMatchObject({ state: 'intact', closed: true });
    expect(() => CaseJournal.open(folder, () => 0)).toThrow('is closed');
  });
});
