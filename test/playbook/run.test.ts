// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are playbooks, and ${{ }} is their template
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/finding.ts';
import type { RunOptions, RunResult } from '../../src/playbook/run.ts';
import { runPlaybook } from '../../src/playbook/run.ts';
import type { StepImplementation, StepResult } from '../../src/playbook/steps.ts';
import { playbookOf } from './support.ts';

const step = (
  uses: string,
  run: StepImplementation['run'],
  more: Partial<StepImplementation> = {},
): StepImplementation => ({
  uses,
  describe: uses,
  inputs: {},
  run,
  ...more,
});
const pass = step('test/pass', async () => ({ outcome: 'passed' }));
const fail = step('test/fail', async () => ({ outcome: 'failed', because: 'no' }));
const crash = step('test/crash', async () => {
  throw new Error('disk on fire');
});
const hang = step('test/hang', () => new Promise<StepResult>(() => {}));
const echo = step('test/echo', async (_context, inputs) => ({ outcome: 'passed', output: inputs as Json }));
const change = step(
  'test/change',
  async ({ state }) => {
    state.changed = true;
    return { outcome: 'passed' };
  },
  { mutates: true },
);
const all = [pass, fail, crash, hang, echo, change];

const run = (phases: string, options: Partial<RunOptions> = {}, head = ''): Promise<RunResult> =>
  runPlaybook(playbookOf(phases, head), { implementations: all, clock: { now: () => 0 }, ...options });
const outcomes = (result: RunResult): { [id: string]: string } =>
  Object.fromEntries(result.steps.map((one) => [one.id, one.because ? `${one.outcome}: ${one.because}` : one.outcome]));

