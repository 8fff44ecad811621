import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  incidentClock,
  newestEvidenceTime,
  newestTimeWritten,
  openEvidence,
  parseEndpoint,
} from '../../src/evidence/index.ts';
import { onPath } from '../programs.ts';

/** The tar of BSD knows neither these forms nor these options. */
const GNU_TAR = onPath('tar') && execFileSync('tar', ['--version'], { encoding: 'utf8' }).includes('GNU');

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url));
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'paymedic-evidence-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folder(name: string, files: { [path: string]: string | Buffer }): string {
  const base = join(root, name);
  mkdirSync(base, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(base, path, '..'), { recursive: true });
    writeFileSync(join(base, path), content);
  }
  return base;
}
const kinds = (items: { path: string; kind: string }[]): { [path: string]: string } =>
  Object.fromEntries(items.map((item) => [item.path, item.kind]));

describe('archives made by tar, zip and zstd', () => {
  it('reads members of a gzipped tar, also compressed ones, in path order', async () => {
    const opened = await openEvidence([join(fixtures, 'bundle.tar.gz')]);
    expect(kinds(opened.items)).toEqual({
      'bundle.tar.gz': 'archive',
      'bundle.tar.gz!bundle/meta/now': 'clock',
      'bundle.tar.gz!bundle/txn/payments.csv': 'transactions',
      'bundle.tar.gz!bundle/txn/payments.csv.gz': 'transactions',
    });
    expect(opened.problems).toEqual([]);
    const plain = opened.sources.find(({ item }) => item.path.endsWith('payments.csv'))!;
    expect((await plain.bytes()).toString()).toContain('A2,M1,12.50');
    expect(incidentClock(opened.sources, { system: 0 }).now).toBe(Date.parse('2026-03-01T10:00:00Z'));
  });
  it('reads zip inside zip', async () => {
    const opened = await openEvidence([join(fixtures, 'nested.zip')]);
    expect(Object.keys(kinds(opened.items))).toContain('nested.zip!inner.zip!bundle/meta/now');
  });
  it('stops at the archive depth and says so', async () => {
    const opened = await openEvidence([join(fixtures, 'nested.zip')], { limits: { archiveDepth: 1 } });
    expect(opened.problems.map(({ what }) => what)).toEqual(['archive inside 1 archive, not unpacked']);
  });
  it.skipIf(!GNU_TAR).each(['gnu', 'posix'])(
    'names the sparse files of a %s tar, and reads what follows them',
    async (format) => {
      const base = folder(`sparse-${format}`, { 'zz.log': '2026-11-21T10:00:01Z ERROR pay certificate has expired\n' });
      const holes = openSync(join(base, 'holes.log'), 'w');
      for (let i = 0; i < 60; i++) writeSync(holes, 'data\n', i * 100_000); // more pieces than one header of GNU tar holds
      closeSync(holes);
      const archive = `${base}.tar`;
      execFileSync('tar', ['--sparse', `--format=${format}`, '-cf', archive, '-C', base, 'holes.log', 'zz.log']);
      const opened = await openEvidence([archive]);
      const [, log, sparse] = opened.items;
      expect(log).toMatchObject({ path: `sparse-${format}.tar!zz.log`, size: 55 });
      expect(sparse?.path).toBe(`sparse-${format}.tar!holes.log`);
      expect(sparse?.unreadable).toContain('sparse');
      expect(opened.problems.map(({ input }) => input)).toEqual([sparse?.path]);
    },
  );
  it.skipIf(!GNU_TAR)('counts the pipes of a tar', async () => {
    const base = folder('pipes', { 'a.log': '2026-11-21T10:00:01Z INFO pay started\n' });
    execFileSync('mkfifo', [join(base, 'pipe')]);
    execFileSync('tar', ['-cf', `${base}.tar`, '-C', base, 'a.log', 'pipe']);
    const { problems } = await openEvidence([`${base}.tar`]);
    expect(problems).toMatchObject([{ input: 'pipes.tar', what: expect.stringMatching(/^1 member passed over/) }]);
  });
  it.skipIf(!GNU_TAR)('says which member of a tar was the first beyond the most files', async () => {
    const base = folder('many', Object.fromEntries([1, 2, 3, 4].map((n) => [`${n}.log`, `line ${n}\n`])));
    execFileSync('tar', ['-cf', `${base}.tar`, '-C', base, '1.log', '2.log', '3.log', '4.log']);
    const { items, problems } = await openEvidence([`${base}.tar`], { limits: { files: 3 } });
    expect(items.map(({ path }) => path)).toEqual(['many.tar', 'many.tar!1.log', 'many.tar!2.log']);
    expect(problems).toMatchObject([
      { input: 'many.tar!3.log', what: 'more than 3 files; this one and what follows was not read' },
    ]);
  });
  it.skipIf(!GNU_TAR)('takes the size of a member from its extended header', async () => {
    const base = folder('pax', { 'b.log': '2026-11-21T10:00:01Z INFO pay started\n' });
    const archive = `${base}.tar`;
    execFileSync('tar', ['--format=posix', '--pax-option=size:=38,mtime:=1', '-cf', archive, '-C', base, 'b.log']);
    const bytes = readFileSync(archive);
    // What GNU tar writes of a member above 8 GiB: nothing in the octal field.
    const at = bytes.lastIndexOf('b.log\0');
    bytes.write('00000000000\0', at + 124, 'latin1');
    bytes.write('        ', at + 148, 'latin1');
    const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
    writeFileSync(archive, bytes);
    const { items, problems } = await openEvidence([archive]);
    expect(items.map(({ path, size }) => [path, size])).toContainEqual(['pax.tar!b.log', 38]);
    expect(problems).toEqual([]);
  });
  it('reads zstd', async () => {
    const opened = await openEvidence([join(fixtures, 'payments.csv.zst')]);
    expect(opened.items[0]).toMatchObject({ kind: 'transactions', expandedSize: 161 });
  });
  it.skipIf(!onPath('gzip'))('keeps the members before the cut of a truncated tar', async () => {
    const whole = execFileSync('gzip', ['-dc', join(fixtures, 'bundle.tar.gz')]);
    const at = whole.indexOf('time_utc');
    const opened = await openEvidence([folder('cut-tar', { 'b.tar': whole.subarray(0, at + 20) })]);
    expect(kinds(opened.items)['b.tar!bundle/meta/now']).toBe('clock');
    expect(opened.problems.some(({ what }) => what.includes('truncated'))).toBe(true);
  });
  it.skipIf(!onPath('python3'))('names members without leading slashes and dots', async () => {
    const script =
      'import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1],"w")\nz.writestr("../../etc/passwd","x y z")\nz.close()';
    const file = join(root, 'slip.zip');
    execFileSync('python3', ['-c', script, file]);
    const opened = await openEvidence([file]);
    expect(opened.items[1]!.path).toBe('slip.zip!etc/passwd');
  });
});

