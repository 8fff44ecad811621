/** `paymedic playbook test`: runs playbooks over the evidence of their test files and compares. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { ownCommands } from '../case/command-steps.ts';
import { PlaybookUnusable, packageFolder, readPlaybookFile, shippedPlaybook } from '../case/playbook-files.ts';
import type { Json } from '../finding.ts';
import { type PlaybookTest, parseExpectations } from '../playbook/expectations.ts';
import type { Playbook } from '../playbook/language.ts';
import { parsePlaybook } from '../playbook/parse.ts';
import type { Report } from '../report/types.ts';
import { EXIT, UserError } from './exit.ts';
import { tell } from './tell.ts';
import { VERSION } from './version.ts';

export interface TestResult {
  playbook: string;
  name: string;
  /** What differs; empty when the test passed. */
  differences: string[];
}

/** Files of the tests that names mean: `x.test.yaml`, `x.yaml`, or the id of a shipped playbook; all shipped ones when none is given. */
export async function testFiles(names: readonly string[]): Promise<string[]> {
  const triage = packageFolder('playbooks/triage.yaml');
  const shipped = triage ? dirname(triage) : 'playbooks';
  if (names.length === 0) {
    const { readdirSync } = await import('node:fs');
    return readdirSync(shipped)
      .filter((file) => file.endsWith('.test.yaml'))
      .sort()
      .map((file) => join(shipped, file));
  }
  return names.map((name) => {
    const file = name.endsWith('.test.yaml')
      ? name
      : /\.ya?ml$/.test(name)
        ? name.replace(/\.ya?ml$/, '.test.yaml')
        : join(shipped, `${name}.test.yaml`);
    if (!existsSync(file))
      throw new UserError(`there is no test file ${file}`, {
        next: 'write one beside the playbook (docs/playbooks.md, section Tests)',
      });
    return file;
  });
}

/** Runs every case of one test file. */
export async function runTestFile(file: string): Promise<TestResult[]> {
  const { expectations, problems } = parseExpectations(readFileSync(file, 'utf8'), file);
  if (!expectations) {
    const { problemsAsText } = await import('./playbook-problems.ts');
    tell(`${problemsAsText(problems)}\n`);
    throw new UserError(`the test file ${file} cannot be read`, {
      exitCode: EXIT.usage,
      next: 'correct it; schema/playbook-test.schema.json describes it',
    });
  }
  const playbook = playbookBeside(file, expectations.playbook);
  const { lintTestFiles } = await import('./playbook-lint.ts');
  const wrong = (await lintTestFiles([file])).filter((problem) => problem.severity === 'error');
  if (wrong.length > 0) {
    const { problemsAsText } = await import('./playbook-problems.ts');
    tell(`${problemsAsText(wrong)}\n`);
    throw new UserError(`the test file ${file} has ${wrong.length} ${wrong.length === 1 ? 'error' : 'errors'}`, {
      exitCode: EXIT.usage,
      next: 'correct the names; nothing was run',
    });
  }
  const results: TestResult[] = [];
  for (const test of expectations.cases)
    results.push({ playbook: playbook.id, name: test.name, differences: await runTest(playbook, test, dirname(file)) });
  return results;
}

function playbookBeside(file: string, id: string): Playbook {
  const beside = join(dirname(file), `${id}.yaml`);
  try {
    const { playbook } = parsePlaybook(readPlaybookFile(beside), beside);
    if (playbook) return playbook;
  } catch (error) {
    if (!(error instanceof PlaybookUnusable)) throw error;
  }
  throw new UserError(`${beside} cannot be read`, { exitCode: EXIT.usage, next: `paymedic playbook lint ${beside}` });
}

