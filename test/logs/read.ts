/** Helpers: logs from text, read with the shipped lexicon. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { LexiconEntry } from '../../src/knowledge/types.ts';
import { compileLexicon, type ReadLogsOptions, readLogs } from '../../src/logs/index.ts';

const folder = new URL('../../knowledge/lexicon/', import.meta.url);
export const entries: LexiconEntry[] = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => {
    const { software, entries: list } = parse(readFileSync(new URL(file, folder), 'utf8'));
    return list.map((entry: LexiconEntry) => ({ ...entry, software }));
  });
export const lexicon = compileLexicon(entries);

export function input(file: string, content: string | Buffer, chunk = 65_536) {
  const bytes = Buffer.from(content as string);
  return {
    file,
    head: bytes.subarray(0, 65_536),
    async *chunks() {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    },
  };
}

export const NOW = Date.UTC(2026, 8, 12, 22, 0, 0);

/** Reads one log given as text. */
export function read(
  content: string | Buffer,
  options: Partial<ReadLogsOptions> = {},
  file = 'logs/x.log',
  chunk?: number,
) {
  return readLogs([input(file, content, chunk)], { lexicon, now: NOW, digestKey: Buffer.alloc(32, 1), ...options });
}

export const iso = (time: number | undefined): string =>
  time === undefined || Number.isNaN(time) ? 'none' : new Date(time).toISOString();
