/** Loads the attack rules that the user named and runs them over the requests that were read. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../evidence/index.ts';
import { loadKnowledge } from '../../knowledge/load.ts';
import { type CrsData, CrsEngine, readRuleSet } from '../../logs/crs/index.ts';
import { type AttackScan, scanRequests } from '../../logs/crs/scan.ts';
import type { LogObservations } from '../../logs/types.ts';
import { UserError } from '../exit.ts';

const MAX_FILES = 500;
const MAX_BYTES = 8 << 20;

/** The rules shipped with this build. */
function shippedRules(): CrsData {
  const shipped = loadKnowledge().other('crs') as { rules?: CrsData } | undefined;
  if (!shipped?.rules) throw new Error('the attack rules are missing from this build; run: npm run build');
  return shipped.rules;
}

/** Rule and phrase files of a folder, or of its `rules` folder where a whole release was named. */
function rulesOf(path: string): CrsData {
  let files: { name: string; text: string }[];
  try {
    const inner = join(path, 'rules');
    const folder = statSync(inner, { throwIfNoEntry: false })?.isDirectory() ? inner : path;
    files = readdirSync(folder)
      .filter((name) => /\.(?:conf|data)$/.test(name))
      .slice(0, MAX_FILES)
      .filter((name) => statSync(join(folder, name)).size <= MAX_BYTES)
      .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  } catch (error) {
    throw new UserError(`--crs ${path}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`, {
      next: 'name the rules folder of a Core Rule Set release, or "shipped"',
    });
  }
  const data = readRuleSet(files);
  if (data.rules.length === 0)
    throw new UserError(`--crs ${path}: holds no rules that an access log can answer`, {
      next: 'name the rules folder of a Core Rule Set release, or "shipped"',
    });
  return data;
}

/** @param path a folder, or `shipped`. @throws UserError for a folder without rules. */
export function attackScan(
  logs: Pick<LogObservations, 'requests' | 'sources'>,
  path: string,
  paranoia: number,
): { attacks: AttackScan; notes: Problem[] } {
  const engine = new CrsEngine(path === 'shipped' ? shippedRules() : rulesOf(path), paranoia);
  const attacks = scanRequests(logs, engine, paranoia);
  const notes: Problem[] = [];
  if (engine.unsupported.length > 0)
    notes.push({
      input: engine.version,
      what: `rules ${engine.unsupported.join(', ')} cannot run in linear time and were left out`,
      next: 'nothing to do; the other rules ran',
      named: false,
    });
  if (attacks.notJudged > 0)
    notes.push({
      input: 'requests',
      what: `${attacks.notJudged} distinct addresses beyond the bound were not judged for attacks`,
      next: 'narrow the time with --since and --until',
      named: false,
    });
  return { attacks, notes };
}
