/** What the rule-set benchmark needs of the product. */
export { CrsEngine, readRuleSet } from '../../src/logs/crs/index.ts';
export { crsRequest, scanRequests } from '../../src/logs/crs/scan.ts';
export { compileLexicon, readLogs } from '../../src/logs/index.ts';
export { parseSigma, SigmaEngine, sigmaEvents } from '../../src/logs/sigma/index.ts';
