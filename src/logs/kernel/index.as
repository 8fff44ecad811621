// What the host calls; see kernel.ts.
export * from './layout';
export { access, ACCESS_ROW, knowStamp, stampWanted } from './access';
export { cards, literals } from './sweep';
