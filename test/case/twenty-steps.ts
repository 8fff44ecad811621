/**
 * A run of twenty steps in a process of its own, so that a test can kill it. Arguments: case folder, `new` or `resume`,
 * and the event (`begin 7`, `end 7`) after which the process kills itself.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCase, playbookOfCase } from '../../src/case/case.ts';
import { CaseJournal } from '../../src/case/journal.ts';
import type { Json } from '../../src/finding.ts';
import type { Playbook } from '../../src/playbook/language.ts';
import { type RunJournal, runPlaybook, type StepDetail } from '../../src/playbook/run.ts';
import type { StepImplementation } from '../../src/playbook/steps.ts';

const [folder, mode, event] = process.argv.slice(2) as [string, string, string | undefined];

const steps = Array.from({ length: 20 }, (_, n) => ({
  id: `s${n}`,
  uses: n % 5 === 4 ? 'test/contact' : n % 5 === 3 ? 'test/fail' : 'test/read',
  with: { n },
  ...(n > 0 && n % 4 === 0 ? { needs: [`s${n - 1}`] } : {}),
}));
const playbook = {
  playbook: 1,
  id: 'twenty',
  title: 'Twenty steps',
  version: '1.0.0',
  owner: 'ops',
  phases: { investigate: steps.slice(0, 10), locate: steps.slice(10, 15), verify: steps.slice(15) },
} as unknown as Playbook;

function list(state: { [name: string]: unknown }): Json[] {
  state.read ??= [];
  return state.read as Json[];
}
const implementations: StepImplementation[] = [
  {
    uses: 'test/read',
    describe: 'r',
    inputs: {},
    run: async ({ state }, { n }) => ({ outcome: 'passed', output: list(state).push(n!) }),
  },
  {
    uses: 'test/fail',
    describe: 'f',
    inputs: {},
    run: async (_context, { n }) => ({ outcome: 'failed', because: `no ${String(n)}` }),
  },
  {
    uses: 'test/contact',
    describe: 'c',
    inputs: {},
    contacts: true,
    // What a peer answers differs each time it is asked: a resumed run must not ask again.
    run: async ({ state }, { n }) => {
      list(state).push(`contact ${String(n)}`);
      return { outcome: 'passed', output: { contact: n! } };
    },
    restore: ({ state }, output) => {
      list(state).push(`contact ${String((output as { contact: number }).contact)}`);
    },
  },
];

const journal =
  mode === 'new'
    ? createCase(
        folder,
        playbook,
        { tool: 'test', inputs: {}, evidence: [], folder: '/', system: 0, options: {} },
        Date.now,
      )
    : CaseJournal.open(folder, Date.now);
const dieAt = (what: string): void => {
  if (what === event) process.kill(process.pid, 'SIGKILL');
};
const deadly: RunJournal = {
  finished: (step) => journal.finished(step),
  wasBegun: (step) => journal.wasBegun(step),
  begin(step) {
    journal.begin(step);
    dieAt(`begin ${step}`);
  },
  end(step: string, detail: StepDetail) {
    journal.end(step, detail);
    dieAt(`end ${step}`);
  },
};
const result = await runPlaybook(playbookOfCase(folder, journal), {
  implementations,
  clock: { now: () => 0 },
  journal: deadly,
});
const report = { steps: result.steps.map(({ milliseconds: _time, ...record }) => record), state: result.state };
writeFileSync(join(folder, 'result.json'), JSON.stringify(report, null, 2));
