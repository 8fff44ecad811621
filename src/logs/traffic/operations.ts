/**
 * Operations in application logs: lines that name an endpoint or a partner and say how long it took or how it ended.
 * Counted like requests, so that an outage shows where there is no access log.
 */
import { CLIENT_KEYS, clientAddress, seconds } from '../formats/access-json.ts';
import { DURATION_NAMES, DURATION_NAMES_WITH_UNIT } from '../formats/duration-names.ts';
import type { Fields } from '../formats/fields.ts';
import { MERCHANT_NAMES } from '../formats/merchant-members.ts';
import type { Level } from '../types.ts';
import { endpointOf } from '../windows/series.ts';
import type { Traffic } from './traffic.ts';

export const OPERATION_KEYS = {
  client: CLIENT_KEYS,
  endpoint: [
    'endpoint',
    'route',
    'api',
    'operation',
    'uri',
    'path',
    'url.path',
    'request_uri',
    'url',
    'target',
    'grpc.method',
  ],
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
    'acquirer_name',
    'acquirerId',
    'acquirerName',
    'psp_name',
    'payment_provider',
    'payment_gateway',
    '收单机构',
    '渠道',
    '通道',
  ],
  duration: [...DURATION_NAMES_WITH_UNIT, ...DURATION_NAMES],
  outcome: [
    'result_code',
    'response_code',
    'resp_code',
    'return_code',
    'error_code',
    'rc',
    'respCode',
    'responseCode',
    'resultCode',
    'resp_cd',
    'status_code',
    'http_status',
    'statusCode',
    'httpStatus',
    'http.status_code',
    'http.response.status_code',
    // Columns of tables are looked up in lower case.
    'resultcode',
    'responsecode',
    'respcode',
    'statuscode',
    'httpstatus',
    'code',
    'status',
    'result',
    'outcome',
    // go-grpc-middleware.
    'grpc.code',
  ],
} as const satisfies { [part: string]: readonly string[] };
export type OperationPart = keyof typeof OPERATION_KEYS;
export const OPERATION_PARTS = Object.keys(OPERATION_KEYS) as OperationPart[];

/**
 * Codes of failures that are nobody's decision: ISO 8583 response codes 06, 68, 91, 92, 96 and 98 (error, late answer,
 * issuer or switch not available, system malfunction), HTTP 5xx, the words that gateways use, and codes of gRPC. Declines are
 * answers.
 */
const TECHNICAL =
  /^(?:06|68|91|92|96|98|5\d\d|(?:system_?|internal_?|gateway_?|network_?)?(?:error|timeout)|unavailable|timed_?out|deadline_?exceeded|data_?loss|internal)$/i;

export const isTechnicalFailure = (code: string): boolean => TECHNICAL.test(code);

/** What is looked for in a record: the parts of an operation, and whose it is. */
const LOOKED_FOR: readonly (readonly string[])[] = [
  ...OPERATION_PARTS.map((part) => OPERATION_KEYS[part]),
  MERCHANT_NAMES,
];

/** By name: the parts it may be, and how well it says so, 0 best. Lines have fewer members than there are names to look for. */
const ROLES = new Map<string, { part: number; rank: number }[]>();
for (const [part, names] of LOOKED_FOR.entries())
  for (const [rank, key] of names.entries()) ROLES.set(key, [...(ROLES.get(key) ?? []), { part, rank }]);

/** Names of the parts that the record at hand has, in the order of LOOKED_FOR, and how well each says so. */
const found: (string | undefined)[] = LOOKED_FOR.map(() => undefined);
const NONE = 0xffff;
const ranks = new Uint16Array(LOOKED_FOR.length);

/** Settles `found`. */
function findParts(fields: Fields): void {
  found.fill(undefined);
  ranks.fill(NONE);
  for (const key in fields) {
    const roles = ROLES.get(key);
    if (roles === undefined) continue;
    for (const { part, rank } of roles)
      if (rank < ranks[part]!) {
        ranks[part] = rank;
        found[part] = key;
      }
  }
}

/** What a record says of an operation. */
export interface Operation {
  endpoint: string | undefined;
  partner: string | undefined;
  merchant: string | undefined;
  outcome: string | undefined;
  /** Seconds; NaN when it does not say. */
  took: number;
  failed: boolean;
}

/** @returns undefined for a record that tells of none. */
export function operationOf(fields: Fields, level: Level | undefined): Operation | undefined {
  findParts(fields);
  if (!isOperation()) return undefined;
  const [, endpointKey, partnerKey, durationKey, outcomeKey, merchantKey] = found;
  const text = (key: string | undefined): string | undefined => (key === undefined ? undefined : fields[key]);
  return {
    endpoint: endpointKey === undefined ? undefined : endpointName(fields[endpointKey]!),
    partner: text(partnerKey),
    merchant: text(merchantKey),
    outcome: text(outcomeKey),
    took: durationKey === undefined ? Number.NaN : seconds(fields[durationKey]!, durationKey),
    failed: hasFailed(level, text(outcomeKey)),
  };
}

/** Whether the parts found make an operation: a place, and how long it took or how it ended. */
function isOperation(): boolean {
  const [, endpointKey, partnerKey, durationKey, outcomeKey] = found;
  return (endpointKey ?? partnerKey) !== undefined && (durationKey ?? outcomeKey) !== undefined;
}

/** Whether a record that has these members, whatever their values, tells of an operation. */
export function mayBeOperation(fields: Fields): boolean {
  findParts(fields);
  return isOperation();
}

const hasFailed = (level: Level | undefined, outcome: string | undefined): boolean =>
  level === 'error' || level === 'critical' || (outcome !== undefined && isTechnicalFailure(outcome));

/** Counts a record as an operation when it is one. @param time ms UTC. */
export function countOperation(traffic: Traffic, fields: Fields, level: Level | undefined, time: number): void {
  findParts(fields);
  const [clientKey, endpointKey, partnerKey, durationKey, outcomeKey, merchantKey] = found;
  if (!isOperation()) return;
  const client = clientKey === undefined ? '' : clientAddress(fields[clientKey]!);
  const failed = hasFailed(level, outcomeKey === undefined ? undefined : fields[outcomeKey]);
  const endpoint = endpointKey === undefined ? 0 : traffic.endpoints.text(endpointName(fields[endpointKey]!));
  traffic.add(
    time,
    0,
    failed,
    traffic.addresses.text(client),
    endpoint,
    partnerKey === undefined ? 0 : traffic.upstreams.text(fields[partnerKey]!),
    durationKey === undefined ? Number.NaN : seconds(fields[durationKey]!, durationKey),
    merchantKey !== undefined
      ? traffic.merchants.names.text(merchantName(fields[merchantKey]!))
      : traffic.asksForMerchant(endpoint)
        ? traffic.merchantOf(fields[endpointKey!]!)
        : 0,
  );
}

/** A dash stands for none. */
export const merchantName = (text: string): string => (text === '-' ? '' : text);

/** `https://h/v1/pay?x=1` and `/v1/pay` to `/v1/pay`; a name without slashes stays. */
export function endpointName(text: string): string {
  const path = text.replace(/^[a-z][a-z0-9+.-]{0,15}:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0]!;
  return path.includes('/') ? endpointOf(path) : path;
}
