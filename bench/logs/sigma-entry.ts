/** What the Sigma benchmark needs of the product. */
export { parseSigma, SigmaEngine } from '../../src/logs/sigma/index.ts';
