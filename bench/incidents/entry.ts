/** What run.mjs loads. */
export { INCIDENTS, make, without } from './index.ts';
export { judge, triageFiles } from './judge.ts';
