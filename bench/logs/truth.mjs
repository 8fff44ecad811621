/**
 * Scores windows and attacks on seeded days.
 *
 *   npm run bench:truth -- [--seed N] [--set first|second|third|fourth] [--only PART] [--keep FOLDER] [--verbose] [--no-triage] [--jobs N]
 *
 * Makes the cases of `truth_windows.py` and `truth_attacks.py`, or of `truth_second.py`, `truth_third.py` or `truth_fourth.py` (Python 3.9 or later; the generators share no code with the
 * detectors), runs `paymedic logs` or `payments`, and `triage`, on each, and prints how much of what was planted is found, with
 * which edges, what is claimed on ordinary days, and what the first lines of the triage report say. `--keep` leaves the cases
 * in a folder, or scores the ones that stand there already; `--cli` scores another build; `--no-triage` leaves that part out.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const run = promisify(execFile);
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    keep: { type: 'string' },
    cli: { type: 'string', default: fileURLToPath(new URL('../../bin/paymedic.js', import.meta.url)) },
    set: { type: 'string', default: 'first' },
    jobs: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
    'no-triage': { type: 'boolean', default: false },
  },
});
const EDGE_MS = 3 * 60_000;
const paymedic = options.cli;
const ATTACKS = [
  'card-testing',
  'card-enumeration',
  'request-flood',
  'credential-stuffing',
  'injection-attack',
  'web-shell',
];
/** What the claims of the reports are called in the truth files. */
const KINDS = {
  interruption: 'outage',
  drop: 'outage',
  failures: 'errors',
  error: 'errors',
  pending: 'errors',
  declined: 'declines',
  slow: 'slow',
};

/** Runs one command with JSON output; what it wrote counts even with an exit code other than 0. */
async function report(...args) {
  const began = Date.now();
  const { stdout, stderr } = await run(process.execPath, [paymedic, ...args, '--format', 'json'], {
    maxBuffer: 1 << 28,
  }).catch((error) => error);
  try {
    return { ...JSON.parse(stdout), ms: Date.now() - began };
  } catch {
    return { crash: String(stderr).slice(0, 300), ms: Date.now() - began };
  }
}

const span = (from, to) => ({ from: Date.parse(from), to: Date.parse(to) });
const overlaps = (a, b, slack = EDGE_MS) => a.from <= b.to + slack && a.to >= b.from - slack;

/** All windows a report claims, in the words of the truth. */
function claimsOf(logs, payments) {
  // What is told as one client's own is no claim about the service.
  const claims = (logs.windows ?? [])
    .filter((w) => !w.oneClient)
    .map((w) => ({
      kind: KINDS[w.kind] ?? w.kind,
      key: w.key,
      dimension: w.dimension,
      ...span(w.from, w.to),
    }));
  for (const table of payments.tables ?? []) {
    for (const w of table.windows)
      claims.push({
        kind: KINDS[w.outcome] ?? w.outcome,
        key: w.key === 'all' ? '' : w.key,
        dimension: w.dimension,
        ...span(w.from, w.to),
      });
    for (const w of table.volume)
      claims.push({
        kind: KINDS[w.kind] ?? w.kind,
        key: w.route === 'all' ? '' : w.route,
        dimension: w.dimension ?? 'route',
        ...span(w.from, w.to),
      });
    for (const w of table.slow ?? [])
      claims.push({ kind: 'slow', key: w.key === 'all' ? '' : w.key, dimension: w.dimension, ...span(w.from, w.to) });
  }
  return claims;
}

/** The last moment at which a planted event was on. */
function eventSpan(event) {
  const { from, to } = span(event.from, event.to);
  if (!event.flap) return { from, to };
  const flap = event.flap * 1000;
  const phases = Math.ceil((to - from) / flap);
  const lastOn = phases - (phases % 2 === 1 ? 1 : 2);
  return { from, to: Math.min(to, from + (lastOn + 1) * flap) };
}

