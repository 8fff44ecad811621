/** A drill on disk: evidence/ for the engineer, drill.json with the sealed answer, result.json afterwards. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Drill } from './make.ts';
import type { Score } from './score.ts';
import { type DrillAnswer, QUESTIONS } from './world.ts';

export interface DrillState {
  /** ISO-8601 UTC. */
  started: string;
  seed: number;
  /** Further things to find out, for --fact. */
  questions: string[];
  sealed: string;
}

export interface DrillResult {
  answered: string;
  seconds: number;
  score: Score;
}

/** A drill folder that cannot be used. */
export class DrillError extends Error {
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

/**
 * The seal keeps the answer from being read by chance, no more: whoever means to cheat finds the key beside it.
 */
function seal(answer: DrillAnswer): string {
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const body = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
  return Buffer.concat([key, iv, cipher.getAuthTag(), body]).toString('base64');
}

function unseal(sealed: string): DrillAnswer {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', bytes.subarray(0, 32), bytes.subarray(32, 44));
  decipher.setAuthTag(bytes.subarray(44, 60));
  return JSON.parse(
    Buffer.concat([decipher.update(bytes.subarray(60)), decipher.final()]).toString('utf8'),
  ) as DrillAnswer;
}

/** Writes a drill into a new or empty folder; the clock starts. */
export function writeDrill(folder: string, drill: Drill, now: number): DrillState {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new DrillError(`${folder} is not empty`, 'name a new folder for the drill');
  for (const [path, content] of drill.files) {
    const file = join(folder, 'evidence', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const state: DrillState = {
    started: new Date(now).toISOString(),
    seed: drill.seed,
    questions: [...QUESTIONS],
    sealed: seal(drill.answer),
  };
  writeFileSync(join(folder, 'drill.json'), `${JSON.stringify(state, null, 2)}\n`);
  return state;
}

/**
 * Reads a drill and its answer.
 * @throws DrillError when there is none, or one of its files is not as it was written
 */
export function readDrill(folder: string): { state: DrillState; answer: DrillAnswer; result?: DrillResult } {
  const file = join(folder, 'drill.json');
  if (!existsSync(file)) throw new DrillError(`${folder} holds no drill`, 'start one: paymedic drill start <folder>');
  const { state, answer } = sound(file, (value) => {
    const state = value as DrillState;
    const answer = unseal(state.sealed);
    const known = !Number.isNaN(Date.parse(state.started)) && Number.isFinite(state.seed) && areTexts(state.questions);
    return known && isAnswer(answer) ? { state, answer } : undefined;
  });
  const done = join(folder, 'result.json');
  if (!existsSync(done)) return { state, answer };
  const result = sound(done, (value) => {
    const { answered, score } = value as DrillResult;
    return typeof answered === 'string' && Number.isFinite(score.points) && Number.isFinite(score.of)
      ? (value as DrillResult)
      : undefined;
  });
  return { state, answer, result };
}

const areTexts = (values: unknown): boolean =>
  Array.isArray(values) && values.every((value) => typeof value === 'string');

/** The last time that a Date holds, ms UTC (ECMA-262, 21.4.1.1). */
const LATEST = 8.64e15;

/** The key lies beside the seal, so that a drill from somebody else may hold anything. */
const isAnswer = ({ causes, alsoRight, priority, owners, onset, story, facts }: DrillAnswer): boolean =>
  areTexts(causes) &&
  areTexts(alsoRight) &&
  areTexts([priority, story]) &&
  areTexts(owners) &&
  areTexts(Object.values(facts)) &&
  (onset === null || Math.abs(onset) <= LATEST);

/** What a file holds; `read` gives nothing for, or fails at, what paymedic did not write. */
function sound<T>(file: string, read: (value: unknown) => T | undefined): T {
  try {
    const value = read(JSON.parse(readFileSync(file, 'utf8')));
    if (value !== undefined) return value;
  } catch {
    // Told below, whatever it is that is wrong.
  }
  throw new DrillError(`${file} was changed or is damaged`, 'start a new drill');
}

/** Keeps the result beside the drill. */
export function writeResult(folder: string, result: DrillResult): void {
  writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
}
