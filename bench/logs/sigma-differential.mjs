// Our Sigma engine against pySigma's reading of the same rules: node bench/logs/sigma-differential.mjs SIGMA_CHECKOUT PYSIGMA_CHECKOUT [SEED] [--verbose]
// For each single-document rule of SigmaHQ, events are made from the rule's own values (matching ones, and ones cut, grown,
// in other case, of other type, with fields missing); both sides say for each event whether the rule matches.
// Needs python3 with pyyaml, pyparsing, jinja2, packaging, requests and typing-extensions.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSource } from '../load-source.mjs';
import { xorshift } from '../random.mjs';

const [rules, oracle, seed = '7'] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
if (!rules || !oracle) {
  console.error('usage: sigma-differential.mjs SIGMA_CHECKOUT PYSIGMA_CHECKOUT [SEED] [--verbose]');
  process.exit(2);
}
const { parseSigma, SigmaEngine } = await loadSource('bench/logs/sigma-entry.ts');

const random = xorshift(seed);
const below = (n) => Math.floor(random() * n);
const one = (list) => list[below(list.length)];

const filesBelow = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesBelow(join(path, name)))
    : /\.ya?ml$/.test(path)
      ? [path]
      : [];

/** A text that a plain value of a rule stands for. */
function textOf(value) {
  if (typeof value !== 'string') return value;
  let text = '';
  for (let i = 0; i < value.length; i++) {
    const c = value[i];
    if (c === '\\' && /[\\*?]/.test(value[i + 1] ?? '')) text += value[++i];
    else if (c === '*') text += one(['', 'x', 'C:\\Win', 'a b']);
    else if (c === '?') text += one(['q', 'Z']);
    else text += c;
  }
  return text;
}

/** Every value of a rule with its field and modifiers. */
function leavesOf(detections) {
  const leaves = [];
  const walk = (node) => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (node !== null && typeof node === 'object')
      for (const [key, values] of Object.entries(node)) {
        const [field, ...modifiers] = key.split('|');
        for (const value of Array.isArray(values) ? values : [values]) leaves.push({ field, modifiers, value });
      }
    else leaves.push({ field: '', modifiers: [], value: node });
  };
  for (const node of detections.values()) walk(node);
  return leaves;
}

const altered = (text) =>
  typeof text !== 'string'
    ? text
    : one([text.toUpperCase(), text.toLowerCase(), `${text} x`, `y${text}`, text.slice(0, -1), text.slice(1), text]);

function fieldValue({ modifiers, value }) {
  const has = (name) => modifiers.includes(name);
  let text = textOf(value);
  if (value === null || typeof text === 'boolean') return text;
  if (has('re'))
    return one([
      String(value)
        .replace(/\\(.)/g, '$1')
        .replace(/[\^$()?]/g, ''),
      'abc 123',
      'https://x.y/z?q=1',
    ]);
  if (has('cidr'))
    return one([String(value).split('/')[0].replace(/0$/, '7').replace(/::$/, '::5'), '8.8.8.8', 'no address']);
  if (modifiers.some((name) => /^[lg]te?$/.test(name)))
    return one([Number(value), Number(value) + 1, Number(value) - 1, 'x', String(value)]);
  if (has('base64offset') || has('base64')) {
    const encoding = modifiers.some((name) => /wide|utf16/.test(name)) ? 'utf16le' : 'utf8';
    return `aa ${Buffer.from(' '.repeat(below(3)) + text, encoding).toString('base64')} bb`;
  }
  if (typeof text === 'number') return one([text, String(text), text + 1]);
  if (has('windash'))
    text = text.replace(/(^|\s)-/g, (_, before) => before + one(['-', '/', '\u2013', '\u2014', '\u2015']));
  if (has('contains')) text = one([text, `pre${text}post`, `${text}end`]);
  else if (has('endswith')) text = `C:\\a\\b${text}`;
  else if (has('startswith')) text = `${text} tail`;
  return random() < 0.25 ? altered(text) : text;
}

function eventOf(leaves) {
  const share = one([1, 0.9, 0.6, 0.3]);
  const fields = {};
  const texts = [];
  for (const leaf of [...leaves].sort(() => random() - 0.5)) {
    if (random() > share) continue;
    const { field, modifiers, value } = leaf;
    if (field === '') texts.push(String(altered(textOf(value))));
    else if (modifiers.includes('exists')) fields[field] = 'x';
    else if (modifiers.includes('fieldref')) {
      fields[String(value)] ??= 'same';
      fields[field] = one([fields[String(value)], 'other']);
    } else {
      const made = fieldValue(leaf);
      if (modifiers.includes('all') && typeof fields[field] === 'string' && typeof made === 'string')
        fields[field] += ` ${made}`;
      else if (!(field in fields) || random() < 0.5) fields[field] = made;
    }
  }
  return { fields, ...(texts.length > 0 ? { text: texts.join(' | ') } : {}) };
}

const jobs = [];
for (const folder of readdirSync(rules).filter((name) => /^rules/.test(name))) {
  for (const file of filesBelow(join(rules, folder))) {
    const text = readFileSync(file, 'utf8');
    const { documents } = parseSigma(text, file);
    const [rule] = documents;
    if (documents.length !== 1 || rule.kind !== 'rule') continue;
    const [compiled] = new SigmaEngine([rule]).rules;
    if (!compiled) continue;
    const leaves = leavesOf(rule.detections);
    const events = Array.from({ length: Math.min(60, 12 + leaves.length) }, () => eventOf(leaves));
    jobs.push({ file, text, events, ours: events.map((event) => compiled.matches({ time: 0, ...event })) });
  }
}

const python = spawn('python3', [fileURLToPath(new URL('sigma_oracle.py', import.meta.url)), oracle], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
let answered = '';
python.stdout.on('data', (data) => {
  answered += data;
});
const ended = new Promise((resolve) => python.on('close', resolve));
for (const { file, text, events } of jobs) {
  if (!python.stdin.write(`${JSON.stringify({ file, text, events })}\n`))
    await new Promise((resolve) => python.stdin.once('drain', resolve));
}
python.stdin.end();
await ended;

const answers = new Map(
  answered
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map((answer) => [answer.file, answer]),
);
const differences = [];
const unread = [];
let events = 0;
let hits = 0;
for (const job of jobs) {
  const answer = answers.get(job.file);
  if (!answer?.hits) {
    unread.push(`${job.file}: ${answer?.error ?? 'no answer'}`);
    continue;
  }
  for (const [i, ours] of job.ours.entries()) {
    events++;
    if (ours) hits++;
    if (ours !== answer.hits[i]) differences.push({ file: job.file, ours, event: job.events[i] });
  }
}
console.log(
  `${jobs.length} rules, ${events} events, ${hits} of them match: ${differences.length} differences; ${unread.length} rules pySigma does not read`,
);
for (const line of unread.slice(0, 20)) console.log(`  ${line}`);
if (process.argv.includes('--verbose'))
  for (const difference of differences.slice(0, 50)) console.log(`  ${JSON.stringify(difference).slice(0, 600)}`);
process.exitCode = differences.length > 0 || jobs.length === 0 ? 1 : 0;
