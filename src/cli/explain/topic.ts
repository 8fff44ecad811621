/** What the user asked to have explained. */
import type { CheckMeta } from '../../checks/types.ts';
import type { Knowledge } from '../../knowledge/load.ts';
import { nearest } from '../../knowledge/nearest.ts';
import type { AlertEntry, Cause } from '../../knowledge/types.ts';
import type { ResponseCodeData } from '../../transactions/response-codes.ts';
import { type CodeMeaning, meaningsOf } from './response-code.ts';

export type Topic =
  | { kind: 'catalogue' }
  | { kind: 'cause'; cause: Cause }
  /** `meanings`: what the same number says as a payment response code. */
  | { kind: 'alert'; alert: AlertEntry; meanings: CodeMeaning[] }
  | { kind: 'code'; code: string; meanings: CodeMeaning[] }
  | { kind: 'check'; check: CheckMeta }
  /** Neither an id nor a number: look it up as an error text. */
  | { kind: 'text'; text: string };

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '_');

/**
 * Decides what a query means: nothing, a cause (slug or code), an alert (number or name), a check id, a payment
 * response code, or a text. A number is an alert first: `45`, `alert 45`.
 */
export function topicOf(query: string, knowledge: Knowledge, checks: readonly CheckMeta[]): Topic {
  const wanted = query.trim();
  if (wanted === '') return { kind: 'catalogue' };
  const cause =
    knowledge.causeById.get(wanted.toLowerCase()) ??
    knowledge.causes.find((c) => c.code.toLowerCase() === wanted.toLowerCase());
  if (cause) return { kind: 'cause', cause };
  const codes = knowledge.other('response-codes') as ResponseCodeData | undefined;
  const named = /^(?:response\s+)?code\s+(\S{1,64})$/i.exec(wanted)?.[1];
  if (named !== undefined) {
    const meanings = meaningsOf(codes, named);
    if (meanings.length > 0) return { kind: 'code', code: named, meanings };
  }
  const number = /^(?:(?:tls|ssl)?\s*alert\s*(?:number)?\s*)?(\d{1,3})$/i.exec(wanted);
  const alert = number
    ? knowledge.alerts.find((a) => a.number === Number(number[1]))
    : knowledge.alerts.find((a) => a.name === plain(wanted.replace(/^(?:tls|ssl)?\s*alert\s+/i, '')));
  const meanings = meaningsOf(codes, wanted);
  if (alert) return { kind: 'alert', alert, meanings };
  const check = checks.find((c) => c.id === wanted.toLowerCase());
  if (check) return { kind: 'check', check };
  if (meanings.length > 0) return { kind: 'code', code: wanted, meanings };
  return { kind: 'text', text: wanted };
}

/** Ids that a query which led nowhere may have meant. */
export function suggestions(query: string, knowledge: Knowledge, checks: readonly CheckMeta[]): string[] {
  return nearest(query, [
    ...knowledge.causes.map((c) => c.id),
    ...knowledge.alerts.map((a) => a.name),
    ...checks.map((c) => c.id),
  ]);
}
