// Attack patterns against the rule set's own regression requests: node bench/logs/crs.mjs RULESET_CHECKOUT [RULES.json] [--sigma=FOLDER] [--verbose]
// RULESET_CHECKOUT holds `rules` and `tests/regression/tests` of a Core Rule Set release. The rules are read from there,
// or from RULES.json (written by tools/crs.mjs), in which case only tests of rules that it holds are asked.
// Every request that an access line can express is written as a line of nginx's combined format, read back by the
// product and judged. A request is expressible when it has no body and no header beyond those of that format.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadSource } from '../load-source.mjs';

const flags = process.argv.slice(2).filter((arg) => arg.startsWith('--'));
const [folder, prepared] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
if (!folder) {
  console.error('usage: crs.mjs RULESET_CHECKOUT [RULES.json] [--sigma=FOLDER] [--benign=ACCESS_LOG] [--verbose]');
  process.exit(2);
}
const option = (name) => flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3);
const {
  CrsEngine,
  readRuleSet,
  crsRequest,
  scanRequests,
  compileLexicon,
  readLogs,
  parseSigma,
  SigmaEngine,
  sigmaEvents,
} = await loadSource('bench/logs/crs-entry.ts');

function filesBelow(path, pattern) {
  if (statSync(path).isFile()) return pattern.test(path) ? [path] : [];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name), pattern));
}

const data = prepared
  ? JSON.parse(readFileSync(prepared, 'utf8'))
  : readRuleSet(
      readdirSync(join(folder, 'rules'))
        .filter((name) => /\.(?:conf|data)$/.test(name))
        .map((name) => ({ name, text: readFileSync(join(folder, 'rules', name), 'utf8') })),
    );
const engine = new CrsEngine(data);
const held = new Set(data.rules.map(({ id }) => id));

/** Headers that the combined format holds, and those without influence on what is asked here. */
const SHOWN = /^(?:host|user-agent|referer)$/i;
const HARMLESS =
  /^(?:accept(?:-.*)?|connection|keep-alive|cache-control|pragma|content-length|x-crs-test|content-type)$/i;

/** What nginx writes for a variable: quotes, backslashes, control and non-ASCII bytes as \xHH. */
const escaped = (text) =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) =>
      byte < 32 || byte > 126 || byte === 34 || byte === 92
        ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');

