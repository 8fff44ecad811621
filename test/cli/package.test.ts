/** What is handed out: the package, the container and the completion scripts. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { onPath } from '../programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = existsSync(join(root, 'dist/cli/main.js'));
const folder = mkdtempSync(join(tmpdir(), 'paymedic-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!built)('the package (needs npm run build)', () => {
  it('holds what the program reads, the notices, and nothing of the tests', () => {
    const [pack] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' }),
    ) as [{ files: { path: string }[] }];
    const files = pack.files.map((file) => file.path);
    for (const needed of [
      'bin/paymedic.js',
      'dist/cli/main.js',
      'dist/playbooks/triage.json',
      'playbooks/triage.yaml',
      'schema/report.schema.json',
      'fixtures/bundles/expired-gateway-certificate/meta/now',
      'LICENSE',
      'NOTICE',
      'README.md',
    ])
      expect(files).toContain(needed);
    expect(files.filter((file) => /^(test|src|bench|node_modules)\/|\.key$/.test(file))).toEqual([]);
  });

  it('the container copies everything that the package holds, apart from the examples', () => {
    const copied = readFileSync(join(root, 'Dockerfile'), 'utf8');
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
    for (const file of files.filter((name) => name !== 'fixtures/bundles'))
      expect(copied).toMatch(new RegExp(`COPY --from=build[^\\n]*/app/${file}\\b`));
  });

  it.skipIf(!onPath('openssl'))('runs without node_modules, legacy PKCS#12 included (needs openssl)', () => {
    for (const part of ['bin', 'dist', 'package.json'])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    const openssl = (...args: string[]) => spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'k.pem',
      '-out',
      'c.pem',
      '-subj',
      '/CN=old.example',
      '-days',
      '30',
    );
    const legacy = openssl(
      'pkcs12',
      '-export',
      '-legacy',
      '-inkey',
      'k.pem',
      '-in',
      'c.pem',
      '-out',
      'old.p12',
      '-passout',
      'pass:secret',
    );
    // OpenSSL 1.1.1 writes the old algorithms without being asked.
    if (legacy.status !== 0)
      openssl('pkcs12', '-export', '-inkey', 'k.pem', '-in', 'c.pem', '-out', 'old.p12', '-passout', 'pass:secret');
    writeFileSync(join(folder, 'password'), 'secret\n');
    const run = spawnSync(process.execPath, ['bin/paymedic.js', 'certs', 'old.p12', '--password-file', 'password'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(run.stdout).toContain('CN=old.example');
    expect(run.stderr).not.toContain('Cannot find');
  });
});

describe.skipIf(!built)('completion scripts (need npm run build)', () => {
  const script = (shell: string): string =>
    execFileSync(process.execPath, [join(root, 'bin/paymedic.js'), 'completion', shell], { encoding: 'utf8' });

  for (const shell of ['bash', 'zsh', 'fish']) {
    it.skipIf(!onPath(shell))(`${shell} reads its script (needs ${shell})`, () => {
      const file = join(folder, `completion.${shell}`);
      writeFileSync(file, script(shell));
      expect(spawnSync(shell, ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    });
  }

  it.skipIf(!onPath('bash'))('bash completes commands and options (needs bash)', () => {
    const file = join(folder, 'completion.bash');
    writeFileSync(file, script('bash'));
    const complete = (...words: string[]): string =>
      execFileSync(
        'bash',
        [
          '-c',
          `source '${file}'; COMP_WORDS=(paymedic ${words.join(' ')}); COMP_CWORD=${words.length}; _paymedic; echo "\${COMPREPLY[*]}"`,
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      ).trim();
    expect(complete('tri')).toBe('triage');
    expect(complete('certs', '--startt')).toBe('--starttls');
  });
});
