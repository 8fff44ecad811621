// What the host calls; see kernel.ts.
export * from './layout';
export { access, ACCESS_ROW, knowStamp, rowsFrom, rowsTo, stampWanted } from './access';
export { lookForSignatures, merchantFrom, merchantTo } from './target';
export { COLUMN_ROW, columns, knowColumnStamp, strange, strangeAt } from './columns';
export { fileKey, json, logfmt, nameEnd, nameHigh, nameLow, nameParent, nameStart, resetJson } from './json';
export {
  earliest,
  failedRequests,
  failures,
  forgetCounts,
  lastTime,
  latest,
  minute,
  operations,
  owned,
  requests,
  setCounting,
  touched,
  verdict,
} from './count';
export { fileShape, remember, rememberEndpoint } from './texts';
export { beginHits, fileHead, knowTextStamp, resetText, text } from './text';
export { forgetEvents, rememberEvent } from './text-known';
export { pairCount, rememberPairLevel, rememberPairs, unknownLevelEnd, unknownLevelFrom } from './text-pairs';
export { forgetStamp, knowStampOf } from './values';
export { cards, literals, literalsAndBetween, shorts } from './sweep';
export { innerEnd, unwrap } from './docker';
export { beginTable, setColumn, table } from './table';
