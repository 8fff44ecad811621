// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are playbooks, and ${{ }} is their template
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDrill } from '../../src/drill/make.ts';
import type { Report } from '../../src/report/types.ts';

const program = fileURLToPath(new URL('../../bin/paymedic.js', import.meta.url));
const built = existsSync(fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url)));
const root = mkdtempSync(join(tmpdir(), 'paymedic-cli-'));
const evidence = join(root, 'evidence');
beforeAll(async () => {
  const { files } = await makeDrill({ cause: 'server-cert-expired', seed: 21, now: Date.now() });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(evidence, path)), { recursive: true });
    writeFileSync(join(evidence, path), content);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const paymedic = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
};
const playbook = (name: string, steps: string): string => {
  const file = join(root, `${name}.yaml`);
  writeFileSync(
    file,
    `playbook: 1\nid: ${name}\ntitle: A title\nversion: 1.0.0\nowner: ops\nphases:\n  investigate:\n${steps}\n`,
  );
  return file;
};
const timeless = (file: string): unknown =>
  JSON.parse(readFileSync(file, 'utf8').replace(/"milliseconds": \d+/g, '"milliseconds": 0'));

describe.skipIf(!built)('the command line (needs npm run build)', () => {
  it('lists, shows and lints the shipped playbooks', () => {
    const list = paymedic('playbook', 'list', '--cause', 'web-shell');
    expect(list).toMatchObject({ status: 0, stderr: '' });
    expect(list.stdout).toContain('web-shell-or-malware');
    expect(paymedic('playbook', 'show', 'card-testing').stdout).toContain('Block what the attempts have in common');
    expect(paymedic('playbook', 'show', 'triage', '--mermaid').stdout).toMatch(/^flowchart TD\n/);
    expect(paymedic('playbook', 'lint', 'triage', 'card-testing')).toMatchObject({
      status: 0,
      stdout: '2 playbooks: 0 errors, 0 warnings\n',
    });
  });

  it('says where a playbook is wrong and what to do, and exits with 2', () => {
    const file = playbook('wrong', '    - { id: a, uses: read/log }');
    const { status, stdout } = paymedic('playbook', 'lint', file);
    expect(status).toBe(2);
    expect(stdout).toContain(`${file}:8:22: error: paymedic has no step "read/log" [unknown-uses]`);
    expect(stdout).toContain('next: did you mean "read/logs"?');
    expect(paymedic('run', file, evidence).status).toBe(2);
    expect(JSON.parse(paymedic('playbook', 'lint', file, '--format', 'sarif').stdout)).toMatchObject({
      version: '2.1.0',
    });
  });

  it.each([
    [['run', 'certificate-expird', '.'], 'did you mean "certificate-expired"?'],
    [['run', 'nowhere.yaml', '.'], 'there is no such file'],
    [['run', 'certificate-expired', '.', '--input', 'target=x'], 'the playbook has no input "target"'],
    [['run', 'certificate-expired', '.', '--answer', 'reisue=x'], 'did you mean "reissue"?'],
    [['resume', 'no-such-case'], 'is not a case'],
    [['case', 'verify', 'no-such-case'], 'is not a case'],
    [['drill', 'start', 'd', '--cause', 'server-cert-expird'], 'did you mean "server-cert-expired"?'],
    [['playbook', 'list', '--format', 'xml'], 'formats: text, json'],
  ])('%j is a usage error that says what to do', (args, says) => {
    const { status, stderr } = paymedic(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(says);
  });

  it('prints what a run would contact, change and run, and does none of it', () => {
    const file = playbook(
      'dry',
      '    - { id: a, uses: probe/endpoints, with: { targets: ["a.example:443"] } }\n    - { id: b, run: { argv: [touch, made-by-dry-run] }, mutates: true }',
    );
    const { status, stdout } = paymedic('run', file, '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('CONTACTS a.example:443');
    expect(stdout).toContain('CHANGES SOMETHING (refused without --allow-changes)');
    expect(stdout).toContain('RUNS touch made-by-dry-run (refused without --allow-exec)');
    expect(existsSync(join(root, 'made-by-dry-run'))).toBe(false);
  });

  it('names in the plan what inputs and evidence say already', () => {
    const file = join(root, 'planned.yaml');
    writeFileSync(
      file,
      `playbook: 1
id: planned
title: Planned
version: 1.0.0
owner: ops
inputs: { hosts: { type: list, description: Hosts. } }
phases:
  investigate:
    - { id: look, uses: probe/endpoints, for-each: { in: "\${{ inputs.hosts }}", max: 9 }, with: { targets: ["\${{ item }}"] } }
    - { id: audit, uses: command/certs, with: { args: [--, "\${{ evidence }}"] } }
    - { id: later, run: { argv: [echo, "\${{ steps.look.outcome }}", "\${{ count(findings) }}"], contacts: ["\${{ inputs.hosts }}"] }, needs: [look] }
`,
    );
    const { stdout, status } = paymedic(
      'run',
      file,
      './evidence',
      '--dry-run',
      '--input',
      'hosts=a.example:443,b.example:8443',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('CONTACTS a.example:443, b.example:8443');
    expect(stdout).toContain('CONTACTS --, ./evidence');
    expect(stdout).toContain('RUNS echo ${{ steps.look.outcome }} ${{ count(findings) }}');
  });

  it('keeps a case, waits, resumes to the same report, verifies, refuses to close early, closes', () => {
    const folder = join(root, 'case');
    const first = paymedic('run', 'certificate-expired', evidence, '--case', folder, '--format', 'json');
    expect(first.status).toBe(0);
    expect(first.stderr).toContain(`next: paymedic resume ${folder} --answer isolate="..."`);
    const report = timeless(join(folder, 'report.json')) as Report;
    expect(report.playbook?.steps.find((step) => step.id === 'reissue')).toMatchObject({ outcome: 'waiting' });
    expect(report.diagnosis[0]?.cause).toBe('server-cert-expired');

    expect(paymedic('resume', folder, '--quiet').status).toBe(0);
    expect(timeless(join(folder, 'report.json'))).toEqual(report);
    expect(paymedic('case', 'verify', folder)).toMatchObject({ status: 0 });
    expect(paymedic('case', 'close', folder, '--by', 'me').stderr).toContain(
      'these steps wait for an answer: isolate, reissue',
    );

    const answers = ['isolate=moved', 'reissue=serial 03AF', 'deploy=web-1 03AF', 'prove=yes', 'watch=yes'].flatMap(
      (answer) => ['--answer', answer],
    );
    expect(paymedic('resume', folder, '--quiet', ...answers).status).toBe(0);
    expect(paymedic('case', 'show', folder).stdout).toContain('reissue: passed, answered: serial 03AF');
    expect(paymedic('case', 'close', folder, '--by', 'me')).toMatchObject({ status: 0 });
    expect(paymedic('resume', folder).stderr).toContain('is closed');

    const journal = join(folder, 'journal.jsonl');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('serial 03AF', 'serial 03AE'));
    expect(paymedic('case', 'verify', folder)).toMatchObject({ status: 1 });
  });

  it('refuses to resume over other evidence', () => {
    const folder = join(root, 'case-2');
    paymedic('run', 'certificate-expired', evidence, '--case', folder, '--quiet', '--format', 'json');
    const file = join(evidence, 'meta/changes.csv');
    const before = readFileSync(file);
    writeFileSync(file, `${before.toString()}2026-01-01T00:00:00Z,ops,added later\n`);
    const { status, stderr } = paymedic('resume', folder);
    writeFileSync(file, before);
    expect(status).toBe(2);
    expect(stderr).toContain('meta/changes.csv is different');
  });

  it('runs a program only when allowed, and keeps its secret out of the report', () => {
    const file = join(root, 'exec.yaml');
    writeFileSync(
      file,
      `playbook: 1
id: exec
title: Exec
version: 1.0.0
owner: ops
inputs: { key: { type: secret, description: Key., default: "file:${join(root, 'key')}" } }
phases:
  verify:
    - id: a
      run:
        argv: [${JSON.stringify(process.execPath)}, -e, "console.log('key=' + process.env.KEY); process.exit(3)"]
        exit: 3
        environment: { KEY: "\${{ inputs.key }}" }
`,
    );
    writeFileSync(join(root, 'key'), 'very-secret-value\n');
    const steps = (...more: string[]) =>
      (JSON.parse(paymedic('run', file, evidence, '--format', 'json', '--quiet', ...more).stdout) as Report).playbook!
        .steps[0]!;
    expect(steps()).toMatchObject({ outcome: 'skipped', because: expect.stringContaining('--allow-exec') });
    const folder = join(root, 'case-3');
    expect(steps('--allow-exec', '--case', folder)).toMatchObject({ outcome: 'passed' });
    const journal = readFileSync(join(folder, 'journal.jsonl'), 'utf8');
    expect(journal).toContain('key=[secret]');
    expect(journal + readFileSync(join(folder, 'report.json'), 'utf8')).not.toContain('very-secret-value');
  });

  it('lints a folder of playbooks together with their tests', () => {
    const shipped = fileURLToPath(new URL('../../playbooks/', import.meta.url));
    expect(paymedic('playbook', 'lint', `${shipped}triage.yaml`, `${shipped}triage.test.yaml`, '--strict').status).toBe(
      0,
    );
    writeFileSync(join(root, 'bad.test.yaml'), 'playbook: x\ncases:\n  - nam: y\n');
    const bad = paymedic('playbook', 'lint', 'bad.test.yaml');
    expect(bad.status).toBe(2);
    expect(bad.stdout + bad.stderr).toMatch(/bad\.test\.yaml:3:5.*nam/);
  });

  it('never writes a test bundle outside its folder', () => {
    paymedic('playbook', 'new', 'escape', '--title', 'Escape');
    writeFileSync(
      join(root, 'escape.test.yaml'),
      'playbook: escape\ncases:\n  - { name: out, bundle: { files: { "../../out.txt": x } }, expect: {} }\n',
    );
    const run = paymedic('playbook', 'test', 'escape.yaml');
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('outside its bundle');
  });

  it.each([
    ['once ends cleanly with what is known', 1],
    ['twice ends at once', 2],
  ])('Ctrl-C %s', async (_name, times) => {
    const file = playbook(
      `hang-${times}`,
      `    - { id: facts, uses: read/facts }
    - id: hang
      needs: [facts]
      timeout: 60s
      run: { argv: [${JSON.stringify(process.execPath)}, -e, "setTimeout(() => {}, 60000)"] }
    - { id: after, uses: judge/checks, needs: [hang] }`,
    );
    const folder = join(root, `case-int-${times}`);
    const child = spawn(
      process.execPath,
      [program, 'run', file, evidence, '--allow-exec', '--case', folder, '--format', 'json'],
      { cwd: root, env: { ...process.env, NO_COLOR: '1' } },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    const ended = new Promise<number | null>((resolve) =>
      child.on('close', (code, signal) => resolve(signal === 'SIGINT' ? 130 : code)),
    );
    // The journal says when the step that hangs has begun.
    const begun = () =>
      existsSync(join(folder, 'journal.jsonl')) &&
      readFileSync(join(folder, 'journal.jsonl'), 'utf8').includes('"hang"');
    for (let i = 0; i < 400 && !begun(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
    const at = Date.now();
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      if (times > 1 && stderr.includes('again to stop at once')) child.kill('SIGINT');
    });
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(Date.now() - at).toBeLessThan(10_000);
    expect(stderr).toContain('interrupted');
    if (times > 1) return;
    const outcomes = Object.fromEntries((JSON.parse(stdout) as Report).playbook!.steps.map((s) => [s.id, s.outcome]));
    expect(outcomes).toMatchObject({ facts: 'passed', hang: 'skipped', after: 'skipped' });
    // What was interrupted can be taken up again.
    expect(paymedic('case', 'verify', folder).status).toBe(0);
  });

  it('runs commands of paymedic as steps and hands on what they say', () => {
    const file = playbook(
      'commands',
      `    - { id: sheet, uses: command/intrusion, with: { args: [${JSON.stringify(evidence)}] }, expect: count(output.webShells) == 0 }
    - { id: again, uses: command/triage, with: { args: [${JSON.stringify(evidence)}, --fail-on, urgent] } }
    - { id: list, uses: command/inventory, with: { args: [${JSON.stringify(evidence)}] }, expect: "output.summary.priority != null" }`,
    );
    const report = JSON.parse(paymedic('run', file, '--format', 'json', '--quiet').stdout) as Report;
    expect(report.playbook!.steps.map((s) => [s.id, s.outcome])).toEqual([
      ['sheet', 'passed'],
      ['again', 'failed'],
      ['list', 'passed'],
    ]);
  });

  it('judges a condition again when what it looks at was answered, and shows the instruction filled in', () => {
    const file = join(root, 'again.yaml');
    writeFileSync(
      file,
      `playbook: 1
id: again
title: Again
version: 1.0.0
owner: ops
inputs: { host: { type: text, description: Host., default: node-7 } }
phases:
  resolve:
    - id: a
      manual: { role: ops, instruction: "Restart \${{ inputs.host }}.", expected-evidence: the time }
  verify:
    - id: b
      if: steps.a.outcome == 'passed'
      manual: { role: ops, answer: yes-no, instruction: Does it work?, expected-evidence: a payment }
`,
    );
    const folder = join(root, 'case-again');
    const first = paymedic('run', file, '--case', folder, '--format', 'json');
    expect(first.stderr).toContain('| Restart node-7.');
    expect((JSON.parse(first.stdout) as Report).playbook!.steps[0]).toMatchObject({ instruction: 'Restart node-7.' });
    const second = paymedic('resume', folder, '--answer', 'a=10:15', '--answer', 'b=yes', '--format', 'json');
    expect((JSON.parse(second.stdout) as Report).playbook!.steps.map((s) => s.outcome)).toEqual(['passed', 'passed']);
    expect(paymedic('resume', folder, '--answer', 'b=no', '--format', 'json').stderr).toContain('b="no" had no effect');
  });

  it('a target without a port is an error, not a step quietly left out', () => {
    const file = playbook('portless', '    - { id: look, uses: probe/endpoints, with: { targets: ["127.0.0.1"] } }');
    const run = paymedic('run', file, '--format', 'json', '--quiet');
    expect(run.status).toBe(3);
    expect(run.stdout).toContain('write host:port');
  });

  it('refuses to run what lint refuses, and a test whose bundle is not there', () => {
    const file = playbook('unsound', '    - { id: a, uses: explain/diagnosis, expect: "cause(\'no-such-cause\')" }');
    expect(paymedic('run', file, evidence).status).toBe(2);
    playbook('nowhere', '    - { id: a, uses: read/logs }');
    writeFileSync(
      join(root, 'nowhere.test.yaml'),
      'playbook: nowhere\ncases:\n  - { name: x, bundle: ./nothing-here, expect: { causes: [] } }\n',
    );
    const test = paymedic('playbook', 'test', 'nowhere.yaml');
    expect(test.status).toBe(2);
    expect(test.stderr).toContain('does not exist');
  });

  it('keeps a case of a triage, records the look after the repair, and closes only then', () => {
    const folder = join(root, 'case-triage');
    paymedic('triage', evidence, '--case', folder, '--quiet');
    const close = () => paymedic('case', 'close', folder, '--by', 'me');
    expect(close()).toMatchObject({ status: 2, stderr: expect.stringContaining('its verification has not passed') });
    expect(paymedic('verify', folder, evidence).status).toBe(3);
    expect(close().stderr).toContain('its last verification says: could not check');
    expect(paymedic('case', 'verify', folder).status).toBe(0);
    writeFileSync(join(folder, 'verification.json'), '{"outcome":"resolved"}');
    expect(paymedic('case', 'verify', folder).status).toBe(1);
  });

  it('never calls a run over nothing a pass', () => {
    const run = paymedic('run', 'certificate-expired', '--quiet');
    expect(run.status).toBe(3);
    expect(run.stdout).toContain('NOT JUDGED');
    expect(run.stdout).not.toContain('NOTHING WRONG');
  });

  it('writes a playbook to start from that lints and passes its test', () => {
    expect(paymedic('playbook', 'new', 'terminal-link-down', '--title', 'The link: down').status).toBe(0);
    expect(paymedic('playbook', 'lint', 'terminal-link-down.yaml', '--strict')).toMatchObject({ status: 0 });
    expect(paymedic('playbook', 'test', 'terminal-link-down.yaml').stdout).toContain('2 passed, 0 failed');
    expect(paymedic('playbook', 'new', 'terminal-link-down').stderr).toContain('is there already');
  });

  it('exports, validates and imports CACAO', () => {
    const exported = paymedic('playbook', 'export', 'clock-skew', '--time', '2026-01-01T00:00:00Z');
    writeFileSync(join(root, 'x.json'), exported.stdout);
    expect(paymedic('playbook', 'validate', 'x.json')).toMatchObject({
      status: 0,
      stdout: '1 document: 0 errors, 0 warnings\n',
    });
    writeFileSync(join(root, 'clock-skew.yaml'), paymedic('playbook', 'import', 'x.json').stdout);
    expect(paymedic('playbook', 'export', 'clock-skew.yaml', '--time', '2026-01-01T00:00:00Z').stdout).toBe(
      exported.stdout,
    );
  });

  it('starts a drill, scores it once and tells the story', () => {
    const started = paymedic('drill', 'start', 'drill', '--kind', 'intrusion', '--seed', '5');
    expect(started.status).toBe(0);
    const again = paymedic('drill', 'start', 'drill');
    expect(again.stderr).toContain('is not empty');
    const scored = paymedic(
      'drill',
      'answer',
      'drill',
      '--cause',
      'web-shell',
      '--priority',
      'urgent',
      '--owner',
      'sec',
    );
    expect(scored.stdout).toMatch(/^\d+ of 100 points in 0 min \d+ s/);
    expect(paymedic('drill', 'answer', 'drill', '--cause', 'web-shell').stderr).toContain('was answered at');
  });
});
