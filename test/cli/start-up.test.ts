/** What a triage loads before and while it reads a bundle of logs: start-up is a good part of the second that it may take. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'paymedic-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Modules that the triage of one log may run: 450 when this was written, 574 since large ones became several, 614 with a module
 * for each check, layout of logs and kind of secrets that came since, 643 with the checks of stores and services of our own, which
 * every log may need. Which of them are needless, the test says by name.
 */
const MOST_MODULES = 650;

interface Coverage {
  result: { url: string; functions: { functionName: string; ranges: { count: number }[] }[] }[];
}

/** Files loaded and modules run by a triage of one log. */
function triageOfLogs(): { files: string[]; modules: string[] } {
  const log = join(folder, 'app.log');
  writeFileSync(log, '2026-05-30T10:48:38Z ERROR gateway: certificate has expired\n');
  const coverage = join(folder, 'coverage');
  execFileSync(process.execPath, [join(root, 'bin/paymedic.js'), 'triage', log, '--format', 'json'], {
    cwd: folder,
    env: { ...process.env, NODE_V8_COVERAGE: coverage },
  });
  const scripts = readdirSync(coverage)
    .flatMap((name) => (JSON.parse(readFileSync(join(coverage, name), 'utf8')) as Coverage).result)
    .filter(({ url }) => url.startsWith('file:') && url.includes('/dist/'));
  return {
    files: scripts.map(({ url }) => basename(url)),
    modules: scripts
      .flatMap(({ functions }) => functions)
      .filter(({ functionName, ranges }) => /^(?:src|node_modules)\//.test(functionName) && ranges[0]!.count > 0)
      .map(({ functionName }) => functionName),
  };
}

describe.skipIf(!existsSync(program))('start-up (needs npm run build)', () => {
  it('of a triage of logs runs no code that only other evidence or other commands need', () => {
    const { files, modules } = triageOfLogs();
    expect(files).toEqual(['main.js']);
    expect(modules).toContain('src/logs/read-logs.ts');
    const needless =
      /^(?:src\/(?:capture|case|drill|messages\/schemes|messages\/xml|messages\/cms|ciphers\/live|ciphers\/policy|x509\/path|x509\/pkcs12|logs\/(?:intrusion|sigma|crs)|report\/html|transactions\/(?:read|join|settle|statements))\b|node_modules\/(?!yaml\/|commander\/))/;
    expect(modules.filter((name) => needless.test(name))).toEqual([]);
    expect(modules.length).toBeLessThan(MOST_MODULES);
  });

  const cache = join(root, `dist/cli/main-${process.version}-${process.arch}.cache`);
  it.skipIf(!existsSync(cache))('takes the compiled code from the cache (needs npm run build with this Node)', () => {
    const script = new Script(Module.wrap(readFileSync(program, 'latin1')), {
      filename: program,
      cachedData: readFileSync(cache),
    });
    expect(script.cachedDataRejected).toBe(false);
  });

  it('works without that cache', () => {
    const answer = execFileSync(process.execPath, ['--no-opt', join(root, 'bin/paymedic.js'), '--version'], {
      encoding: 'utf8',
    });
    expect(answer).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('keeps the program ASCII, which V8 holds in half the memory, and free of imports, which a cache cannot hold', () => {
    const code = readFileSync(program, 'latin1');
    expect(/[^\0-\x7f]/.test(code)).toBe(false);
    expect(/\bimport\("/.test(code)).toBe(false);
  });
});
