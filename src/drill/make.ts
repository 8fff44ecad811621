/** Makes a practice bundle: evidence of one incident, and its answer apart from it. */
import { Random } from './random.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { type DrillAnswer, World } from './world.ts';

export interface Drill {
  seed: number;
  files: Map<string, string | Buffer>;
  answer: DrillAnswer;
  /** ms UTC, the incident clock. */
  now: number;
}

export interface DrillWish {
  /** A cause, or undefined for a surprise. */
  cause?: string;
  kind?: string;
  seed: number;
  /** ms UTC; about the time of the machine. */
  now: number;
}

/** Causes that a drill can be about. */
export function drillCauses(): string[] {
  return SCENARIOS.map((scenario) => scenario.cause);
}

/**
 * Makes a drill. The same seed, wish and time give the same story; keys and certificates are new each time.
 * @throws RangeError when no scenario fits the wish
 */
export async function makeDrill(wish: DrillWish): Promise<Drill> {
  const fitting = SCENARIOS.filter(
    (scenario) => (!wish.cause || scenario.cause === wish.cause) && (!wish.kind || scenario.kind === wish.kind),
  );
  if (fitting.length === 0) throw new RangeError(`no drill is about ${wish.cause ?? wish.kind}`);
  const scenario = new Random(wish.seed ^ 0x5eed).pick(fitting);
  const world = new World(wish.seed, wish.now);
  const answer = await scenario.make(world);
  const fault = !['attack', 'intrusion', 'healthy'].includes(scenario.kind);
  const onset = fault ? (world.firstFailure ?? answer.onset) : answer.onset;
  return { seed: wish.seed, files: world.bundle(), answer: { ...answer, onset }, now: world.now };
}
