// Scores the search for secrets on a labelled file: node bench/logs/secrets.mjs FILE TRUTH [--verbose]
// TRUTH: JSON lines of {line, kind, secret}, at most one a line. A secret is found when a span covers it whole; any other span is
// false. With `part` (what continues a secret of a line before) it counts only in the copy. Then the file is redacted: no secret may be left in the copy, and redacting the copy may change nothing.
import { readFileSync } from 'node:fs';
import { loadSource } from '../load-source.mjs';

const [file, truthFile, ...flags] = process.argv.slice(2);
if (!truthFile) {
  console.error('usage: secrets.mjs FILE TRUTH [--verbose]');
  process.exit(2);
}
const { Redactor, SecretScanner } = await loadSource('bench/logs/secrets-entry.ts');
const verbose = flags.includes('--verbose');
const truth = new Map();
for (const entry of readFileSync(truthFile, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line)))
  truth.set(entry.line, entry);

const scanner = new SecretScanner(Buffer.alloc(32));
const redactor = new Redactor();
const again = new Redactor();
const counts = { right: 0, wrong: 0, missed: 0, left: 0, changed: 0 };
const missedKinds = {};
for (const [index, text] of readFileSync(file, 'utf8').split('\n').entries()) {
  const b = Buffer.from(text);
  const wanted = truth.get(index + 1);
  const at = wanted ? b.indexOf(wanted.secret) : -1;
  const spans = scanner.spans(b, 0, b.length);
  const covers = ({ from, to }) => wanted !== undefined && from <= at && to >= at + Buffer.byteLength(wanted.secret);
  // A part of a secret is no second one.
  const touches = ({ from, to }) => wanted !== undefined && from < at + Buffer.byteLength(wanted.secret) && to > at;
  if (wanted && !wanted.part && spans.some(covers)) counts.right++;
  else if (wanted && !wanted.part) {
    counts.missed++;
    missedKinds[wanted.kind] = (missedKinds[wanted.kind] ?? 0) + 1;
    if (verbose) console.log(`missed ${wanted.kind}: ${index + 1}: ${text.slice(0, 240)}`);
  }
  for (const span of spans.filter((other) => !touches(other))) {
    counts.wrong++;
    if (verbose) console.log(`false ${span.kind.id}: ${index + 1}: ${text.slice(0, 240)}`);
  }
  const copy = Buffer.from(redactor.line(b, 0, b.length));
  if (wanted && copy.includes(wanted.secret)) {
    counts.left++;
    if (verbose && wanted.part) console.log(`left ${wanted.kind}: ${index + 1}: ${text.slice(0, 240)}`);
  }
  if (!copy.equals(again.line(copy, 0, copy.length))) {
    counts.changed++;
    if (verbose) console.log(`changed again: ${index + 1}: ${copy.toString().slice(0, 240)}`);
  }
}
const { right, wrong, missed, left, changed } = counts;
const precision = right / (right + wrong || 1);
const recall = right / (right + missed || 1);
console.log(
  `precision ${precision.toFixed(4)}  recall ${recall.toFixed(4)}  true ${right}  false ${wrong}  missed ${missed}; left in the redacted copy ${left}, lines changed by redacting it again ${changed}`,
);
if (missed > 0) console.log('missed by kind:', missedKinds);
process.exitCode = precision >= 0.99 && recall >= 0.97 && left === 0 && changed === 0 ? 0 : 1;
