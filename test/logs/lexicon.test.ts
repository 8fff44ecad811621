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

  it('lets a specific text win over a generic one, so that an event is not counted twice under two meanings', () => {
    const wrong = entries.filter((entry) => {
      if (entry.generic) return false;
      const events = matchText(lexicon, entry.example, entry.only?.[0] ?? entry.software);
      return !events.some((match) => match.entry.id === entry.id);
    });
    expect(wrong.map((entry) => entry.id)).toEqual([]);
  });
});
