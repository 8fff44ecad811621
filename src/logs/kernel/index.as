// What the host calls; see kernel.ts.
export * from './layout';
export { access, ACCESS_ROW, knowStamp, lookForSignatures, stampWanted } from './access';
export { fileKey, json, nameEnd, nameHigh, nameLow, nameParent, nameStart, resetJson } from './json';
export {
  earliest,
  failures,
  forgetCounts,
  lastTime,
  latest,
  minute,
  operations,
  owned,
  setCounting,
  touched,
  verdict,
} from './count';
export { fileShape, remember } from './texts';
export { fileHead, knowTextStamp, resetText, text } from './text';
export { forgetStamp, knowStampOf } from './values';
export { cards, literals, literalsAndBetween, shorts } from './sweep';
