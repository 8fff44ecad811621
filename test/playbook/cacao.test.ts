// biome-ignore-all lint/complexity/useLiteralKeys: members of a foreign document, not of ours
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Json } from '../../src/finding.ts';
import { type Cacao, exportCacao, sameJson } from '../../src/playbook/cacao/export.ts';
import { importCacao } from '../../src/playbook/cacao/import.ts';
import { validateCacao } from '../../src/playbook/cacao/validate.ts';
import { STEP_CATALOGUE } from '../../src/playbook/catalogue.ts';
import { lintPlaybook } from '../../src/playbook/lint/index.ts';
import { parsePlaybook } from '../../src/playbook/parse.ts';
import { playbookOf } from './support.ts';

const OPTIONS = { created: '2026-01-02T03:04:05.678Z', modified: '2026-01-02T03:04:05.678Z' };
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const start = `start--${uuid(1)}`;
const end = `end--${uuid(2)}`;
const action = (n: number): string => `action--${uuid(n)}`;
const agent = `organization--${uuid(90)}`;
const manual = (name: string, next: { [key: string]: Json }, command = 'Do it.'): Json => ({
  type: 'action',
  name,
  commands: [{ type: 'manual', command }],
  agent,
  ...next,
});
const document = (workflow: { [id: string]: Json }, more: Cacao = {}): Cacao => ({
  type: 'playbook',
  spec_version: 'cacao-2.0',
  id: `playbook--${uuid(100)}`,
  name: 'Find the panda',
  created_by: `identity--${uuid(101)}`,
  created: '2023-02-19T08:00:24.918Z',
  modified: '2023-02-19T08:00:24.918Z',
  workflow_start: start,
  workflow: {
    [start]: { type: 'start', on_completion: Object.keys(workflow)[0]! },
    ...workflow,
    [end]: { type: 'end' },
  },
  agent_definitions: { [agent]: { type: 'organization', name: 'The team' } },
  ...more,
});

