/** The shared incident bundles with answers, when they are beside the checkout. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claims, ROOT, triage } from './bundle.ts';

const folder = join(ROOT, '../shared/incidents');
const there = existsSync(folder);

interface Answer {
  causes: string[];
  acceptable?: string[];
  priority: string;
  priority_ok?: string[] | null;
  owner: string | null;
  owner_ok?: string[] | null;
  must_not_claim?: string[] | null;
}

describe.skipIf(!there)('shared incident bundles (skipped when ../shared/incidents is missing)', () => {
  const bundles = there ? readdirSync(folder).filter((f) => existsSync(join(folder, f, 'answer.json'))) : [];

  it('names the cause first in at least 95 %, raises no false alarm and makes no forbidden accusation', async () => {
    let incidents = 0;
    let right = 0;
    let priority = 0;
    let owner = 0;
    const wrong: string[] = [];
    const alarms: string[] = [];
    const accusations: string[] = [];
    for (const bundle of bundles) {
      const answer = JSON.parse(readFileSync(join(folder, bundle, 'answer.json'), 'utf8')) as Answer;
      const report = await triage(join(folder, bundle, 'evidence'));
      const said = claims(report);
      for (const cause of answer.must_not_claim ?? [])
        if (said.includes(cause)) accusations.push(`${bundle}: ${cause}`);
      if (answer.causes.length === 0) {
        if (said.length) alarms.push(`${bundle}: ${said.join(', ')}`);
        continue;
      }
      incidents++;
      const good = new Set([...answer.causes, ...(answer.acceptable ?? [])]);
      const first = report.diagnosis[0];
      if (!first || !good.has(first.cause)) {
        wrong.push(`${bundle}: ${answer.causes.join('+')} but said ${first?.cause ?? 'nothing'}`);
        continue;
      }
      right++;
      if ((answer.priority_ok ?? [answer.priority]).includes(first.priority)) priority++;
      if ((answer.owner_ok ?? [answer.owner]).includes(first.owner)) owner++;
    }
    expect(alarms).toEqual([]);
    expect(accusations).toEqual([]);
    expect(right / incidents, wrong.join('; ')).toBeGreaterThanOrEqual(0.95);
    expect(priority / right).toBeGreaterThanOrEqual(0.95);
    expect(owner / right).toBeGreaterThanOrEqual(0.95);
  }, 240_000);
});
