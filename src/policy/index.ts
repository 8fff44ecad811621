/** Waivers, baselines and gates, shared by every auditing command. */
export { type Applied, applyWaivers, type Baseline, compareWithBaseline, gateFails, readBaseline } from './apply.ts';
export { PCI_A2_FIELDS, type WaiverEntry, type WaiverFile, type WaiverProblem, waiverCovers } from './cover.ts';
export { endOfDay, readWaivers } from './waivers.ts';
export { addWaiver, type NewWaiver } from './write-waiver.ts';
