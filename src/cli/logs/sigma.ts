/** Loads Sigma rules that the user named and runs them over the logs that were read. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Problem } from '../../evidence/index.ts';
import { loadKnowledge } from '../../knowledge/load.ts';
import { append } from '../../lists.ts';
import { parseSigma, readDocument, runSigma, SigmaEngine, sigmaEvents } from '../../logs/sigma/index.ts';
import type { SigmaDocument } from '../../logs/sigma/parse.ts';
import type { Placeholders } from '../../logs/sigma/values.ts';
import type { LogSummary } from '../../logs/summary.ts';
import type { LogObservations } from '../../logs/types.ts';
import { refuseHostileYaml } from '../../yaml-bounds.ts';
import { UserError } from '../exit.ts';

const MAX_FILES = 20_000;
const MAX_BYTES = 1 << 20;

/** All YAML files below a folder, links not followed. */
function filesBelow(path: string, found: string[] = []): string[] {
  const stats = statSync(path);
  if (stats.isFile()) found.push(path);
  else if (stats.isDirectory()) {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= MAX_FILES) break;
      if (entry.isDirectory()) filesBelow(join(path, entry.name), found);
      else if (entry.isFile() && /\.ya?ml$/.test(entry.name)) found.push(join(path, entry.name));
    }
  }
  return found;
}

/** @param paths files, folders, or `shipped`. @throws UserError for a path that cannot be read. */
export function sigmaDocuments(paths: readonly string[]): { documents: SigmaDocument[]; notes: Problem[] } {
  const documents: SigmaDocument[] = [];
  const notes: Problem[] = [];
  for (const path of paths) {
    if (path === 'shipped') {
      const shipped = (loadKnowledge().other('sigma') ?? {}) as { [file: string]: unknown };
      for (const [file, document] of Object.entries(shipped)) documents.push(readDocument(document, `${file}.yaml`));
      continue;
    }
    let files: string[];
    try {
      files = filesBelow(path);
    } catch (error) {
      throw new UserError(`--sigma ${path}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`, {
        next: 'name a rule file, a folder of rules, or "shipped"',
      });
    }
    for (const file of files) {
      if (statSync(file).size > MAX_BYTES) {
        notes.push({ input: file, what: 'is larger than 1 MiB, so it was not read', next: 'split it', named: false });
        continue;
      }
      const parsed = parseSigma(readFileSync(file, 'utf8'), file);
      append(documents, parsed.documents);
      for (const { title, what } of parsed.problems) {
        notes.push({ input: file, what: `${title}: ${what}`, next: 'correct the rule or leave it out', named: false });
      }
    }
  }
  return { documents, notes };
}

/** Values for placeholders such as `%admins%`: a mapping of names to lists. @throws UserError for anything else. */
export function readPlaceholders(file: string): Placeholders {
  let value: unknown;
  try {
    const text = readFileSync(file, 'utf8');
    refuseHostileYaml(text);
    value = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new UserError(`--placeholders ${file}: ${(error as Error).message.split('\n')[0]}`, {
      next: 'a YAML mapping of names to lists',
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError(`--placeholders ${file}: is no mapping`, { next: 'a YAML mapping of names to lists' });
  return Object.fromEntries(
    Object.entries(value).map(([name, values]) => [
      name.replace(/^%|%$/g, ''),
      (Array.isArray(values) ? values : [values]).map(String),
    ]),
  );
}

/** Runs the rules over the logs. @throws UserError for a path that cannot be read. */
export async function sigmaHits(
  logs: LogObservations,
  paths: readonly string[],
  placeholders?: Placeholders,
): Promise<{ detections: NonNullable<LogSummary['detections']>; notes: Problem[] }> {
  const { documents, notes } = sigmaDocuments(paths);
  const engine = new SigmaEngine(documents, placeholders);
  for (const { file, title, what } of engine.problems) {
    notes.push({ input: file, what: `${title}: ${what}`, next: 'correct the rule or leave it out', named: false });
  }
  const detections = runSigma(engine, sigmaEvents(logs)).map(({ rule, count, first, last, hits }) => {
    const { event } = hits[0]!;
    return {
      title: rule.title,
      id: rule.id ?? rule.name ?? '',
      level: rule.level ?? 'medium',
      author: rule.author ?? 'unknown',
      license: rule.license ?? '',
      file: rule.file,
      count,
      first,
      last,
      sample: {
        file: event.source === undefined ? '' : logs.sources[event.source]!.file,
        line: event.line ?? 0,
        text: event.text ?? '',
      },
    };
  });
  return { detections, notes };
}
