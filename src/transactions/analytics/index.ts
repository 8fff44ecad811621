/** What payment tables say about failures and abuse: pure functions of a table, each silent on an ordinary day. */
export { type CardTestingRun, cardTesting } from './card-testing.ts';
export { type DuplicateCharge, duplicateBurst, duplicates } from './duplicates.ts';
export { type EnumerationRun, enumeration } from './enumeration.ts';
export { DIMENSIONS, type Dimension, explainFailures, type RateChange } from './explain.ts';
export { type IssuerRefusals, type IssuerStorm, issuerRefusals, issuerStorm } from './issuer-storm.ts';
export { type ThresholdData, type TransactionLimits, transactionLimits } from './limits.ts';
export { type DisputedMonth, disputedMonths, type EnumeratedMonth, enumeratedMonths } from './monitoring.ts';
export { type RateSeries, rateChanges, rates } from './rates.ts';
export { type AmountFactor, type OrderMismatch, type Reconciliation, unknownOutcomes } from './reconcile.ts';
export { type RefundBurst, refundBursts } from './refunds.ts';
export { type ExcessiveRetries, excessiveRetries } from './retries.ts';
export { type ScheduledRun, setRunsAside } from './scheduled-runs.ts';
export { type SlowSpell, slowSpells } from './slow.ts';
export { type VolumeChange, volumeChanges } from './volume.ts';
