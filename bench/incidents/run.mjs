#!/usr/bin/env node
// Triage of generated incidents:  npm run bench:incidents [-- --seeds N] [--only CAUSE,...] [--verbose] [--keep DIR]
// For each cause: named first, named among three, owner, priority, onset within two minutes, and the bundles that only
// resemble it and stayed silent about it. --drop certs,conf,data,notes,meta,topology,changes leaves evidence out. --from S: first seed. --keep DIR writes the bundles with their answers.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSource } from '../load-source.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : (args[at + 1] ?? otherwise);
};
const seeds = Number(option('seeds', 1));
const first = Number(option('from', 1));
const only = option('only', '').split(',').filter(Boolean);
const keep = option('keep', '');
const drop = option('drop', '').split(',').filter(Boolean);
const verbose = args.includes('--verbose');

const { INCIDENTS, make, without, judge, triageFiles } = await loadSource(
  'bench/incidents/entry.ts',
  join(root, 'bench'),
);
const chosen = INCIDENTS.filter(
  (i) => only.length === 0 || only.some((o) => i.causes.includes(o) || i.name.includes(o) || i.unlike.includes(o)),
);
const rows = [];
for (const incident of chosen)
  for (let seed = first; seed < first + seeds; seed++) {
    const made = without(await make(incident, seed), drop);
    if (keep) {
      const folder = join(keep, `${incident.causes[0] ?? 'healthy'}-${INCIDENTS.indexOf(incident)}-${seed}`);
      for (const [path, content] of made.files) {
        mkdirSync(dirname(join(folder, 'evidence', path)), { recursive: true });
        writeFileSync(join(folder, 'evidence', path), content);
      }
      writeFileSync(
        join(folder, 'answer.json'),
        JSON.stringify({
          scenario: incident.name,
          seed,
          causes: incident.causes,
          acceptable: incident.also ?? [],
          priority: incident.causes.length ? 'urgent' : null,
          priority_ok: incident.priorities ?? ['urgent', 'important'],
          owner: incident.owners?.[0] ?? null,
          owner_ok: incident.owners ?? [],
          onset: incident.causes.length ? new Date(made.onset).toISOString() : null,
          cite: [],
          must_not_claim: incident.unlike,
        }),
      );
    }
    const began = performance.now();
    const report = await triageFiles(root, made.files);
    const verdict = judge(incident, made, report);
    rows.push({ incident, seed, verdict, ms: performance.now() - began });
    if (verbose || verdict.wrong.length)
      console.log(
        `${verdict.wrong.length ? 'WRONG' : 'ok   '} ${(incident.causes.join('+') || 'healthy').padEnd(26)} seed ${seed}  ${incident.name}${verdict.wrong.length ? `\n        ${verdict.wrong.join('; ')}` : ''}`,
      );
  }

const share = (list, right) => (list.length ? `${list.filter(right).length}/${list.length}` : '-');
const causes = [...new Set(rows.flatMap((r) => r.incident.causes))].sort();
console.log(
  `\n${'cause'.padEnd(30)}${['first', 'in three', 'owner', 'priority', 'onset', 'silent when only alike'].map((h) => h.padEnd(10)).join('')}`,
);
for (const cause of causes) {
  const named = rows.filter((r) => r.incident.causes.includes(cause));
  const alike = rows.filter((r) => r.incident.unlike.includes(cause));
  console.log(
    cause.padEnd(30) +
      [
        share(named, (r) => r.verdict.top1),
        share(named, (r) => r.verdict.top3),
        share(named, (r) => r.verdict.owner),
        share(named, (r) => r.verdict.priority),
        share(named, (r) => (r.verdict.onsetMinutes ?? 99) <= 2),
        share(alike, (r) => !r.verdict.claimed.includes(cause)),
      ]
        .map((c) => c.padEnd(10))
        .join(''),
  );
}
const faulty = rows.filter((r) => r.incident.causes.length);
const healthy = rows.filter((r) => r.incident.causes.length === 0);
const brier =
  faulty.reduce((n, r) => n + (r.verdict.confidence - (r.verdict.top1 ? 1 : 0)) ** 2, 0) / (faulty.length || 1);
const times = rows.map((r) => r.ms).sort((a, b) => a - b);
console.log(
  `\n${rows.length} bundles, ${causes.length} causes: first ${share(faulty, (r) => r.verdict.top1)}, in three ${share(faulty, (r) => r.verdict.top3)}, owner ${share(faulty, (r) => r.verdict.owner)}, priority ${share(faulty, (r) => r.verdict.priority)}, onset within 2 min ${share(faulty, (r) => (r.verdict.onsetMinutes ?? 99) <= 2)}, claimed ${share(faulty, (r) => r.verdict.claimed.some((c) => r.incident.causes.includes(c) || r.incident.also?.includes(c)))}, other causes claimed ${rows.filter((r) => r.verdict.mistaken.length).length}, accusations ${rows.filter((r) => r.verdict.accused.length).length}, alarms on healthy ${healthy.filter((r) => r.verdict.claimed.length).length}/${healthy.length}, Brier ${brier.toFixed(3)}, p95 ${Math.round(times[Math.floor(times.length * 0.95)] ?? 0)} ms`,
);
process.exitCode = rows.some((r) => r.verdict.wrong.length) ? 1 : 0;