describe('kinds of key material, told by content', () => {
  it.each([
    ['cert.der', 'certificate'],
    ['key.der', 'key'],
    ['request.der', 'csr'],
    ['crl.der', 'crl'],
    ['store.p12', 'keystore'],
  ])('%s is a %s', async (file, kind) => {
    const opened = await openEvidence([join(fixtures, file)]);
    expect(opened.items[0]!.kind).toBe(kind);
  });
});

describe('bad input', () => {
  it('names a missing path', async () => {
    const opened = await openEvidence([join(root, 'nowhere', 'x')]);
    expect(opened.problems).toEqual([expect.objectContaining({ what: 'does not exist', named: true })]);
  });
  it('names an empty folder', async () => {
    const opened = await openEvidence([folder('empty', {})]);
    expect(opened.problems).toEqual([expect.objectContaining({ what: 'the folder is empty', named: true })]);
  });
  it.skipIf(process.getuid?.() === 0)('keeps an unreadable file in the manifest and reads the rest', async () => {
    const base = folder('locked', { 'a.txt': 'hello there', 'b.txt': 'hello again' });
    chmodSync(join(base, 'a.txt'), 0);
    const opened = await openEvidence([base]);
    expect(opened.items[0]).toMatchObject({ path: 'a.txt', unreadable: 'permission denied' });
    expect(opened.sources.map(({ item }) => item.path)).toEqual(['b.txt']);
  });
  it('keeps what a truncated gzip still holds', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `${i} some line of text ${Math.sin(i)}`).join('\n');
    const packed = gzipSync(text);
    const opened = await openEvidence([folder('cut', { 'a.log.gz': packed.subarray(0, packed.length >> 1) })]);
    expect(opened.items[0]!.notes).toEqual([
      expect.stringMatching(/gzip data is truncated: read \d+ bytes up to there/),
    ]);
    const bytes = await opened.sources[0]!.bytes();
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(text.startsWith(bytes.toString())).toBe(true);
    expect(opened.problems).toHaveLength(1);
  });
  it('keeps what stands before damage in a gzip', async () => {
    const packed = gzipSync(Array.from({ length: 20_000 }, (_, i) => `${i} ${Math.cos(i)}`).join('\n'));
    packed.fill(0xaa, packed.length >> 1, (packed.length >> 1) + 64);
    const opened = await openEvidence([folder('damaged', { 'a.log.gz': packed })]);
    expect(opened.items[0]!.notes![0]).toMatch(/gzip data is damaged/);
  });
  it('says that binary junk was not read', async () => {
    const junk = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251));
    const opened = await openEvidence([folder('junk', { 'x.bin': junk, 'y.txt': 'plain words' })]);
    expect(kinds(opened.items)).toMatchObject({ 'x.bin': 'binary', 'y.txt': 'text' });
    expect(opened.problems).toEqual([expect.objectContaining({ input: 'x.bin', named: false })]);
  });
  it('stops a decompression bomb', async () => {
    const opened = await openEvidence([folder('bomb', { 'b.log.gz': gzipSync(Buffer.alloc(3_000_000, 65)) })], {
      limits: { bombBytes: 100_000, bombRatio: 50 },
    });
    let length = 0;
    for await (const chunk of opened.sources[0]!.chunks()) length += chunk.length;
    expect(length).toBeLessThan(400_000);
    expect(opened.items[0]!.notes![0]).toContain('decompression bomb');
  });
  it('counts files beyond the limit once', async () => {
    const opened = await openEvidence(
      [folder('many', Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, 'some words'])))],
      { limits: { files: 5 } },
    );
    expect(opened.items).toHaveLength(5);
    expect(opened.problems.filter(({ what }) => what.startsWith('more than 5 files'))).toHaveLength(1);
  });
  it.each(['bzip2', 'xz'] as const)('says that %s must be unpacked', async (tool) => {
    const file = folder(tool, { a: 'hello '.repeat(100) });
    try {
      execFileSync(tool, [join(file, 'a')]);
    } catch {
      return;
    }
    const opened = await openEvidence([file]);
    expect(opened.problems[0]!.what).toContain(`${tool} compression is not read here`);
  });
});