const keyOf = (where) => Object.values(where)[0] ?? '';
const fits = (claim, key) => claim.key === key || (key !== '' && String(claim.key).includes(key));

/** Windows: found, edges, place; false claims. */
function scoreWindows(truth, claims) {
  const events = truth.events.map((event) => {
    const at = eventSpan(event);
    const key = keyOf(event.where);
    const same = claims.filter((c) => c.kind === event.kind && overlaps(c, at, 0));
    // the narrowest true statement counts; where the fault was narrow, a claim about everything is found but not placed
    const placed = same.filter((c) => fits(c, key));
    const best = placed.length > 0 ? placed : same;
    const from = Math.min(...best.map((c) => c.from));
    const to = Math.max(...best.map((c) => c.to));
    return {
      ...event,
      found: best.length > 0,
      placed: placed.length > 0,
      edges:
        best.length > 0 &&
        from >= at.from - EDGE_MS &&
        from <= (typeof event.ramp === 'string' ? Date.parse(event.ramp) : at.from) + EDGE_MS &&
        Math.abs(to - at.to) <= EDGE_MS,
      off: best.length > 0 ? [Math.round((from - at.from) / 1000), Math.round((to - at.to) / 1000)] : [],
    };
  });
  const allowed = [...truth.events.map((e) => span(e.from, e.to)), ...truth.tolerated.map(([a, b]) => span(a, b))];
  const wrong = claims.filter((c) => !allowed.some((a) => overlaps(c, a)));
  const surges = wrong.filter((c) => c.kind === 'surge');
  return { events, wrong: wrong.filter((c) => c.kind !== 'surge'), surges };
}

/** What a person reads first, against what is true. */
function scoreTriage(truth, triage) {
  const summary = triage.summary ?? {};
  const causes = (triage.diagnosis ?? []).map((d) => d.cause);
  const attacks = causes.filter((c) => ATTACKS.includes(c));
  const since = Date.parse(summary.since ?? '');
  const starts = truth.events?.map((e) => Date.parse(e.from)) ?? (truth.from ? [Date.parse(truth.from)] : []);
  return {
    verdict: summary.verdict ?? triage.crash,
    priority: summary.priority,
    owner: summary.owner,
    causes,
    attacks,
    silent: (triage.findings ?? []).filter((f) => f.priority !== 'routine').length === 0,
    since: starts.some((at) => Math.abs(at - since) <= EDGE_MS),
    ms: triage.ms,
  };
}

const CLAIMS = {
  testing: 'cardTesting',
  enumeration: 'enumeration',
  retries: 'retries',
  duplicates: 'duplicates',
  refunds: 'refunds',
  issuer: 'issuerStorms',
};

function scoreAttack(truth, payments, triage) {
  const tables = payments.tables ?? [];
  const at = truth.from ? span(truth.from, truth.to) : undefined;
  const list = (name) => tables.flatMap((t) => t[CLAIMS[name]] ?? []);
  const hits = truth.claim ? list(truth.claim).filter((c) => overlaps(span(c.from, c.to ?? c.from), at, 0)) : [];
  const abuse = ['testing', 'enumeration'].flatMap((name) => list(name).map((c) => ({ name, ...c })));
  const top = triage.causes[0];
  const right = truth.expect.includes(top) || (truth.also ?? []).includes(top);
  const wrongAttacks = triage.attacks.filter((c) => !truth.expect.includes(c) && !(truth.also ?? []).includes(c));
  return {
    claimed: truth.claim ? hits.length > 0 : undefined,
    named: truth.expect.length > 0 ? right : undefined,
    wrongAttacks,
    falseAbuse:
      truth.family === 'clean' || truth.family === 'other'
        ? abuse.map((c) => `${c.name} ${c.by ?? c.mode} ${c.key ?? c.bin ?? ''}`)
        : [],
  };
}

