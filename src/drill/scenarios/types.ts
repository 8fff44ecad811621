import type { DrillAnswer, World } from '../world.ts';

/** One story: puts its evidence into the world and knows the answer. */
export interface Scenario {
  /** The main cause; `none` for a healthy shop. */
  cause: string;
  /** Kind of exercise, for --kind. */
  kind: 'transport' | 'message' | 'network' | 'capacity' | 'attack' | 'intrusion' | 'healthy';
  make(world: World): Promise<DrillAnswer>;
}