describe('outcomes', () => {
  it('names each outcome and skips what needed a step that did not pass', async () => {
    const result = await run(`
  investigate:
    - { id: good, uses: test/pass }
    - { id: bad, uses: test/fail }
    - { id: broken, uses: test/crash }
    - { id: slow, uses: test/hang, timeout: 20ms }
    - { id: after-good, uses: test/pass, needs: [good] }
    - { id: after-bad, uses: test/pass, needs: [bad] }
    - { id: after-after, uses: test/pass, needs: [after-bad] }
    - { id: after-slow, uses: test/pass, needs: [slow] }
    - { id: not-now, uses: test/pass, if: "steps.good.outcome == 'failed'" }`);
    expect(outcomes(result)).toEqual({
      good: 'passed',
      bad: 'failed: no',
      broken: 'error: disk on fire',
      slow: 'timed-out: not done within 20ms',
      'after-good': 'passed',
      'after-bad': 'skipped: because bad failed',
      'after-after': 'skipped: because after-bad was skipped (because bad failed)',
      'after-slow': 'skipped: because slow timed out',
      'not-now': "skipped: condition not met: steps.good.outcome == 'failed'",
    });
  });

  it('refuses changes and programs unless they are allowed, and skips what needs them', async () => {
    const phases = `
  resolve:
    - { id: change, uses: test/change, mutates: true }
    - { id: program, run: { argv: [true] } }
    - { id: after, uses: test/pass, needs: [change] }`;
    const refused = await run(phases);
    expect(outcomes(refused)).toEqual({
      change: 'skipped: refused: it changes something; allow that with --allow-changes',
      program: 'skipped: refused: it runs a program; allow that with --allow-exec',
      after: 'skipped: because change was skipped (refused: it changes something; allow that with --allow-changes)',
    });
    expect(refused.state).toEqual({});
    const ran: string[][] = [];
    const allowed = await run(phases, {
      allowChanges: true,
      allowExec: true,
      execute: async (argv) => {
        ran.push(argv);
        return { code: 0, stdout: '', stderr: '' };
      },
    });
    expect(Object.values(outcomes(allowed))).toEqual(['passed', 'passed', 'passed']);
    expect(allowed.state).toEqual({ changed: true });
    expect(ran).toEqual([['true']]);
  });

  it('judges a program by exit code and output, and keeps secrets out of the output', async () => {
    const result = await run(
      `
  verify:
    - id: ok
      run:
        argv: [openssl, version, "\${{ inputs.host }}"]
        contains: "return code: 0"
        environment: { TOKEN: "\${{ inputs.token }}" }
    - { id: wrong-code, run: { argv: [x] , exit: 3 } }
    - { id: wrong-text, run: { argv: [x], contains: never } }`,
      {
        allowExec: true,
        inputs: { host: 'a.example:443', token: 'env:PAY_TOKEN' },
        secret: async (reference) => `secret-behind-${reference}`,
        execute: async (argv, { environment }) => ({
          code: 0,
          stdout: `${argv.join(' ')} return code: 0 ${environment.TOKEN ?? ''}`,
          stderr: '',
        }),
      },
      `inputs:
  host: { type: host, description: The host. }
  token: { type: secret, description: The token. }
`,
    );
    expect(outcomes(result)).toEqual({
      ok: 'passed',
      'wrong-code': 'failed: x ended with exit code 0, expected 3',
      'wrong-text': 'failed: the output of x does not hold "never"',
    });
    expect(JSON.stringify(result.details.get('ok')?.output)).toContain(
      'openssl version a.example:443 return code: 0 [secret]',
    );
  });

  it('ends a phase or the run where a step says so', async () => {
    const result = await run(`
  investigate:
    - { id: a, uses: test/fail, on-failure: end-phase }
    - { id: b, uses: test/pass }
  locate:
    - { id: c, uses: test/fail, on-failure: stop }
    - { id: d, uses: test/pass }
  verify:
    - { id: e, uses: test/pass }`);
    expect(outcomes(result)).toEqual({
      a: 'failed: no',
      b: 'skipped: because a failed',
      c: 'failed: no',
      d: 'skipped: because c failed',
      e: 'skipped: because c failed',
    });
  });

  it('runs a recovery only when the step it answers did not pass', async () => {
    const phases = (uses: string): string => `
  resolve:
    - { id: try, uses: ${uses}, on-failure: { run: recover } }
    - { id: recover, uses: test/pass }`;
    expect(outcomes(await run(phases('test/fail')))).toEqual({ try: 'failed: no', recover: 'passed' });
    expect(outcomes(await run(phases('test/pass')))).toEqual({
      try: 'passed',
      recover: 'skipped: not needed: try passed',
    });
  });

  it('fails a step whose expectation does not hold', async () => {
    const result = await run(`
  verify:
    - { id: a, uses: test/echo, with: { n: 3 }, expect: output.n > 2 }
    - { id: b, uses: test/echo, with: { n: 3 }, expect: output.n > 3 }`);
    expect(outcomes(result)).toEqual({ a: 'passed', b: 'failed: expected output.n > 3' });
  });
});

describe('people', () => {
  const phases = `
  resolve:
    - id: ask
      manual: { instruction: Renew it., role: ca, expected-evidence: the new serial number }
    - { id: deploy, uses: test/pass, needs: [ask] }
    - id: choose
      manual: { instruction: Which?, expected-evidence: none, answer: choice, choices: [fix, wait], pass-when: [fix] }`;

  it('waits for an answer and says what is expected', async () => {
    const result = await run(phases);
    expect(outcomes(result)).toEqual({
      ask: 'waiting: waits for ca; expected evidence: the new serial number',
      deploy: 'skipped: because ask waits for a person',
      choose: 'waiting: waits for a person; expected evidence: none',
    });
    expect(result.waiting).toEqual(['ask', 'choose']);
  });

  it('records answers, refusals and waivers', async () => {
    expect(outcomes(await run(phases, { answers: { ask: '03AF', choose: 'wait' } }))).toEqual({
      ask: 'passed: answered: 03AF',
      deploy: 'passed',
      choose: 'failed: answered: wait',
    });
    expect(outcomes(await run(phases, { answers: { ask: 'no', choose: 'maybe' } }))).toEqual({
      ask: 'failed: answered: no',
      deploy: 'skipped: because ask failed',
      choose: 'waiting: the answer "maybe" is none of fix, wait',
    });
    expect(
      outcomes(await run(phases, { answers: { ask: 'waive: done yesterday', deploy: 'waive: frozen' } })),
    ).toMatchObject({
      ask: 'waived: waived: done yesterday',
      deploy: 'waived: waived: frozen',
    });
  });
});

