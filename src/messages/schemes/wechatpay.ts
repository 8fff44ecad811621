import { createDecipheriv } from 'node:crypto';
import { counted } from '../../wording.ts';
import { ALGORITHMS } from '../algorithms.ts';
import type { KeyMaterial } from '../keys/material.ts';
import { type Candidate, type Claim, defineScheme, type KeyHint, type OpenedContent } from '../scheme.ts';
import { type Direction, header, jsonBody, pathAndQuery, type StoredMessage } from '../stored-message.ts';
import { bodyVariants, decodeUrl } from '../variants/body.ts';
import { secretForms } from '../variants/secrets.ts';
import { notChecked } from '../verdict.ts';
import { otherUnits, stampOf } from './_stamped.ts';

const TOLERANCE = 300_000;
/** Signatures that WeChat Pay sends to see whether they are refused (pay.weixin.qq.com, "signature probe traffic"). */
const PROBE = 'WECHATPAY/SIGNTEST/';

export default defineScheme({
  meta: {
    id: 'wechatpay',
    title: 'WeChat Pay API v3',
    description:
      'SHA256-RSA2048 over method, path, time, nonce and body (requests) or time, nonce and body (responses, callbacks); AES-256-GCM resources.',
    references: [
      'https://pay.weixin.qq.com/doc/v3/merchant/4012365342',
      'https://pay.weixin.qq.com/doc/v3/merchant/4013053420',
    ],
  },
  detect: (message) => {
    if (/^WECHATPAY2-/i.test(header(message, 'authorization') ?? '')) return 2;
    if (header(message, 'wechatpay-signature') !== undefined || header(message, 'wechatpay-serial') !== undefined)
      return 2;
    return sealedResources(message).length > 0 ? 1 : 0;
  },
  claims: (message, context): Claim[] => {
    const authorization = header(message, 'authorization');
    if (authorization && /^WECHATPAY2-/i.test(authorization)) return [requestClaim(message, authorization)];
    const direction: Direction = context.direction ?? (message.status === undefined ? 'callback' : 'response');
    const signed = header(message, 'wechatpay-signature');
    const resources = sealedResources(message).map((r) => resourceClaim(r, direction));
    const headersThere = message.headers.some(([n]) => /^wechatpay-/i.test(n));
    if (signed === undefined && !headersThere) return resources;
    return [incomingClaim(message, direction), ...resources];
  },
});

/** `key="value"` pairs after the scheme name. */
function authorizationParts(text: string): { [name: string]: string } {
  const out: { [name: string]: string } = {};
  const rest = text.slice(text.indexOf(' ') + 1, 16_384);
  for (const m of rest.matchAll(/([a-z_]{1,40})\s{0,4}=\s{0,4}"([^"]{0,8192})"/gi)) out[m[1]!.toLowerCase()] = m[2]!;
  return out;
}

