import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'paymedic-action-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the GitHub action', () => {
  it('never pastes an input into a script', () => {
    const action = parse(readFileSync(join(root, 'action.yml'), 'utf8'));
    expect(action.runs.using).toBe('composite');
    for (const step of action.runs.steps) expect(step.run).not.toContain('${{');
  });

  it('passes paths whole, writes summary and outputs, and keeps the exit code', () => {
    const log = join(folder, 'arguments');
    const program = join(folder, 'program.js');
    // Stands for paymedic: notes its arguments, writes the JSON it is asked for, fails the gate.
    writeFileSync(
      program,
      `const fs=require('fs');const a=process.argv.slice(2);fs.appendFileSync(${JSON.stringify(log)},JSON.stringify(a)+'\\n');for(const x of a)if(x.startsWith('json='))fs.writeFileSync(x.slice(5),'{}');if(a[0]==='report')console.log('## summary');process.exit(a[0]==='triage'?1:0)`,
    );
    const env = {
      PATH: process.env.PATH ?? '',
      RUNNER_TEMP: folder,
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      GITHUB_OUTPUT: join(folder, 'output'),
      PAYMEDIC_PROGRAM: program,
      PAYMEDIC_EVIDENCE: 'logs of today\n$(touch owned)\n',
      PAYMEDIC_FAIL_ON_PRIORITY: 'urgent',
    };
    const { status } = spawnSync('sh', [join(root, 'tools/action.sh')], { env, cwd: folder });
    expect(status).toBe(1);
    const [triage, report] = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
    expect(triage!.slice(0, 5)).toEqual(['triage', 'logs of today', '$(touch owned)', '--fail-on', 'urgent']);
    expect(report).toEqual(['report', join(folder, 'paymedic.json'), '--format', 'github-summary']);
    expect(readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8')).toBe('## summary\n');
    expect(readFileSync(env.GITHUB_OUTPUT, 'utf8')).toContain(`sarif=${join(folder, 'paymedic.sarif')}`);
  });
});
