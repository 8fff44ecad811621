/** What `paymedic logs` tells: sources, error classes with onset and end, windows, new messages, card numbers. */
import { least, most } from '../lists.ts';
import { approximations } from './approximations.ts';
import type { AttackScan } from './crs/scan.ts';
import type { SecretHit } from './secrets/scan.ts';
import type { AddressCount } from './traffic/addresses.ts';
import type { LogEvent, LogObservations } from './types.ts';
import type { LogRefusals, StatusAnswers } from './windows/answers.ts';
import { type Leg, legsOf } from './windows/legs.ts';
import type { LogGap } from './windows/log-gaps.ts';
import {
  type JudgedLogs,
  judgeLogs,
  type LogStanding,
  type LogWindow,
  type UnclearSilences,
} from './windows/log-windows.ts';
import { burst } from './windows/windows.ts';

const BUSIEST_ADDRESSES = 20;
const MOST_REFUSALS = 100;

export interface EventClassSummary {
  event: string;
  entries: string[];
  complaint: LogEvent['complaint'];
  role: LogEvent['role'];
  peers: string[];
  files: string[];
  count: number;
  /** ms UTC of the first and last hit, and of the densest stretch. */
  first: number;
  last: number;
  onset: number;
  end: number;
  /** The records call themselves sandbox or test. */
  test: boolean;
  /** Share of the hits inside onset..end. */
  burstShare: number;
  sample: { file: string; line: number; text: string };
}

export interface LogSummary {
  sources: LogObservations['sources'];
  span: { from: number; to: number } | undefined;
  /** Where only what lies in a time was asked for: ms UTC, `to` itself no more. The sources may go on. */
  within?: { from?: number; to?: number };
  requests: { total: number; dropped: number; failures: number; statuses: { [status: string]: number } };
  /** Operations in application logs, and those that failed for technical reasons. */
  operations: { total: number; failures: number };
  /** The addresses with the most requests, or operations where there is no request. */
  addresses: AddressCount[];
  /** What was counted together because there was too much of it, in sentences. */
  approximated: string[];
  /** Traces of attacks in requests by the built-in signatures, most frequent first. */
  signatures: {
    signature: string;
    family: string;
    count: number;
    /** Answered 2xx. */
    answered: number;
    clients: number;
    first: number;
    last: number;
    sample: { file: string; line: number; text: string };
  }[];
  events: EventClassSummary[];
  windows: LogWindow[];
  /** Silences of the log alone: a missing file, a clock that was set forward. */
  gaps: LogGap[];
  /** Silences that may be stops or nights. */
  unclear: UnclearSilences;
  /** What failed from the beginning of the log to its end, so that no window stands out. */
  standing: LogStanding[];
  /** What there is too little of to judge. */
  thin: JudgedLogs['thin'];
  /** Times in which many were turned away with 4xx: customers, or others who were kept out. */
  refusals: LogRefusals[];
  /** Counts, success rate and percentiles of the busiest endpoints, upstreams, merchants and partners. */
  legs: Leg[];
  /** Error answers by status, and when each came more often than usual. */
  answers: StatusAnswers[];
  /** Shapes of warnings and errors that the lexicon has no word for, most frequent first. */
  messages: {
    template: string;
    level: string;
    count: number;
    first: number;
    last: number;
    file: string;
    line: number;
  }[];
  cards: LogObservations['cards'];
  records: number;
  sampledOut: number;
  /** Sigma rules that fired, when rules were run. Author and licence stay with each of them. */
  detections?: {
    title: string;
    id: string;
    level: string;
    author: string;
    license: string;
    file: string;
    count: number;
    first: number;
    last: number;
    sample: { file: string; line: number; text: string };
  }[];
  /** Keys, tokens and passwords in the clear, when they were looked for. */
  secrets?: { total: number; kinds: { [kind: string]: number }; hits: SecretHit[] };
  /** What the attack rules say about the requests, when they were run. */
  attacks?: AttackScan;
}