describe('loops, tries and time', () => {
  it('tries again with growing pauses and says how often', async () => {
    let tries = 0;
    const flaky = step('test/flaky', async () => {
      if (++tries < 3) throw new Error('not yet');
      return { outcome: 'passed' };
    });
    const result = await run('\n  verify:\n    - { id: a, uses: test/flaky, retry: { max: 5, wait: 2ms } }', {
      implementations: [flaky],
    });
    expect(outcomes(result)).toEqual({ a: 'passed: after 3 tries' });
    expect(tries).toBe(3);
  });

  it('runs each item and names those that did not pass', async () => {
    const picky = step('test/picky', async (_context, { host }) =>
      host === 'b' ? { outcome: 'failed' } : { outcome: 'passed', output: host! },
    );
    const head = 'inputs:\n  hosts: { type: list, description: Hosts. }\n';
    const phases =
      '\n  verify:\n    - { id: each, uses: test/picky, for-each: { in: "${{ inputs.hosts }}", max: 3 }, with: { host: "${{ item }}" } }';
    expect(outcomes(await run(phases, { implementations: [picky], inputs: { hosts: 'a,b,c' } }, head))).toEqual({
      each: 'failed: 1 of 3 ended otherwise than passed, namely b (failed)',
    });
    expect(outcomes(await run(phases, { implementations: [picky], inputs: { hosts: 'a,c' } }, head))).toEqual({
      each: 'passed: 2 items',
    });
    expect(outcomes(await run(phases, { implementations: [picky], inputs: { hosts: 'a,c,d,e' } }, head))).toEqual({
      each: 'error: 3 of 4 items were run: the bound is 3',
    });
  });

  it('is done in time when 10 of 100 targets hang', async () => {
    const target = step(
      'test/target',
      (_context, { n }) =>
        Number(n) % 10 === 0 ? new Promise<StepResult>(() => {}) : Promise.resolve({ outcome: 'passed' }),
      { contacts: true },
    );
    const items = Array.from({ length: 100 }, (_, n) => n);
    const began = performance.now();
    const result = await run(
      `\n  verify:\n    - { id: each, uses: test/target, timeout: 1s, for-each: { in: [${items}], max: 100 }, with: { n: "\${{ item }}" } }`,
      { implementations: [target] },
    );
    expect(performance.now() - began).toBeLessThan(1100);
    expect(outcomes(result).each).toMatch(
      /^timed-out: 10 of 100 ended otherwise than passed, namely 0 \(timed-out\), 10 \(timed-out\)/,
    );
  });

  it('keeps the timeout of the step even when every slot is taken by a hanging item', async () => {
    const items = Array.from({ length: 100 }, (_, n) => n);
    const began = performance.now();
    const result = await run(
      `\n  verify:\n    - { id: each, uses: test/hang, timeout: 300ms, for-each: { in: [${items}], max: 100, parallel: 2, item-timeout: 200ms } }`,
    );
    expect(performance.now() - began).toBeLessThan(300 * 1.1 + 40);
    expect(outcomes(result).each).toMatch(/^timed-out: 100 of 100/);
  });

  it('ends at the deadline with what is known by then', async () => {
    const began = performance.now();
    const result = await run(
      '\n  investigate:\n    - { id: a, uses: test/pass }\n    - { id: b, uses: test/hang }\n    - { id: c, uses: test/pass }',
      { deadlineMs: 400 },
    );
    expect(performance.now() - began).toBeLessThan(1500);
    expect(outcomes(result)).toEqual({
      a: 'passed',
      b: 'timed-out: the deadline of the run was reached',
      c: 'skipped: the deadline of the run was reached',
    });
  });

  it('ends cleanly when interrupted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const result = await run(
      '\n  investigate:\n    - { id: a, uses: test/pass }\n    - { id: b, uses: test/hang }\n  verify:\n    - { id: c, uses: test/pass }',
      { signal: controller.signal },
    );
    expect(result.interrupted).toBe(true);
    expect(outcomes(result)).toEqual({
      a: 'passed',
      b: 'skipped: interrupted before it ended',
      c: 'skipped: the run was interrupted',
    });
  });
});

