/**
 * Time zones that no line tells, found from what two sources say of the same thing: an order that stands in a log and in a
 * payment table, a fault that two logs complain of, a log that would end in the future. A zone that the topology states is
 * held against the same evidence: it may be out of date.
 */

import { zoneOffset } from '../evidence/time.ts';
import type { LogObservations, LogRecord, LogSource } from '../logs/types.ts';
import { OUTCOMES } from '../transactions/types.ts';
import { counted } from '../wording.ts';
import { bursts, MINUTE } from './bursts.ts';
import type { Observations } from './observations.ts';

/** Zones of the world differ from UTC by multiples of a quarter of an hour, between -12 and +14 hours. */
const QUARTER = 15 * MINUTE;
const HALF = 30 * MINUTE;
const WIDEST = 14 * 60 * MINUTE;
/** What two clocks, a queue and a retry put between two records of one thing. */
const SLACK = 3 * MINUTE;
const FEWEST_PAIRS = 5;
const MOST_RECORDS = 20_000;
const MOST_SAMPLES = 4000;
/** Tokens that name one order, payment or request: letters and digits with enough digits to be unlikely twice. */
const TOKEN = /[A-Za-z0-9][A-Za-z0-9_-]{5,63}/g;

/** Whether its zone was neither written nor given: it was taken from an access log that happens to lie beside it, or assumed. */
export const isOpen = (s: LogSource): boolean =>
  (s.zone.source === 'assumed-utc' || s.zone.source === 'inferred') && s.parsed > 0;

/** Whether a topology stated its zone. */
const isStated = (s: LogSource): boolean => s.zone.source === 'topology' && s.parsed > 0;

export interface ZoneShift {
  source: number;
  /** ms to add to the times as read. */
  by: number;
  /** `+05:30`, `UTC`. */
  zone: string;
  why: string;
}

/** What the zone in which times were read is ahead of UTC, in minutes. @param at ms UTC, for zones with summer time */
function minutesAhead(zone: string, at: number): number {
  const stated = /([+-])(\d{2}):?(\d{2})/.exec(zone);
  if (stated) return (stated[1] === '-' ? -1 : 1) * (Number(stated[2]) * 60 + Number(stated[3]));
  return zone.includes('/') ? Math.round(zoneOffset(zone, at) / MINUTE) : 0;
}

