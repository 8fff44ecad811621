import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { lintFiles } from '../../src/cli/playbook-lint.ts';
import { runTestFile, testFiles } from '../../src/cli/playbook-test.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { PHASES, type Playbook } from '../../src/playbook/language.ts';
import { parsePlaybook } from '../../src/playbook/parse.ts';

const folder = fileURLToPath(new URL('../../playbooks/', import.meta.url));
const names = readdirSync(folder).filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'));
const playbooks = new Map<string, Playbook>();
beforeAll(() => {
  for (const name of names)
    playbooks.set(name.replace('.yaml', ''), parsePlaybook(readFileSync(folder + name, 'utf8'), name).playbook!);
});
/** A part that others use, and the run that only reads and judges. */
const PARTS = ['read-evidence', 'triage'];

describe('the shipped library', () => {
  it('has at least 24 playbooks that lint without error or warning', async () => {
    expect(names.length).toBeGreaterThanOrEqual(24);
    expect(await lintFiles(names.map((name) => folder + name))).toEqual([]);
  });

  it('answers every cause of the catalogue', () => {
    const answered = new Set([...playbooks.values()].flatMap((playbook) => playbook['applies-to'] ?? []));
    expect(
      loadKnowledge()
        .causes.map((cause) => cause.id)
        .filter((id) => !answered.has(id)),
    ).toEqual([]);
  });

  it('has all four phases in each, people in each, and a test beside each', () => {
    for (const [id, playbook] of playbooks) {
      expect(readdirSync(folder), id).toContain(`${id}.test.yaml`);
      if (PARTS.includes(id)) continue;
      for (const phase of PHASES) expect(playbook.phases[phase]?.length, `${id} ${phase}`).toBeGreaterThan(0);
      const steps = PHASES.flatMap((phase) => playbook.phases[phase] ?? []);
      expect(
        steps.some((step) => step.manual),
        id,
      ).toBe(true);
      for (const step of steps)
        if (step.manual) expect(step.manual['expected-evidence'], `${id} ${step.id}`).toBeTruthy();
    }
  });

  it('isolates and suspends in what is an exposure', () => {
    for (const id of ['private-key-leaked', 'web-shell-or-malware', 'forged-certificate', 'card-data-in-logs']) {
      const ids = (playbooks.get(id)?.phases.resolve ?? []).map((step) => step.id);
      expect(ids, id).toContain('isolate');
    }
    for (const id of [
      'private-key-leaked',
      'web-shell-or-malware',
      'forged-certificate',
      'card-testing',
      'credential-stuffing',
    ]) {
      expect(
        (playbooks.get(id)?.phases.resolve ?? []).map((step) => step.id),
        id,
      ).toContain('suspend');
    }
  });

  it('changes nothing and runs nothing by itself', () => {
    for (const [id, playbook] of playbooks) {
      for (const step of PHASES.flatMap((phase) => playbook.phases[phase] ?? [])) {
        expect(step.run, id).toBeUndefined();
        expect(step.mutates, id).toBeUndefined();
      }
    }
  });
});

describe('the tests of the shipped library', async () => {
  for (const file of await testFiles([])) {
    it(file.slice(file.lastIndexOf('/') + 1), async () => {
      const results = await runTestFile(file);
      expect(results.length).toBeGreaterThan(0);
      expect(
        results.flatMap((result) => result.differences.map((difference) => `${result.name}: ${difference}`)),
      ).toEqual([]);
    });
  }
});
