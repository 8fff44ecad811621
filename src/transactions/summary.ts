/** What `paymedic payments` tells of one payment table. */
import {
  type CardTestingRun,
  cardTesting,
  type DisputedMonth,
  type DuplicateCharge,
  disputedMonths,
  duplicates,
  type EnumeratedMonth,
  type EnumerationRun,
  type ExcessiveRetries,
  enumeratedMonths,
  enumeration,
  excessiveRetries,
  type IssuerStorm,
  issuerStorm,
  type RateChange,
  type Reconciliation,
  type RefundBurst,
  rateChanges,
  rates,
  refundBursts,
  type ScheduledRun,
  type SlowSpell,
  setRunsAside,
  slowSpells,
  type TransactionLimits,
  unknownOutcomes,
  type VolumeChange,
  volumeChanges,
} from './analytics/index.ts';
import { UNREAD } from './budget.ts';
import type { TransactionObservations, TransactionTable } from './types.ts';

const KEYS = 20;

/** Outcomes of one merchant, route, BIN or client over the whole table. */
export interface KeyRates {
  key: string;
  attempts: number;
  approved: number;
  declined: number;
  error: number;
  pending: number;
}

export interface PaymentSummary {
  file: string;
  /** All files of a table that was exported in parts. */
  files?: string[];
  /** Days that no file covers by the files' names, times in which one machine's export has no rows, and rows beyond the bound. */
  notJudged: { from: number; to: number; why: string }[];
  rows: number;
  dropped: number;
  problems: NonNullable<TransactionTable['problems']>;
  from: number;
  to: number;
  rates: { [dimension in 'all' | 'merchant' | 'route' | 'node' | 'terminal' | 'bin' | 'client']: KeyRates[] };
  windows: RateChange[];
  volume: VolumeChange[];
  /** Runs of stored cards, declined as such runs are: a note, no window. */
  runs: ScheduledRun[];
  slow: SlowSpell[];
  cardTesting: CardTestingRun[];
  enumeration: EnumerationRun[];
  retries: ExcessiveRetries[];
  duplicates: DuplicateCharge[];
  refunds: RefundBurst[];
  /** What Visa's monitoring program counts by month. */
  disputed: DisputedMonth[];
  enumerated: EnumeratedMonth[];
  issuerStorms: IssuerStorm[];
  /** For reconciliation: attempts nobody answered, and where table and statement differ. */
  reconciliation: Reconciliation;
}

/** @param now ms UTC: younger attempts may still be answered. */
export function summarisePayments(
  { tables, statements, issuers }: TransactionObservations,
  now: number,
  limits: TransactionLimits,
): PaymentSummary[] {
  return tables.map((table): PaymentSummary => {
    const testing = cardTesting(table, limits);
    const searches = enumeration(table, limits);
    const ratesBy = (dimension: keyof PaymentSummary['rates']): KeyRates[] =>
      rates(table, dimension, issuers, KEYS).map(({ key, attempts, perMinute }) => {
        const sum = { key, attempts, approved: 0, declined: 0, error: 0, pending: 0 };
        for (const counts of perMinute.values()) {
          sum.approved += counts.approved;
          sum.declined += counts.declined;
          sum.error += counts.error;
          sum.pending += counts.pending;
        }
        return sum;
      });
    const {
      rates: windows,
      volume,
      runs,
    } = setRunsAside(table, rateChanges(table, limits, issuers), volumeChanges(table, limits), limits);
    let [from, to] = [Number.NaN, Number.NaN];
    for (const time of table.time.subarray(0, table.length)) {
      // A line of totals has no time.
      if (Number.isNaN(time)) continue;
      if (!(time >= from)) from = time;
      if (!(time <= to)) to = time;
    }
    return {
      file: table.file,
      ...(table.files ? { files: table.files } : {}),
      notJudged: [
        ...(table.gaps ?? [])
          .filter(({ named }) => named)
          .map(({ from, to, unread }) => ({ from, to, why: unread ? UNREAD : 'no file covers that time' })),
        ...(table.thin ?? []).map(({ from, to, lacks }) => ({ from, to, why: `no rows in the export of ${lacks}` })),
      ],
      rows: table.length,
      dropped: table.dropped,
      problems: table.problems ?? [],
      from,
      to,
      rates: {
        all: ratesBy('all'),
        merchant: ratesBy('merchant'),
        route: ratesBy('route'),
        node: ratesBy('node'),
        terminal: ratesBy('terminal'),
        bin: ratesBy('bin'),
        client: ratesBy('client'),
      },
      windows,
      volume,
      runs,
      slow: slowSpells(table, limits),
      cardTesting: testing,
      enumeration: searches,
      retries: excessiveRetries(table, limits),
      duplicates: duplicates(table, statements, limits),
      refunds: refundBursts(table, limits),
      disputed: disputedMonths(table, limits),
      enumerated: enumeratedMonths(table, limits, [...testing, ...searches]),
      issuerStorms: issuerStorm(table, issuers, limits),
      reconciliation: unknownOutcomes(table, statements, now, limits),
    };
  });
}
