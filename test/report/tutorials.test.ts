import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const commands = [
  ...readFileSync(join(root, 'docs/tutorials.md'), 'utf8').matchAll(/^ {4}(node bin\/paymedic\.js .*)$/gm),
].map((m) => m[1]!);

/** The commands that the text says fail the gate. */
const FAILS = [/^node bin\/paymedic\.js diff /, /expired-gateway-certificate --fail-on important/];

describe.skipIf(!existsSync(join(root, 'dist/cli/main.js')))('the tutorials (need npm run build)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-tutorials-'));
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  cpSync(join(root, 'fixtures/bundles'), join(folder, 'fixtures/bundles'), { recursive: true });
  symlinkSync(join(root, 'dist'), join(folder, 'dist'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('run as written, in their order', () => {
    expect(commands.length).toBeGreaterThanOrEqual(10);
    for (const command of commands) {
      const [, ...args] = command.split(' ');
      const { status, stderr } = spawnSync(process.execPath, args, {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env.PATH ?? '' },
      });
      expect(status, `${command}\n${stderr}`).toBe(FAILS.some((f) => f.test(command)) ? 1 : 0);
    }
    for (const file of [
      'report.html',
      'ticket.md',
      'for-the-gateway/redaction.json',
      'expiries.ics',
      'keys.csv',
      'paymedic.sarif',
      'junit.xml',
    ])
      expect(existsSync(join(folder, file)), file).toBe(true);
  }, 120_000);
});
