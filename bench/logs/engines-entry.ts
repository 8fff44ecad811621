/** What the comparison of engines needs of the product. */
export { compileLexicon, readLogs } from '../../src/logs/index.ts';
export { exportedRecords, exportedRequests } from '../../src/logs/plan/export.ts';
export { plan, seriesFromRows } from '../../src/logs/plan/index.ts';
export { parseSigma, readDocument, runSigma, SigmaEngine, sigmaEvents } from '../../src/logs/sigma/index.ts';
export { requestSeries } from '../../src/logs/windows/series.ts';
export { windowsOf } from '../../src/logs/windows/windows.ts';
