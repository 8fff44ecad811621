/** Windows of requests, operations, lines and payments as the checks of this folder weigh them. */
import type { Impact } from '../../finding.ts';
import type { LogGap } from '../../logs/windows/log-gaps.ts';
import {
  type JudgedLogs,
  judgeLogs,
  type LogStanding,
  type LogWindow,
  type UnclearSilences,
} from '../../logs/windows/log-windows.ts';
import {
  type RateChange,
  rateChanges,
  type SlowSpell,
  setRunsAside,
  slowSpells,
  transactionLimits,
  type VolumeChange,
  volumeChanges,
} from '../../transactions/analytics/index.ts';
import type { CheckContext } from '../types.ts';

interface Known {
  logs: LogWindow[];
  /** Silences of a log that are none of the service. */
  gaps: LogGap[];
  /** Silences that may be stops or nights. */
  unclear: UnclearSilences;
  standing: LogStanding[];
  /** What there is too little of to judge. */
  thin: JudgedLogs['thin'];
  rates: RateChange[];
  volume: VolumeChange[];
  slow: SlowSpell[];
}

const known = new WeakMap<object, Known>();

/** All windows of the evidence, computed once for the checks that look at them. */
export function windowsIn(context: CheckContext): Known {
  const { logs, transactions } = context.observations;
  let found = known.get(context.observations);
  if (!found) {
    const limits = transactionLimits(context.thresholds);
    const { windows, gaps, unclear, standing, thin } = judgeLogs(logs);
    const judged = transactions.tables.map((table) =>
      setRunsAside(table, rateChanges(table, limits, transactions.issuers), volumeChanges(table, limits), limits),
    );
    found = {
      logs: windows,
      gaps,
      unclear,
      standing,
      thin,
      rates: judged.flatMap(({ rates }) => rates),
      volume: judged.flatMap(({ volume }) => volume),
      slow: transactions.tables.flatMap((table) => slowSpells(table, limits)),
    };
    known.set(context.observations, found);
  }
  return found;
}

/** What a window is about, for a sentence: `of /pay`, or nothing where it is about everything. */
export function ofWhat({ dimension, key }: Pick<LogWindow, 'dimension' | 'key'>): string {
  switch (dimension) {
    case 'endpoint':
    case 'operation endpoint':
      return ` to ${key}`;
    case 'upstream':
    case 'operation partner':
      return ` through ${key}`;
    case 'merchant':
    case 'operation merchant':
      return ` of merchant ${key}`;
    default:
      return '';
  }
}

/** Of how many customers a window speaks. */
export const scopeOf = (window: Pick<LogWindow, 'dimension'>): NonNullable<Impact['scope']> =>
  !isPart(window) ? 'all' : window.dimension.endsWith('merchant') ? 'one-merchant' : 'one-route';

/** Whether a window is about one part of the traffic. */
export const isPart = ({ dimension }: Pick<LogWindow, 'dimension'>): boolean =>
  dimension !== 'all' && dimension !== 'operations' && dimension !== 'lines';

export const minutesText = (minutes: number): string =>
  minutes >= 120 ? `${(minutes / 60).toFixed(1)} hours` : `${Math.max(1, Math.round(minutes))} minutes`;
