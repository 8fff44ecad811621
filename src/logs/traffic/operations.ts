/**
 * Operations in application logs: lines that name an endpoint or a partner and say how long it took or how it ended.
 * Counted like requests, so that an outage shows where there is no access log.
 */
import { CLIENT_KEYS, clientAddress, seconds } from '../formats/access-json.ts';
import type { Fields } from '../formats/fields.ts';
import type { Level } from '../types.ts';
import { endpointOf } from '../windows/series.ts';
import type { Traffic } from './traffic.ts';

export const OPERATION_KEYS = {
  client: CLIENT_KEYS,
  endpoint: ['endpoint', 'route', 'api', 'operation', 'uri', 'path', 'url.path', 'request_uri', 'url', 'target'],
  partner: [
    'acquirer',
    'channel',
    'psp',
    'gateway',
    'provider',
    'bank',
    'processor',
    'payment_channel',
    'channel_code',
    'acquirer_id',
    'upstream',
    'upstream_addr',
  ],
  duration: [
    'latency_ms',
    'duration_ms',
    'elapsed_ms',
    'cost_ms',
    'time_ms',
    'took_ms',
    'rt_ms',
    'latency',
    'duration',
    'elapsed',
    'took',
    'cost',
    'response_time',
    'responseTime',
    'request_time',
    'event.duration',
  ],
  outcome: [
    'result_code',
    'response_code',
    'resp_code',
    'return_code',
    'error_code',
    'status_code',
    'http_status',
    'code',
    'status',
    'result',
    'outcome',
  ],
} as const satisfies { [part: string]: readonly string[] };
export type OperationPart = keyof typeof OPERATION_KEYS;
export const OPERATION_PARTS = Object.keys(OPERATION_KEYS) as OperationPart[];

/**
 * Codes of failures that are nobody's decision: ISO 8583 response codes 06, 68, 91, 92, 96 and 98 (error, late answer,
 * issuer or switch not available, system malfunction), HTTP 5xx, and the words that gateways use. Declines are answers.
 */
const TECHNICAL =
  /^(?:06|68|91|92|96|98|5\d\d|(?:system_?|internal_?|gateway_?|network_?)?(?:error|timeout)|unavailable|timed_?out)$/i;

export const isTechnicalFailure = (code: string): boolean => TECHNICAL.test(code);

const first = (fields: Fields, part: OperationPart): string | undefined => {
  for (const key of OPERATION_KEYS[part]) if (fields[key] !== undefined) return key;
  return undefined;
};

/** Counts a record as an operation when it is one. @param time ms UTC. */
export function countOperation(traffic: Traffic, fields: Fields, level: Level | undefined, time: number): void {
  const endpointKey = first(fields, 'endpoint');
  const partnerKey = first(fields, 'partner');
  const durationKey = first(fields, 'duration');
  const outcomeKey = first(fields, 'outcome');
  if ((endpointKey ?? partnerKey) === undefined || (durationKey ?? outcomeKey) === undefined) return;
  const clientKey = first(fields, 'client');
  const client = clientKey === undefined ? '' : clientAddress(fields[clientKey]!);
  const failed =
    level === 'error' || level === 'critical' || (outcomeKey !== undefined && isTechnicalFailure(fields[outcomeKey]!));
  traffic.add(
    time,
    0,
    failed,
    traffic.addresses.text(client),
    endpointKey === undefined ? 0 : traffic.endpoints.text(endpointName(fields[endpointKey]!)),
    partnerKey === undefined ? 0 : traffic.upstreams.text(fields[partnerKey]!),
    durationKey === undefined ? Number.NaN : seconds(fields[durationKey]!, durationKey),
  );
}

/** `https://h/v1/pay?x=1` and `/v1/pay` to `/v1/pay`; a name without slashes stays. */
export function endpointName(text: string): string {
  const path = text.replace(/^[a-z][a-z0-9+.-]{0,15}:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0]!;
  return path.includes('/') ? endpointOf(path) : path;
}