/** Documents that between them use every step, command, agent and definition type, and every member of a playbook. */
const DOCUMENTS: { readonly [name: string]: Cacao } = {
  'one manual action with all metadata': document(
    {
      [action(10)]: manual(
        'Look it up',
        {
          on_completion: end,
          delay: 5,
          timeout: 60_000,
          step_variables: { __own__: { type: 'string', value: null, constant: true } },
        },
        'Look up __site__:value and __own__:value',
      ),
    },
    {
      description: 'All of it',
      playbook_types: ['investigation'],
      playbook_activities: ['analyze-collected-data'],
      playbook_processing_summary: { data_markings: true, manual_playbook: true },
      revoked: false,
      valid_from: '2023-02-19T08:00:24.918Z',
      valid_until: '2033-12-31T23:59:59.999Z',
      derived_from: [`playbook--${uuid(102)}`],
      related_to: [`incident--${uuid(103)}`],
      priority: 3,
      severity: 70,
      impact: 5,
      industry_sectors: ['financial'],
      labels: ['malware', 'apt'],
      external_references: [
        { name: 'Report', url: 'hxxp://www[.]example[.]com/', external_id: 'x', reference_id: `malware--${uuid(104)}` },
      ],
      markings: [`marking-tlp--${uuid(105)}`, `marking-statement--${uuid(106)}`],
      playbook_variables: {
        __site__: { type: 'ipv4-addr', value: '1.2.3.4', description: 'The site', external: true },
      },
      data_marking_definitions: {
        [`marking-tlp--${uuid(105)}`]: {
          type: 'marking-tlp',
          id: `marking-tlp--${uuid(105)}`,
          created_by: `identity--${uuid(101)}`,
          created: '2022-10-01T00:00:00.000Z',
          tlpv2_level: 'TLP:GREEN',
        },
        [`marking-statement--${uuid(106)}`]: {
          type: 'marking-statement',
          id: `marking-statement--${uuid(106)}`,
          created_by: `identity--${uuid(101)}`,
          created: '2022-10-01T00:00:00.000Z',
          statement: 'Copyright',
        },
      },
      signatures: [{ type: 'jss', id: `jss--${uuid(107)}`, value: 'abc' }],
    },
  ),
  'parallel, if, while and switch': document({
    [`parallel--${uuid(11)}`]: {
      type: 'parallel',
      name: 'both',
      next_steps: [action(12), action(13)],
      on_completion: `if-condition--${uuid(14)}`,
    },
    [action(12)]: manual('Ask A', { on_completion: end }),
    [action(13)]: manual('Ask B', { on_success: end, on_failure: action(15) }),
    [action(15)]: manual('Ask B again', { on_completion: end }),
    [`if-condition--${uuid(14)}`]: {
      type: 'if-condition',
      name: 'found?',
      condition: "__found__:value = 'yes'",
      on_true: action(16),
      on_false: action(17),
      on_completion: `while-condition--${uuid(18)}`,
    },
    [action(16)]: manual('Isolate', { on_completion: end }),
    [action(17)]: manual('Log it', { on_completion: end }),
    [`while-condition--${uuid(18)}`]: {
      type: 'while-condition',
      name: 'more',
      condition: '__left__:value > 0',
      on_true: action(19),
      on_completion: `switch-condition--${uuid(20)}`,
    },
    [action(19)]: manual('Take one', { on_completion: end }),
    [`switch-condition--${uuid(20)}`]: {
      type: 'switch-condition',
      name: 'which',
      switch: '__kind__:value',
      cases: { web: action(21), mail: action(22) },
      on_completion: `playbook-action--${uuid(23)}`,
    },
    [action(21)]: manual('Web', { on_completion: end }),
    [action(22)]: manual('Mail', { on_completion: end }),
    [`playbook-action--${uuid(23)}`]: {
      type: 'playbook-action',
      name: 'then',
      playbook_id: `playbook--${uuid(24)}`,
      playbook_version: '2023-01-01T00:00:00.000Z',
      in_args: ['__kind__'],
      on_completion: end,
    },
  }),
  'commands for machines': document(
    {
      [action(30)]: {
        type: 'action',
        name: 'Machines',
        commands: [
          { type: 'ssh', command: 'last; netstat -n', description: 'Logins' },
          { type: 'http-api', command: 'GET /overview HTTP/1.1', headers: { accept: ['text/html'] } },
          {
            type: 'openc2-http',
            command: 'POST /.well-known/openc2 HTTP/1.1',
            content_b64: 'eyJhY3Rpb24iOiAicXVlcnkifQ==',
            headers: {},
          },
          { type: 'bash', command_b64: 'ZGF0ZQ==' },
          { type: 'sigma', command_b64: 'dGl0bGU6IHg=', version: '1.0' },
        ],
        agent: `ssh--${uuid(31)}`,
        targets: [`net-address--${uuid(32)}`, `linux--${uuid(33)}`],
        in_args: ['__a__'],
        out_args: ['__b__'],
        on_completion: end,
        step_extensions: { [`extension-definition--${uuid(34)}`]: { x: 1 } },
      },
    },
    {
      agent_definitions: {
        [`ssh--${uuid(31)}`]: {
          type: 'ssh',
          name: 'jump',
          address: { ipv4: ['192.0.2.1'] },
          port: '22',
          authentication_info: `user-auth--${uuid(35)}`,
        },
      },
      target_definitions: {
        [`net-address--${uuid(32)}`]: {
          type: 'net-address',
          name: 'web',
          address: { dname: ['www.example.com'] },
          category: ['server'],
        },
        [`linux--${uuid(33)}`]: {
          type: 'linux',
          name: 'host',
          address: { ipv4: ['192.0.2.2'] },
          location: { country: 'CH' },
        },
      },
      authentication_info_definitions: {
        [`user-auth--${uuid(35)}`]: { type: 'user-auth', username: 'root', kms: true, kms_key_identifier: 'k1' },
      },
      extension_definitions: {
        [`extension-definition--${uuid(34)}`]: {
          type: 'extension-definition',
          name: 'x',
          created_by: `identity--${uuid(101)}`,
          schema: 'https://example.com/x',
          version: '1',
        },
      },
    },
  ),
};

const asYaml = (cacao: Cacao) => {
  const imported = importCacao(cacao);
  return parsePlaybook(stringify(imported), `${imported.id}.yaml`);
};
const steps = new Map(STEP_CATALOGUE.map((step) => [step.uses, step]));

