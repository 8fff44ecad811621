import type { Outcome, RowKind } from './types.ts';

/** Why an attempt ended as it did, the same words for every dialect. */
export const REASONS = [
  'unknown',
  'ok',
  'refer-to-issuer',
  'merchant-configuration',
  'lost-or-stolen',
  'do-not-honour',
  'system',
  'in-progress',
  'invalid-transaction',
  'invalid-amount',
  'invalid-card',
  'not-found',
  'message-format',
  'routing',
  'expired-card',
  'suspected-fraud',
  'pin',
  'not-permitted',
  'funds',
  'limit',
  'security',
  'frequency-limit',
  'timeout',
  'wrong-security-code',
  'issuer-unavailable',
  'duplicate',
  'reconcile',
  'authentication-required',
  'authentication-3ds',
  'stop-payment',
  'signature',
  'mac',
  'customer',
  'closed',
  'throttled',
  'connection',
  'other',
] as const;
export type Reason = (typeof REASONS)[number];

interface Dialect {
  routes: string[];
  inherits?: string;
  codes: { [code: string]: [Outcome, Reason] };
}

/** Shape of knowledge/response-codes.yaml. */
export interface ResponseCodeData {
  dialects: { [name: string]: Dialect };
  statuses: { [outcome in Exclude<Outcome, 'unknown'>]: string[] };
  refunds: string[];
  disputes: string[];
  fraudReports: string[];
}

export interface Judgement {
  outcome: Outcome;
  reason: Reason;
}

export interface ResponseCodes {
  /** Dialects whose route names match; the caller may add its own choice. */
  dialectOf(route: string): string | undefined;
  code(dialect: string, code: string): Judgement | undefined;
  /** A code looked up in every dialect, the ones whose codes are words first. */
  anyCode(code: string): Judgement | undefined;
  status(text: string): Outcome | undefined;
  /** What a row is by its type or status; undefined for a payment. */
  kind(text: string): Exclude<RowKind, 'payment'> | undefined;
}

/** Parts of the name of an event. */
const MOST_PARTS = 5;

/** Lower case without spaces, punctuation and accents; other scripts stay. */
export const word = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_\-.,:/]+/g, '');

/**
 * ISO codes are written with and without their leading zero, action codes of 2003 with a digit more, and exports write the
 * words beside the code (`51 : Insufficient funds`, `12 - Not enough balance`): the words first, since bare numbers mean other things elsewhere.
 */
function codeForms(code: string): string[] {
  if (/^\d$/.test(code)) return [code, `0${code}`];
  if (/^0\d\d$/.test(code)) return [code, code.slice(1)];
  if (/^[019]\d{3}$/.test(code)) return [code, `${code[0]}${code.slice(2)}`];
  const both = /^([0-9A-Z]{1,4}) ?(?::| [-–|]) ?(\S.{0,80})$/.exec(code);
  return both ? [code, both[2]!, both[1]!] : [code];
}

/** Makes lookups of the response code data; undefined data gives status words only in English. */
export function responseCodes(data: ResponseCodeData | undefined): ResponseCodes {
  const dialects = new Map<string, Map<string, Judgement>>();
  const routes: [string, string][] = [];
  for (const [name, dialect] of Object.entries(data?.dialects ?? {})) {
    const codes = new Map<string, Judgement>(dialect.inherits ? dialects.get(dialect.inherits) : undefined);
    for (const [code, [outcome, reason]] of Object.entries(dialect.codes))
      codes.set(code.toUpperCase(), { outcome, reason });
    dialects.set(name, codes);
    for (const route of dialect.routes) routes.push([word(route), name]);
  }
  // The longest name first, so that `unionpay card` is UnionPay and not a card.
  routes.sort((a, b) => b[0].length - a[0].length);
  const statuses = new Map<string, Outcome>();
  for (const [outcome, words] of Object.entries(data?.statuses ?? {}))
    for (const text of words) statuses.set(word(text), outcome as Outcome);
  const kinds = new Map<string, Exclude<RowKind, 'payment'>>();
  for (const text of data?.refunds ?? []) kinds.set(word(text), 'refund');
  for (const text of data?.disputes ?? []) kinds.set(word(text), 'dispute');
  for (const text of data?.fraudReports ?? []) kinds.set(word(text), 'fraud-report');
  const code = (dialect: string, text: string): Judgement | undefined => {
    for (const form of codeForms(text.trim().toUpperCase())) {
      const found = dialects.get(dialect)?.get(form);
      if (found) return found;
    }
    return undefined;
  };
  return {
    code,
    dialectOf(route) {
      const name = word(route);
      return name ? routes.find(([text]) => name === text || (text.length > 3 && name.includes(text)))?.[1] : undefined;
    },
    anyCode(text) {
      // Bare numbers mean different things in different dialects; only ISO 8583 may claim them unasked.
      const order = /^[0-9A-Z]{1,3}$/i.test(text)
        ? ['iso8583', 'unionpay-network', 'iso8583-1993']
        : ['stripe', 'wechat', 'alipay', 'adyen', 'iso8583', 'paypal', 'checkout'];
      for (const dialect of order) {
        const found = code(dialect, text);
        if (found) return found;
      }
      return undefined;
    },
    status: (text) => statuses.get(word(text)),
    // Events are named by what they are about first: `payment.refund`, `charge.dispute.created`.
    kind: (text) =>
      kinds.get(word(text)) ??
      text
        .split('.', MOST_PARTS)
        .slice(1)
        .map((part) => kinds.get(word(part)))
        .find((kind) => kind !== undefined),
  };
}
