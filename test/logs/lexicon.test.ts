import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LexiconEntry } from '../../src/knowledge/types.ts';
import { EVENT_CLASSES } from '../../src/logs/event-classes.ts';
import { compileLexicon, matchText } from '../../src/logs/index.ts';

const folder = new URL('../../knowledge/lexicon/', import.meta.url);
const entries: LexiconEntry[] = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => {
    const { software, entries: list } = parse(readFileSync(new URL(file, folder), 'utf8'));
    return list.map((entry: LexiconEntry) => ({ ...entry, software }));
  });
const lexicon = compileLexicon(entries);
/** The lexicon without one entry's betters, so that a generic entry can be seen alone. */
const alone = (entry: LexiconEntry) => compileLexicon([entry]);

describe('the error-text lexicon', () => {
  it('has unique ids that begin with the software', () => {
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
    expect(entries.filter((entry) => !entry.id.startsWith(`${entry.software}.`))).toEqual([]);
  });

  it('uses known event classes only', () => {
    const known = new Set<string>(EVENT_CLASSES);
    expect(
      entries
        .filter((entry) => !known.has(entry.event) || entry.also?.some((event) => !known.has(event)))
        .map((entry) => entry.id),
    ).toEqual([]);
  });

  it.each(entries.map((entry) => [entry.id, entry] as const))('%s matches its example', (_, entry) => {
    const software = entry.only?.[0] ?? entry.software;
    expect(matchText(alone(entry), entry.example, software).map((match) => match.entry.id)).toEqual([entry.id]);
  });

  it('has patterns that take no more than a moment for a record of 8 KiB, whatever stands in it', () => {
    const slow: string[] = [];
    for (const { id, pattern, example, ignoreCase } of entries) {
      if (pattern === undefined) continue;
      const compiled = new RegExp(pattern, `us${ignoreCase ? 'i' : ''}`);
      // Each word of the example again and again, alone and glued to a capital letter, and what a careless pattern dwells on.
      const words = new Set(
        example.split(/\s+/).flatMap((word) => [word.slice(0, -1), `A${/[A-Z]\w{2,}/.exec(word)?.[0] ?? word}`]),
      );
      for (const word of [...words, 'AException', 'a', '1', ' ', '.', '-', '['].filter((text) => text !== '')) {
        const record = word.repeat(Math.ceil(8192 / word.length)).slice(0, 8192);
        const took = [0, 1].map(() => {
          const start = process.cpuUsage().user;
          compiled.test(record);
          return process.cpuUsage().user - start;
        });
        if (Math.min(...took) > 40_000) slow.push(`${id}: ${word}`);
      }
    }
    expect(slow).toEqual([]);
  });

  it('lets a specific text win over a generic one, so that an event is not counted twice under two meanings', () => {
    const wrong = entries.filter((entry) => {
      if (entry.generic) return false;
      const events = matchText(lexicon, entry.example, entry.only?.[0] ?? entry.software);
      return !events.some((match) => match.entry.id === entry.id);
    });
    expect(wrong.map((entry) => entry.id)).toEqual([]);
  });
});
