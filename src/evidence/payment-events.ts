/**
 * Notifications of payment providers, one JSON object a line: an envelope around the payment, whose members lie elsewhere with
 * each provider. What counts is the outcome of an attempt; what else a provider tells (disputes, payouts, captures of what was
 * authorised before) is no attempt and would count it twice.
 *
 * Sources: docs.stripe.com/api/events/object and /event/types; docs.adyen.com/api-explorer/Webhooks (notificationItems);
 * razorpay.com/docs/webhooks/payments; developer.paypal.com/api/rest/webhooks/event-names;
 * developer.squareup.com/reference/square/payments-api/webhooks/payment.updated.
 */
import { isPlain, type Plain } from '../plain.ts';

/** Columns that `paymentEvent` fills, in words that a table's header has. */
export const EVENT_COLUMNS = [
  'time',
  'payment id',
  'order id',
  'amount',
  'currency',
  'status',
  'response code',
  'route',
  'merchant id',
  'last4',
  'bin',
  'card fingerprint',
  'expiry',
  'shopper ip',
  'customer id',
  'type',
] as const;
type Column = (typeof EVENT_COLUMNS)[number];
type Cells = { [column in Column]?: unknown };

/** The member at a path of names; undefined where one of them is missing. */
function at(value: unknown, ...path: string[]): unknown {
  let inner = value;
  for (const name of path) {
    if (!isPlain(inner)) return undefined;
    inner = inner[name];
  }
  return inner;
}

interface Provider {
  /** Whether an envelope is of this provider, whatever it tells of. */
  fits(event: Plain): boolean;
  /** The attempt that it tells of, undefined for events of other kinds. */
  read(event: Plain): Cells | undefined;
}

const STRIPE_OUTCOMES = /^(?:charge\.(?:succeeded|failed|refunded)|payment_intent\.(?:succeeded|payment_failed))$/;

/** The card of a charge; `iin` only where the account may see it. */
const stripeCard = (card: unknown): Cells => {
  const [month, year] = [at(card, 'exp_month'), at(card, 'exp_year')];
  return {
    last4: at(card, 'last4'),
    bin: at(card, 'iin'),
    'card fingerprint': at(card, 'fingerprint'),
    ...(typeof month === 'number' && typeof year === 'number'
      ? { expiry: `${String(month).padStart(2, '0')}/${year}` }
      : {}),
  };
};

const stripe: Provider = {
  fits: (event) => event.object === 'event' && typeof event.type === 'string' && isPlain(at(event, 'data', 'object')),
  read(event) {
    const type = event.type as string;
    const object = at(event, 'data', 'object');
    // A payment intent that has a charge is told of by that charge.
    if (!STRIPE_OUTCOMES.test(type) || (type.startsWith('payment_intent.') && at(object, 'latest_charge')))
      return undefined;
    const error = at(object, 'last_payment_error');
    return {
      time: event.created,
      'payment id': at(object, 'id'),
      'order id': at(object, 'metadata', 'order_id') ?? at(object, 'payment_intent') ?? at(object, 'id'),
      amount: at(object, 'amount'),
      currency: at(object, 'currency'),
      status: /failed$/.test(type) ? 'failed' : at(object, 'status'),
      'response code':
        at(object, 'outcome', 'reason') ?? at(object, 'failure_code') ?? at(error, 'decline_code') ?? at(error, 'code'),
      route: 'stripe',
      'merchant id': event.account,
      ...stripeCard(at(object, 'payment_method_details', 'card')),
      'customer id': at(object, 'customer'),
      type: type === 'charge.refunded' ? 'refund' : 'charge',
    };
  },
};

const adyen: Provider = {
  fits: (event) => Array.isArray(event.notificationItems) || typeof event.eventCode === 'string',
  read(event) {
    const items = event.notificationItems;
    const item = Array.isArray(items) ? at(items[0], 'NotificationRequestItem') : event;
    const code = at(item, 'eventCode');
    if (code !== 'AUTHORISATION' && code !== 'REFUND') return undefined;
    const success = String(at(item, 'success')) === 'true';
    return {
      time: at(item, 'eventDate'),
      'payment id': at(item, 'pspReference'),
      'order id': at(item, 'merchantReference'),
      amount: at(item, 'amount', 'value'),
      currency: at(item, 'amount', 'currency'),
      status: success ? 'Authorised' : 'Refused',
      // Where it went well, `reason` holds the approval code and parts of the card number.
      'response code': success ? undefined : at(item, 'reason'),
      route: 'adyen',
      'merchant id': at(item, 'merchantAccountCode'),
      last4: at(item, 'additionalData', 'cardSummary'),
      bin: at(item, 'additionalData', 'cardBin'),
      'card fingerprint': at(item, 'additionalData', 'alias'),
      expiry: at(item, 'additionalData', 'expiryDate'),
      'shopper ip': at(item, 'additionalData', 'shopperIP'),
      'customer id': at(item, 'additionalData', 'shopperReference'),
      type: code === 'REFUND' ? 'refund' : 'payment',
    };
  },
};

