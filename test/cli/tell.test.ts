import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { planFor } from '../../src/cli/logs/engine.ts';
import { tell } from '../../src/cli/tell.ts';

it('tells names of files and words of evidence without what acts on a terminal, card numbers and secrets', () => {
  const written: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  tell('esc\u001b[31m\u202e.log: card 4111111111111111\n  next: password=hunter2secret\n::error::x\n');
  spy.mockRestore();
  expect(written.join('')).toBe(
    'esc\\x1b[31m\\u202e.log: card 411111******1111\n  next: password=[masked]\n:\\:error::x\n',
  );
});

it('plans no SQL that would print such a name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-tell-'));
  const path = join(folder, 'bell\u0007.log');
  writeFileSync(path, 'x\n');
  expect(() => planFor([path], { engine: 'duckdb' } as never)).toThrow(/cannot be printed/);
  rmSync(folder, { recursive: true, force: true });
});