async function scoreCase(home) {
  const truth = JSON.parse(readFileSync(join(home, 'truth.json'), 'utf8'));
  const evidence = join(home, 'evidence');
  const zone = truth.zone && truth.zone !== 'UTC' ? ['--zone', truth.zone] : [];
  const payments = existsSync(join(evidence, 'txn')) ? await report('payments', evidence) : {};
  const logs = existsSync(join(evidence, 'logs')) ? await report('logs', evidence, ...zone) : {};
  const triage = scoreTriage(truth, options['no-triage'] ? {} : await report('triage', evidence));
  const crash = payments.crash ?? logs.crash;
  if (truth.suite === 'windows') return { truth, triage, crash, ...scoreWindows(truth, claimsOf(logs, payments)) };
  return { truth, triage, crash, ...scoreAttack(truth, payments, triage) };
}

async function inParallel(items, jobs, work) {
  const results = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      while (next < items.length) {
        const mine = next++;
        results[mine] = await work(items[mine]);
      }
    }),
  );
  return results;
}

const share = (part, whole) => `${part}/${whole}`.padStart(7);

/** A table of events by some property: found, edges within 3 minutes, the right place named. */
function printEvents(title, results, of) {
  const rows = new Map();
  for (const r of results) for (const e of r.events) rows.set(of(r, e), [...(rows.get(of(r, e)) ?? []), e]);
  console.log(`\n${title.padEnd(22)}  found   edges   place`);
  for (const [name, events] of [...rows].sort(([a], [b]) => a.localeCompare(b))) {
    const count = (test) => share(events.filter(test).length, events.length);
    const narrow = events.filter((e) => keyOf(e.where) !== '');
    console.log(
      `${name.padEnd(22)}${count((e) => e.found)} ${count((e) => e.edges)} ${share(narrow.filter((e) => e.placed).length, narrow.length)}`,
    );
  }
}

function printWindows(results) {
  const faulty = results.filter((r) => r.events.length > 0);
  const ordinary = results.filter((r) => r.events.length === 0);
  printEvents('windows: shape', faulty, (r) => r.truth.shape);
  printEvents(
    'windows: kind',
    faulty,
    (_, e) => `${e.kind}${e.flap ? ' flapping' : ''}${keyOf(e.where) ? ' partial' : ''}`,
  );
  printEvents('windows: layout', faulty, (r) => r.truth.layout);
  printEvents('windows: grade', faulty, (_, e) => e.grade);
  printEvents('windows', faulty, () => 'all');
  const total = (list, what) => list.reduce((sum, r) => sum + r[what].length, 0);
  console.log(
    `\nfalse windows: ${total(ordinary, 'wrong')} on ${ordinary.length} ordinary days (${ordinary.filter((r) => r.wrong.length > 0).length} with any), ${total(faulty, 'wrong')} beside ${faulty.length} faults`,
  );
  console.log(
    `surges claimed: ${total(ordinary, 'surges')} on ordinary days, ${total(faulty, 'surges')} beside faults`,
  );
  const loud = ordinary.filter((r) => !r.triage.silent);
  console.log(
    `triage: ${ordinary.length - loud.length} of ${ordinary.length} ordinary days raise nothing; ${faulty.filter((r) => !r.triage.silent).length} of ${faulty.length} faults raise something, since within 3 minutes ${faulty.filter((r) => r.triage.since).length}; an attack named ${results.filter((r) => r.triage.attacks.length > 0).length} times`,
  );
}