const razorpay: Provider = {
  fits: (event) => event.entity === 'event' && typeof event.event === 'string' && isPlain(event.payload),
  read(event) {
    const payment = at(event, 'payload', 'payment', 'entity');
    // `payment.authorized` comes before `payment.captured` of the same payment.
    if (event.event !== 'payment.captured' && event.event !== 'payment.failed') return undefined;
    return {
      time: event.created_at ?? at(payment, 'created_at'),
      'payment id': at(payment, 'id'),
      'order id': at(payment, 'order_id'),
      amount: at(payment, 'amount'),
      currency: at(payment, 'currency'),
      status: at(payment, 'status'),
      'response code': at(payment, 'error_code'),
      route: at(payment, 'method'),
      'merchant id': event.account_id,
      last4: at(payment, 'card', 'last4'),
      'customer id': at(payment, 'customer_id'),
      type: 'payment',
    };
  },
};

const PAYPAL_OUTCOMES =
  /^PAYMENT\.(?:CAPTURE\.(?:COMPLETED|DENIED|DECLINED|PENDING|REFUNDED)|SALE\.(?:COMPLETED|DENIED|PENDING|REFUNDED))$/;

const paypal: Provider = {
  fits: (event) => typeof event.event_type === 'string' && isPlain(event.resource),
  read(event) {
    const type = event.event_type as string;
    const { resource } = event;
    if (!PAYPAL_OUTCOMES.test(type)) return undefined;
    return {
      time: event.create_time ?? at(resource, 'create_time'),
      'payment id': at(resource, 'id'),
      'order id': at(resource, 'invoice_id') ?? at(resource, 'supplementary_data', 'related_ids', 'order_id'),
      amount: at(resource, 'amount', 'value') ?? at(resource, 'amount', 'total'),
      currency: at(resource, 'amount', 'currency_code') ?? at(resource, 'amount', 'currency'),
      status: type.slice(type.lastIndexOf('.') + 1),
      'response code': at(resource, 'status_details', 'reason'),
      route: 'paypal',
      type: type.endsWith('REFUNDED') ? 'refund' : 'payment',
    };
  },
};

const square: Provider = {
  fits: (event) => typeof event.type === 'string' && isPlain(at(event, 'data', 'object')) && 'merchant_id' in event,
  read(event) {
    const payment = at(event, 'data', 'object', 'payment');
    const status = at(payment, 'status');
    // A payment is told of when it is made, too; the outcome is what it ends with.
    if (!isPlain(payment) || (status !== 'COMPLETED' && status !== 'FAILED')) return undefined;
    return {
      time: event.created_at ?? at(payment, 'updated_at'),
      'payment id': at(payment, 'id'),
      'order id': at(payment, 'order_id'),
      amount: at(payment, 'amount_money', 'amount'),
      currency: at(payment, 'amount_money', 'currency'),
      status,
      'response code': at((at(payment, 'card_details', 'errors') as unknown[] | undefined)?.[0], 'code'),
      route: at(payment, 'source_type'),
      'merchant id': event.merchant_id,
      last4: at(payment, 'card_details', 'card', 'last_4'),
      bin: at(payment, 'card_details', 'card', 'bin'),
      'card fingerprint': at(payment, 'card_details', 'card', 'fingerprint'),
      'customer id': at(payment, 'customer_id'),
      type: 'payment',
    };
  },
};

const PROVIDERS: readonly Provider[] = [stripe, adyen, razorpay, paypal, square];

/** Whether an object is a provider's notification, of an attempt or of something else. */
export const isPaymentEvent = (value: unknown): boolean =>
  isPlain(value) && PROVIDERS.some((provider) => provider.fits(value));

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/**
 * @returns cells in the order of `EVENT_COLUMNS`; 'other' for a notification of something else, undefined for what is none.
 */
export function paymentEvent(value: unknown): string[] | 'other' | undefined {
  if (!isPlain(value)) return undefined;
  for (const provider of PROVIDERS) {
    if (!provider.fits(value)) continue;
    const cells = provider.read(value);
    return cells ? EVENT_COLUMNS.map((column) => text(cells[column])) : 'other';
  }
  return undefined;
}
