/** From an incident to its end by the command line: verify says 1, 3 and 0, and a case closes only after the last. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issue } from '../../src/drill/certificates.ts';
import { iso, ROOT, writeBundle } from '../triage/bundle.ts';
import { scene } from '../triage/scene.ts';

const ONSET = Date.UTC(2026, 5, 3, 14, 41);
const DAY = 86_400_000;
const HOST = 'api.corallopay.example.net';
const refused = `call https://${HOST}/v1/charges failed: java.net.ConnectException: Connection refused`;

const folders: string[] = [];
const keep = (folder: string): string => {
  folders.push(folder);
  return folder;
};
let before = '';
let still = '';
let fixed = '';
let elsewhere = '';
let work = '';
beforeAll(() => {
  const shop = (onset: number, broken: boolean) =>
    scene({ onset, quiet: true, every: 10, outcome: (a) => (broken && a.after ? refused : undefined) }).files;
  before = keep(writeBundle(shop(ONSET, true)));
  still = keep(writeBundle(shop(ONSET + DAY, true)));
  fixed = keep(writeBundle(shop(ONSET + DAY, false)));
  // Evidence from after the repair, but of nothing that the fault was seen in.
  elsewhere = keep(
    writeBundle({
      'meta/now': `${iso(ONSET + DAY)}\n`,
      'host/auth.log': Array.from(
        { length: 30 },
        (_, i) =>
          `${iso(ONSET + DAY - i * 60_000)} bastion sshd[88]: Accepted publickey for ops from 10.0.0.9 port 5${i}00 ssh2`,
      )
        .reverse()
        .join('\n'),
    }),
  );
  work = keep(mkdtempSync(join(tmpdir(), 'paymedic-verify-')));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const r = spawnSync(process.execPath, [join(ROOT, 'bin/paymedic.js'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, LANG: 'C', NO_COLOR: '1' },
  });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

describe('verify and case close', () => {
  it('by a report: 1 still there, 3 could not check, 0 resolved', () => {
    const report = join(work, 'before.json');
    expect(run('triage', before, '--format', `json=${report}`).code).toBe(0);
    const worse = run('verify', report, still);
    expect(worse.out).toContain('STILL THERE');
    expect(worse.code).toBe(1);
    const blind = run('verify', report, elsewhere);
    expect(blind.out).toContain('COULD NOT CHECK');
    expect(blind.code).toBe(3);
    const better = run('verify', report, fixed);
    expect(better.out).toContain('RESOLVED');
    expect(better.code).toBe(0);
  });

  it('writes its answer to the files that are asked for, and refuses formats it has not', () => {
    const report = join(work, 'formats.json');
    expect(run('triage', before, '--format', `json=${report}`).code).toBe(0);
    const answer = join(work, 'answer.json');
    const both = run('verify', report, still, '--format', `json=${answer}`, '--format', 'terminal');
    expect(both.code).toBe(1);
    expect(both.out).toContain('STILL THERE');
    expect(both.err).toContain(`wrote json to ${answer}`);
    expect(JSON.parse(readFileSync(answer, 'utf8')).results[0].result).toBe('still there');
    const html = run('verify', report, still, '--format', `html=${join(work, 'answer.html')}`);
    expect(html.code).toBe(2);
    expect(html.err).toContain('terminal or json');
    expect(run('verify', report, still, '--format', 'nonsense').code).toBe(2);
  });

  it('by a case: it refuses to close without a verification, and after one that did not pass', () => {
    const folder = join(work, 'case');
    expect(run('triage', before, '--case', folder).code).toBe(0);
    const close = () => run('case', 'close', folder, '--by', 'A. Engineer');
    const early = close();
    expect(early.code).toBe(2);
    expect(early.err).toMatch(/verif/i);
    for (const [evidence, code] of [
      [still, 1],
      [elsewhere, 3],
    ] as const) {
      expect(run('verify', folder, evidence).code).toBe(code);
      expect(close().code).toBe(2);
    }
    expect(run('verify', folder, fixed).code).toBe(0);
    const closed = close();
    expect(closed.code, closed.err).toBe(0);
    expect(run('case', 'verify', folder).out).toContain('closed');
    // Nothing is added to what is closed.
    expect(run('verify', folder, still).code).toBe(2);
  });

  it('a report that judged nothing can be held against nothing', () => {
    const torn = join(work, 'torn');
    cpSync(elsewhere, torn, { recursive: true });
    rmSync(join(torn, 'host'), { recursive: true });
    const { cert } = issue({ subject: { CN: HOST }, notBefore: ONSET - DAY, notAfter: ONSET + DAY, names: [HOST] });
    writeFileSync(join(torn, 'edge.pem'), cert.slice(0, 80));
    const report = join(work, 'nothing.json');
    expect(run('triage', torn, '--format', `json=${report}`).code).toBe(3);
    expect(run('verify', report, fixed).code).toBe(3);
  });
});
