/** What opens a web shell is an indicator that other logs are searched for: no mask may hide it from either form of the sheet. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'paymedic-opens-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!existsSync(join(root, 'dist/cli/main.js')))(
  'the parameter of a web shell (needs npm run build)',
  () => {
    it.each(['text', 'json'])('stands in the sheet as %s', (format) => {
      mkdirSync(join(folder, 'www'), { recursive: true });
      writeFileSync(join(folder, 'www/a.php'), '<?php @eval($_POST["pass1234"]);?>');
      const { stdout } = spawnSync(
        process.execPath,
        [join(root, 'bin/paymedic.js'), 'intrusion', folder, '--format', format],
        { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
      );
      expect(stdout).toMatch(format === 'json' ? /"opensWith": ?"pass1234"/ : /one-liner, opens with pass1234/);
    });
  },
);
