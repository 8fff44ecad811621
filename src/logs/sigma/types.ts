/** Sigma as it is matched here: specification 2.1, with the 2.2 drafts where they only add. */
import type { Condition } from './condition.ts';

/** One event: flat fields, and the raw line for keywords. A missing member means that the event has no such field. */
export interface SigmaEvent {
  /** ms UTC; NaN when unknown. Correlations need it. */
  time: number;
  fields: { [field: string]: string | number | boolean | null };
  /** What keywords are searched in; the values of `fields` when absent. */
  text?: string;
  /** Where it stands, handed through to hits. */
  source?: number;
  line?: number;
}

export interface LogSourceSelector {
  category?: string;
  product?: string;
  service?: string;
}

/** What every document carries and every hit keeps: the rule's author and licence belong to each match (DRL 1.1). */
export interface SigmaMeta {
  title: string;
  id?: string;
  name?: string;
  status?: string;
  description?: string;
  author?: string;
  license?: string;
  level?: string;
  tags: string[];
  references: string[];
  file: string;
}

export interface SigmaRule extends SigmaMeta {
  kind: 'rule';
  logsource: LogSourceSelector;
  detections: Map<string, unknown>;
  conditions: string[];
}

export interface SigmaCorrelation extends SigmaMeta {
  kind: 'correlation';
  type: CorrelationType;
  rules: string[];
  groupBy: string[];
  /** Milliseconds. */
  timespan: number;
  /** All must hold. */
  conditions: { operator: Operator; value: number }[];
  /** Of temporal types, where a condition in words says which rules must, and must not, have matched. */
  expression?: Condition;
  /** Fields of value_* types. */
  fields: string[];
  percentile: number;
  /** Alias to (rule to field). */
  aliases: Map<string, Map<string, string>>;
  generate: boolean;
}

export interface SigmaFilter extends SigmaMeta {
  kind: 'filter';
  logsource: LogSourceSelector;
  /** Ids or names; `any` means all rules of the log source. */
  rules: string[] | 'any';
  detections: Map<string, unknown>;
  conditions: string[];
}

export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];
export const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
export type Operator = (typeof OPERATORS)[number];

/** A document that could not be taken, or a part of one. */
export interface SigmaProblem {
  file: string;
  title: string;
  what: string;
}

export class SigmaError extends Error {}
