/** The built command as a user runs it: shipped bundles, bad input, exit codes, streams. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/types.ts';
import { ROOT } from '../triage/bundle.ts';

const cli = join(ROOT, 'bin/paymedic.js');
const bundles = join(ROOT, 'fixtures/bundles');
let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'paymedic-cli-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function run(
  args: string[],
  options: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {},
): { code: number | null; out: string; err: string } {
  const r = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    maxBuffer: 64e6,
    env: { ...process.env, ...options.env },
    ...(options.input !== undefined ? { input: options.input } : {}),
  });
  return { code: r.status, out: r.stdout, err: r.stderr };
}
const json = (args: string[]): Report => JSON.parse(run([...args, '--format', 'json']).out) as Report;

describe('shipped bundles, made by real software', () => {
  it.each([
    ['expired-gateway-certificate', 'server-cert-expired', 'urgent', 'ops'],
    ['client-certificate-missing', 'client-cert-not-sent', 'urgent', 'ops'],
    ['key-mismatch', 'key-pair-broken', 'urgent', 'ops'],
  ])('%s: %s', (bundle, cause, priority, owner) => {
    const report = json(['triage', join(bundles, bundle)]);
    expect(report.diagnosis[0]).toMatchObject({ cause, priority, owner });
    expect(report.diagnosis[0]!.confidence).toBeGreaterThanOrEqual(0.85);
    expect(report.summary.priority).toBe(priority);
  });

  it('healthy-rotation: nothing wrong', () => {
    const report = json(['triage', join(bundles, 'healthy-rotation')]);
    expect(report.diagnosis.filter((d) => d.confidence >= 0.5 && d.priority !== 'routine')).toEqual([]);
    expect(report.summary.priority).toBe('none');
  });

  it('answers what, since when, how bad, who and what next in the first five lines, within 80 columns and without colour in a pipe', () => {
    const { out, code } = run(['triage', join(bundles, 'expired-gateway-certificate')]);
    const lines = out.split('\n');
    expect(lines.slice(0, 5).map((l) => l.split(/\s{2,}|\s(?=[A-Z0-9])/)[0])).toEqual([
      'What',
      'Since',
      'How bad',
      'Who',
      'Next',
    ]);
    expect(lines.every((l) => [...l].length <= 80)).toBe(true);
    expect(out).not.toContain('\u001b');
    expect(out).toContain('never loaded');
    expect(code).toBe(0);
  });

  it('says the same twice, byte for byte', () => {
    const args = ['triage', join(bundles, 'key-mismatch'), '--format', 'json'];
    const strip = (text: string): string => text.replace(/"milliseconds": \d+/g, '');
    expect(strip(run(args).out)).toBe(strip(run(args).out));
  });
});

describe('the gate and usage', () => {
  const expired = join(bundles, 'expired-gateway-certificate');
  it.each<[string, string[], number]>([
    ['investigates without a gate', ['triage', expired], 0],
    ['fails the gate at urgent', ['triage', expired, '--fail-on', 'urgent'], 1],
    ['passes a healthy bundle', ['triage', join(bundles, 'healthy-rotation'), '--fail-on', 'important'], 0],
    ['no evidence named', ['triage'], 2],
    ['unknown command', ['triag', expired], 2],
    ['unknown option', ['triage', expired, '--formt', 'json'], 2],
    ['unknown format', ['triage', expired, '--format', 'jsn'], 2],
    ['unknown priority', ['triage', expired, '--fail-on', 'medium'], 2],
    ['no time', ['triage', expired, '--now', 'yesterday'], 2],
    ['no duration', ['triage', expired, '--deadline', 'soon'], 2],
    ['no zone', ['triage', expired, '--zone', 'Mars/Base'], 2],
    ['a layout that names nothing', ['triage', expired, '--log-format', 'plain words'], 2],
    ['a pattern without a group', ['triage', expired, '--log-pattern', '.*'], 2],
    ['a layout that no file has', ['triage', expired, '--log-format', '$status ~~ $request'], 3],
    ['a pattern that fits no line', ['triage', expired, '--log-pattern', '^zz (?P<message>.*)'], 3],
  ])('%s', (_name, args, code) => {
    const r = run(args);
    expect(r.code).toBe(code);
    if (code === 2) expect(r.err.length).toBeGreaterThan(10);
  });

  it('suggests what was meant', () => {
    expect(run(['triag', 'x']).err).toContain('triage');
    expect(run(['triage', 'x', '--formt', 'json']).err).toContain('--format');
    expect(run(['triage', 'x', '--format', 'jsn']).err).toContain('json');
  });
});

describe('bad input', () => {
  it.each<[string, () => string[], RegExp]>([
    ['missing path', () => [join(work, 'not-there')], /does not exist/],
    [
      'empty folder',
      () => {
        mkdirSync(join(work, 'empty'), { recursive: true });
        return [join(work, 'empty')];
      },
      /empty/,
    ],
  ])('%s is exit 3 with a way out', (_name, args, says) => {
    const r = run(['triage', ...args()]);
    expect(r.code).toBe(3);
    expect(r.err).toMatch(says);
    expect(r.err).toContain('next:');
  });

  it('judges the rest of a bundle that holds damaged files, and names each of them', () => {
    const folder = join(work, 'damaged');
    const source = join(bundles, 'expired-gateway-certificate');
    for (const f of [
      'logs/cart-bff.log',
      'logs/billing.jsonl',
      'pcap/edge.pcap',
      'meta/now',
      'meta/topology.yaml',
      'txn/payments.csv',
      'certs/ca-bundle.pem',
    ]) {
      mkdirSync(join(folder, f, '..'), { recursive: true });
      copyFileSync(join(source, f), join(folder, f));
    }
    writeFileSync(
      join(folder, 'junk.bin'),
      Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 167 + (i >> 3)) & 255)),
    );
    writeFileSync(join(folder, 'cut.pcap'), readFileSync(join(source, 'pcap/edge.pcap')).subarray(0, 20_011));
    writeFileSync(
      join(folder, 'cut.log.gz'),
      gzipSync(readFileSync(join(source, 'logs/settle-job.log'))).subarray(0, 900),
    );
    writeFileSync(join(folder, 'half.pem'), readFileSync(join(source, 'certs/ca-bundle.pem')).subarray(0, 400));
    writeFileSync(join(folder, 'bad.yaml'), 'a: [1,\n b: {');
    symlinkSync('/etc/hostname', join(folder, 'link-out'));
    const r = run(['triage', folder, '--format', 'json']);
    const report = JSON.parse(r.out) as Report;
    expect(report.diagnosis[0]?.cause).toBe('server-cert-expired');
    const said = JSON.stringify([report.notChecked, report.evidence]);
    for (const name of ['junk.bin', 'cut.pcap', 'cut.log.gz', 'half.pem', 'link-out'])
      expect(said, name).toContain(name);
    expect(said).toMatch(/truncated/);
    expect(r.code).toBe(0);
  });

  it('reads standard input', () => {
    const r = run(['triage', '-', '--format', 'json'], {
      input: readFileSync(join(bundles, 'key-mismatch/logs/cart-bff.log')),
    });
    expect((JSON.parse(r.out) as Report).diagnosis[0]?.cause).toBe('connection-refused');
  });

  it('a line of 40 MB is read in bounded memory', () => {
    const file = join(work, 'long.log');
    writeFileSync(file, `2026-01-01T00:00:00Z ERROR ${'x'.repeat(40 * 1024 * 1024)}\n2026-01-01T00:00:01Z INFO done\n`);
    const r = run(['triage', file, '--format', 'json'], { env: { NODE_OPTIONS: '--max-old-space-size=192' } });
    expect(r.code).toBe(0);
    rmSync(file);
  });

  it('never lets an escape sequence or a card number of the evidence out', () => {
    const folder = join(work, 'hostile');
    mkdirSync(folder, { recursive: true });
    const lines = Array.from(
      { length: 30 },
      (_, i) =>
        `2026-01-01T00:${String(i).padStart(2, '0')}:00Z ERROR [pay\u001b[31m1] call https://gw.bank.example failed: connect ECONNREFUSED 198.51.100.7:443 pan=4242424242424242 \u202etxt <script>alert(1)</script>`,
    );
    writeFileSync(join(folder, 'app.log'), `${lines.join('\n')}\n`);
    for (const format of ['terminal', 'markdown', 'html', 'json', 'csv', 'junit', 'sarif']) {
      const { out } = run(['triage', folder, '--format', format]);
      expect(out, format).not.toContain('\u001b');
      expect(out, format).not.toContain('\u202e');
      expect(out, format).not.toContain('4242424242424242');
      if (format === 'html') expect(out).not.toContain('<script>alert');
    }
  });

  it('says what a deadline left out, and exits 3', () => {
    const r = run(['triage', join(bundles, 'expired-gateway-certificate'), '--deadline', '1ms', '--format', 'json']);
    expect(r.code).toBe(3);
    expect(JSON.stringify((JSON.parse(r.out) as Report).notChecked)).toContain('deadline');
  });
});

describe('the window', () => {
  it('--until leaves out what came later, --since what came earlier', () => {
    const bundle = join(bundles, 'expired-gateway-certificate');
    const onset = json(['triage', bundle]).diagnosis[0]!.onset!;
    const before = new Date(Date.parse(onset) - 20_000).toISOString();
    expect(json(['triage', bundle, '--until', before]).summary.priority).toBe('none');
    const late = new Date(Date.parse(onset) + 60_000).toISOString();
    const report = json(['triage', bundle, '--since', late]);
    expect(report.diagnosis[0]?.cause).toBe('server-cert-expired');
    expect(report.diagnosis[0]!.onset! >= late).toBe(true);
  });
});

describe('handover', () => {
  it('writes a text for each party, with the evidence it needs and the request for the authority', () => {
    const folder = join(work, 'handover');
    const r = run(['triage', join(bundles, 'expired-gateway-certificate'), '--handover', folder]);
    expect(r.code).toBe(0);
    expect(readFileSync(join(folder, 'ops.txt'), 'utf8')).toContain('Verify return code: 0 (ok)');
    const authority = readFileSync(join(folder, 'ca.txt'), 'utf8');
    expect(authority).toContain('openssl req -new');
    expect(authority).toContain('logs/cart-bff.log');
  });

  it('speaks Chinese when asked', () => {
    const folder = join(work, 'handover-zh');
    run(['triage', join(bundles, 'expired-gateway-certificate'), '--handover', folder, '--lang', 'zh']);
    expect(readFileSync(join(folder, 'ops.txt'), 'utf8')).toContain('支付故障通报');
  });
});

describe('verify', () => {
  it('asks for evidence from after the incident', () => {
    const before = join(work, 'before.json');
    writeFileSync(before, run(['triage', join(bundles, 'expired-gateway-certificate'), '--format', 'json']).out);
    const same = run(['verify', before, join(bundles, 'expired-gateway-certificate')]);
    expect(same.code).toBe(3);
    expect(same.out).toContain('COULD NOT CHECK');
    const early = join(work, 'early.json');
    const report = JSON.parse(readFileSync(before, 'utf8')) as Report;
    report.incident.clock = new Date(Date.parse(report.diagnosis[0]!.onset!) + 60_000).toISOString();
    writeFileSync(early, JSON.stringify(report));
    const still = run(['verify', early, join(bundles, 'expired-gateway-certificate')]);
    expect(still.code).toBe(1);
    expect(still.out).toContain('STILL THERE');
  });

  it('refuses what is no report', () => {
    const file = join(work, 'other.json');
    writeFileSync(file, '{"hello":1}');
    const refused = run(['verify', file, bundles]);
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('is no paymedic report');
  });
});
