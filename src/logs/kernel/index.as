// What the host calls; see kernel.ts.
export * from './layout';
export { access, ACCESS_ROW, knowStamp, lookForSignatures, stampWanted } from './access';
export {
  fileKey,
  forgetMinute,
  json,
  JSON_ROW,
  knowMinute,
  nameEnd,
  nameHigh,
  nameLow,
  nameParent,
  nameStart,
  remember,
  resetJson,
} from './json';
export { cards, literals, literalsAndBetween, shorts } from './sweep';
