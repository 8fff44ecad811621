/**
 * JSON profile of a two-part message: `oi`, `pi`, their digests `oimd` and `pimd`, `pomd`, `sig`, `cert`. The views of
 * merchant and gateway may stand apart: `merchant: { oi, pimd }`, `gateway: { pi, oimd }`.
 */

import { isPlain } from '../../plain.ts';
import { parseJson } from '../stored-message.ts';
import { TEXTBOOK_BINDINGS, WRONG_BINDINGS } from './bindings.ts';
import { derReadings, textReadings } from './readings.ts';
import type { Part, Reading, TwoPartMessage } from './types.ts';

/** Accepted names, folded to lower-case letters. */
const NAMES: { readonly [field: string]: readonly string[] } = {
  oi: ['oi', 'order', 'orderinfo', 'orderinformation', 'oidata'],
  pi: ['pi', 'payment', 'paymentinfo', 'paymentinformation', 'pidata'],
  oimd: ['oimd', 'orderdigest', 'orderhash', 'hoi', 'oidigest', 'oihash'],
  pimd: ['pimd', 'paymentdigest', 'paymenthash', 'hpi', 'pidigest', 'pihash'],
  pomd: ['pomd', 'jointdigest', 'po'],
  sig: ['sig', 'signature', 'dualsignature', 'ds'],
  cert: ['cert', 'certificate', 'cardholdercertificate', 'signercertificate', 'publickey'],
  merchant: ['merchant', 'merchantview'],
  gateway: ['gateway', 'gatewayview', 'bank'],
  time: ['time', 'date', 'timestamp'],
};

export interface JsonMessage {
  message: TwoPartMessage;
  /** Certificate or public key in the message, PEM or DER. */
  certificate?: Buffer;
  time: number;
  /** First reading of each part, for the comparison of their fields. */
  order?: Buffer;
  payment?: Buffer;
}

type Fields = { readonly [name: string]: unknown };

function field(object: Fields | undefined, name: string): unknown {
  if (!object) return undefined;
  const wanted = NAMES[name]!;
  for (const [key, value] of Object.entries(object))
    if (wanted.includes(key.toLowerCase().replace(/[^a-z]/g, ''))) return value;
  return undefined;
}

/** Hexadecimal, base64 or base64url text as bytes; undefined when it is none. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replace(/\s+/g, '');
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function readings(value: unknown): Reading[] {
  if (typeof value === 'string') {
    const der = value.length > 40 ? bytesOf(value) : undefined;
    const text = textReadings(Buffer.from(value, 'utf8'), false);
    return der?.[0] === 0x30 ? [...derReadings(der), ...text] : text;
  }
  if (!isPlain(value) && !Array.isArray(value)) return [];
  const compact = Buffer.from(JSON.stringify(value));
  const sorted = Buffer.from(canonical(value));
  return [
    { bytes: compact, says: 'as JSON without spaces' },
    ...(sorted.equals(compact) ? [] : [{ bytes: sorted, says: 'as JSON with sorted names (RFC 8785)', storage: true }]),
    { bytes: Buffer.from(JSON.stringify(value, null, 2)), says: 'as JSON indented by two spaces' },
  ];
}

/** JSON with sorted names; the depth is bounded where the message is parsed. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isPlain(value)) return JSON.stringify(value) ?? 'null';
  return `{${Object.keys(value)
    .sort()
    .map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`)
    .join(',')}}`;
}

/** Names that no other message has: an order, a payment and a signature alone make no two-part message. */
const OWN_NAMES =
  /"(?:oi|pi|oimd|pimd|pomd|hoi|hpi|oi_?data|pi_?data|(?:order|payment)_?(?:digest|hash)|dual_?signature)"\s{0,20}:/i;

/** Reads the profile; undefined when the JSON is something else. */
export function readTwoPartJson(bytes: Buffer): JsonMessage | undefined {
  if (!OWN_NAMES.test(bytes.toString('latin1', 0, 1_000_000))) return undefined;
  const outer = parseJson(bytes);
  if (!isPlain(outer)) return undefined;
  const merchant = field(outer, 'merchant');
  const gateway = field(outer, 'gateway');
  const views = {
    merchant: isPlain(merchant) ? merchant : undefined,
    gateway: isPlain(gateway) ? gateway : undefined,
  };
  const signature = bytesOf(field(outer, 'sig') ?? field(views.merchant, 'sig') ?? field(views.gateway, 'sig'));
  const order = field(views.merchant, 'oi') ?? field(outer, 'oi') ?? field(views.gateway, 'oi');
  const payment = field(views.gateway, 'pi') ?? field(outer, 'pi') ?? field(views.merchant, 'pi');
  const oimd = bytesOf(field(views.gateway, 'oimd') ?? field(outer, 'oimd') ?? field(views.merchant, 'oimd'));
  const pimd = bytesOf(field(views.merchant, 'pimd') ?? field(outer, 'pimd') ?? field(views.gateway, 'pimd'));
  if (!signature || (order === undefined && payment === undefined)) return undefined;
  if ((order === undefined && !oimd) || (payment === undefined && !pimd)) return undefined;
  const part = (side: Part['side'], value: unknown, stated: Buffer | undefined): Part => ({
    side,
    label: `the ${side} part (${side === 'order' ? 'oi' : 'pi'})`,
    readings: value === undefined ? [] : readings(value),
    ...(stated ? { stated: { value: stated, label: side === 'order' ? 'oimd' : 'pimd' } } : {}),
  });
  const parts = { order: part('order', order, oimd), payment: part('payment', payment, pimd) };
  const joined = bytesOf(field(outer, 'pomd'));
  const cert = field(outer, 'cert');
  const time = field(outer, 'time');
  return {
    message: {
      ...parts,
      signature,
      bindings: [...TEXTBOOK_BINDINGS, ...WRONG_BINDINGS],
      ...(joined ? { joined: { value: joined, label: 'pomd' } } : {}),
    },
    ...(typeof cert === 'string'
      ? { certificate: cert.includes('-----BEGIN') ? Buffer.from(cert) : (bytesOf(cert) ?? Buffer.alloc(0)) }
      : {}),
    time: typeof time === 'string' ? Date.parse(time) : Number.NaN,
    ...(parts.order.readings[0] ? { order: parts.order.readings[0].bytes } : {}),
    ...(parts.payment.readings[0] ? { payment: parts.payment.readings[0].bytes } : {}),
  };
}
