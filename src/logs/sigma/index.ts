/** The Sigma engine: documents in, hits out. */
import { type CompiledRule, compileRule } from './compile.ts';
import { type CorrelationHit, Correlator } from './correlate.ts';
import { parseSigma, type SigmaDocument } from './parse.ts';
import type {
  LogSourceSelector,
  SigmaCorrelation,
  SigmaEvent,
  SigmaFilter,
  SigmaMeta,
  SigmaProblem,
  SigmaRule,
} from './types.ts';
import type { Placeholders } from './values.ts';

export { type CompiledRule, compileRule, type Reason } from './compile.ts';
export type { CorrelationHit } from './correlate.ts';
export { sigmaEvents } from './events.ts';
export { parseSigma, readDocument } from './parse.ts';
export type * from './types.ts';

export interface SigmaHit {
  /** Title, id, author, licence and so on of the rule or correlation. */
  rule: SigmaMeta;
  event: SigmaEvent;
  correlation?: CorrelationHit;
}

const namesOf = (meta: SigmaMeta): string[] => [meta.id, meta.name].filter((name) => name !== undefined);

/** Whether a rule's log source covers events of `offered`; what the rule leaves open fits everything. */
export function covers(wanted: LogSourceSelector, offered: LogSourceSelector): boolean {
  return (['category', 'product', 'service'] as const).every(
    (key) => wanted[key] === undefined || wanted[key] === offered[key],
  );
}

export class SigmaEngine {
  readonly problems: SigmaProblem[] = [];
  readonly rules: CompiledRule[] = [];
  readonly #correlations: Correlator[] = [];
  /** Rules that only serve correlations report nothing by themselves. */
  readonly #silent = new Set<SigmaMeta>();
  #time = Number.NaN;

  /** @param documents of `parseSigma`, in any order. What cannot be compiled becomes a problem. */
  constructor(documents: readonly SigmaDocument[], placeholders?: Placeholders) {
    const filters = documents.filter((document): document is SigmaFilter => document.kind === 'filter');
    const correlations = documents.filter((document): document is SigmaCorrelation => document.kind === 'correlation');
    const known = new Map<string, SigmaRule | SigmaCorrelation>();
    for (const document of documents)
      if (document.kind !== 'filter') for (const name of namesOf(document)) known.set(name, document);
    for (const document of documents) {
      if (document.kind !== 'rule') continue;
      try {
        this.rules.push(compileRule(document, filters, placeholders));
      } catch (error) {
        this.problems.push({ file: document.file, title: document.title, what: (error as Error).message });
      }
    }
    for (const correlation of inOrder(correlations, known)) {
      const missing = correlation.rules.filter((name) => !known.has(name));
      if (missing.length > 0) {
        this.problems.push({
          file: correlation.file,
          title: correlation.title,
          what: `the correlation names ${missing[0]}, which is not among the rules`,
        });
        continue;
      }
      this.#correlations.push(new Correlator(correlation));
      if (!correlation.generate) for (const name of correlation.rules) this.#silent.add(known.get(name)!);
    }
  }

  /** The correlations, inner ones before outer ones, with what their groups came to. */
  get correlations(): readonly Correlator[] {
    return this.#correlations;
  }

  /** Feeds one event, in order of time. @param offered what the event is a log of; all rules are tried when absent. */
  feed(event: SigmaEvent, offered?: LogSourceSelector): SigmaHit[] {
    const hits = event.time === this.#time ? [] : this.settle();
    this.#time = event.time;
    for (const { rule, matches } of this.rules) {
      if (offered && !covers(rule.logsource, offered)) continue;
      if (matches(event)) this.#report(rule, event, undefined, hits);
    }
    return hits;
  }

  /** Correlations that can only be judged when all events of their time are there; called once more after the last event. */
  settle(): SigmaHit[] {
    const hits: SigmaHit[] = [];
    for (const correlator of this.#correlations)
      for (const hit of correlator.settle()) this.#correlated(hit, hit.events.at(-1)!, hits);
    return hits;
  }

  /** What an outer correlation groups by are the groups of the inner one, and the last event's fields. */
  #correlated(hit: CorrelationHit, event: SigmaEvent, hits: SigmaHit[]): void {
    this.#report(hit.correlation, { ...event, fields: { ...event.fields, ...hit.group } }, hit, hits);
  }

  #report(meta: SigmaMeta, event: SigmaEvent, correlation: CorrelationHit | undefined, hits: SigmaHit[]): void {
    if (!this.#silent.has(meta)) hits.push({ rule: meta, event, ...(correlation ? { correlation } : {}) });
    const reporter = namesOf(meta);
    if (reporter.length === 0) return;
    for (const correlator of this.#correlations) {
      const hit = correlator.feed({ time: event.time, reporter, event });
      if (hit) this.#correlated(hit, event, hits);
    }
  }
}

/** Inner correlations before the outer ones; a circle is left out by never being reached twice. */
function inOrder(
  correlations: SigmaCorrelation[],
  known: Map<string, SigmaRule | SigmaCorrelation>,
): SigmaCorrelation[] {
  const ordered: SigmaCorrelation[] = [];
  const state = new Map<SigmaCorrelation, 'open' | 'done'>();
  const visit = (correlation: SigmaCorrelation): boolean => {
    if (state.get(correlation) === 'done') return true;
    if (state.get(correlation) === 'open') return false;
    state.set(correlation, 'open');
    for (const name of correlation.rules) {
      const inner = known.get(name);
      if (inner?.kind === 'correlation' && !visit(inner)) return false;
    }
    state.set(correlation, 'done');
    ordered.push(correlation);
    return true;
  };
  for (const correlation of correlations) visit(correlation);
  return ordered;
}

/** Parses files and builds the engine. @param files name and content. */
export function sigmaEngine(
  files: readonly { file: string; content: string }[],
  placeholders?: Placeholders,
): SigmaEngine {
  const parsed = files.map(({ file, content }) => parseSigma(content, file));
  const engine = new SigmaEngine(
    parsed.flatMap(({ documents }) => documents),
    placeholders,
  );
  engine.problems.unshift(...parsed.flatMap(({ problems }) => problems));
  return engine;
}

export interface RuleSummary {
  rule: SigmaMeta;
  count: number;
  first: number;
  last: number;
  /** The first twenty hits. */
  hits: SigmaHit[];
}

/** Runs an engine over events in order of time and sums the hits up by rule, most severe first. */
export function runSigma(
  engine: SigmaEngine,
  events: Iterable<{ event: SigmaEvent; offered: LogSourceSelector }>,
): RuleSummary[] {
  const summaries = new Map<SigmaMeta, RuleSummary>();
  const count = (hits: readonly SigmaHit[]): void => {
    for (const hit of hits) {
      const { time } = hit.event;
      let summary = summaries.get(hit.rule);
      if (!summary) {
        summary = { rule: hit.rule, count: 0, first: time, last: time, hits: [] };
        summaries.set(hit.rule, summary);
      }
      summary.count++;
      summary.last = time;
      if (summary.hits.length < 20) summary.hits.push(hit);
    }
  };
  for (const { event, offered } of events) count(engine.feed(event, offered));
  count(engine.settle());
  const levels = ['informational', 'low', 'medium', 'high', 'critical'];
  return [...summaries.values()].sort(
    (a, b) => levels.indexOf(b.rule.level ?? 'medium') - levels.indexOf(a.rule.level ?? 'medium') || b.count - a.count,
  );
}
