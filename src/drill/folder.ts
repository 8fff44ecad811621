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

/** Reads a drill and its answer. */
export function readDrill(folder: string): { state: DrillState; answer: DrillAnswer; result?: DrillResult } {
  const file = join(folder, 'drill.json');
  if (!existsSync(file)) throw new DrillError(`${folder} holds no drill`, 'start one: paymedic drill start <folder>');
  try {
    const state = JSON.parse(readFileSync(file, 'utf8')) as DrillState;
    const done = join(folder, 'result.json');
    return {
      state,
      answer: unseal(state.sealed),
      ...(existsSync(done) ? { result: JSON.parse(readFileSync(done, 'utf8')) as DrillResult } : {}),
    };
  } catch {
    throw new DrillError(`${file} was changed or is damaged`, 'start a new drill');
  }
}

/** Keeps the result beside the drill. */
export function writeResult(folder: string, result: DrillResult): void {
  writeFileSync(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
}
