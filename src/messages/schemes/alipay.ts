import { ALGORITHMS } from '../algorithms.ts';
import { type Candidate, type Claim, defineScheme, type KeyHint } from '../scheme.ts';
import { type Direction, jsonBody, type StoredMessage } from '../stored-message.ts';
import { bodyVariants } from '../variants/body.ts';
import { charsetVariants, encodeGbk, isGbk } from '../variants/charset.ts';
import { readJsonTree } from '../variants/json.ts';
import {
  type JoinRules,
  joined,
  joinedVariants,
  type Parameters,
  readParameters,
  valueOfParameter,
} from '../variants/parameters.ts';

/** Requests sign `sign_type`, notifications leave it out (opendocs.alipay.com, "Signing"). */
const REQUEST: JoinRules = { without: ['sign'], dropEmpty: true };
const NOTIFICATION: JoinRules = { without: ['sign', 'sign_type'], dropEmpty: true };

const algorithmOf = (signType: string | undefined) =>
  signType?.toUpperCase() === 'RSA' ? ALGORITHMS.rsaSha1 : ALGORITHMS.rsaSha256;

export default defineScheme({
  meta: {
    id: 'alipay',
    title: 'Alipay open platform (v2)',
    description:
      'RSA2 (SHA-256) or RSA (SHA-1) over the sorted parameters of requests and notifications, or over the raw JSON of a response.',
    signsFields: true,
    references: ['https://opendocs.alipay.com/common/02kf5q'],
  },
  detect: (message) => {
    if (message.body.includes('"sign"') && responseSlice(message)) return 2;
    if (RESPONSE_START.test(message.body.toString('latin1', 0, 400))) return 2;
    if (!message.body.includes('sign') && !message.target?.includes('sign')) return 0;
    const p = readParameters(message);
    if (!p) return 0;
    if (valueOfParameter(p, 'sign') === undefined) return unsignedRequest(p) ? 2 : 0;
    const typed = /^RSA2?$/.test(valueOfParameter(p, 'sign_type') ?? '');
    const named = ['app_id', 'notify_id', 'biz_content'].some((n) => valueOfParameter(p, n) !== undefined);
    return typed && named ? 2 : typed || named ? 1 : 0;
  },
  claims: (message, context): Claim[] => {
    const response = responseSlice(message);
    if (response) return [responseClaim(message, response)];
    if (RESPONSE_START.test(message.body.toString('latin1', 0, 400))) return [unreadableResponse(message)];
    const p = readParameters(message);
    return p ? [parameterClaim(p, context.direction)] : [];
  },
});

/** Its own parameters without a sign: it was dropped on the way, or never made. */
const unsignedRequest = (p: Parameters): boolean =>
  valueOfParameter(p, 'sign_type') !== undefined &&
  /^alipay\./.test(valueOfParameter(p, 'method') ?? valueOfParameter(p, 'notify_type') ?? '');

/** A response that is no JSON, or has no sign. */
function unreadableResponse(message: StoredMessage): Claim {
  const base = { label: 'Alipay response sign', direction: 'response' as const, kind: 'defect' as const };
  if (jsonBody(message) !== undefined)
    return { ...base, reason: 'signature-missing', says: 'there is no sign beside the response' };
  return { ...base, reason: 'message-damaged', says: 'the response is no whole JSON: it was cut or changed' };
}

