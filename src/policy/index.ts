/** Waivers, baselines and gates, shared by every auditing command. */
export { type Applied, applyWaivers, type Baseline, compareWithBaseline, gateFails, readBaseline } from './apply.ts';
export {
  endOfDay,
  PCI_A2_FIELDS,
  readWaivers,
  type WaiverEntry,
  type WaiverFile,
  type WaiverProblem,
  waiverCovers,
} from './waivers.ts';
export { addWaiver, type NewWaiver } from './write-waiver.ts';
