// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are playbooks, and ${{ }} is their template
/**
 * Playbooks with one seeded defect each. `▶` stands where the defect begins and is taken out before the lint reads the
 * text. `next` must occur in what the lint tells the writer to do.
 */
export interface Defect {
  name: string;
  rule: string;
  text: string;
  next: string | RegExp;
}

const head = 'playbook: 1\nid: sample\ntitle: A sample\nversion: 1.0.0\nowner: ops\n';
const whole = (name: string, rule: string, next: string | RegExp, text: string): Defect => ({ name, rule, next, text });
/** A defect in the head, before sound phases. */
const inHead = (name: string, rule: string, next: string | RegExp, lines: string): Defect =>
  whole(name, rule, next, `${lines}\nphases:\n  verify:\n    - { id: a, uses: read/logs }\n`);
/** A defect among the steps of investigate. */
const inSteps = (name: string, rule: string, next: string | RegExp, steps: string, more = ''): Defect =>
  whole(name, rule, next, `${head}${more}phases:\n  investigate:\n${steps.replace(/^/gm, '    ')}\n`);
const input = (lines: string): string => `inputs:\n${lines.replace(/^/gm, '  ')}\n`;
const host = input('host: { type: host, description: The host. }');

export const DEFECTS: readonly Defect[] = [
  // the text itself
  whole(
    'a bracket is not closed',
    'yaml-syntax',
    'correct the YAML',
    `${head}phases:\n  verify:\n    - { id: a, uses: read/logs\n▶`,
  ),
  whole('a tab indents', 'yaml-syntax', 'spaces', `${head}phases:\n▶\tverify: []\n`),
  whole(
    'two documents',
    'yaml-syntax',
    'one playbook per file',
    `${head}phases:\n  verify:\n    - { id: a, uses: read/logs }\n▶---\nplaybook: 1\n`,
  ),
  whole('an empty file', 'no-steps', 'playbook new', '▶'),
  whole('only a comment', 'no-steps', 'playbook new', '▶# nothing here\n'),
  inHead('a key twice', 'duplicate-key', 'keep one', `${head}▶owner: sec`),
  whole('a list where a playbook should be', 'wrong-type', 'a mapping', '▶- id: a\n- id: b\n'),
  // keys and values
  inHead('no title', 'missing-key', 'add "title"', '▶playbook: 1\nid: sample\nversion: 1.0.0\nowner: ops'),
  inHead(
    'no language version',
    'missing-key',
    'add "playbook"',
    '▶id: sample\ntitle: A sample\nversion: 1.0.0\nowner: ops',
  ),
  inHead(
    'a future language',
    'wrong-value',
    'number 1',
    'playbook: ▶2\nid: sample\ntitle: A sample\nversion: 1.0.0\nowner: ops',
  ),
  inHead(
    'a version of two numbers',
    'wrong-type',
    'three numbers',
    'playbook: 1\nid: sample\ntitle: A sample\nversion: ▶1.0\nowner: ops',
  ),
  inHead(
    'an id with capitals',
    'wrong-value',
    'write "my-book"',
    'playbook: 1\nid: ▶My Book\ntitle: A sample\nversion: 1.0.0\nowner: ops',
  ),
  inHead(
    'an owner nobody knows',
    'wrong-value',
    'did you mean "ops"',
    'playbook: 1\nid: sample\ntitle: A sample\nversion: 1.0.0\nowner: ▶opps',
  ),
  inHead('an unknown key at the top', 'unknown-key', 'did you mean "description"', `${head}▶descripton: typo`),
  inHead('variables as elsewhere', 'unknown-key', 'did you mean "inputs"', `${head}▶vars: {}`),
  whole(
    'an unknown phase',
    'unknown-key',
    'did you mean "investigate"',
    `${head}phases:\n  ▶investigte:\n    - { id: a, uses: read/logs }\n  verify:\n    - { id: b, uses: read/logs }\n`,
  ),
  inSteps('a step without id', 'missing-key', 'add "id"', '- { ▶uses: read/logs }'),
  inSteps('a step that does nothing', 'missing-key', 'uses, manual, run, parallel', '- { ▶id: a, title: Nothing }'),
  inSteps(
    'a step that does two things',
    'conflicting-keys',
    'two steps',
    '- id: a\n  uses: read/logs\n  ▶run: { argv: [date] }',
  ),
  inSteps('retries as elsewhere', 'unknown-key', 'did you mean "retry"', '- id: a\n  uses: read/logs\n  ▶retries: 3'),
  inSteps('when instead of if', 'unknown-key', 'did you mean "if"', '- id: a\n  uses: read/logs\n  ▶when: true'),
  inSteps(
    'depends_on as elsewhere',
    'unknown-key',
    'did you mean "needs"',
    '- id: b\n  uses: read/facts\n- id: a\n  uses: read/logs\n  ▶depends_on: [b]',
  ),
  inSteps('a timeout without unit', 'wrong-value', 'write the unit', '- { id: a, uses: read/logs, timeout: ▶30 }'),
  inSteps('a timeout in words', 'wrong-value', '30s', '- { id: a, uses: read/logs, timeout: ▶30 seconds }'),
  inSteps(
    'needs is a text',
    'wrong-type',
    'a list',
    '- { id: b, uses: read/facts }\n- { id: a, uses: read/logs, needs: ▶b }',
  ),
  inSteps('mutates is a text', 'wrong-type', 'true or false', '- { id: a, uses: read/logs, mutates: ▶sometimes }'),
  inSteps(
    'an unknown on-failure',
    'wrong-value',
    'did you mean "continue"',
    '- { id: a, uses: read/logs, on-failure: ▶continu }',
  ),
  inSteps(
    'a step needs another twice',
    'duplicate-item',
    'remove the second',
    '- { id: b, uses: read/facts }\n- { id: a, uses: read/logs, needs: [b, ▶b] }',
  ),
  inSteps('too many tries', 'wrong-value', 'between 1 and 10', '- { id: a, uses: read/logs, retry: { max: ▶100 } }'),
  inSteps(
    'parallel with one step',
    'wrong-value',
    'at least 2',
    '- id: a\n  parallel:\n    steps: ▶[{ id: b, uses: read/logs }]',
  ),
  inSteps('an empty title', 'wrong-value', 'write its text', '- { id: a, uses: read/logs, title: ▶"" }'),
  // how steps hang together
  inSteps('an id twice', 'duplicate-step', 'a-2', '- { id: a, uses: read/logs }\n- { id: ▶a, uses: read/facts }'),
  inSteps(
    'a need that is no step',
    'dangling-needs',
    'did you mean "read-logs"',
    '- { id: read-logs, uses: read/logs }\n- { id: b, uses: read/facts, needs: [▶read-log] }',
  ),
  inSteps('a step that needs itself', 'cyclic-needs', 'remove "a"', '- { id: a, uses: read/logs, needs: [▶a] }'),
  inSteps(
    'a circle of three',
    'cyclic-needs',
    'remove "a"',
    '- { id: a, uses: read/logs, needs: [b] }\n- { id: b, uses: read/facts, needs: [c] }\n- { id: c, uses: read/facts, needs: [▶a] }',
  ),
  inSteps(
    'a circle through a group',
    'cyclic-needs',
    'remove',
    '- id: g\n  parallel:\n    steps:\n      - { id: a, uses: read/logs, needs: [b] }\n      - { id: c, uses: read/facts }\n- { id: b, uses: read/facts, needs: [▶c] }',
  ),
  inSteps(
    'a member needs its group',
    'cyclic-needs',
    'remove it',
    '- id: g\n  parallel:\n    steps:\n      - { id: a, uses: read/logs, needs: [▶g] }\n      - { id: c, uses: read/facts }',
  ),
  whole(
    'a need in a later phase',
    'unreachable-step',
    'move',
    `${head}phases:\n  investigate:\n    - { id: a, uses: read/logs, needs: [▶b] }\n  locate:\n    - { id: b, uses: judge/checks }\n`,
  ),
  whole(
    'a repair that nobody proves',
    'resolve-without-verify',
    'phases.verify',
    `${head}phases:\n  ▶resolve:\n    - { id: a, uses: plan/remedy }\n`,
  ),
  whole('phases without a step', 'no-steps', 'add a step', `${head}▶phases:\n  investigate: []\n`),
  inSteps(
    'a recovery that is no step',
    'unknown-step',
    'did you mean "recover"',
    '- { id: a, uses: read/logs, on-failure: { run: ▶recovr } }\n- { id: recover, uses: read/facts }',
  ),
  inSteps(
    'a recovery that came before',
    'unreachable-step',
    'move "r" behind "a"',
    '- { id: r, uses: read/facts }\n- { id: a, uses: read/logs, on-failure: { run: ▶r } }',
  ),
  inSteps(
    'a condition that is never true',
    'unreachable-step',
    'remove the step',
    '- { id: a, uses: read/logs, if: ▶false }',
  ),
  inSteps(
    'a condition that is always true',
    'constant-condition',
    'remove it',
    '- { id: a, uses: read/logs, if: ▶true }',
  ),
  inSteps(
    'an outcome that never occurs',
    'constant-condition',
    "did you mean 'passed'",
    '- { id: a, uses: read/logs }\n- { id: b, uses: read/facts, if: "steps.a.outcome == ▶\'pased\'" }',
  ),
  // what steps use
  inSteps('a step that paymedic lacks', 'unknown-uses', 'did you mean "read/logs"', '- { id: a, uses: ▶read/log }'),
  inSteps('a uses without a slash', 'wrong-value', 'room/name', '- { id: a, uses: ▶readlogs }'),
  inSteps(
    'a playbook that does not exist',
    'unknown-playbook',
    'did you mean "playbook/other-book"',
    '- { id: a, uses: ▶playbook/other-boo }',
  ),
  inSteps('a playbook that runs itself', 'recursive-playbook', 'remove', '- { id: a, uses: ▶playbook/sample }'),
  inSteps('a playbook that comes back', 'recursive-playbook', 'remove', '- { id: a, uses: ▶playbook/back-again }'),
  inSteps(
    'an input that the step lacks',
    'unknown-with',
    'did you mean "groups"',
    '- { id: a, uses: judge/checks, with: { ▶group: [tls] } }',
  ),
  inSteps(
    'an input that the playbook lacks',
    'unknown-with',
    'did you mean "host"',
    '- { id: a, uses: playbook/other-book, with: { host: a.example, ▶hst: b } }',
  ),
  inSteps(
    'a required input is not given',
    'missing-with',
    'add with: { host',
    '- { id: a, ▶uses: playbook/other-book }',
  ),
  inSteps(
    'an input of the wrong type',
    'wrong-with',
    'Groups',
    '- { id: a, uses: judge/checks, with: { groups: ▶tls } }',
  ),
  inSteps(
    'an input of a wrong value',
    'wrong-with',
    'urgent, important, routine',
    '- { id: a, uses: verify/findings, with: { priority: ▶critical } }',
  ),
  inSteps(
    'a group of checks that does not exist',
    'unknown-check',
    'did you mean "tls"',
    '- { id: a, uses: judge/checks, with: { groups: [▶tsl] } }',
  ),
  inSteps(
    'a finding that does not exist',
    'unknown-check',
    'did you mean "tls/expired"',
    '- { id: a, uses: verify/findings, with: { findings: [▶tls/expird] } }',
  ),
  inHead(
    'a cause that does not exist',
    'unknown-cause',
    'did you mean "server-cert-expired"',
    `${head}applies-to: [▶server-cert-expire]`,
  ),
  inSteps(
    'a cause in a condition',
    'unknown-cause',
    'did you mean "card-testing"',
    '- { id: a, uses: read/logs, if: "cause(\'▶card-tseting\')" }',
  ),
  // expressions
  inSteps('one equals sign', 'bad-expression', 'write ==', '- { id: a, uses: read/logs, if: count(findings) ▶= 1 }'),
  inSteps('a text that is not closed', 'bad-expression', 'closing', '- { id: a, uses: read/logs, if: "▶\'open" }'),
  inSteps(
    'a template that is not closed',
    'bad-expression',
    'add }}',
    '- { id: a, uses: judge/checks, with: { groups: "▶${{ inputs.host " } }',
    host,
  ),
  inSteps(
    'arithmetic',
    'bad-expression',
    'no arithmetic',
    '- { id: a, uses: read/logs, if: count(findings) ▶+ 1 > 2 }',
  ),
  inSteps(
    'an unknown function',
    'unknown-function',
    'did you mean "count"',
    '- { id: a, uses: read/logs, if: ▶cuont(findings) > 0 }',
  ),
  inSteps(
    'too many arguments',
    'wrong-arguments',
    'count(list)',
    '- { id: a, uses: read/logs, if: "▶count(findings, 2) > 0" }',
  ),
  inSteps(
    'an unknown name',
    'unknown-name',
    'did you mean "findings"',
    '- { id: a, uses: read/logs, if: count(▶finding) > 0 }',
  ),
  inSteps(
    'item without a loop',
    'unknown-name',
    'add for-each',
    '- { id: a, uses: probe/endpoints, with: { targets: ["${{ ▶item }}"] } }',
  ),
  inSteps(
    'a member that steps lack',
    'unknown-name',
    'did you mean "outcome"',
    '- { id: a, uses: read/logs }\n- { id: b, uses: read/facts, if: "▶steps.a.outcom == \'passed\'" }',
  ),
  inSteps(
    'a step that is no step',
    'unknown-step',
    'did you mean "read-logs"',
    '- { id: read-logs, uses: read/logs }\n- { id: b, uses: read/facts, if: "▶steps.readlogs.outcome == \'passed\'" }',
  ),
  inSteps(
    'a step that comes later',
    'late-reference',
    'needs: [b]',
    '- { id: a, uses: read/logs, if: "▶steps.b.outcome == \'passed\'" }\n- { id: b, uses: read/facts }',
  ),
  // inputs
  inSteps(
    'an input that is not declared',
    'undefined-input',
    'did you mean "host"',
    '- { id: a, uses: probe/endpoints, with: { targets: ["${{ inputs.host }}", "${{ ▶inputs.hots }}"] } }',
    host,
  ),
  inSteps(
    'an input that is not used',
    'unused-input',
    'remove it',
    '- { id: a, uses: read/logs }',
    input('▶host: { type: host, description: The host. }'),
  ),
  inSteps(
    'a default of another type',
    'bad-default',
    'change the type',
    '- { id: a, uses: read/logs, if: inputs.n > 1 }',
    input('n: { type: number, description: A number., default: ▶many }'),
  ),
  inSteps(
    'a default that is no choice',
    'bad-default',
    'choices: soft, hard',
    '- { id: a, uses: read/logs, if: "inputs.m == \'soft\'" }',
    input('m: { type: text, description: Mode., choices: [soft, hard], default: ▶medium }'),
  ),
  inSteps(
    'an unknown type',
    'wrong-value',
    'did you mean "text"',
    '- { id: a, uses: read/logs, if: "inputs.m == \'x\'" }',
    input('m: { type: ▶txt, description: Mode. }'),
  ),
  // loops, people, programs, secrets
  inSteps(
    'a loop without a bound',
    'unbounded-loop',
    'add "max"',
    '- { id: a, uses: probe/endpoints, with: { targets: ["${{ item }}"] }, for-each: { ▶in: [a.example:443] } }',
  ),
  inSteps(
    'a loop over a text',
    'wrong-type',
    'write a list',
    '- { id: a, uses: probe/endpoints, with: { targets: ["${{ item }}"] }, for-each: { in: ▶inputs.hosts, max: 5 } }',
  ),
  inSteps(
    'a person proves nothing',
    'manual-without-evidence',
    'expected-evidence',
    '- { id: a, ▶manual: { instruction: Renew it., role: ca } }',
  ),
  inSteps(
    'a choice without choices',
    'choice-without-choices',
    'add choices',
    '- { id: a, manual: { instruction: Which?, expected-evidence: a word, answer: ▶choice } }',
  ),
  inSteps(
    'an answer that is no choice',
    'choice-without-choices',
    'did you mean "repair"',
    '- { id: a, manual: { instruction: Which?, expected-evidence: a word, answer: choice, choices: [repair, wait], pass-when: [▶repar] } }',
  ),
  inSteps('a shell', 'shell', 'items of argv', '- { id: a, run: { argv: [▶bash, -c, date] } }'),
  inSteps(
    'a program in one text',
    'shell',
    'argv: [openssl, version]',
    '- { id: a, run: { argv: [▶openssl version] } }',
  ),
  inSteps(
    'a change that is tried again',
    'changes-retried',
    'remove retry',
    '- id: a\n  run: { argv: [reload] }\n  mutates: true\n  ▶retry: { max: 2 }',
  ),
  inSteps('a change that is not declared', 'changes-undeclared', 'mutates: true', '- { id: a, uses: ▶test/change }'),
  inSteps(
    'an item longer than its step',
    'timeout-too-short',
    'smaller',
    '- { id: a, uses: probe/endpoints, timeout: 10s, with: { targets: ["${{ item }}"] }, for-each: { in: [a.example:443], max: 5, item-timeout: ▶20s } }',
  ),
  inSteps(
    'pauses longer than the step',
    'timeout-too-short',
    'lower retry.max',
    '- id: a\n  uses: probe/endpoints\n  timeout: 5s\n  ▶retry: { max: 5, wait: 2s }',
  ),
  inSteps(
    'a password in an argument',
    'secret-in-text',
    'input of type secret',
    '- { id: a, uses: test/any, with: { password: ▶hunter2hunter2 } }',
  ),
  inSteps(
    'an API key',
    'secret-in-text',
    'input of type secret',
    `- { id: a, run: { argv: [curl, -H, ▶"Authorization: Bearer ${'sk_test'}_4eC39HqLyjWDarjtT1zdp7dc"] } }`,
  ),
  inSteps(
    'a private key',
    'secret-in-text',
    'change it',
    `- id: a\n  manual: { instruction: ▶"-----BEGIN ${'PRIVATE'} KEY----- MIIB", expected-evidence: x }`,
  ),
  inSteps(
    'a card number',
    'secret-in-text',
    'first six and last four',
    '- id: a\n  manual: { instruction: ▶Pay with 4111 1111 1111 1111., expected-evidence: a receipt }',
  ),
  inSteps(
    'a secret as an argument of a program',
    'secret-in-text',
    'of its own',
    '- { id: a, run: { argv: [curl, "${{ ▶inputs.key }}"] } }',
    input('key: { type: secret, description: The key. }'),
  ),
  inSteps(
    'a secret inside a text',
    'secret-in-text',
    'of its own',
    '- { id: a, run: { argv: [curl, "key=${{ ▶inputs.key }}"] } }',
    input('key: { type: secret, description: The key. }'),
  ),
  inSteps(
    'a secret in the environment',
    'wrong-value',
    'env:NAME',
    '- { id: a, run: { argv: [curl], environment: { TOKEN: ▶abc123 } } }',
  ),
  whole(
    'a file of another name',
    'file-name',
    'rename the file to sampel.yaml',
    'playbook: 1\nid: ▶sampel\ntitle: A sample\nversion: 1.0.0\nowner: ops\nphases:\n  verify:\n    - { id: a, uses: read/logs }\n',
  ),
  // members of what expressions look at
  inSteps(
    'a misspelt member of a cause',
    'unknown-name',
    'did you mean "confidence"?',
    '- { id: a, uses: explain/diagnosis, if: "▶diagnosis[0].confidance > 0.5" }',
  ),
  inSteps(
    'a misspelt member of a finding, through the state',
    'unknown-name',
    'did you mean "priority"?',
    '- { id: a, uses: explain/diagnosis, if: "▶state.findings[0].priorty == null" }',
  ),
  inSteps(
    'a member of the list instead of its item',
    'unknown-name',
    'diagnosis[0].cause',
    '- { id: a, uses: explain/diagnosis, expect: "▶diagnosis.cause == null" }',
  ),
  inSteps(
    'a state that there is not',
    'unknown-name',
    'findings and diagnosis',
    '- { id: a, uses: explain/diagnosis, if: "▶state.finding[0].id == null" }',
  ),
  inSteps(
    'a priority that there is not, as an argument',
    'wrong-arguments',
    "did you mean 'important'?",
    `- { id: a, uses: explain/diagnosis, if: "found('tls/*', ▶'importnt') > 0" }`,
  ),
  inSteps(
    'a priority that there is not, compared',
    'constant-condition',
    'urgent, important, routine',
    `- { id: a, uses: explain/diagnosis, if: "diagnosis[0].priority == ▶'high'" }`,
  ),
  inSteps(
    'a cause that there is not, compared',
    'unknown-cause',
    'server-cert-expired',
    `- { id: a, uses: explain/diagnosis, if: "diagnosis[0].cause == '▶server-cert-expird'" }`,
  ),
  inSteps(
    'an answer that is not offered',
    'constant-condition',
    "did you mean 'stay'?",
    `- { id: a, manual: { role: ops, instruction: Move?, expected-evidence: x, answer: choice, choices: [move, stay] } }
- { id: b, uses: read/logs, if: "steps.a.answer == ▶'stai'" }`,
  ),
  inSteps(
    'a value that an input cannot have',
    'constant-condition',
    'north, south',
    `- { id: b, uses: read/logs, if: "inputs.region == ▶'west'" }`,
    input('region: { type: text, description: x, choices: [north, south] }'),
  ),
  // keys one level too high, and colons and expressions without quotes
  inSteps('paths beside uses', 'unknown-key', 'with: { paths', '- { id: a, uses: read/logs, ▶paths: ["logs/*"] }'),
  inSteps(
    'the kind of answer beside manual',
    'unknown-key',
    'manual: { answer',
    '- { id: a, manual: { role: ops, instruction: Look., expected-evidence: x }, ▶answer: yes-no }',
  ),
  inHead(
    'a colon inside a title',
    'yaml-syntax',
    'in quotes',
    'playbook: 1\nid: sample\ntitle: ▶Settlement: late\nversion: 1.0.0\nowner: ops',
  ),
];
