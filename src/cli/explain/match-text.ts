/** What an error text may mean: the lexicon's verdict on it, and the causes behind that verdict. Pure. */

import type { Knowledge } from '../../knowledge/load.ts';
import type { AlertEntry, Bilingual, Cause, LexiconEntry, SymptomEntry } from '../../knowledge/types.ts';
import type { EventClass } from '../../logs/event-classes.ts';
import type { CompiledLexicon, LexiconMatch } from '../../logs/lexicon/compile.ts';
import { matchText } from '../../logs/lexicon/compile.ts';

/** Longest text that is looked at; an error text is a line or a few. */
const LONGEST_TEXT = 16_384;
const MOST_CAUSES = 8;
/** Shorter catalogue texts (`91`, `EOF`) occur in anything. */
const SHORTEST_QUOTE = 8;

export interface TextExplanation {
  matches: {
    entry: string;
    software: string;
    event: EventClass;
    says: Bilingual;
    values: { [name: string]: string };
  }[];
  /** Slugs, likeliest first. */
  causes: string[];
  ask: string[];
}

/** Whether the complaint concerns the client: its server speaks of it, or it received an alert of its server. */
function concernsClient(entry: LexiconEntry): boolean | undefined {
  if (entry.role !== 'client' && entry.role !== 'server') return undefined;
  return (entry.complaint === 'local') === (entry.role === 'server');
}

/** Two rankings taken in turn. */
function interleave(a: readonly string[], b: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < Math.max(a.length, b.length); i++) out.push(...[a[i], b[i]].filter((x) => x !== undefined));
  return [...new Set(out)];
}

/** The alert that a bare "received an alert" names by its number, if it is one we know. */
const alertOf = (
  match: LexiconMatch,
  event: EventClass,
  alerts: ReadonlyMap<number, AlertEntry>,
): AlertEntry | undefined => (event === 'tls.alert-received' ? alerts.get(Number(match.values.alert)) : undefined);

function causesBehind(match: LexiconMatch, symptom: SymptomEntry | undefined): readonly string[] {
  if (!symptom) return [];
  if (!symptom.aboutClient) return symptom.causes;
  const client = concernsClient(match.entry);
  if (client === undefined) return interleave(symptom.causes, symptom.aboutClient);
  return client ? symptom.aboutClient : symptom.causes;
}

/** Causes whose quoted texts stand in the text, or the other way round. */
function quotedBy(causes: readonly Cause[], given: string): string[] {
  const wanted = given.toLowerCase().trim();
  return causes
    .filter((cause) =>
      cause.texts.some(({ text }) => {
        const known = text.toLowerCase();
        return (
          (known.length >= SHORTEST_QUOTE && wanted.includes(known)) ||
          (wanted.length >= SHORTEST_QUOTE && known.includes(wanted))
        );
      }),
    )
    .map((cause) => cause.id);
}

/**
 * Explains an error text. No cause means that nothing was recognised.
 * @param given the text; only its first 16 KiB are read
 */
export function explainText(knowledge: Knowledge, lexicon: CompiledLexicon, given: string): TextExplanation {
  const text = given.slice(0, LONGEST_TEXT);
  const symptoms = new Map(knowledge.symptoms.map((s) => [s.event, s]));
  const alerts = new Map(knowledge.alerts.map((a) => [a.number, a]));
  const score = new Map<string, number>();
  const add = (cause: string, points: number): void => {
    score.set(cause, (score.get(cause) ?? 0) + points);
  };
  const matches: TextExplanation['matches'] = [];
  const ask = new Set<string>();
  const seen = new Set<string>();
  for (const match of matchText(lexicon, text)) {
    const { entry, values } = match;
    const events = [entry.event, ...(entry.also ?? [])];
    for (const [rank, event] of events.entries()) {
      const symptom = symptoms.get(event);
      const alert = alertOf(match, event, alerts);
      const ranking = alert?.causes ?? causesBehind(match, symptom);
      const fresh = !seen.has(`${event} ${ranking.join(' ')}`);
      seen.add(`${event} ${ranking.join(' ')}`);
      if (fresh) for (const [i, cause] of ranking.entries()) add(cause, 1 / (1 + i + rank));
      if (rank === 0 && symptom) {
        if (!matches.some((m) => m.software === entry.software && m.event === event)) {
          matches.push({
            entry: entry.id,
            software: entry.software,
            event,
            says: alert?.meaning ?? symptom.says,
            values,
          });
        }
        ask.add(alert?.ask.en ?? symptom.ask);
      }
    }
  }
  for (const cause of quotedBy(knowledge.causes, text)) add(cause, 0.4);
  const causes = [...score]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_CAUSES)
    .map(([cause]) => cause);
  return { matches, causes, ask: [...ask] };
}

/** Words of three letters or more; Chinese, which has no spaces, in overlapping pairs of characters. */
function searchWords(query: string): string[] {
  const runs =
    query
      .toLowerCase()
      .slice(0, 200)
      .match(/\p{Script=Han}+|[\p{L}\p{N}]+/gu) ?? [];
  return runs.flatMap((run) => {
    if (!/\p{Script=Han}/u.test(run)) return run.length > 2 ? [run] : [];
    const letters = [...run];
    return letters.slice(0, -1).map((letter, i) => letter + letters[i + 1]);
  });
}

/** Causes whose title or explanation uses the words of the query, best first; for words that no software says. */
export function searchCauses(causes: readonly Cause[], query: string): string[] {
  const words = searchWords(query);
  const scored = causes.map((cause) => {
    const title = `${cause.id} ${cause.title.en} ${cause.title.zh}`.toLowerCase();
    const body = `${cause.explanation.en} ${cause.explanation.zh}`.toLowerCase();
    return { id: cause.id, points: words.reduce((n, w) => n + (title.includes(w) ? 3 : body.includes(w) ? 1 : 0), 0) };
  });
  const best = Math.max(0, ...scored.map((s) => s.points));
  if (best === 0 || best < words.length) return [];
  return scored
    .filter((s) => s.points >= best / 2)
    .sort((a, b) => b.points - a.points)
    .slice(0, MOST_CAUSES)
    .map((s) => s.id);
}