/** `+05:30` of the zone whose times, read in the zone `read`, must be moved by `by`. */
const zoneName = (read: string, by: number, at: number): string => {
  const before = minutesAhead(read, at);
  const offset = before - Math.round(by / MINUTE);
  const minutes = Math.abs(offset);
  const pad = (n: number): string => String(n).padStart(2, '0');
  return offset === 0 ? 'UTC' : `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
};

/** Whether any place keeps a time so many minutes ahead of UTC: none lies within an hour of it but UTC itself (IANA time zone database). */
const isZone = (minutes: number): boolean => minutes === 0 || Math.abs(minutes) >= 60;

/** The one multiple of a quarter of an hour that nearly all differences agree on. */
function agreed(differences: number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const d of differences) {
    const rounded = Math.round(d / QUARTER) * QUARTER;
    if (Math.abs(d - rounded) <= SLACK && Math.abs(rounded) <= WIDEST)
      counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  return best && best[1] >= FEWEST_PAIRS && best[1] >= differences.length * 0.7 ? best[0] : undefined;
}

function* tokensOf(record: LogRecord): Iterable<string> {
  let taken = 0;
  for (const [token] of record.message.slice(0, 400).matchAll(TOKEN)) {
    if (/\d{3}/.test(token) && ++taken <= 12) yield token;
  }
  for (const value of Object.values(record.fields)) {
    if (value.length >= 6 && value.length <= 64 && /\d{3}/.test(value) && ++taken <= 24) yield value;
  }
}

/** Tokens of the sources in question, from records spread over each of them. */
function tokensOfSources(logs: LogObservations, sources: ReadonlySet<number>): Set<string> {
  const counts = new Map<number, number>();
  for (const record of logs.records)
    if (sources.has(record.source)) counts.set(record.source, (counts.get(record.source) ?? 0) + 1);
  const seen = new Map<number, number>();
  const out = new Set<string>();
  for (const record of logs.records) {
    const count = counts.get(record.source);
    if (count === undefined) continue;
    const nth = seen.get(record.source) ?? 0;
    seen.set(record.source, nth + 1);
    if (nth % Math.ceil(count / MOST_SAMPLES) === 0) for (const token of tokensOf(record)) out.add(token);
  }
  return out;
}

/** When things were, by those who say their zone: wanted tokens that occur within a few minutes only. */
function knownTimes(o: Observations, certain: ReadonlySet<number>, wanted: ReadonlySet<string>): Map<string, number> {
  const out = new Map<string, number>();
  const ambiguous = new Set<string>();
  const learn = (token: string, time: number): void => {
    if (!wanted.has(token)) return;
    const before = out.get(token);
    if (before === undefined) out.set(token, time);
    else if (Math.abs(before - time) > 10 * MINUTE) ambiguous.add(token);
  };
  for (const t of o.transactions.tables) {
    if (t.zone?.source === 'assumed-utc' || t.zone?.source === 'topology') continue;
    for (let i = 0; i < Math.min(t.length, 200_000); i++) {
      const time = t.time[i]!;
      if (Number.isNaN(time)) continue;
      if (t.order[i]) learn(t.strings[t.order[i]!]!, time);
      if (t.payment[i]) learn(t.strings[t.payment[i]!]!, time);
    }
  }
  let read = 0;
  for (const record of o.logs.records) {
    if (!certain.has(record.source) || Number.isNaN(record.time)) continue;
    if (++read > MOST_RECORDS) break;
    for (const token of tokensOf(record)) learn(token, record.time);
  }
  for (const token of ambiguous) out.delete(token);
  return out;
}

/** From orders and requests that stand here and in a source with a known zone. */
function fromPairs(logs: LogObservations, source: LogSource, known: ReadonlyMap<string, number>): number | undefined {
  const differences: number[] = [];
  for (const record of logs.records) {
    if (record.source !== source.index || Number.isNaN(record.time)) continue;
    for (const token of tokensOf(record)) {
      const time = known.get(token);
      if (time === undefined) continue;
      differences.push(time - record.time);
      break;
    }
    if (differences.length >= 400) break;
  }
  return agreed(differences);
}

/** When the heaviest trouble of a source began, by meaning of the complaint. */
function troubles(logs: LogObservations, sources: ReadonlySet<number>): Map<string, number> {
  const series = new Map<string, Map<number, number>>();
  for (const e of logs.events) {
    if (!sources.has(e.source)) continue;
    const own = series.get(e.event) ?? series.set(e.event, new Map()).get(e.event)!;
    for (const [minute, n] of e.perMinute) own.set(minute, (own.get(minute) ?? 0) + n);
  }
  const out = new Map<string, number>();
  for (const [event, perMinute] of series) {
    const burst = bursts(perMinute)[0];
    if (burst && burst.count >= 10) out.set(event, burst.from);
  }
  return out;
}

/** First minute of the densest run of payments that failed. */
function paymentTrouble(o: Observations): number | undefined {
  const error = OUTCOMES.indexOf('error');
  const perMinute = new Map<number, number>();
  for (const t of o.transactions.tables) {
    if (t.zone?.source === 'assumed-utc') continue;
    for (let i = 0; i < t.length; i++) {
      if (t.outcome[i] !== error || Number.isNaN(t.time[i]!)) continue;
      const minute = Math.floor(t.time[i]! / MINUTE) * MINUTE;
      perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
    }
  }
  const burst = bursts(perMinute)[0];
  return burst && burst.count >= 10 ? burst.from : undefined;
}

/** From a fault whose beginning others tell: it began for all of them in the same minutes. */
function fromTrouble(
  own: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number>,
  payments: number | undefined,
): number | undefined {
  for (const [event, began] of own) {
    for (const other of [others.get(event), payments]) {
      if (other === undefined) continue;
      const rounded = Math.round((other - began) / HALF) * HALF;
      if (Math.abs(other - began - rounded) <= SLACK && Math.abs(rounded) <= WIDEST) return rounded;
    }
  }
  return undefined;
}

export interface ZoneFindings {
  shifts: ZoneShift[];
  /** Payment tables read in the zone of the topology, when that zone turned out wrong: ms to add to their times. */
  tables?: { by: number; zone: string; why: string };
  /** Sources whose stated zone does not go with other evidence, though nothing proves another one; one sentence each. */
  doubts: { source: number; says: string }[];
}

/**
 * Shifts for the sources whose lines carry no offset.
 * @param now incident clock, ms UTC: a log that ends after it is not in UTC
 */
export function inferZones(o: Observations, now: number): ZoneFindings {
  const { logs } = o;
  const open = logs.sources.filter(isOpen);
  const stated = logs.sources.filter(isStated);
  if (open.length === 0 && stated.length === 0) return { shifts: [], doubts: [] };
  const certain = new Set(logs.sources.filter((s) => s.zone.source === 'line').map((s) => s.index));
  const wanted = tokensOfSources(logs, new Set([...open, ...stated].map((s) => s.index)));
  const known = wanted.size ? knownTimes(o, certain, wanted) : new Map<string, number>();
  const others = troubles(logs, certain);
  const payments = paymentTrouble(o);
  const found = new Map<number, { by: number; why: string }>();
  const fast: ZoneFindings['doubts'] = [];
  for (const source of open) {
    const paired = fromPairs(logs, source, known);
    if (paired !== undefined) {
      found.set(source.index, { by: paired, why: 'orders it names have their times elsewhere' });
      continue;
    }
    const told = fromTrouble(troubles(logs, new Set([source.index])), others, payments);
    if (told !== undefined)
      found.set(source.index, { by: told, why: 'the fault it tells of began at a time that is known' });
    else if (source.last !== undefined && source.last > now + 10 * MINUTE && source.last - now <= WIDEST) {
      const by = -Math.ceil((source.last - now - 5 * MINUTE) / HALF) * HALF;
      if (isZone(minutesAhead(source.zone.name, source.last) - by / MINUTE))
        found.set(source.index, { by, why: 'it would end after the evidence was taken' });
      else
        fast.push({
          source: source.index,
          says: `it ends ${counted(Math.round((source.last - now) / MINUTE), 'minute')} after the evidence was taken, which no time zone explains: the clock of its host may be ahead`,
        });
    }
  }
  // One site, one zone: where those that can be told agree, the others follow unless that puts them into the future.
  const offsets = new Set([...found.values()].map((f) => f.by));
  if (offsets.size === 1) {
    const [by] = offsets as Set<number>;
    for (const source of open)
      if (
        !found.has(source.index) &&
        source.zone.source === 'assumed-utc' &&
        (source.last === undefined || source.last + by! <= now + 10 * MINUTE)
      )
        found.set(source.index, { by: by!, why: 'the other logs without a zone are in it' });
  }
  const shifts = [...found].map(([source, { by, why }]) => shiftOf(logs, source, by, why, now));
  const checked = againstTopology(o, now, stated, { known, others, payments });
  return { ...checked, shifts: [...shifts, ...checked.shifts], doubts: [...fast, ...checked.doubts] };
}

const shiftOf = (logs: LogObservations, source: number, by: number, why: string, now: number): ZoneShift => ({
  source,
  by,
  zone: zoneName(logs.sources[source]!.zone.name, by, logs.sources[source]!.last ?? now),
  why,
});

/** Sources in the topology's zone: orders with a known time prove another one; anything less is a doubt to be said. */
function againstTopology(
  o: Observations,
  now: number,
  stated: LogSource[],
  known: { known: ReadonlyMap<string, number>; others: ReadonlyMap<string, number>; payments: number | undefined },
): ZoneFindings {
  const { logs } = o;
  const proven = new Map<number, number>();
  const doubts: ZoneFindings['doubts'] = [];
  for (const source of stated) {
    const paired = fromPairs(logs, source, known.known);
    if (paired !== undefined) {
      proven.set(source.index, paired);
      continue;
    }
    const told = fromTrouble(troubles(logs, new Set([source.index])), known.others, known.payments);
    const late = source.last !== undefined && source.last > now + 10 * MINUTE && source.last - now <= WIDEST;
    if (told || late)
      doubts.push({
        source: source.index,
        says: late
          ? `read as ${source.zone.name}, as the topology says, it ends after the evidence was taken`
          : `read as ${source.zone.name}, as the topology says, its fault begins ${counted(Math.abs(told! / MINUTE), 'minute')} ${told! < 0 ? 'later' : 'earlier'} than elsewhere`,
      });
  }
  const offsets = new Set(proven.values());
  const [by] = offsets;
  const why = (source: LogSource): string =>
    `orders it names have their times elsewhere, and the topology's ${source.zone.name} does not go with them`;
  const shifts = [...proven]
    .filter(([, moved]) => moved !== 0)
    .map(([source, moved]) => shiftOf(logs, source, moved, why(logs.sources[source]!), now));
  if (offsets.size !== 1 || !by) return { shifts, doubts };
  // One topology, one zone: what it was wrong about in one log it was wrong about in the others and in the tables.
  for (const source of stated)
    if (!proven.has(source.index) && (source.last === undefined || source.last + by <= now + 10 * MINUTE))
      shifts.push(shiftOf(logs, source.index, by, "the topology's zone is wrong for the other logs", now));
  const first = logs.sources[shifts[0]!.source]!;
  return {
    shifts,
    tables: { by, zone: shifts[0]!.zone, why: why(first) },
    doubts: doubts.filter((d) => !shifts.some((x) => x.source === d.source)),
  };
}
