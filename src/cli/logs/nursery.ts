/** How much memory V8 takes for what is let go at once. */
import { setFlagsFromString } from 'node:v8';

/**
 * The nurseries of all threads would take 24 to 32 MiB each for what they let go at once; as large as they are when this is
 * said they collect as fast, since little survives in a pass over lines. Only the growth can be set while threads run: two is
 * V8's own factor.
 */
export const letNurseriesGrow = (grow: boolean): void =>
  setFlagsFromString(`--semi-space-growth-factor=${grow ? 2 : 1}`);
