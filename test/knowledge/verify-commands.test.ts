/**
 * The verification commands of the catalogue against real servers: on the broken one they print what the catalogue
 * says for "before", on its repaired twin what it says for "after".
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Authority } from './lab/authority.ts';
import { missing, PATH } from './lab/programs.ts';
import { SCENES } from './lab/scenes.ts';
import { freshKnowledge } from './support.ts';

const { causeById } = await freshKnowledge();
const folder = mkdtempSync(join(tmpdir(), 'paymedic-verify-'));
const authority = new Authority(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command of the catalogue as a person would: pasted into bash, with the placeholders set. */
function paste(command: string, env: { [name: string]: string }): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', command], {
      cwd: folder,
      env: { PATH: PATH(), HOME: folder, LC_ALL: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (d: Buffer) => {
      output += d.toString();
    });
    child.stderr.on('data', (d: Buffer) => {
      output += d.toString();
    });
    child.once('close', () => resolve(output.trim()));
  });
}

const says = (output: string | undefined, wanted: string | RegExp): void =>
  typeof wanted === 'string' ? expect(output).toContain(wanted) : expect(output).toMatch(wanted);

describe('verification commands on a broken server and on its repaired twin', () => {
  for (const scene of SCENES) {
    const absent = missing(['bash', 'openssl', ...scene.programs]);
    const name = absent.length ? `${scene.cause} (skipped: ${absent.join(', ')} not installed)` : scene.cause;
    it.skipIf(absent.length > 0)(name, { timeout: 60_000 }, async () => {
      const { command, before, after } = causeById.get(scene.cause)!.verify;
      const seen: string[] = [];
      for (const repaired of [false, true]) {
        const { env, stop } = await scene.set(authority, repaired);
        try {
          for (const word of command.match(/\$[A-Z][A-Z0-9_]*/g) ?? [])
            expect(Object.keys(env), `the scene sets ${word}`).toContain(word.slice(1));
          seen.push(await paste(command, env));
        } finally {
          await stop?.();
        }
      }
      const [broken, fixed] = seen;
      says(broken, scene.before ?? before);
      says(fixed, scene.after ?? after);
      expect(broken).not.toBe(fixed);
    });
  }

  it('covers at least forty causes', () => {
    expect(new Set(SCENES.map((s) => s.cause)).size).toBeGreaterThanOrEqual(40);
  });
});