function requestClaim(message: StoredMessage, authorization: string): Claim {
  const base = { label: 'WECHATPAY2 request signature', direction: 'request' as const };
  const type = authorization.split(' ', 1)[0]!;
  if (type.toUpperCase() !== 'WECHATPAY2-SHA256-RSA2048')
    return {
      ...base,
      kind: 'defect',
      reason: 'algorithm-refused',
      says: `the authorization type is ${type.slice(0, 60)}, not WECHATPAY2-SHA256-RSA2048`,
    };
  const parts = authorizationParts(authorization);
  const missing = ['mchid', 'nonce_str', 'signature', 'timestamp', 'serial_no'].filter((n) => !parts[n]);
  if (missing.length > 0)
    return {
      ...base,
      kind: 'defect',
      reason: missing.includes('signature') ? 'signature-missing' : 'header-malformed',
      says: `the Authorization header lacks ${missing.join(', ')}`,
    };
  const url = pathAndQuery(message);
  const { method } = message;
  if (url === undefined || method === undefined)
    return {
      ...base,
      kind: 'judged',
      judge: () =>
        notChecked(
          base,
          `${base.label}: method and path of the request were not stored`,
          'the start line of the request',
        ),
    };
  const time = parts.timestamp!;
  const nonce = parts.nonce_str!;
  const compose = (m: string, u: string, t: string, body: Buffer, end = '\n'): Buffer =>
    Buffer.concat([Buffer.from(`${m}\n${u}\n${t}\n${nonce}\n`), body, Buffer.from(end)]);
  // A GET signs an empty body.
  const { body } = message;
  return {
    ...base,
    kind: 'signature',
    algorithm: ALGORITHMS.rsaSha256,
    declared: type,
    rivals: [ALGORITHMS.rsaSha1, ALGORITHMS.pssSha256],
    signatures: [{ text: parts.signature!, encoding: 'base64' }],
    hint: { kind: 'serial', value: parts.serial_no!, field: 'serial_no' },
    signed: compose(method, url, time, body),
    candidates: function* (): Iterable<Candidate> {
      for (const v of bodyVariants(body)) yield { ...v, bytes: compose(method, url, time, v.bytes) };
      for (const target of targets(message, url))
        yield { bytes: compose(method, target.url, time, body), reason: target.reason, says: target.says };
      yield {
        bytes: compose(method.toLowerCase(), url, time, body),
        reason: 'string-to-sign',
        says: 'with the method in lower case',
      };
      for (const other of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        if (other !== method)
          yield { bytes: compose(other, url, time, body), reason: 'string-to-sign', says: `with the method ${other}` };
      yield {
        bytes: compose(method, url, time, body, ''),
        reason: 'string-to-sign',
        says: 'without the final line end',
      };
      yield {
        bytes: Buffer.from(compose(method, url, time, body).toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
        reason: 'string-to-sign',
        says: 'with CRLF between its lines',
      };
      for (const unit of otherUnits(time))
        yield {
          bytes: compose(method, url, unit, body),
          reason: 'timestamp-unit',
          says: 'with the time in the other unit (seconds, milliseconds)',
        };
      yield {
        bytes: Buffer.concat([Buffer.from(`${time}\n${nonce}\n`), body, Buffer.from('\n')]),
        reason: 'string-to-sign',
        says: 'of responses (without method and path)',
      };
    },
    timestamp: { time: stampOf(time), toleranceMs: TOLERANCE, field: 'timestamp' },
  };
}

/** Other request targets that programs sign by mistake. */
function* targets(
  message: StoredMessage,
  url: string,
): Iterable<{ url: string; reason: 'request-target' | 'url-encoding'; says: string }> {
  const host = header(message, 'host') ?? 'api.mch.weixin.qq.com';
  if (message.target && message.target !== url)
    yield { url: message.target, reason: 'request-target', says: 'with the full URL where the path belongs' };
  yield { url: `https://${host}${url}`, reason: 'request-target', says: 'with the full URL where the path belongs' };
  yield { url: `${host}${url}`, reason: 'request-target', says: 'with the host before the path' };
  const [path, query] = [url.split('?', 1)[0]!, url.includes('?') ? url.slice(url.indexOf('?') + 1) : undefined];
  if (query !== undefined) {
    yield { url: path, reason: 'request-target', says: 'with the path alone, without the query' };
    yield { url: decodeUrl(url), reason: 'url-encoding', says: 'with the query decoded' };
    yield {
      url: `${path}?${encodeURI(decodeUrl(query))}`,
      reason: 'url-encoding',
      says: 'with the query encoded again',
    };
    const sorted = query.split('&').sort().join('&');
    if (sorted !== query) yield { url: `${path}?${sorted}`, reason: 'request-target', says: 'with the query sorted' };
  }
  yield {
    url: url.endsWith('/') ? url.slice(0, -1) : `${url}/`,
    reason: 'request-target',
    says: 'with the slash at the end treated differently',
  };
  yield { url: url.replace(/^\/v3/, ''), reason: 'request-target', says: 'without /v3' };
  yield { url: url.replace(/^\//, ''), reason: 'request-target', says: 'without the slash before the path' };
}

/** A certificate serial, or the id of a WeChat Pay public key. */
const serialHint = (value: string): KeyHint =>
  /^PUB_KEY_ID_/i.test(value)
    ? { kind: 'id', value, field: 'Wechatpay-Serial' }
    : { kind: 'serial', value, field: 'Wechatpay-Serial' };

function incomingClaim(message: StoredMessage, direction: Direction): Claim {
  const base = { label: 'Wechatpay-Signature', direction };
  const signature = header(message, 'wechatpay-signature');
  const time = header(message, 'wechatpay-timestamp');
  const nonce = header(message, 'wechatpay-nonce');
  const serial = header(message, 'wechatpay-serial');
  if (!signature)
    return { ...base, kind: 'defect', reason: 'signature-missing', says: 'there is no Wechatpay-Signature header' };
  if (signature.startsWith(PROBE))
    return {
      ...base,
      kind: 'judged',
      judge: () =>
        notChecked(
          base,
          `${base.label}: this is a probe that WeChat Pay sends to see whether wrong signatures are refused; refusing it is right`,
          'a message without WECHATPAY/SIGNTEST/ in its signature',
        ),
    };
  const missing = [
    time === undefined ? 'Wechatpay-Timestamp' : '',
    nonce === undefined ? 'Wechatpay-Nonce' : '',
  ].filter(Boolean);
  if (missing.length > 0 || time === undefined || nonce === undefined)
    return { ...base, kind: 'defect', reason: 'header-malformed', says: `the headers lack ${missing.join(' and ')}` };
  const compose = (t: string, body: Buffer, end = '\n'): Buffer =>
    Buffer.concat([Buffer.from(`${t}\n${nonce}\n`), body, Buffer.from(end)]);
  const { body } = message;
  return {
    ...base,
    kind: 'signature',
    algorithm: ALGORITHMS.rsaSha256,
    declared: header(message, 'wechatpay-signature-type') ?? 'WECHATPAY2-SHA256-RSA2048',
    rivals: [ALGORITHMS.rsaSha1],
    signatures: [{ text: signature, encoding: 'base64' }],
    ...(serial ? { hint: serialHint(serial) } : {}),
    signed: compose(time, body),
    candidates: function* (): Iterable<Candidate> {
      for (const v of bodyVariants(body)) yield { ...v, bytes: compose(time, v.bytes) };
      yield { bytes: compose(time, body, ''), reason: 'string-to-sign', says: 'without the final line end' };
      for (const unit of otherUnits(time))
        yield {
          bytes: compose(unit, body),
          reason: 'timestamp-unit',
          says: 'with the time in the other unit (seconds, milliseconds)',
        };
      const resource = (jsonBody(message) as { resource?: unknown } | undefined)?.resource;
      if (resource)
        yield {
          bytes: compose(time, Buffer.from(JSON.stringify(resource))),
          reason: 'json-rewritten',
          says: 'of the resource alone',
        };
    },
    timestamp: { time: stampOf(time), toleranceMs: TOLERANCE, field: 'Wechatpay-Timestamp' },
  };
}

interface Resource {
  label: string;
  algorithm: string;
  ciphertext: string;
  nonce: string;
  associatedData: string;
}

/** The encrypted parts of a callback (`resource`) or of a certificate list (`data[].encrypt_certificate`). */
function sealedResources(message: StoredMessage): Resource[] {
  if (!message.body.includes('ciphertext')) return [];
  const json = jsonBody(message) as { resource?: unknown; data?: unknown; ciphertext?: unknown } | undefined;
  if (typeof json !== 'object' || json === null) return [];
  const list: [string, unknown][] = [['resource', json.resource ?? (json.ciphertext ? json : undefined)]];
  if (Array.isArray(json.data))
    for (const [i, entry] of json.data.slice(0, 20).entries())
      list.push([
        `encrypt_certificate ${i + 1}`,
        (entry as { encrypt_certificate?: unknown } | null)?.encrypt_certificate,
      ]);
  return list.flatMap(([label, value]) => {
    const r = value as
      | { algorithm?: unknown; ciphertext?: unknown; nonce?: unknown; associated_data?: unknown }
      | undefined;
    if (typeof r?.ciphertext !== 'string' || typeof r.nonce !== 'string') return [];
    return [
      {
        label,
        algorithm: typeof r.algorithm === 'string' ? r.algorithm : 'AEAD_AES_256_GCM',
        ciphertext: r.ciphertext,
        nonce: r.nonce,
        associatedData: typeof r.associated_data === 'string' ? r.associated_data : '',
      },
    ];
  });
}

const TAG = 16;

function resourceClaim(r: Resource, direction: Direction): Claim {
  const base = { label: `WeChat Pay ${r.label}`, direction };
  const strict = /^[A-Za-z0-9+/]*={0,2}$/.test(r.ciphertext) && r.ciphertext.length % 4 === 0;
  const bytes = Buffer.from(r.ciphertext.replace(/ /g, '+'), 'base64');
  const defect =
    r.algorithm !== 'AEAD_AES_256_GCM'
      ? {
          reason: 'algorithm-refused' as const,
          says: `the algorithm is ${r.algorithm.slice(0, 40)}, not AEAD_AES_256_GCM`,
        }
      : bytes.length < TAG
        ? {
            reason: 'sealed-content-damaged' as const,
            says: `the ciphertext has ${counted(bytes.length, 'byte')}: not even the ${TAG} of its tag`,
          }
        : undefined;
  const attempt = (key: Buffer, aad: string, nonce = r.nonce): Buffer | undefined => {
    if (key.length !== 32 || nonce.length === 0 || nonce.length > 64) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce), { authTagLength: TAG });
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
      decipher.setAAD(Buffer.from(aad));
      return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - TAG)), decipher.final()]);
    } catch {
      return undefined;
    }
  };
  return {
    ...base,
    kind: 'sealed',
    algorithm: r.algorithm,
    ...(defect ? { defect } : {}),
    needs: 'the APIv3 key of the merchant (32 characters), in a file (--secret-file)',
    accepts: (key: KeyMaterial) => key.secret !== undefined,
    open: (key): Promise<OpenedContent | undefined> => {
      const secret = key.secret!;
      const plain = attempt(secret, r.associatedData);
      if (plain)
        return Promise.resolve(
          strict
            ? { plain }
            : {
                plain,
                variant: { reason: 'sealed-content-damaged', says: 'once the "+" that became spaces are restored' },
              },
        );
      for (const aad of ['', 'transaction', 'refund', 'certificate', r.associatedData.trim()]) {
        const opened = aad === r.associatedData ? undefined : attempt(secret, aad);
        if (opened)
          return Promise.resolve({
            plain: opened,
            variant: {
              reason: 'associated-data',
              says: aad ? `with the associated data "${aad}"` : 'without associated data',
            },
          });
      }
      for (const form of secretForms(secret)) {
        const opened = attempt(form.bytes, r.associatedData);
        if (opened)
          return Promise.resolve({
            plain: opened,
            variant: { reason: 'decrypt-key-wrong', says: `with the key ${form.says}` },
          });
      }
      return Promise.resolve(undefined);
    },
  };
}