const cases = [];
let stages = 0;
for (const file of filesBelow(join(folder, 'tests/regression/tests'), /\.ya?ml$/)) {
  const { rule_id: rule, tests = [], meta } = parse(readFileSync(file, 'utf8')) ?? {};
  const id = rule ?? Number(/(\d{6})\.yaml$/.exec(meta?.name ?? file)?.[1]);
  for (const test of tests) {
    for (const wrapped of test.stages ?? []) {
      const stage = wrapped.stage ?? wrapped;
      stages++;
      const { input, output } = stage;
      if (!input || input.data || input.encoded_request || !output) continue;
      const headers = Object.entries(input.headers ?? {});
      if (headers.some(([name]) => !SHOWN.test(name) && !HARMLESS.test(name))) continue;
      if (
        headers.some(([name, value]) => /^(?:accept.*|content-type|connection)$/i.test(name) && /[<>'"${}]/.test(value))
      )
        continue;
      const wanted =
        output.log?.expect_ids ?? [...(output.log_contains ?? '').matchAll(/id "(\d+)"/g)].map((m) => Number(m[1]));
      const forbidden =
        output.log?.no_expect_ids ??
        [...(output.no_log_contains ?? '').matchAll(/id "(\d+)"/g)].map((m) => Number(m[1]));
      if (!wanted.includes(id) && !forbidden.includes(id)) continue;
      const header = (name) => String(headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '-');
      const uri = String(input.uri ?? '/').replace(/^\/base64\/[\w+/=%-]+$/, (whole) => whole);
      const line = `10.9.8.7 - - [12/Sep/2026:10:00:00 +0000] "${escaped(`${input.method ?? 'GET'} ${uri} ${input.version ?? 'HTTP/1.1'}`)}" 200 612 "${escaped(header('referer'))}" "${escaped(header('user-agent'))}"`;
      cases.push({ id, test: test.test_id ?? test.test_title, line, positive: wanted.includes(id) });
    }
  }
}
const asked = cases.filter(({ id }) => held.has(id));
const text = `${asked.map(({ line }) => line).join('\n')}\n`;
const read = async (bytes, file) =>
  readLogs(
    [
      {
        file,
        head: bytes.subarray(0, 65536),
        chunks: async function* () {
          yield bytes;
        },
      },
    ],
    { lexicon: compileLexicon([]), now: Date.UTC(2026, 8, 13) },
  );
const { requests } = await read(Buffer.from(text), 'access.log');
const byLine = new Map();
for (let row = 0; row < requests.length; row++) byLine.set(requests.line[row], row);
const families = new Map();
let unread = 0;
const wrong = [];
for (const [i, item] of asked.entries()) {
  const row = byLine.get(i + 1);
  const tally = families.get(String(item.id).slice(0, 3)) ?? { positives: 0, found: 0, negatives: 0, wrong: 0 };
  families.set(String(item.id).slice(0, 3), tally);
  const ids = row === undefined ? [] : engine.match(crsRequest(requests, row)).map(({ rule }) => rule.id);
  if (row === undefined) unread++;
  const fired = ids.includes(item.id);
  if (item.positive) {
    tally.positives++;
    if (fired) tally.found++;
    else wrong.push(`missed ${item.id}-${item.test}: ${item.line}`);
  } else {
    tally.negatives++;
    if (fired) {
      tally.wrong++;
      wrong.push(`fired ${item.id}-${item.test}: ${item.line}`);
    }
  }
}
const sum = (key) => [...families.values()].reduce((all, tally) => all + tally[key], 0);
console.log(
  `${data.version}: ${data.rules.length} rules (${engine.unsupported.length} cannot run), ${stages} stages, ${cases.length} expressible, ${asked.length} asked, ${unread} not read as requests`,
);
for (const [family, { positives, found, negatives, wrong: mistaken }] of [...families].sort())
  console.log(`  ${family}  ${found}/${positives} found, ${mistaken}/${negatives} wrong`);
const recall = sum('found') / sum('positives');
const wrongShare = sum('wrong') / sum('negatives');
console.log(
  `exact-rule recall ${recall.toFixed(4)} (${sum('found')}/${sum('positives')}), wrong rule ${(wrongShare * 100).toFixed(2)} % (${sum('wrong')}/${sum('negatives')})`,
);
if (flags.includes('--verbose')) for (const line of wrong) console.log(line.slice(0, 400));

const sigma = option('sigma');
if (sigma) {
  const documents = filesBelow(sigma, /\.ya?ml$/).flatMap(
    (file) => parseSigma(readFileSync(file, 'utf8'), file).documents,
  );
  const rules = new SigmaEngine(documents);
  const logs = await read(Buffer.from(text), 'access.log');
  const caught = new Set();
  for (const { event, offered } of sigmaEvents(logs)) if (rules.feed(event, offered).length > 0) caught.add(event.line);
  const positives = asked.flatMap(({ positive }, i) => (positive ? [i + 1] : []));
  const hits = positives.filter((line) => caught.has(line)).length;
  console.log(
    `SigmaHQ rules of ${sigma}: ${rules.rules.length} rules, any of them on ${hits}/${positives.length} of the same requests (${((hits / positives.length) * 100).toFixed(1)} %)`,
  );
}
const benign = option('benign');
if (benign && existsSync(benign)) {
  const logs = await read(readFileSync(benign), 'benign.log');
  const before = process.cpuUsage();
  const scan = scanRequests(logs, engine);
  const used = process.cpuUsage(before);
  console.log(
    `benign: ${scan.attacks}/${scan.requests} requests reach the threshold (${((scan.attacks / scan.requests) * 100).toFixed(3)} %), ${((used.user + used.system) / 1000 / scan.requests).toFixed(3)} ms a request`,
  );
  for (const rule of scan.rules.slice(0, 10))
    console.log(`  ${rule.id} pl${rule.paranoia} ${rule.count}  ${rule.message}`);
}
process.exitCode = recall >= 0.95 && wrongShare <= 0.03 ? 0 : 1;
