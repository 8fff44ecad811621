import { Random } from '../src/drill/random.ts';

/** Numbers from 0 to below 1, the same for the same seed. */
export function draws(seed: number): () => number {
  const random = new Random(seed);
  return () => random.next();
}
