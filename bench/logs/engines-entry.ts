/** What the comparison of engines needs of the product. */
export { compileLexicon, readLogs } from '../../src/logs/index.ts';
export { exportedRecords, exportedRequests } from '../../src/logs/plan/export.ts';
export { judgeSeries, plan, seriesFromRows, tableSeries, WINDOW_DIMENSIONS } from '../../src/logs/plan/index.ts';
export { parseSigma, readDocument, runSigma, SigmaEngine, sigmaEvents } from '../../src/logs/sigma/index.ts';