describe('links and special files', () => {
  it.skipIf(!onPath('mkfifo'))('does not follow links out of the bundle, nor pipes', async () => {
    const outside = folder('outside', { 'secret.txt': 'not evidence' });
    const base = folder('links', { 'real.txt': 'evidence here' });
    symlinkSync(join(outside, 'secret.txt'), join(base, 'leak.txt'));
    symlinkSync(outside, join(base, 'leakdir'));
    symlinkSync(join(base, 'real.txt'), join(base, 'alias.txt'));
    symlinkSync(join(base, 'missing'), join(base, 'dangling'));
    execFileSync('mkfifo', [join(base, 'pipe')]);
    const opened = await openEvidence([base]);
    expect(opened.items.map(({ path }) => path)).toEqual(['real.txt']);
    expect(opened.problems.map(({ input, what }) => `${input}: ${what}`).sort()).toEqual([
      'dangling: symbolic link to nothing',
      'leak.txt: symbolic link to a file outside the bundle, not followed',
      'leakdir: symbolic link to a folder outside the bundle, not followed',
      'pipe: is a named pipe',
    ]);
  });
});

describe('inputs', () => {
  it('hashes the stored bytes', async () => {
    const packed = gzipSync('hello world, a few words');
    const opened = await openEvidence([folder('hash', { 'a.gz': packed })]);
    expect(opened.items[0]!.sha256).toBe(createHash('sha256').update(packed).digest('hex'));
  });
  it('sets endpoints apart and takes several inputs, each once', async () => {
    const base = folder('several', { 'one/a.txt': 'words of one', 'two/b.txt': 'words of two' });
    const opened = await openEvidence([
      join(base, 'one'),
      join(base, 'two', 'b.txt'),
      join(base, 'one'),
      'pay.example.com:8443',
      '[2001:db8::1]:443',
      'https://shop.example/pay',
    ]);
    expect(opened.items.map(({ path }) => path)).toEqual(['one/a.txt', 'two/b.txt']);
    expect(opened.endpoints).toEqual([
      { host: 'pay.example.com', port: 8443 },
      { host: '2001:db8::1', port: 443 },
      { host: 'shop.example', port: 443 },
    ]);
    expect(parseEndpoint('host:99999')).toBeUndefined();
    expect(parseEndpoint('no port')).toBeUndefined();
  });
  it('reads standard input', async () => {
    const opened = await openEvidence(['-'], { stdin: Readable.from([Buffer.from('2026-01-01T00:00:00Z\n')]) });
    expect(opened.items[0]).toMatchObject({ path: 'stdin', kind: 'clock' });
  });
  it('reads copies of a log once', async () => {
    const log = 'order_id,amount,currency,status,time\n'.concat('A,1.00,EUR,PAID,2026-01-01T00:00:00Z\n'.repeat(5));
    const opened = await openEvidence([folder('copies', { 'a.csv': log, 'b.csv': log })]);
    expect(opened.sources.map(({ item }) => item.path)).toEqual(['a.csv']);
    expect(opened.items[1]!.notes).toEqual(['same bytes as a.csv; read once']);
  });
});

