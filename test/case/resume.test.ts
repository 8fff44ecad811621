import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase } from '../../src/case/case.ts';
import { CaseJournal } from '../../src/case/journal.ts';
import { type RunOptions, runPlaybook } from '../../src/playbook/run.ts';
import type { StepImplementation, StepResult } from '../../src/playbook/steps.ts';
import { playbookOf } from '../playbook/support.ts';

const root = mkdtempSync(join(tmpdir(), 'paymedic-resume-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const opening = { tool: 'test', inputs: {}, evidence: [], folder: '/', system: 0, options: {} };

describe('a resumed run', () => {
  const playbook = playbookOf(`
  resolve:
    - { id: change, uses: test/change, mutates: true }
    - id: ask
      needs: [change]
      manual: { instruction: Done?, expected-evidence: a word }
  verify:
    - { id: after, uses: test/count, needs: [ask] }`);
  const counts = { change: 0, count: 0 };
  const implementations = (hang: boolean): StepImplementation[] => [
    {
      uses: 'test/change',
      describe: 'c',
      inputs: {},
      mutates: true,
      run: async () => {
        counts.change++;
        return hang ? new Promise<StepResult>(() => {}) : { outcome: 'passed' };
      },
    },
    {
      uses: 'test/count',
      describe: 'n',
      inputs: {},
      run: async () => {
        counts.count++;
        return { outcome: 'passed', output: counts.count };
      },
    },
  ];
  const run = async (folder: string, isNew: boolean, options: Partial<RunOptions>, hang = false) => {
    const journal = isNew ? createCase(folder, playbook, opening, () => 0) : CaseJournal.open(folder, () => 0);
    try {
      const result = await runPlaybook(playbook, {
        implementations: implementations(hang),
        clock: { now: () => 0 },
        allowChanges: true,
        journal,
        ...options,
      });
      return Object.fromEntries(result.steps.map((step) => [step.id, step.outcome]));
    } finally {
      journal.close();
    }
  };

  it('goes on after an answer and does not change anything twice', async () => {
    const folder = join(root, 'wait');
    expect(await run(folder, true, {})).toEqual({ change: 'passed', ask: 'waiting', after: 'skipped' });
    expect(await run(folder, false, { answers: { ask: 'done' } })).toEqual({
      change: 'passed',
      ask: 'passed',
      after: 'passed',
    });
    expect(counts).toEqual({ change: 1, count: 1 });
    expect(await run(folder, false, {})).toEqual({ change: 'passed', ask: 'passed', after: 'passed' });
    expect(counts.change).toBe(1);
  });

  it('does not repeat a change that was interrupted, until somebody has looked', async () => {
    counts.change = 0;
    const folder = join(root, 'interrupted');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    expect(await run(folder, true, { signal: controller.signal }, true)).toEqual({
      change: 'skipped',
      ask: 'skipped',
      after: 'skipped',
    });
    expect(await run(folder, false, {})).toEqual({ change: 'error', ask: 'skipped', after: 'skipped' });
    expect(counts.change).toBe(1);
    expect(await run(folder, false, { answers: { change: 'waive: it had taken effect', ask: 'yes' } })).toEqual({
      change: 'waived',
      ask: 'passed',
      after: 'passed',
    });
    expect(counts.change).toBe(1);
  });

  it('does a refused step once it is allowed', async () => {
    counts.change = 0;
    const folder = join(root, 'refused');
    expect(await run(folder, true, { allowChanges: false })).toEqual({
      change: 'skipped',
      ask: 'skipped',
      after: 'skipped',
    });
    expect(counts.change).toBe(0);
    expect(await run(folder, false, { answers: { ask: 'yes' } })).toEqual({
      change: 'passed',
      ask: 'passed',
      after: 'passed',
    });
  });
});
