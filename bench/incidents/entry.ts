/** What run.mjs loads. */
export { INCIDENTS, make } from './index.ts';
export { judge, triageFiles } from './judge.ts';