async function runTest(playbook: Playbook, test: PlaybookTest, folder: string): Promise<string[]> {
  if (typeof test.bundle === 'string') {
    const place = resolve(folder, test.bundle);
    if (!existsSync(place))
      throw new UserError(`the bundle ${test.bundle} of the test "${test.name}" does not exist`, {
        exitCode: EXIT.usage,
        next: `it is looked for at ${place}`,
      });
    return compare(await reportOf(playbook, place, test), test);
  }
  const place = mkdtempSync(join(tmpdir(), 'paymedic-test-'));
  try {
    for (const [path, content] of await filesOf(test.bundle)) {
      const target = resolve(place, path);
      if (!target.startsWith(place + sep))
        throw new UserError(`the test "${test.name}" writes ${path}, outside its bundle`, {
          exitCode: EXIT.usage,
          next: 'use paths relative to the bundle',
        });
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
    return compare(await reportOf(playbook, place, test), test);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The evidence of a test: a drill made for it, or the files that it writes out. */
async function filesOf(bundle: Exclude<PlaybookTest['bundle'], string>): Promise<Iterable<[string, string | Buffer]>> {
  if (bundle.files) return Object.entries(bundle.files);
  const { makeDrill } = await import('../drill/make.ts');
  return (await makeDrill({ cause: bundle.drill ?? 'none', seed: bundle.seed ?? 1, now: Date.now() })).files;
}

/** `{bundle}` in the inputs of a test becomes the folder of its evidence. */
function inputsOf(test: PlaybookTest, folder: string): { [name: string]: Json } {
  const fill = (value: Json): Json =>
    typeof value === 'string' ? value.replaceAll('{bundle}', folder) : Array.isArray(value) ? value.map(fill) : value;
  return Object.fromEntries(Object.entries(test.inputs ?? {}).map(([name, value]) => [name, fill(value as Json)]));
}

/** Runs a playbook over one folder as `paymedic run` does, without a terminal. */
export async function reportOf(playbook: Playbook, evidence: string, test: PlaybookTest): Promise<Report> {
  const [
    { openEvidence },
    { detectors, openSession },
    { triageSteps },
    { adopting },
    { runPlaybook },
    { loadKnowledge },
    { finishReport },
  ] = await Promise.all([
    import('../evidence/index.ts'),
    import('../triage/session.ts'),
    import('../triage/steps.ts'),
    import('../triage/adopt.ts'),
    import('../playbook/index.ts'),
    import('../knowledge/load.ts'),
    import('../triage/finish.ts'),
  ]);
  const opened = await openEvidence([evidence], { stdin: process.stdin, detectors: await detectors() });
  const session = openSession(opened, loadKnowledge(), { system: Date.now(), thresholds: {} });
  const result = await runPlaybook(playbook, {
    implementations: [...triageSteps(session), ...adopting(session, ownCommands())],
    evidence: [evidence],
    clock: { now: () => session.observations.clock.now },
    inputs: inputsOf(test, evidence),
    answers: test.answers ?? {},
    playbook: shippedPlaybook,
  });
  return finishReport(session, {
    version: VERSION,
    inputs: [evidence],
    playbook: { id: playbook.id, title: playbook.title, steps: result.steps },
  });
}

function compare(report: Report, test: PlaybookTest): string[] {
  const { expect } = test;
  const differences: string[] = [];
  const claimed = report.diagnosis.filter((one) => one.confidence >= 0.5).map((one) => one.cause);
  const seen = claimed.join(', ') || 'none';
  if (expect.causes) {
    const [first] = expect.causes;
    if (!first && claimed.length) differences.push(`no cause expected, found ${seen}`);
    if (first && claimed[0] !== first)
      differences.push(`expected the cause ${first} in the first place, found ${seen}`);
    for (const cause of expect.causes.slice(1))
      if (!claimed.includes(cause)) differences.push(`expected the cause ${cause} as well, found ${seen}`);
  }
  for (const cause of expect['not-causes'] ?? [])
    if (claimed.includes(cause)) differences.push(`the cause ${cause} must not be claimed`);
  const findings = new Set(report.findings.map((finding) => finding.id));
  for (const id of expect.findings ?? [])
    if (!findings.has(id)) differences.push(`expected the finding ${id}, found ${[...findings].join(', ') || 'none'}`);
  if (expect.priority && report.summary.priority !== expect.priority)
    differences.push(`expected the priority ${expect.priority}, found ${report.summary.priority}`);
  const steps = new Map((report.playbook?.steps ?? []).map((step) => [step.id, step]));
  for (const [id, outcome] of Object.entries(expect.steps ?? {})) {
    const step = steps.get(id);
    if (!step) differences.push(`there is no step ${id}`);
    else if (step.outcome !== outcome)
      differences.push(
        `expected ${id} to be ${outcome}, found ${step.outcome}${step.because ? ` (${step.because})` : ''}`,
      );
  }
  return differences;
}
