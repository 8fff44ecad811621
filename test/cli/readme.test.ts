import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the README', () => {
  it('shows what the program prints, to the letter, as far as it shows it', () => {
    const block = /```text\n\$ paymedic (.+)\n([\s\S]+?)\n {3}\.\.\.\n```/.exec(
      readFileSync(join(root, 'README.md'), 'utf8'),
    )!;
    const run = spawnSync(process.execPath, ['bin/paymedic.js', ...block[1]!.split(' ')], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
    });
    const printed = run.stdout.split('\n').map((line) => line.trimEnd());
    expect(printed.slice(0, block[2]!.split('\n').length)).toEqual(block[2]!.split('\n'));
  });
});