describe('groups and nested playbooks', () => {
  it('runs a group side by side and respects needs inside it', async () => {
    const order: string[] = [];
    const note = step('test/note', async (_context, { name, ms }) => {
      await new Promise((resolve) => setTimeout(resolve, Number(ms)));
      order.push(String(name));
      return { outcome: 'passed' };
    });
    const result = await run(
      `
  investigate:
    - id: group
      parallel:
        steps:
          - { id: slow, uses: test/note, with: { name: slow, ms: 60 } }
          - { id: quick, uses: test/note, with: { name: quick, ms: 5 } }
          - { id: after-quick, uses: test/note, needs: [quick], with: { name: after-quick, ms: 5 } }
    - { id: last, uses: test/note, needs: [group], with: { name: last, ms: 0 } }`,
      { implementations: [note] },
    );
    expect(order).toEqual(['quick', 'after-quick', 'slow', 'last']);
    expect(result.steps.map((one) => one.id)).toEqual(['slow', 'quick', 'after-quick', 'last']);
  });

  it('stops a fail-fast group at the first failure', async () => {
    const result = await run(`
  investigate:
    - id: group
      parallel:
        mode: fail-fast
        steps:
          - { id: never, uses: test/hang }
          - { id: bad, uses: test/fail }
    - { id: after, uses: test/pass, needs: [group] }`);
    expect(outcomes(result)).toEqual({
      never: 'skipped: because bad did not pass and group is fail-fast',
      bad: 'failed: no',
      after: 'skipped: because group failed',
    });
  });

  it('runs another playbook as a step, under its own names', async () => {
    const inner = playbookOf(
      '\n  verify:\n    - { id: deep, uses: test/echo, with: { it: "${{ inputs.what }}" } }\n    - { id: bad, uses: test/fail }',
      'inputs:\n  what: { type: text, description: What. }\n',
      'inner',
    );
    const result = await run('\n  locate:\n    - { id: sub, uses: playbook/inner, with: { what: fish } }', {
      playbook: (id) => (id === 'inner' ? inner : undefined),
    });
    expect(outcomes(result)).toEqual({ 'sub/deep': 'passed', 'sub/bad': 'failed: no', sub: 'failed: sub/bad failed' });
    expect(result.details.get('sub/deep')?.output).toEqual({ it: 'fish' });
    expect(result.steps.every((one) => one.phase === 'locate')).toBe(true);
  });

  it('refuses to nest without end', async () => {
    const inner = playbookOf('\n  verify:\n    - { id: sub, uses: playbook/inner }', '', 'inner');
    const result = await run('\n  locate:\n    - { id: sub, uses: playbook/inner }', { playbook: () => inner });
    expect(outcomes(result).sub).toMatch(/^error: /);
    expect(Object.values(outcomes(result)).some((one) => one.includes('nested deeper than 4'))).toBe(true);
  });
});

describe('inputs', () => {
  const head =
    'inputs:\n  port: { type: number, description: Port., required: true }\n  mode: { type: text, description: Mode., default: soft, choices: [soft, hard] }\n';
  const phases =
    '\n  verify:\n    - { id: a, uses: test/echo, with: { port: "${{ inputs.port }}", text: "port ${{ inputs.port }} ${{ inputs.mode }}" } }';
  it('reads them by type and fills them in', async () => {
    const result = await run(phases, { inputs: { port: '8443' } }, head);
    expect(result.details.get('a')?.output).toEqual({ port: 8443, text: 'port 8443 soft' });
  });
  it('refuses what does not fit and says why', async () => {
    await expect(run(phases, { inputs: {} }, head)).rejects.toThrow('the input "port" is required');
    await expect(run(phases, { inputs: { port: 'x', mode: 'other', prt: 1 } }, head)).rejects.toThrow(
      /no input "prt".*"port" must be a number.*must be one of soft, hard/,
    );
  });
});
