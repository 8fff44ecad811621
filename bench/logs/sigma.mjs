// SigmaHQ's rules and their regression events: node bench/logs/sigma.mjs CHECKOUT [SPECIFICATION_CHECKOUT]
// Every rule must compile, and every event of regression_data that is stored as JSON must fire the rule it was made for.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { loadSource } from '../load-source.mjs';

const [checkout, specification] = process.argv.slice(2);
if (!checkout) {
  console.error('usage: sigma.mjs CHECKOUT of SigmaHQ/sigma');
  process.exit(2);
}
const { parseSigma, SigmaEngine } = await loadSource('bench/logs/sigma-entry.ts');

function filesBelow(path, pattern) {
  return readdirSync(path)
    .sort()
    .flatMap((name) => {
      const file = join(path, name);
      return statSync(file).isDirectory() ? filesBelow(file, pattern) : pattern.test(name) ? [file] : [];
    });
}

const before = process.cpuUsage();
const documents = [];
const problems = [];
for (const folder of readdirSync(checkout).filter((name) => /^rules/.test(name))) {
  for (const file of filesBelow(join(checkout, folder), /\.ya?ml$/)) {
    const read = parseSigma(readFileSync(file, 'utf8'), file);
    documents.push(...read.documents);
    problems.push(...read.problems);
  }
}
const compiled = new SigmaEngine(documents);
problems.push(...compiled.problems);
const used = process.cpuUsage(before);
console.log(
  `${documents.length} documents, ${compiled.rules.length} rules compiled in ${((used.user + used.system) / 1e6).toFixed(1)} CPU-s, ${problems.length} problems`,
);
const needed = problems.filter(({ what }) => !/placeholder/i.test(what));
for (const { file, what } of needed.slice(0, 20)) console.log(`  ${file}: ${what}`);
console.log(
  `  ${problems.length - needed.length} of the problems are placeholders without values, as the specification wants`,
);

/** System and data of a Windows event as flat fields, as rules name them. */
function fieldsOf({ Event: { System = {}, EventData, UserData } }) {
  const fields = {};
  const take = (object) => {
    for (const [name, value] of Object.entries(object ?? {})) {
      if (name === '#attributes') continue;
      if (value !== null && typeof value === 'object') {
        if ('#text' in value) fields[name] = value['#text'];
        else take(value);
      } else fields[name] = value;
    }
  };
  take(System);
  fields.Provider_Name = System.Provider?.['#attributes']?.Name;
  take(EventData);
  take(UserData);
  // Rules write the names of some providers (Windows Defender: `Threat Name`) without their blanks.
  for (const [name, value] of Object.entries(fields)) fields[name.replaceAll(' ', '')] ??= value;
  for (const name of Object.keys(fields)) if (fields[name] === undefined) delete fields[name];
  return fields;
}

const byId = new Map(documents.map((document) => [document.id, document]));
let asked = 0;
let fired = 0;
let unreadable = 0;
for (const info of filesBelow(join(checkout, 'regression_data'), /^info\.yml$/)) {
  const { rule_metadata: rules = [] } = parse(readFileSync(info, 'utf8'));
  const stored = readdirSync(dirname(info)).filter((name) => name.endsWith('.json'));
  for (const { id, title } of rules) {
    const document = byId.get(id);
    if (!document || stored.length === 0) continue;
    let events;
    try {
      events = stored.flatMap((name) => JSON.parse(readFileSync(join(dirname(info), name), 'utf8')));
    } catch {
      unreadable++;
      continue;
    }
    asked++;
    const engine = new SigmaEngine([document]);
    if (events.some((event) => event.Event && engine.feed({ time: 0, fields: fieldsOf(event) }).length > 0)) fired++;
    else console.log(`  silent: ${title} (${id})`);
  }
}
console.log(
  `${fired} of ${asked} regression events fired their rule; ${unreadable} files hold no single JSON document`,
);
let untaken = 0;
if (specification) {
  const files = filesBelow(join(specification, 'tests'), /\.ya?ml$/);
  for (const file of files) {
    const read = parseSigma(readFileSync(file, 'utf8'), file);
    // A lone correlation or filter names rules of other files: that is all that may be said of it.
    const said = [...read.problems, ...new SigmaEngine(read.documents).problems];
    const wrong = said.filter(({ what }) => !/which is not among the rules/.test(what));
    if (wrong.length > 0 || read.documents.length === 0) {
      untaken++;
      console.log(`  ${file}: ${wrong[0]?.what ?? 'no document'}`);
    }
  }
  console.log(`${files.length - untaken} of ${files.length} files of the specification's tests are taken`);
}
process.exitCode = needed.length > 0 || asked > fired || untaken > 0 ? 1 : 0;
