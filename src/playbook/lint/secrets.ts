/** Secrets that were written into a playbook. */
import type { Located } from '../located.ts';
import type { Range } from '../problem.ts';
import type { LintRun } from './index.ts';

const SECRET_KEY =
  /(^|[-_.])(password|passwd|passphrase|secret|token|api-?_?key|private-?_?key|credential|authorization)s?$/i;
/** Published prefixes of credentials; each pattern is linear. */
const SECRET_VALUES: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/, 'a private key'],
  [/\b(sk|rk)_(live|test)_[A-Za-z0-9]{10,200}/, 'an API key'],
  [/\bwhsec_[A-Za-z0-9]{10,200}/, 'a webhook secret'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key'],
  [/\bgh[pousr]_[A-Za-z0-9]{30,255}/, 'an access token'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,250}/, 'a chat token'],
  [/\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{5,4000}\.[A-Za-z0-9_-]{5,2000}/, 'a signed token'],
  [/\b[Bb]earer [A-Za-z0-9._~+/-]{16,2000}/, 'a bearer token'],
];

/** Reports every secret that stands in the playbook itself, wherever it stands. */
export function lintSecrets(run: LintRun): void {
  walk(run, run.model.root, '');
}

function walk(run: LintRun, node: Located, key: string): void {
  if (node.kind === 'list') for (const item of node.items) walk(run, item, key);
  else if (node.kind === 'map')
    for (const entry of node.entries) {
      // The values of run.environment must be references already; the shape of the language says so.
      walk(run, entry.value, key === 'environment' ? '' : entry.key);
    }
  else if (typeof node.value === 'string') lintText(run, node.value, node.range, key);
  else if (typeof node.value === 'number' && isCardNumber(String(node.value))) card(run, node.range);
}

function lintText(run: LintRun, value: string, range: Range, key: string): void {
  const next =
    'take it out, change it (it must count as known now), and refer to it: an input of type secret, given as env:NAME or file:PATH';
  for (const [pattern, what] of SECRET_VALUES) {
    if (pattern.test(value)) {
      run.report(range, 'secret-in-text', `${what} stands in the playbook`, next);
      return;
    }
  }
  const isReference = /^(env|file):/.test(value) || value.includes('${{');
  if (SECRET_KEY.test(key) && !isReference && value.length >= 4 && !/\s/.test(value)) {
    run.report(range, 'secret-in-text', `"${key}" holds its value in plain text`, next);
    return;
  }
  for (const match of value.matchAll(/(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])/g)) {
    if (isCardNumber(match[0])) {
      card(run, range);
      return;
    }
  }
}

function card(run: LintRun, range: Range): void {
  run.report(
    range,
    'secret-in-text',
    'a card number stands in the playbook',
    'remove it; name a card by its first six and last four digits',
  );
}

/** Thirteen to nineteen digits with a right check digit (ISO/IEC 7812-1, annex B) and the first digit of a payment card. */
function isCardNumber(written: string): boolean {
  const digits = written.replace(/[ -]/g, '');
  if (!/^[2-6][0-9]{12,18}$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    if (i % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 === 0;
}
