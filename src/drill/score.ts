/** Scores what an engineer answered. Pure. */
import type { DrillAnswer } from './world.ts';

export interface GivenAnswer {
  /** Slug, or `none`. */
  cause?: string;
  /** ms UTC. */
  onset?: number;
  priority?: string;
  owner?: string;
  facts: { [question: string]: string };
}

export interface ScorePart {
  what: string;
  points: number;
  of: number;
  says: string;
}

export interface Score {
  points: number;
  of: number;
  parts: ScorePart[];
}

/** How near an onset has to be, in ms, for which share of its points. */
const ONSET_STEPS: readonly [number, number][] = [
  [3 * 60_000, 1],
  [10 * 60_000, 0.75],
  [30 * 60_000, 0.4],
];

/** Points for each part; an incident with further questions gives them a quarter. */
export function scoreAnswer(right: DrillAnswer, given: GivenAnswer): Score {
  const questions = Object.keys(right.facts);
  const weights =
    right.causes.length === 0
      ? { cause: 70, onset: 0, priority: 30, owner: 0, facts: 0 }
      : questions.length
        ? { cause: 35, onset: 15, priority: 10, owner: 15, facts: 25 }
        : { cause: 45, onset: 20, priority: 15, owner: 20, facts: 0 };
  const parts = [scoreCause(right, given, weights.cause)];
  if (weights.onset) parts.push(scoreOnset(right, given, weights.onset));
  parts.push(scorePriority(right, given, weights.priority));
  if (weights.owner) parts.push(scoreOwner(right, given, weights.owner));
  for (const question of questions)
    parts.push(scoreFact(question, right.facts[question]!, given.facts[question], weights.facts / questions.length));
  const points = Math.round(parts.reduce((sum, part) => sum + part.points, 0));
  return { points, of: 100, parts };
}

function scoreCause(right: DrillAnswer, given: GivenAnswer, of: number): ScorePart {
  const main = right.causes[0] ?? 'none';
  const accepted = [main, ...right.causes, ...right.alsoRight];
  const hit = given.cause !== undefined && accepted.includes(given.cause);
  const says = hit
    ? given.cause === main
      ? main
      : `${given.cause} is accepted; the root is ${main}`
    : `it was ${main}${given.cause ? `, not ${given.cause}` : ''}`;
  return { what: 'cause', points: hit ? of : 0, of, says };
}

function scoreOnset(right: DrillAnswer, given: GivenAnswer, of: number): ScorePart {
  const truth = new Date(right.onset).toISOString();
  if (given.onset === undefined) return { what: 'onset', points: 0, of, says: `it was ${truth}` };
  const off = Math.abs(given.onset - right.onset);
  const share = ONSET_STEPS.find(([limit]) => off <= limit)?.[1] ?? 0;
  return {
    what: 'onset',
    points: of * share,
    of,
    says: `it was ${truth}, ${Math.round(off / 1000)} s from your answer`,
  };
}

function scorePriority(right: DrillAnswer, given: GivenAnswer, of: number): ScorePart {
  const hit = given.priority === right.priority;
  return { what: 'priority', points: hit ? of : 0, of, says: hit ? right.priority : `it was ${right.priority}` };
}

function scoreOwner(right: DrillAnswer, given: GivenAnswer, of: number): ScorePart {
  const hit = given.owner !== undefined && (right.owners as string[]).includes(given.owner);
  return { what: 'owner', points: hit ? of : 0, of, says: hit ? given.owner! : `right: ${right.owners.join(', ')}` };
}

function scoreFact(question: string, truth: string, given: string | undefined, of: number): ScorePart {
  const plain = (text: string): string =>
    text
      .trim()
      .toLowerCase()
      .replace(/^\/srv\/www/, '');
  const times = [Date.parse(truth), Date.parse(given ?? '')];
  const isTime = /^\d{4}-\d\d-\d\dT/.test(truth);
  const hit =
    given !== undefined && (isTime ? Math.abs(times[0]! - times[1]!) <= 60_000 : plain(given) === plain(truth));
  return { what: question, points: hit ? of : 0, of, says: hit ? truth : `it was ${truth}` };
}