function parameterClaim(p: Parameters, known: Direction | undefined): Claim {
  const get = (name: string): string | undefined => valueOfParameter(p, name);
  const notification = get('notify_id') !== undefined || get('notify_type') !== undefined;
  const direction = known ?? (notification ? 'callback' : 'request');
  const base = { label: 'Alipay sign', direction };
  const sign = get('sign');
  if (!sign) return { ...base, kind: 'defect', reason: 'signature-missing', says: 'there is no sign parameter' };
  const type = get('sign_type');
  if (type !== undefined && !/^RSA2?$/i.test(type))
    return {
      ...base,
      kind: 'defect',
      reason: 'algorithm-refused',
      says: `sign_type ${type.slice(0, 20)} is neither RSA2 nor RSA`,
    };
  const rules = direction === 'request' ? REQUEST : NOTIFICATION;
  const algorithm = algorithmOf(type);
  // Where the form was stored decoded, the octets are those of the file: the declared character set says what was sent.
  const stored = storedIn(p, get('charset'));
  const signed = joined(stored.list, rules);
  const hint = certificateHint(direction === 'request' ? get('app_cert_sn') : get('alipay_cert_sn'), direction);
  return {
    ...base,
    kind: 'signature',
    algorithm,
    declared: `sign_type ${type ?? 'RSA2 (by default)'}`,
    rivals: [algorithm === ALGORITHMS.rsaSha256 ? ALGORITHMS.rsaSha1 : ALGORITHMS.rsaSha256],
    signatures: [{ text: sign, encoding: 'base64' }],
    ...(hint ? { hint } : {}),
    signed,
    // Some notifications (life accounts) keep sign_type, and the public SDKs differ about empty values: all are right.
    ...(direction === 'request'
      ? {}
      : {
          alternatives: [REQUEST, { ...NOTIFICATION, dropEmpty: false }, { ...REQUEST, dropEmpty: false }].map((r) =>
            joined(stored.list, r),
          ),
        }),
    candidates: () => joinedVariants(stored, rules, ['sign_type']),
  };
}

function storedIn(p: Parameters, charset: string | undefined): Parameters {
  if (p.encoded || !isGbk(charset)) return p;
  return {
    ...p,
    list: p.list.map((x) => {
      const gbk = encodeGbk(Buffer.from(x.value, 'latin1').toString('utf8'));
      return gbk ? { ...x, value: gbk.toString('latin1') } : x;
    }),
  };
}

function certificateHint(sn: string | undefined, direction: Direction): KeyHint | undefined {
  if (!sn) return undefined;
  return { kind: 'alipay-sn', value: sn, field: direction === 'request' ? 'app_cert_sn' : 'alipay_cert_sn' };
}

interface Slice {
  /** The octets of the `*_response` value as they stood. */
  content: Buffer;
  sign: string;
  sn?: string;
}

/** A response signs the octets of its `*_response` member: found in the text, as parsing would lose them. */
function responseSlice(message: StoredMessage): Slice | undefined {
  if (!RESPONSE.test(message.body.toString('latin1', 0, 4096)) || !message.body.includes('"sign"')) return undefined;
  const json = jsonBody(message) as { sign?: unknown; alipay_cert_sn?: unknown } | undefined;
  if (typeof json?.sign !== 'string') return undefined;
  const bom = message.body.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? 3 : 0;
  // One character per octet, so that positions are those of the octets.
  const tree = readJsonTree(message.body.toString('latin1', bom));
  const member = tree?.kind === 'object' ? tree.members.find((m) => RESPONSE_NAME.test(m.key)) : undefined;
  if (!member) return undefined;
  return {
    content: message.body.subarray(bom + member.from, bom + member.to),
    sign: json.sign,
    ...(typeof json.alipay_cert_sn === 'string' ? { sn: json.alipay_cert_sn } : {}),
  };
}

const RESPONSE_NAME = /^[a-z0-9_]{1,100}_response$/;
const RESPONSE = /"[a-z0-9_]{1,100}_response"\s{0,100}:/;
/** Where a response begins as a whole one does: the rest may have been cut. */
const RESPONSE_START = /^\s{0,100}\{\s{0,100}"(?:alipay_[a-z0-9_]{1,90}|error)_response"\s{0,100}:/;

function responseClaim(message: StoredMessage, { content, sign, sn }: Slice): Claim {
  const hint = certificateHint(sn, 'response');
  // An encrypted response is one base64 string: it is signed without its quotes.
  const quoted = content[0] === 0x22;
  const signed = quoted ? content.subarray(1, -1) : content;
  return {
    label: 'Alipay response sign',
    direction: 'response',
    kind: 'signature',
    algorithm: ALGORITHMS.rsaSha256,
    declared: 'RSA2',
    // The type is that of the account and not in the response.
    rivals: [ALGORITHMS.rsaSha1],
    signatures: [{ text: sign, encoding: 'base64' }],
    ...(hint ? { hint } : {}),
    signed,
    ...(quoted ? { alternatives: [content] } : {}),
    candidates: function* (): Iterable<Candidate> {
      yield* bodyVariants(signed);
      for (const v of charsetVariants(signed)) yield { bytes: v.bytes, reason: 'charset', says: v.says };
      yield { bytes: message.body, reason: 'string-to-sign', says: 'as the whole body' };
    },
  };
}