/** Events of the same meaning, seen from the same side, as one line. */
function eventClasses(logs: LogObservations): EventClassSummary[] {
  const groups = new Map<string, LogEvent[]>();
  for (const event of logs.events) {
    const key = `${event.event}|${event.complaint}|${event.role}|${event.test ?? false}`;
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups.values()]
    .map((events): EventClassSummary => {
      const perMinute = new Map<number, number>();
      for (const event of events) {
        for (const [minute, count] of event.perMinute) perMinute.set(minute, (perMinute.get(minute) ?? 0) + count);
      }
      const first = least(events.map((event) => event.first));
      const stretch = burst(perMinute);
      const [leading] = events.toSorted((a, b) => b.count - a.count);
      const hit = leading!.hits[0]!;
      return {
        event: leading!.event,
        entries: [...new Set(events.map((event) => event.entry))],
        complaint: leading!.complaint,
        role: leading!.role,
        peers: [...new Set(events.flatMap((event) => (event.peer === undefined ? [] : [event.peer])))].slice(0, 20),
        files: [...new Set(events.map((event) => logs.sources[event.source]!.file))],
        count: events.reduce((sum, event) => sum + event.count, 0),
        first,
        last: most(events.map((event) => event.last)),
        // To the second where the burst begins with the very first hit.
        onset: stretch ? Math.max(stretch.from, first) : first,
        end: stretch?.to ?? Number.NaN,
        test: leading!.test ?? false,
        burstShare: stretch?.share ?? 1,
        sample: { file: logs.sources[hit.source]!.file, line: hit.line, text: hit.text },
      };
    })
    .sort((a, b) => b.count - a.count);
}

/** Shapes of warnings and errors, the same shape in rotated files and several nodes as one. */
function frequentMessages(logs: LogObservations): LogSummary['messages'] {
  const merged = new Map<string, LogSummary['messages'][number]>();
  for (const { template, level, count, first, last, source, sample } of logs.templates) {
    if (level !== 'error' && level !== 'critical' && level !== 'warn') continue;
    const known = merged.get(`${level} ${template}`);
    if (!known) {
      const file = logs.sources[source]!.file;
      merged.set(`${level} ${template}`, { template, level, count, first, last, file, line: sample.line });
      continue;
    }
    known.count += count;
    known.last = Math.max(known.last, last);
    if (first < known.first) {
      known.first = first;
      known.file = logs.sources[source]!.file;
      known.line = sample.line;
    }
  }
  return [...merged.values()].sort((a, b) => b.count - a.count).slice(0, 50);
}

/** @param judged where it is at hand already. */
export function summarise(logs: LogObservations, judged = judgeLogs(logs)): LogSummary {
  const { sources, traffic } = logs;
  const firsts = sources.flatMap((source) => (source.first === undefined ? [] : [source.first]));
  const lasts = sources.flatMap((source) => (source.last === undefined ? [] : [source.last]));
  const statuses: { [status: string]: number } = {};
  for (const [status, count] of traffic.statuses.entries()) if (count > 0) statuses[status] = count;
  const { windows, gaps, unclear, standing, thin, refusals, answers, series } = judged;
  return {
    sources,
    span:
      firsts.length === 0
        ? undefined
        : { from: firsts.reduce((a, b) => Math.min(a, b)), to: lasts.reduce((a, b) => Math.max(a, b)) },
    requests: { total: traffic.total, dropped: logs.requests.dropped, failures: traffic.failures, statuses },
    operations: { total: logs.operations.total, failures: logs.operations.failures },
    addresses: (traffic.total > 0 ? traffic : logs.operations).addresses.busiest(BUSIEST_ADDRESSES),
    approximated: approximations(logs),
    signatures: logs.signatures.map(({ clients, hits, ...count }) => ({
      ...count,
      clients: clients.size,
      sample: { file: sources[hits[0]!.source]!.file, line: hits[0]!.line, text: hits[0]!.text },
    })),
    events: eventClasses(logs),
    windows: windows.slice(0, 100),
    gaps,
    unclear,
    standing,
    thin,
    refusals: refusals.slice(0, MOST_REFUSALS),
    answers,
    legs: legsOf(series.filter(({ dimension }) => dimension !== 'status')),
    messages: frequentMessages(logs),
    cards: logs.cards,
    records: logs.recordTotal,
    sampledOut: logs.sampledOut,
  };
}