function printAttacks(results) {
  const rows = new Map();
  for (const r of results) {
    const name = `${r.truth.suite} ${r.truth.family} ${r.truth.grade}`;
    rows.set(name, [...(rows.get(name) ?? []), r]);
  }
  console.log(`\n${'attacks'.padEnd(40)} claimed   first  wrong attack`);
  for (const [name, list] of rows) {
    const count = (test, of) =>
      share(list.filter((r) => r[test]).length, list.filter((r) => r[test] !== undefined).length || of);
    console.log(
      `${name.padEnd(40)}${count('claimed', 0)} ${count('named', 0)} ${share(list.filter((r) => r.wrongAttacks.length > 0 || r.falseAbuse.length > 0).length, list.length)}`,
    );
  }
  const planted = results.filter((r) => r.truth.expect.length > 0 && r.named !== undefined);
  const quiet = results.filter((r) => r.truth.expect.length === 0);
  console.log(
    `recall of causes ${share(planted.filter((r) => r.named).length, planted.length)}; false attacks on ordinary days ${share(quiet.filter((r) => r.wrongAttacks.length > 0).length, quiet.length)}; wrong attacks beside true ones ${share(planted.filter((r) => r.wrongAttacks.length > 0).length, planted.length)}`,
  );
  const clean = results.filter((r) => r.truth.family === 'clean');
  console.log(
    `triage: ${clean.filter((r) => r.triage.silent).length} of ${clean.length} days without any fault raise nothing`,
  );
  console.log(
    `since within 3 minutes ${share(planted.filter((r) => r.named && r.triage.since).length, planted.filter((r) => r.named).length)}`,
  );
}

const home = options.keep ?? mkdtempSync(join(tmpdir(), 'paymedic-truth-'));
if (!existsSync(home) || readdirSync(home).length === 0) {
  for (const maker of options.set === 'first'
    ? ['truth_windows.py', 'truth_attacks.py']
    : [`truth_${options.set}.py`]) {
    await run('python3', ['-B', fileURLToPath(new URL(maker, import.meta.url)), home, options.seed]);
  }
}
const cases = readdirSync(home)
  .filter((name) => existsSync(join(home, name, 'truth.json')) && name.includes(options.only))
  .sort();
const results = await inParallel(cases, Number(options.jobs), (name) => scoreCase(join(home, name)));
if (options.keep === undefined) rmSync(home, { recursive: true });
for (const r of results) {
  if (r.crash) console.log(`CRASH ${r.truth.name}: ${r.crash}`);
  if (!options.verbose) continue;
  const windows = (list) =>
    list?.map(
      (w) =>
        `${w.kind} ${w.dimension} "${w.key}" ${new Date(w.from).toISOString()}..${new Date(w.to).toISOString().slice(11, 19)}`,
    ) ?? [];
  console.log(
    `\n${r.truth.name} [${r.truth.layout ?? r.truth.dialect}] ${r.triage.priority} ${r.triage.owner ?? ''} ${r.triage.causes.join(',')} ${r.triage.since ? '' : 'since?'} ${r.triage.ms} ms`,
  );
  console.log(`  says: ${r.triage.verdict}`);
  for (const e of r.events ?? [])
    console.log(
      `  ${e.found ? (e.edges ? 'ok    ' : 'EDGES ') : 'MISSED'} ${e.placed ? '' : 'PLACE? '}${e.kind} ${e.grade} ${keyOf(e.where)} ${e.from}..${e.to.slice(11)} share ${e.share ?? e.factor ?? ''} ${e.off}`,
    );
  for (const w of windows(r.wrong)) console.log(`  FALSE  ${w}`);
  if (r.surges?.length) console.log(`  SURGES ${r.surges.length}`);
  if (r.claimed === false) console.log(`  NOT CLAIMED ${r.truth.claim}`);
  if (r.named === false) console.log(`  NOT NAMED ${r.truth.expect} ${r.truth.from}`);
  for (const w of [...(r.wrongAttacks ?? []), ...(r.falseAbuse ?? [])]) console.log(`  WRONG  ${w}`);
}
const windows = results.filter((r) => r.truth.suite === 'windows');
const attacks = results.filter((r) => r.truth.suite !== 'windows');
if (windows.length > 0) printWindows(windows);
if (attacks.length > 0) printAttacks(attacks);
