import { ALGORITHMS } from '../algorithms.ts';
import { type Candidate, type Claim, defineScheme } from '../scheme.ts';
import { type Direction, header, pathAndQuery, type StoredMessage } from '../stored-message.ts';
import { bodyVariants, decodeUrl } from '../variants/body.ts';
import { otherUnits, stampOf } from './_stamped.ts';

const TOLERANCE = 600_000;

export default defineScheme({
  meta: {
    id: 'alipay-v3',
    title: 'Alipay open platform (v3)',
    description:
      'RSA-SHA256 over authorization, method, path and body (requests), or over time, nonce and body (responses).',
    references: ['https://opendocs.alipay.com/open-v3/054q58', 'https://opendocs.alipay.com/open-v3/054d0z'],
  },
  detect: (message) =>
    /^ALIPAY-/i.test(header(message, 'authorization') ?? '') || header(message, 'alipay-signature') !== undefined
      ? 2
      : 0,
  claims: (message, context): Claim[] => {
    const authorization = header(message, 'authorization');
    if (authorization && /^ALIPAY-/i.test(authorization)) return [requestClaim(message, authorization)];
    return [responseClaim(message, context.direction ?? (message.status === undefined ? 'callback' : 'response'))];
  },
});

function requestClaim(message: StoredMessage, authorization: string): Claim {
  const base = { label: 'ALIPAY v3 request signature', direction: 'request' as const };
  const [type = ''] = authorization.split(' ', 1);
  if (!/^ALIPAY-SHA256withRSA$/i.test(type))
    return {
      ...base,
      kind: 'defect',
      reason: 'algorithm-refused',
      says: `the authorization type is ${type.slice(0, 60)}, not ALIPAY-SHA256withRSA`,
    };
  const rest = authorization.slice(type.length).trim();
  const at = rest.lastIndexOf(',sign=');
  if (at < 0)
    return {
      ...base,
      kind: 'defect',
      reason: 'signature-missing',
      says: 'the Authorization header has no sign at its end',
    };
  const auth = rest.slice(0, at);
  const parts = Object.fromEntries(
    auth
      .split(',')
      .slice(0, 20)
      .map((p) => [p.slice(0, p.indexOf('=')).trim(), p.slice(p.indexOf('=') + 1)]),
  );
  const url = pathAndQuery(message);
  const { method } = message;
  if (url === undefined || method === undefined)
    return {
      ...base,
      kind: 'defect',
      reason: 'header-malformed',
      says: 'method and path of the request were not stored',
      proven: false,
      wouldProve: 'the start line of the request',
    };
  const token = header(message, 'alipay-app-auth-token');
  const end = token ? `${token}\n` : '';
  const compose = (a: string, m: string, u: string, body: Buffer, tail = `\n${end}`): Buffer =>
    Buffer.concat([Buffer.from(`${a}\n${m}\n${u}\n`), body, Buffer.from(tail)]);
  const { body } = message;
  const sn = parts.app_cert_sn;
  return {
    ...base,
    kind: 'signature',
    algorithm: ALGORITHMS.rsaSha256,
    declared: type,
    rivals: [ALGORITHMS.rsaSha1],
    signatures: [{ text: rest.slice(at + 6), encoding: 'base64' }],
    ...(sn ? { hint: { kind: 'alipay-sn' as const, value: sn, field: 'app_cert_sn' } } : {}),
    signed: compose(auth, method, url, body),
    candidates: function* (): Iterable<Candidate> {
      for (const v of bodyVariants(body)) yield { ...v, bytes: compose(auth, method, url, v.bytes) };
      yield {
        bytes: compose(auth, method, url, body, ''),
        reason: 'string-to-sign',
        says: 'without the final line end',
      };
      if (token)
        yield {
          bytes: compose(auth, method, url, body, '\n'),
          reason: 'string-to-sign',
          says: 'without alipay-app-auth-token',
        };
      yield {
        bytes: compose(auth, method.toLowerCase(), url, body),
        reason: 'string-to-sign',
        says: 'with the method in lower case',
      };
      const host = header(message, 'host') ?? 'openapi.alipay.com';
      yield {
        bytes: compose(auth, method, `https://${host}${url}`, body),
        reason: 'request-target',
        says: 'with the full URL where the path belongs',
      };
      yield {
        bytes: compose(auth, method, url.split('?')[0]!, body),
        reason: 'request-target',
        says: 'with the path alone, without the query',
      };
      yield {
        bytes: compose(auth, method, decodeUrl(url), body),
        reason: 'url-encoding',
        says: 'with the query decoded',
      };
      yield {
        bytes: compose(`${auth},`, method, url, body),
        reason: 'string-to-sign',
        says: 'with a comma after the authorization part',
      };
      yield {
        bytes: compose(`${type} ${auth}`, method, url, body),
        reason: 'string-to-sign',
        says: 'with the authorization type',
      };
      for (const unit of otherUnits(parts.timestamp ?? ''))
        yield {
          bytes: compose(auth.replace(`timestamp=${parts.timestamp}`, `timestamp=${unit}`), method, url, body),
          reason: 'timestamp-unit',
          says: 'with the time in the other unit (seconds, milliseconds)',
        };
    },
    timestamp: { time: stampOf(parts.timestamp ?? ''), toleranceMs: TOLERANCE, field: 'timestamp' },
  };
}

function responseClaim(message: StoredMessage, direction: Direction): Claim {
  const base = { label: 'alipay-signature', direction };
  const signature = header(message, 'alipay-signature');
  const time = header(message, 'alipay-timestamp');
  const nonce = header(message, 'alipay-nonce');
  if (!signature)
    return { ...base, kind: 'defect', reason: 'signature-missing', says: 'there is no alipay-signature header' };
  if (time === undefined || nonce === undefined)
    return {
      ...base,
      kind: 'defect',
      reason: 'header-malformed',
      says: `the headers lack ${time === undefined ? 'alipay-timestamp' : 'alipay-nonce'}`,
    };
  const compose = (t: string, body: Buffer, end = '\n'): Buffer =>
    Buffer.concat([Buffer.from(`${t}\n${nonce}\n`), body, Buffer.from(end)]);
  const sn = header(message, 'alipay-sn');
  return {
    ...base,
    kind: 'signature',
    algorithm: ALGORITHMS.rsaSha256,
    declared: 'RSA2',
    rivals: [ALGORITHMS.rsaSha1],
    signatures: [{ text: signature, encoding: 'base64' }],
    ...(sn ? { hint: { kind: 'alipay-sn' as const, value: sn, field: 'alipay-sn' } } : {}),
    signed: compose(time, message.body),
    candidates: function* (): Iterable<Candidate> {
      for (const v of bodyVariants(message.body)) yield { ...v, bytes: compose(time, v.bytes) };
      yield { bytes: compose(time, message.body, ''), reason: 'string-to-sign', says: 'without the final line end' };
      for (const unit of otherUnits(time))
        yield {
          bytes: compose(unit, message.body),
          reason: 'timestamp-unit',
          says: 'with the time in the other unit (seconds, milliseconds)',
        };
    },
    timestamp: { time: stampOf(time), toleranceMs: TOLERANCE, field: 'alipay-timestamp' },
  };
}
