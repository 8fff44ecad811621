import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { reportOf } from '../../src/cli/playbook-test.ts';
import { drillCauses, makeDrill } from '../../src/drill/make.ts';
import { scoreAnswer } from '../../src/drill/score.ts';
import { parsePlaybook } from '../../src/playbook/parse.ts';

const root = mkdtempSync(join(tmpdir(), 'paymedic-triage-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const triage = parsePlaybook(
  readFileSync(fileURLToPath(new URL('../../playbooks/triage.yaml', import.meta.url)), 'utf8'),
  'triage.yaml',
).playbook!;

describe('paymedic takes its own drills', () => {
  it('and names cause, onset, priority and owner of nearly all of them', async () => {
    const scores: { [cause: string]: number } = {};
    for (const cause of drillCauses()) {
      const { files, answer } = await makeDrill({ cause, seed: 41, now: Date.now() });
      const folder = join(root, cause);
      for (const [path, content] of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
      const report = await reportOf(triage, folder, { name: cause, bundle: folder, expect: {} });
      const [lead] = report.diagnosis.filter((one) => one.confidence >= 0.5);
      // The further questions about an intruder are for people; paymedic is asked for the rest.
      scores[cause] = scoreAnswer(
        { ...answer, facts: {} },
        {
          cause: lead?.cause ?? 'none',
          priority: report.summary.priority,
          facts: {},
          ...(lead?.onset ? { onset: Date.parse(lead.onset) } : {}),
          ...(lead ? { owner: lead.owner } : {}),
        },
      ).points;
    }
    const poor = Object.entries(scores).filter(([, points]) => points < 80);
    expect(scores.none).toBe(100);
    expect(poor.length, JSON.stringify(scores)).toBeLessThanOrEqual(3);
  }, 180_000);
});