describe('newest time written', () => {
  it('reads the ends of logs and tables, and passes over one stray date', async () => {
    const opened = await openEvidence([
      folder('newest', {
        'payments.csv': `time,order_id,amount,currency,code,status\n${Array.from({ length: 50 }, (_, i) => `2026-03-10 08:00:${String(i).padStart(2, '0')},O${i},1.50,EUR,00,PAID`).join('\n')}\n`,
        'changes.txt':
          '# change calendar\n2026-03-10 08:01:00  deploy release 7\n2026-03-10 09:00:00  certificate renewed\n',
        'notice.txt': '2031-01-01 10:00:00  planned maintenance of the provider, announcement for the far future\n',
      }),
    ]);
    expect(await newestTimeWritten(opened.sources, 'Asia/Shanghai')).toBe(Date.parse('2026-03-10T01:00:00Z'));
    expect(await newestTimeWritten([])).toBeUndefined();
  });
});

describe('incident clock', () => {
  it.each([
    ['2026-05-01T10:00:00+08:00\n', '2026-05-01T02:00:00.000Z'],
    ['1788854705', '2026-09-08T08:05:05.000Z'],
    ['1788854705123\r\n', '2026-09-08T08:05:05.123Z'],
  ])('reads meta/now %j', async (text, iso) => {
    const opened = await openEvidence([folder(`clock-${iso.slice(0, 19).replace(/\W/g, '')}`, { 'meta/now': text })]);
    const clock = incidentClock(opened.sources, { system: 0 });
    expect(new Date(clock.now).toISOString()).toBe(iso);
    expect(clock.source).toBe('meta/now');
    expect(clock.says).toContain('meta/now');
  });
  it('prefers --now, then meta/now, then the newest evidence, then the system', async () => {
    expect(incidentClock([], { nowOption: '2026-01-01T00:00:00Z', newest: 5, system: 9 }).source).toBe('option');
    expect(incidentClock([], { newest: 5000, system: 9 })).toMatchObject({ now: 6000, source: 'newest-evidence' });
    expect(incidentClock([], { system: 9 })).toMatchObject({ now: 9, source: 'system' });
    expect(() => incidentClock([], { nowOption: 'yesterday', system: 9 })).toThrow(RangeError);
    expect(
      newestEvidenceTime([
        {
          id: 'e1',
          path: 'a',
          kind: 'log',
          size: 1,
          sha256: '',
          span: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
        },
      ]),
    ).toBe(Date.parse('2026-01-02'));
  });
});
