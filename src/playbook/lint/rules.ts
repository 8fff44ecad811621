/** Every rule of the lint: what it means and how bad it is. SARIF and docs are made from this. */

export interface LintRule {
  id: string;
  severity: 'error' | 'warning';
  title: string;
}

const error = (id: string, title: string): LintRule => ({ id, severity: 'error', title });
const warning = (id: string, title: string): LintRule => ({ id, severity: 'warning', title });

export const LINT_RULES: readonly LintRule[] = [
  error('yaml-syntax', 'The text is not one readable YAML document.'),
  error('duplicate-key', 'A key is written twice in one mapping.'),
  error('wrong-type', 'A value has another type than the language asks for.'),
  error('wrong-value', 'A value is not among those allowed, or out of range.'),
  error('missing-key', 'A key that must be there is missing.'),
  error('unknown-key', 'A key that the language does not know.'),
  error('conflicting-keys', 'Keys that exclude each other stand in one step.'),
  error('duplicate-item', 'A list names the same thing twice.'),
  error('no-steps', 'The playbook has no step.'),
  error('duplicate-step', 'Two steps have the same id.'),
  error('dangling-needs', 'A step needs a step that does not exist.'),
  error('cyclic-needs', 'Steps need each other in a circle.'),
  error('unreachable-step', 'A step can never run.'),
  error('unknown-step', 'An expression or a recovery names a step that does not exist.'),
  error('late-reference', 'An expression looks at a step that has not run by then.'),
  error('unknown-uses', 'A step uses something that paymedic does not have.'),
  error('unknown-playbook', 'A step runs a playbook that does not exist.'),
  error('recursive-playbook', 'A playbook runs itself, directly or through others.'),
  error('unknown-with', 'A step is given an input that it does not have.'),
  error('missing-with', 'A step lacks an input that it needs.'),
  error('wrong-with', 'An input of a step has the wrong type or value.'),
  error('unknown-check', 'A name fits no check and no group of checks.'),
  error('unknown-cause', 'A name is not a cause of the catalogue.'),
  error('bad-expression', 'An expression cannot be read.'),
  error('unknown-name', 'An expression starts with a name that means nothing there.'),
  error('unknown-function', 'An expression calls a function that does not exist.'),
  error('wrong-arguments', 'A function is called with too few or too many arguments.'),
  error('undefined-input', 'An expression looks at an input that is not declared.'),
  warning('unused-input', 'An input is declared and never used.'),
  error('bad-default', 'The default of an input does not fit its type or choices.'),
  error('unbounded-loop', 'A loop has no bound.'),
  warning('manual-without-evidence', 'A person is asked to do something and nothing proves that it was done.'),
  error('choice-without-choices', 'A choice is asked for and none is offered, or an answer is not among them.'),
  error('resolve-without-verify', 'Something is repaired and nothing proves that the repair worked.'),
  error('secret-in-text', 'A secret stands in the playbook, or would end up in a text.'),
  error('changes-undeclared', 'A step changes something and does not say so.'),
  warning('changes-retried', 'A step that changes something is tried again, and may change it twice.'),
  warning('shell', 'A program is run through a shell, or its arguments are written as one text.'),
  warning('timeout-too-short', 'A timeout cannot hold what is inside it.'),
  warning('constant-condition', 'A condition is always true or compares with a value that never occurs.'),
  warning('file-name', 'The file is not named after the playbook.'),
];