describe.each(Object.entries(DOCUMENTS))('CACAO: %s', (_name, cacao) => {
  it('validates', () => {
    expect(
      validateCacao(JSON.stringify(cacao, null, 2), 'x.json').problems.filter(
        (problem) => problem.severity === 'error',
      ),
    ).toEqual([]);
  });

  it('becomes a playbook that lints without error', () => {
    const parsed = asYaml(cacao);
    expect(lintPlaybook(parsed, { steps }).filter((problem) => problem.severity === 'error')).toEqual([]);
  });

  it('comes back through YAML without losing a field', () => {
    const { playbook } = asYaml(cacao);
    expect(sameJson(exportCacao(playbook!, OPTIONS), cacao)).toBe(true);
  });

  it('keeps what paymedic has no word for after a change', () => {
    const { playbook } = asYaml(cacao);
    const changed = exportCacao({ ...playbook!, title: 'Another title' }, OPTIONS);
    expect(changed['name']).toBe('Another title');
    for (const key of Object.keys(cacao)) if (key !== 'signatures') expect(Object.keys(changed), key).toContain(key);
    for (const key of ['priority', 'markings', 'derived_from', 'id', 'created'] as const)
      expect(changed[key]).toEqual(cacao[key]);
    expect(
      validateCacao(JSON.stringify(changed), 'x.json').problems.filter((problem) => problem.severity === 'error'),
    ).toEqual([]);
  });
});

describe('import', () => {
  it('asks people what conditions ask tools, and follows their answers', () => {
    const { phases } = importCacao(DOCUMENTS['parallel, if, while and switch']!);
    const all = phases.resolve!;
    expect(all.map((step) => step.id)).toEqual([
      'ask-a',
      'ask-b',
      'ask-b-again',
      'found',
      'isolate',
      'log-it',
      'more',
      'take-one',
      'which',
      'web',
      'mail',
      'then',
    ]);
    const step = (id: string) => all.find((one) => one.id === id)!;
    expect(step('found').manual).toMatchObject({ answer: 'choice', choices: ['yes', 'no'] });
    expect(step('isolate').if).toBe("steps.found.answer == 'yes'");
    expect(step('log-it').if).toBe("steps.found.answer == 'no'");
    expect(step('web').if).toBe("steps.which.answer == 'web'");
    expect(step('ask-b-again').if).toBe("steps.ask-b.outcome == 'failed'");
    expect(phases.verify).toHaveLength(1);
  });

  it('decodes what was encoded and names who and where', () => {
    const instruction = importCacao(DOCUMENTS['commands for machines']!).phases.resolve![0]!.manual!.instruction;
    expect(instruction).toContain('bash: date');
    expect(instruction).toContain('By: jump');
    expect(instruction).toContain('On: web, host');
  });
});

describe('export', () => {
  const folder = fileURLToPath(new URL('../../playbooks/', import.meta.url));
  it.each(readdirSync(folder).filter((file) => !file.endsWith('.test.yaml')))(
    '%s validates and comes back unchanged',
    (file) => {
      const { playbook } = parsePlaybook(readFileSync(folder + file, 'utf8'), file);
      const cacao = exportCacao(playbook!, OPTIONS);
      expect(validateCacao(JSON.stringify(cacao, null, 2), file).problems).toEqual([]);
      expect(importCacao(JSON.parse(JSON.stringify(cacao)) as Cacao)).toEqual(playbook);
    },
  );

  it('shows loops, groups, programs, recoveries and conditions in the workflow', () => {
    const playbook = playbookOf(
      `
  resolve:
    - id: both
      parallel: { steps: [{ id: a, uses: read/logs }, { id: b, uses: read/facts }] }
    - { id: try, run: { argv: [openssl, s_client, -connect, "\${{ inputs.host }}"] }, on-failure: { run: again } }
    - { id: again, manual: { instruction: Try by hand., expected-evidence: x } }
    - { id: maybe, uses: playbook/other, if: count(findings) > 0 }`,
      'inputs:\n  host: { type: host, description: Host., required: true }\n',
    );
    const { workflow, playbook_variables: variables } = exportCacao(playbook, OPTIONS) as {
      workflow: { [id: string]: { [key: string]: Json } };
      playbook_variables: Json;
    };
    const byName = (name: string) => Object.values(workflow).find((step) => step['name'] === name)!;
    expect(byName('both')['next_steps']).toHaveLength(2);
    expect(byName('try')['commands']).toEqual([{ type: 'bash', command: 'openssl s_client -connect __host__:value' }]);
    expect(byName('try')['on_failure']).toBe(Object.keys(workflow).find((id) => workflow[id] === byName('again')));
    expect(byName('when: maybe')['condition']).toBe('count(findings) > 0');
    expect(variables).toMatchObject({ __host__: { external: true } });
  });
});

describe('validation', () => {
  const sound = DOCUMENTS['one manual action with all metadata']!;
  const text = JSON.stringify(sound, null, 2);
  const line = (from: string): number => text.slice(0, text.indexOf(from)).split('\n').length;
  const cases: [string, string, string, string, string][] = [
    ['a member that the standard lacks', '"priority": 3', '"prioritty": 3', 'unknown-key', 'did you mean "priority"'],
    ['a wrong version', '"cacao-2.0"', '"cacao-1.1"', 'wrong-value', 'cacao-2.0'],
    [
      'a time without zone',
      '"modified": "2023-02-19T08:00:24.918Z"',
      '"modified": "2023-02-19"',
      'wrong-value',
      '2026',
    ],
    ['modified before created', '"modified": "2023-02-19T08', '"modified": "2022-02-19T08', 'wrong-value', 'later'],
    ['a severity over 100', '"severity": 70', '"severity": 700', 'wrong-value', 'between 0 and 100'],
    [
      'a marking that is not defined',
      `"marking-tlp--${uuid(105)}",`,
      `"marking-tlp--${uuid(199)}",`,
      'dangling-definition',
      'did you mean',
    ],
    [
      'a variable that is not declared',
      '__site__:value',
      '__sitee__:value',
      'undefined-variable',
      'did you mean "__site__"',
    ],
    [
      'an agent that is not defined',
      `"agent": "${agent}"`,
      `"agent": "organization--${uuid(91)}"`,
      'dangling-definition',
      'did you mean',
    ],
    [
      'a step that is not there',
      `"on_completion": "${end}"`,
      `"on_completion": "end--${uuid(3)}"`,
      'dangling-step',
      'did you mean',
    ],
    ['a command type of another tool', '"type": "manual"', '"type": "manuel"', 'unknown-type', 'did you mean "manual"'],
    ['an action without command', '"commands": [', '"comands": [', 'unknown-key', 'did you mean "commands"'],
  ];
  it.each(cases)('finds %s, with its line', (_name, from, to, rule, next) => {
    expect(text).toContain(from);
    const problems = validateCacao(text.replace(from, to), 'x.json').problems;
    const found = problems.find((problem) => problem.rule === rule && problem.line === line(from));
    expect(
      found,
      problems.map((problem) => `${problem.line} ${problem.rule} ${problem.message}`).join('\n'),
    ).toBeDefined();
    expect(found!.suggestion).toContain(next);
  });

  it('finds steps that nothing leads to, and a missing end', () => {
    const { workflow, ...rest } = sound as { workflow: { [id: string]: Json } };
    const lonely = { ...rest, workflow: { ...workflow, [action(50)]: manual('lonely', { on_completion: end }) } };
    expect(validateCacao(JSON.stringify(lonely), 'x.json').problems.map((problem) => problem.rule)).toEqual([
      'unreachable-step',
    ]);
    const { [end]: _end, ...endless } = workflow;
    expect(
      validateCacao(JSON.stringify({ ...rest, workflow: endless }), 'x.json').problems.map(
        (problem) => problem.message,
      ),
    ).toContain('the workflow has no end step');
  });

  it('survives what is no playbook', () => {
    for (const bad of [
      '',
      '[]',
      '{}',
      '{"workflow": []}',
      '{"workflow": {"a": 3}}',
      '{"type": "playbook"',
      'null',
      '{"workflow_start": {}}',
    ]) {
      expect(validateCacao(bad, 'x.json').problems.length + (bad === '' ? 1 : 0)).toBeGreaterThan(0);
      const { value } = validateCacao(bad, 'x.json');
      if (value) expect(() => importCacao(value as Cacao)).not.toThrow();
    }
  });
});
